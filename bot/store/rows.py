"""Rows of the copy from attempts, and attempts from rows."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, insert

from bot.core.model import Attempt, Status
from bot.store.tables import attempts

Value = TypeVar("Value")


def attempt_values(
    attempt: Attempt,
    *,
    workflow: int,
    seen: int,
    canceling_since: datetime | None,
    is_last: bool,
    changed: int | None,
    diagnosed: bool,
) -> dict[str, Any]:
    """A row as `insert_all` takes it: instants in whole seconds of Unix time."""
    at = attempt.session_time
    offset = at.utcoffset() or timedelta()
    return {
        "id": attempt.id,
        "session_id": attempt.session_id,
        "workflow": workflow,
        "session_time": _seconds(at),
        "session_offset": int(offset.total_seconds()),
        "session_day": at.toordinal(),
        "status": attempt.status.value,
        "created": _seconds(attempt.created_at),
        "finished": _seconds(attempt.finished_at),
        "ended": _seconds(attempt.ended_at),
        "number": attempt.index,
        "workflow_id": attempt.workflow_id,
        "session_uuid": attempt.session_uuid,
        "retry_name": attempt.retry_attempt_name,
        "pool_id": attempt.pool_id,
        "cancel_requested": attempt.cancel_requested,
        "canceling_since": _seconds(canceling_since),
        "seen": seen,
        "is_last": is_last,
        "changed": changed,
        "diagnosed": diagnosed,
    }


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def insert_all(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert rows by `attempt_values`, handed to the driver as they are: with SQLAlchemy's own conversion of
    each value, filling the copy took half as long again."""
    if not rows:
        return
    statement = insert(attempts).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names = statement.positiontup
    given = list(map(itemgetter(*names), rows)) if names else rows
    connection.exec_driver_sql(str(statement), given)


@lru_cache(maxsize=200)
def zone_at(offset: int) -> timezone:
    return timezone(timedelta(seconds=offset))


STATUSES = {status.value: status for status in Status}


def attempt_of(row: Row[Any], project_id: int, project: str, workflow: str) -> Attempt:
    """A row that begins with all columns of `attempts`; params are not kept."""
    fields: tuple[Any, ...] = tuple(row)
    number, session_id, _, session_time, offset, _, said, created, finished, _, index, *rest = fields
    workflow_id, uuid, retry_name, pool_id, cancel_requested, canceling_since = rest[:6]
    status = STATUSES[said]
    return Attempt(
        id=number,
        session_id=session_id,
        project_id=project_id,
        project=project,
        workflow=workflow,
        session_time=session_time.astimezone(zone_at(offset)) if offset else session_time,
        status=status,
        created_at=created,
        finished_at=finished,
        index=index,
        workflow_id=workflow_id,
        session_uuid=uuid,
        retry_attempt_name=retry_name,
        pool_id=pool_id,
        done=status.finished,
        success=status is Status.SUCCESS,
        cancel_requested=cancel_requested,
        canceling_since=canceling_since,
    )


AT_ONCE = 500
"""Ids in one question to the database."""


def chunks(ids: Iterable[Value], size: int = AT_ONCE) -> Iterator[list[Value]]:
    every = iter(ids)
    while some := list(islice(every, size)):
        yield some
