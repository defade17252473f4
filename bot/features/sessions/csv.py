"""Sessions as a file: every row of an answer, for programs.

Values are the truth as the API has it, quoted as RFC 4180 says, with LF line ends. A name that begins with
`=` or `+` stays as it is: altering it would make the file wrong for every program, to please a spreadsheet.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

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
    """UTF-8 without a mark; times in UTC as `2026-11-23T13:02:31Z`; empty is unknown."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_cells(row) for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def _cells(row: CsvRow) -> tuple[str, ...]:
    last = row.last
    return (
        str(last.session_id),
        str(last.id),
        last.project,
        last.workflow,
        _utc(last.session_time),
        last.status.value,
        _utc(last.created_at),
        _utc(last.finished_at),
        "" if row.attempts is None else str(row.attempts),
        row.error or "",
    )


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""
