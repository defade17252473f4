"""A list as a message, whatever its rows are: what it says above and below them, cut to Slack's limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.blocks import pieces
from bot.blocks.fit import fit, fit_text, fits
from bot.blocks.footer import cautions, footer, gap
from bot.blocks.human import counted, number
from bot.blocks.listing import Listing, Said
from bot.blocks.menus import menus, pager, unlisted
from bot.blocks.message import Block, Message
from bot.blocks.text import clip, code, prose


@dataclass(frozen=True, slots=True)
class Room:
    """How many units a row may spend on its name and on its error."""

    name: int
    error: int


ROOMS = (Room(1_600, 140), Room(400, 140), Room(200, 120), Room(90, 60))
"""From generous to tight: rows are drawn as roomy as all of them fit. An error has about two lines (its
whole is a press away), and keeps 40 characters."""

LINE = Room(160, 120)
"""For a line of `text`."""


def drawn(page: Listing, said: Said, rows: Callable[[Room], list[Block]], lines: Sequence[str]) -> Message:
    """The message of one page: its rows as blocks, drawn as roomy as they fit, and as lines of `text`."""
    small = _small_print(page)
    top, bottom = _top(page, said, small), _bottom(page, said, len(lines))
    fitting: list[Block] = []
    for room in ROOMS:  # the first does for nearly all
        fitting = rows(room)
        if fits((*top, *fitting, *bottom)):
            break
    return Message(_text(page, said, small, lines), fit(top, fitting, bottom, _cut))


def scope(page: Listing) -> str:
    """` · in sales/*`: where, as it was typed."""
    return f" · in {code(page.where, 300)}" if page.where.strip() else ""


def _top(page: Listing, said: Said, small: list[str]) -> list[Block]:
    missing = gap(page.fresh)
    blocks = [pieces.header(said.header), pieces.section(said.summary)]
    blocks += [pieces.section(f"⚠️ *Incomplete.* {missing}")] if missing else []
    blocks += [pieces.context("\n".join(small))] if small else []
    blocks += [menus(page), pieces.divider()]
    return blocks + ([pieces.section(prose(said.nothing))] if said.nothing else [])


def _bottom(page: Listing, said: Said, shown: int) -> list[Block]:
    place, turns = _place(page, said, shown), pager(page)
    blocks = [pieces.context(prose(place))] if place else []
    return [*blocks, *([turns] if turns else []), pieces.context(footer(page.fresh))]


def _cut(count: int) -> Block:
    return pieces.context(f"+{count} more on this page, too long to show: ask with `csv` for all.")


def _text(page: Listing, said: Said, small: list[str], lines: Sequence[str]) -> str:
    missing = gap(page.fresh)
    top = [prose(said.header), said.summary, f"Incomplete. {missing}" if missing else ""]
    top += [*small, prose(said.nothing)]
    return fit_text(top, lines, [prose(_place(page, said, len(lines))), footer(page.fresh)])


def _small_print(page: Listing) -> list[str]:
    said = [prose(clip(note, 600)) for note in page.notes] + cautions(page.fresh)
    said += [f"{counted(page.hidden, 'session')} not shown: you may not see them."] if page.hidden else []
    more = unlisted(page)
    said += [f"The project menu leaves out {number(more)} more: type `project:NAME`."] if more else []
    return said + ([f"Shared by {prose(page.shared_by)}"] if page.shared_by else [])


def _place(page: Listing, said: Said, shown: int) -> str:
    """`11–20 of 43 · page 2 of 5`; behind the last kept row, how many there are still."""
    if not shown:
        return ""
    first, entries = (page.page - 1) * page.per_page + 1, said.entries
    parts = (
        [f"{number(first)}–{number(first + shown - 1)} of {number(entries)} {said.unit}"]
        if entries > shown
        else []
    )
    parts += [f"page {number(page.page)} of {number(page.pages)}"] if page.pages > 1 else []
    more = entries - page.kept if page.kept is not None and page.page == page.pages else 0
    parts += [f"+{number(more)} more behind the last row: ask with `csv` for all"] if more > 0 else []
    return " · ".join(parts)
