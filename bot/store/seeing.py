"""Attempts of the copy, each with what its workflow's history says of it, and its error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from bot.core.diagnosis import first_line
from bot.core.finding import Found, Seen
from bot.core.model import Attempt, Status
from bot.store.failures import errors_of
from bot.store.judging import pace_in, with_streaks
from bot.store.rows import attempt_of, chunks
from bot.store.tables import attempts, failures, workflows


@dataclass(frozen=True, slots=True)
class Named:
    """A workflow: its number in the copy, and its names, which never change."""

    id: int
    project_id: int
    project: str
    workflow: str


def by_id(connection: Connection, ids: Sequence[int], names: Mapping[int, Named]) -> Mapping[int, Seen]:
    """Those of these attempts that are held."""
    found: dict[int, Seen] = {}
    for some in chunks(ids):
        for row in connection.execute(_some(), {"some": some}).all():
            found[row.id] = seen_in(row, names)
    return found


@cache
def _some() -> Select[Any]:
    """Made once: making it took as long as what it does."""
    rows = select(attempts, workflows.c.usual, workflows.c.ninetieth)
    rows = rows.join(workflows, workflows.c.id == attempts.c.workflow)
    return with_all(rows.where(attempts.c.id.in_(bindparam("some", expanding=True))))


def with_all(rows: Select[Any]) -> Select[Any]:
    """`rows` of attempts with the streaks they end and their errors, where they have been read."""
    query = with_streaks(rows).add_columns(failures.c.error)
    return query.outerjoin(failures, failures.c.attempt_id == query.selected_columns.id)


def with_errors(connection: Connection, found: Found) -> Found:
    """With the errors that have been read since, of the rows that were without."""
    unread = [row.last.id for row in found.rows if row.last.status is Status.ERROR and row.error is None]
    if not unread:
        return found
    read = {attempt: first_line(error) for attempt, error in errors_of(connection, unread).items()}
    rows = tuple(replace(row, error=read.get(row.last.id, row.error)) for row in found.rows)
    return replace(found, rows=rows) if read else found


def seen_in(row: Row[Any], names: Mapping[int, Named]) -> Seen:
    error = None if row.error is None else first_line(row.error)
    return Seen(attempt_in(row, names), pace_in(row), row.streak, error)


def attempt_in(row: Row[Any], names: Mapping[int, Named]) -> Attempt:
    each = names[row.workflow]
    return attempt_of(row, each.project_id, each.project, each.workflow)
