"""The list of sessions as a message."""

from bot.blocks import pieces
from bot.blocks.fit import fit, fit_text, fits
from bot.blocks.footer import cautions, footer, gap
from bot.blocks.human import counted, number, percent
from bot.blocks.message import Block, Message
from bot.blocks.states import word
from bot.blocks.text import clip, code, prose
from bot.core.model import UNFINISHED, Status
from bot.features.sessions.views.menus import menus, pager, unlisted
from bot.features.sessions.views.rows import ROOMS, Room, group_block, group_line, row_block, row_line
from bot.features.sessions.views.values import ListPage
from bot.features.sessions.views.words import words


def list_message(page: ListPage) -> Message:
    top, bottom = _top(page), _bottom(page)
    drawn = [_rows(page, room) for room in ROOMS]
    rows = next((rows for rows in drawn if fits((*top, *rows, *bottom))), drawn[-1])
    return Message(_text(page), fit(top, rows, bottom, _cut))


def header_words(page: ListPage) -> str:
    """`7 failed sessions · last 24 h`: others script against this form."""
    kinds = [words(page.statuses), *sorted(shape.value for shape in page.shapes)]
    kind = " ".join(part for part in [*kinds, "session"] if part)
    return f"{counted(page.total, kind)} · {page.window}"


def _top(page: ListPage) -> list[Block]:
    missing, small = gap(page.fresh), _small_print(page)
    blocks = [pieces.header(header_words(page)), pieces.section(_summary(page))]
    blocks += [pieces.section(f"⚠️ *Incomplete.* {missing}")] if missing else []
    blocks += [pieces.context("\n".join(small))] if small else []
    blocks += [menus(page), pieces.divider()]
    return blocks + ([] if page.total else [pieces.section(prose(_nothing(page)))])


def _rows(page: ListPage, room: Room) -> list[Block]:
    if page.groups is not None:
        return [group_block(group, page, room, place) for place, group in enumerate(page.groups, 1)]
    return [row_block(row, page, room) for row in page.rows]


def _bottom(page: ListPage) -> list[Block]:
    place, turns = _place(page), pager(page)
    blocks = [pieces.context(prose(place))] if place else []
    return [*blocks, *([turns] if turns else []), pieces.context(footer(page.fresh))]


def _cut(count: int) -> Block:
    return pieces.context(f"+{count} more on this page, too long to show: ask with `csv` for all.")


def _text(page: ListPage) -> str:
    missing = gap(page.fresh)
    top = [prose(header_words(page)), _summary(page), f"Incomplete. {missing}" if missing else ""]
    top += [*_small_print(page), "" if page.total else prose(_nothing(page))]
    if page.groups is not None:
        lines = [group_line(group, page) for group in page.groups]
    else:
        lines = [row_line(row, page) for row in page.rows]
    return fit_text(top, lines, [prose(_place(page)), footer(page.fresh)])


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
    where = f" · in {code(page.where, 300)}" if page.where.strip() else ""
    return where + (" · by workflow" if page.groups is not None else "")


def _small_print(page: ListPage) -> list[str]:
    said = [prose(clip(note, 600)) for note in page.notes] + cautions(page.fresh)
    said += [f"{counted(page.hidden, 'session')} not shown: you may not see them."] if page.hidden else []
    more = unlisted(page)
    said += [f"The project menu leaves out {number(more)} more: type `project:NAME`."] if more else []
    return said + ([f"Shared by {prose(page.shared_by)}"] if page.shared_by else [])


def _nothing(page: ListPage) -> str:
    if not page.fresh.coverage.complete:
        return "None found in what could be read; the rest is unknown. Try again in a moment."
    if page.statuses == {Status.ERROR} and not page.shapes:
        return "Nothing failed here. All quiet."
    return "No session matches. Another status or a wider window may show more."


def _place(page: ListPage) -> str:
    """`11–20 of 43 · page 2 of 5`; behind the last kept row, how many there are still."""
    shown = len(page.rows if page.groups is None else page.groups)
    if not shown:
        return ""
    first = (page.page - 1) * page.per_page + 1
    kind = "workflows" if page.groups is not None else "sessions"
    parts = (
        [f"{number(first)}–{number(first + shown - 1)} of {number(page.length)} {kind}"]
        if page.length > shown
        else []
    )
    parts += [f"page {number(page.page)} of {number(page.pages)}"] if page.pages > 1 else []
    more = page.length - page.kept if page.kept is not None and page.page == page.pages else 0
    parts += [f"+{number(more)} more behind the last row: ask with `csv` for all"] if more > 0 else []
    return " · ".join(parts)
