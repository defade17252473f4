"""A list as a file: whole, or refused."""

from collections.abc import Iterable, Mapping

from bot.asking.desk import Desk, Missed, Sought
from bot.asking.files import file_name, seek_whole
from bot.blocks.answers import file_note
from bot.blocks.human import counted
from bot.core.model import Attempt, Status
from bot.core.people import Asking
from bot.core.query import Query
from bot.core.reply import File
from bot.features.sessions.csv import CsvRow, csv_bytes
from bot.features.sessions.lists import found_list
from bot.features.sessions.views import header_words

FOR_ERRORS = 5.0
"""Seconds for reading errors, in all; what was not read by then is left empty."""


async def new_file(desk: Desk, query: Query, asking: Asking) -> File | Missed:
    """Every row as csv. Raises ApiError where not all was read: a hole would go unseen."""
    patience = desk.unhurried()
    sought = await seek_whole(desk, query, asking, patience)
    if not isinstance(sought, Sought):
        return sought
    coverage = sought.look.coverage
    chosen = [seen.last for seen in sought.found.rows]
    errors: dict[int, str] = {}
    if coverage.feed == "attempts":
        errors = await desk.source.errors(chosen, patience.within(FOR_ERRORS))
    rows = [CsvRow(last, last.index, errors.get(last.id)) for last in chosen]
    listed = found_list(desk, sought, asking)
    notes = (*listed.notes, *unread_note(chosen, errors))
    name = file_name("sessions", coverage)
    note = file_note(header_words(listed), name, listed.fresh, notes)
    return File(note, name, csv_bytes(rows), public=query.here)


def unread_note(chosen: Iterable[Attempt], errors: Mapping[int, str]) -> tuple[str, ...]:
    """How many errors the file leaves empty because they were not read."""
    unread = sum(each.status is Status.ERROR and each.id not in errors for each in chosen)
    return (f"{counted(unread, 'error')} could not be read: left empty.",) if unread else ()
