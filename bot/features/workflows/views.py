"""The health of workflows as a message: values in, a Message out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from bot.blocks.human import counted, duration, number, ordinal, percent
from bot.blocks.listing import Listing, Said
from bot.blocks.lists import LINE, Room, drawn, scope
from bot.blocks.message import Block, Message
from bot.blocks.pieces import button, section
from bot.blocks.states import ORDER, state, word, words
from bot.blocks.text import link, name, prose
from bot.core.action_ids import action_id, question
from bot.core.model import UNFINISHED, Status

FEATURE = "workflows"


@dataclass(frozen=True, slots=True)
class Health:
    """One workflow over a window.

    `result` is how its last session that has ended did, at `ended_at` after `ran`; where none has, what its
    newest one is at. `counts` are its sessions by status, `rate` the share that succeeded. `usual` is None
    where it is left unsaid; `streak` counts the failures in a row that stand at the window's end: above 0 it
    is failing. `words` is the question that its Details asks of `/sessions`.
    """

    project: str
    workflow: str
    result: Status
    words: str
    counts: Mapping[Status, int] = field(default_factory=dict)
    ended_at: datetime | None = None
    ran: timedelta | None = None
    usual: timedelta | None = None
    rate: float | None = None
    streak: int = 0
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPage(Listing):
    """One page of a list.

    `total` is how many workflows match, `failing` how many of these fail; `anyhow` how many there are
    whatever their status, and `offered` how many by status (one may be in several). `to_now`: the window
    reaches up to now.
    """

    feature: ClassVar[str] = FEATURE
    total: int
    failing: int = 0
    anyhow: int = 0
    to_now: bool = True
    rows: tuple[Health, ...] = ()

    @property
    def in_all(self) -> int:
        return self.anyhow


def health_message(page: HealthPage) -> Message:
    said = Said(
        header=header_words(page),
        summary=_summary(page),
        nothing="" if page.total else _nothing(page),
        entries=page.entries or 0,
        unit="workflows",
    )
    return drawn(page, said, lambda room: _rows(page, room), [_line(row, page) for row in page.rows])


def header_words(page: HealthPage) -> str:
    """`41 workflows · last 24 h · 3 failing`: others script against this form."""
    kind = " ".join(part for part in (words(page.statuses), "workflow") if part)
    shapes = " ".join(sorted(page.shapes))
    return " · ".join(
        part
        for part in (
            counted(page.total, kind) + (f" with {shapes} sessions" if shapes else ""),
            page.window,
            _failing(page),
        )
        if part
    )


def _failing(page: HealthPage) -> str:
    """That none fails is said only where all was read."""
    if page.statuses or not page.total or not (page.failing or page.fresh.coverage.complete):
        return ""
    at = "" if page.to_now else " at its end"
    return f"{number(page.failing) if page.failing else 'none'} failing{at}"


def _summary(page: HealthPage) -> str:
    """`1,204 sessions finished, 99.4 % succeeded · 7 failed · 2 killed · 3 unfinished · in sales`."""
    rate = f", {percent(page.rate)} succeeded" if page.rate is not None else ""
    parts = [f"{counted(page.finished, 'session')} finished{rate}"]
    beside = [status for status in (Status.ERROR, Status.KILLED) if page.counts.get(status)]
    parts += [f"{number(page.counts[status])} {word(status)}" for status in beside]
    open_ = sum(page.counts.get(status, 0) for status in UNFINISHED)
    parts += [f"{number(open_)} unfinished"] if open_ else []
    return " · ".join(parts) + scope(page)


def _nothing(page: HealthPage) -> str:
    if not page.fresh.coverage.complete:
        return "None found in what could be read; the rest is unknown. Try again in a moment."
    if page.statuses == {Status.ERROR} and page.anyhow and not page.shapes:
        return "No workflow's last result is a failure. All quiet."
    return "No workflow matches. Another status or a wider window may show more."


def _rows(page: HealthPage, room: Room) -> list[Block]:
    return [_block(row, page, room, place) for place, row in enumerate(page.rows, 1)]


def _block(row: Health, page: HealthPage, room: Room, place: int) -> Block:
    """`place` tells this row's button from the page's others."""
    title = link(row.url, f"{row.project} / {row.workflow}", room.name)
    lines = [
        f"{state(row.result, f'*{word(row.result)}*')} · {title}",
        " · ".join([prose(_last(row, page)), *(f"*{mark}*" for mark in _marks(row))]),
        prose(" · ".join(_counts(row))),
    ]
    value = question("sessions", row.words)
    label = f"Details of {row.project} / {row.workflow}"
    details = (
        button("Details", action_id(FEATURE, "details", str(place)), value, label=label) if value else None
    )
    return section("\n".join(line for line in lines if line), details)


def _line(row: Health, page: HealthPage) -> str:
    title = name(f"{row.project} / {row.workflow}", LINE.name)
    return " · ".join(
        [state(row.result), title, prose(_last(row, page)), *_marks(row), prose(" · ".join(_counts(row)))]
    )


def _last(row: Health, page: HealthPage) -> str:
    """`last ended 13:54 after 12 min (usually 14 min)`."""
    usually = f" (usually {duration(row.usual)})" if row.usual is not None else ""
    if row.ended_at is None:
        return f"none has ended{usually}"
    after = f" after {duration(row.ran)}" if row.ran is not None else ""
    return f"last ended {page.fresh.moment(row.ended_at)}{after}{usually}"


def _marks(row: Health) -> list[str]:
    """That it fails, where its last result does not say so: killed since, or a failed session runs again."""
    marks = [_despite(row.result)] if row.streak and row.result is not Status.ERROR else []
    return marks + ([f"{ordinal(row.streak)} failure in a row"] if row.streak > 1 else [])


def _despite(result: Status) -> str:
    match result:
        case Status.KILLED:
            return "still failing"
        case Status.SUCCESS:
            return "an attempt has failed since"
        case _:
            return "an attempt has failed"


def _counts(row: Health) -> list[str]:
    shown = [f"{number(row.counts[status])} {word(status)}" for status in ORDER if row.counts.get(status)]
    return shown + ([f"{percent(row.rate)} succeeded"] if row.rate is not None else [])
