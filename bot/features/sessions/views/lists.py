"""The list of sessions as a message."""

from bot.blocks.human import counted, number, percent
from bot.blocks.listing import Said
from bot.blocks.lists import Room, drawn, scope
from bot.blocks.message import Block, Message
from bot.blocks.states import word, words
from bot.core.model import UNFINISHED, Status
from bot.features.sessions.views.rows import group_block, group_line, row_block, row_line
from bot.features.sessions.views.values import ListPage


def list_message(page: ListPage) -> Message:
    said = Said(
        header=header_words(page),
        summary=_summary(page),
        nothing="" if page.total else _nothing(page),
        entries=page.length,
        unit="sessions" if page.groups is None else "workflows",
    )
    return drawn(page, said, lambda room: _rows(page, room), _lines(page))


def header_words(page: ListPage) -> str:
    """`7 failed sessions · last 24 h`: others script against this form."""
    kinds = [words(page.statuses), *sorted(shape.value for shape in page.shapes)]
    kind = " ".join(part for part in [*kinds, "session"] if part)
    return f"{counted(page.total, kind)} · {page.window}"


def _rows(page: ListPage, room: Room) -> list[Block]:
    if page.groups is not None:
        return [group_block(group, page, room, place) for place, group in enumerate(page.groups, 1)]
    return [row_block(row, page, room) for row in page.rows]


def _lines(page: ListPage) -> list[str]:
    if page.groups is not None:
        return [group_line(group, page) for group in page.groups]
    return [row_line(row, page) for row in page.rows]


def _summary(page: ListPage) -> str:
    """`of 1,204 finished, 99.4 % succeeded · 2 killed`; where nothing was picked out, failures come first."""
    rate = f", {percent(page.rate)} succeeded" if page.rate is not None else ""
    finished = f"{number(page.finished)} finished{rate}"
    if not words(page.statuses) and not page.shapes:
        failed = [_count(page, Status.ERROR), *_some(page, [Status.KILLED])]
        open_ = sum(page.counts.get(status, 0) for status in UNFINISHED)
        return (
            f"{', '.join(failed)} of {finished}"
            + (f" · {number(open_)} unfinished" if open_ else "")
            + _scope(page)
        )
    of_all = finished if page.statuses and page.statuses <= UNFINISHED else f"of {finished}"
    beside = [status for status in (Status.ERROR, Status.KILLED) if status not in page.statuses]
    return " · ".join([of_all, *([] if page.shapes else _some(page, beside))]) + _scope(page)


def _some(page: ListPage, statuses: list[Status]) -> list[str]:
    return [_count(page, status) for status in statuses if page.counts.get(status)]


def _count(page: ListPage, status: Status) -> str:
    return f"{number(page.counts.get(status, 0))} {word(status)}"


def _scope(page: ListPage) -> str:
    return scope(page) + (" · by workflow" if page.groups is not None else "")


def _nothing(page: ListPage) -> str:
    if not page.fresh.coverage.complete:
        return "None found in what could be read; the rest is unknown. Try again in a moment."
    if page.statuses == {Status.ERROR} and not page.shapes:
        return "Nothing failed here. All quiet."
    return "No session matches. Another status or a wider window may show more."
