"""A list's pages: looked up, kept as an ask, turned, cut at the first as-of."""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from bot.asking.desk import Desk, Missed, Sought
from bot.asking.kept import keep_more, keep_soon, unpack
from bot.asking.kinds import Draft, Kind, Page
from bot.asking.menus import WINDOWS, only_project
from bot.blocks.footer import Freshness
from bot.blocks.listing import Listing
from bot.blocks.pieces import Choice
from bot.core.model import Status
from bot.core.people import Asking
from bot.core.query import Query, Shape
from bot.core.window import DEFAULT
from bot.core.words import words
from bot.store.asks import Ask

MOST_ROWS = 1000
"""Rows that an ask keeps."""
PAGE_ROWS = 10
EVERYTHING = "all"
"""A question without words, in words: without any, a press would not tell it from one that was left out."""


async def new_page(
    desk: Desk,
    kind: Kind[Page],
    query: Query,
    asking: Asking,
    *,
    page: int = 1,
    notes: tuple[str, ...] = (),
) -> Page | Missed:
    """Ask the account, keep the answer, and give its page. Raises Refused, ApiError."""
    patience = desk.patience(asking)
    draft = await kind.find(desk, query, asking, patience)
    if not isinstance(draft, Draft):
        return draft
    if page > 1:
        draft = Draft(await draft.whole(draft.page))
    listed = replace(draft.page, ask=desk.asks.new_id(), notes=(*notes, *draft.page.notes))
    listed = await kind.tell(desk, listed, rows_of(kind, listed, page), asking, patience)
    keep_soon(desk, replace(draft, page=listed), kind.kept_as, asking)
    return turned(kind, listed, page, desk.now(), public=query.here)


async def kept_page(
    desk: Desk, kind: Kind[Page], ask: Ask, page: int, asking: Asking, *, public: bool
) -> Page | None:
    """A page of what was read when it was asked; None where that is not kept any more."""
    if (whole := unpack(ask.payload, kind.kept_as)) is None:
        return None
    told = await kind.tell(desk, whole, rows_of(kind, whole, page), asking, desk.patience(asking))
    if told != whole:
        await keep_more(desk, ask, told, kind.kept_as)
    zoned = replace(told, fresh=replace(told.fresh, zone=asking.person.zone))
    return turned(kind, zoned, page, desk.now(), public=public)


def turned(kind: Kind[Page], whole: Page, page: int, now: datetime, *, public: bool = False) -> Page:
    """One page of the whole list, as drawn at `now`; a page behind the last is the last."""
    return replace(
        rows_of(kind, whole, page),
        page=_place(whole, page),
        fresh=replace(whole.fresh, now=now),
        public=public,
    )


def rows_of(kind: Kind[Page], whole: Page, page: int) -> Page:
    place = _place(whole, page)
    return kind.part(whole, slice((place - 1) * whole.per_page, place * whole.per_page))


def _place(whole: Listing, page: int) -> int:
    return max(1, min(page, whole.pages))


class Head(TypedDict):
    """What every list has, as arguments for its own."""

    window: str
    window_words: str
    fresh: Freshness
    statuses: frozenset[Status]
    shapes: frozenset[Shape]
    where: str
    pages: int
    per_page: int
    entries: int
    kept: int | None
    projects: tuple[str, ...]
    project: str | None
    windows: tuple[Choice, ...]
    words: str


def head_of(desk: Desk, sought: Sought, asking: Asking, entries: int) -> Head:
    """Of a list of so many rows."""
    query = sought.query
    return Head(
        window=sought.window.label,
        window_words=query.when or (query.session_days and f"for {query.session_days}") or DEFAULT,
        fresh=desk.fresh(sought.look.coverage, asking),
        statuses=query.statuses,
        shapes=query.shapes,
        where=words(Query(places=query.places)),
        pages=max(1, -(-min(entries, MOST_ROWS) // PAGE_ROWS)),
        per_page=PAGE_ROWS,
        entries=entries,
        kept=MOST_ROWS if entries > MOST_ROWS else None,
        projects=sought.found.projects,
        project=only_project(sought.within),
        windows=WINDOWS,
        words=words(replace(query, here=False, csv=False)) or EVERYTHING,
    )


def limit_note(total: int, limit: int | None) -> tuple[str, ...]:
    """That a limit left some out, where it did."""
    if limit is None or total <= limit:
        return ()
    return (f"Only the first {limit} of {total:,} are listed, as asked for by `limit:{limit}`.",)
