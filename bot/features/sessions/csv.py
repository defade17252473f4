"""Sessions as a file: every row of an answer, for programs."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.asking.files import table, utc
from bot.core.model import Attempt

HEADER = (
    "session_id",
    "attempt_id",
    "project",
    "workflow",
    "session_time",
    "status",
    "created_at",
    "finished_at",
    "attempts",
    "error",
)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A session by its last attempt.

    `attempts` is how many there are, None where unknown; `error` the last attempt's own first line, redacted,
    None where there is none or it is unknown.
    """

    last: Attempt
    attempts: int | None = None
    error: str | None = None


def csv_bytes(rows: Iterable[CsvRow]) -> bytes:
    """Times in UTC; empty is unknown."""
    return table(HEADER, (_cells(row) for row in rows))


def _cells(row: CsvRow) -> tuple[str, ...]:
    last = row.last
    return (
        str(last.session_id),
        str(last.id),
        last.project,
        last.workflow,
        utc(last.session_time),
        last.status.value,
        utc(last.created_at),
        utc(last.finished_at),
        "" if row.attempts is None else str(row.attempts),
        row.error or "",
    )
