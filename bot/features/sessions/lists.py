"""Lists of sessions: found, with all that an ask keeps, and told their errors page by page."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from bot.asking.desk import Desk, Missed, Sought, seek
from bot.asking.kinds import Draft, Kind
from bot.asking.lists import MOST_ROWS, PAGE_ROWS, head_of, limit_note
from bot.core.finding import Seen
from bot.core.patience import Patience
from bot.core.people import Asking
from bot.core.query import Query
from bot.features.sessions.found import grouped, judged
from bot.features.sessions.views import FEATURE, ListPage, Row, list_message


async def find_list(desk: Desk, query: Query, asking: Asking, patience: Patience) -> Draft[ListPage] | Missed:
    """Raises Refused, ApiError."""
    sought = await seek(desk, query, asking, patience, MOST_ROWS, PAGE_ROWS)
    if not isinstance(sought, Sought):
        return sought
    look, found = sought.look, sought.found

    async def rest(page: ListPage) -> ListPage:
        return replace(page, rows=page.rows + rows_of(desk, await look.rest(found), look.coverage.as_of))

    return Draft(found_list(desk, sought, asking), rest if found.rest else None)


def rows_of(desk: Desk, seen: Iterable[Seen], now: datetime) -> tuple[Row, ...]:
    return tuple(judged(each, now, desk.site.session_url(each.last.session_id)) for each in seen)


def found_list(desk: Desk, sought: Sought, asking: Asking) -> ListPage:
    """The list with the rows that were found; no error has been read yet."""
    query, found, now = sought.query, sought.found, sought.look.coverage.as_of
    groups = grouped(found.flows, query) if query.by_workflow else None
    entries = found.listed if groups is None else len(groups)
    return ListPage(
        **head_of(desk, sought, asking, entries),
        total=found.total,
        counts=found.counts,
        offered=found.offered,
        rows=rows_of(desk, found.rows, now),
        groups=None if groups is None else groups[:MOST_ROWS],
        notes=limit_note(found.total, query.limit),
    )


def part_of(whole: ListPage, rows: slice) -> ListPage:
    groups = None if whole.groups is None else whole.groups[rows]
    return replace(whole, rows=whole.rows[rows], groups=groups)


async def read_errors(
    desk: Desk, whole: ListPage, part: ListPage, asking: Asking, patience: Patience
) -> ListPage:
    """The root errors of one part's rows that are not known; a server without attempts has none."""
    if whole.fresh.coverage.feed == "sessions":
        return whole
    unread = [row.last for row in part.rows if row.error is None]
    later = asking.hurried and whole.fresh.coverage.copied
    errors = await desk.source.errors(unread, desk.beside(patience), wait=not later)

    def told(row: Row) -> Row:
        return replace(row, error=errors[row.last.id]) if row.last.id in errors else row

    return replace(whole, rows=tuple(map(told, whole.rows)))


SESSION_LISTS = Kind(FEATURE, TypeAdapter(ListPage), find_list, part_of, read_errors, list_message)
