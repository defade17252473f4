"""Sessions as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

from bot.core.model import Attempt, Status
from bot.features.sessions.csv import CsvRow, csv_bytes

HEADER = "session_id,attempt_id,project,workflow,session_time,status,created_at,finished_at,attempts,error\n"
LAST = Attempt(
    id=9001,
    session_id=123456,
    project_id=12,
    project="sales",
    workflow="daily_load",
    session_time=datetime(2026, 11, 24, 2, 0, tzinfo=timezone(timedelta(hours=9))),
    status=Status.ERROR,
    created_at=datetime(2026, 11, 23, 17, 0, 1, tzinfo=UTC),
    finished_at=datetime(2026, 11, 23, 17, 12, 8, tzinfo=UTC),
)


def test_nothing_found_is_the_header_line() -> None:
    assert csv_bytes([]).decode() == HEADER


def test_a_row_has_utc_times_and_the_apis_word() -> None:
    times = "2026-11-23T17:00:00Z,error,2026-11-23T17:00:01Z,2026-11-23T17:12:08Z"
    row = f"123456,9001,sales,daily_load,{times},2,boom\n"
    assert csv_bytes([CsvRow(LAST, 2, "boom")]).decode() == HEADER + row


def test_what_is_unknown_is_empty() -> None:
    last = Attempt(1, 2, 3, "p", "w", LAST.session_time, Status.RUNNING, LAST.created_at)
    row = "2,1,p,w,2026-11-23T17:00:00Z,running,2026-11-23T17:00:01Z,,,\n"
    assert csv_bytes([CsvRow(last)]).decode() == HEADER + row


def test_names_stay_true_whatever_they_hold() -> None:
    names = ('=1+1, "quoted"', "日次\n集計", "half \ud83d")
    rows = [
        CsvRow(Attempt(1, 2, 3, name, name, LAST.session_time, Status.SUCCESS, LAST.created_at))
        for name in names
    ]
    read = list(csv.DictReader(io.StringIO(csv_bytes(rows).decode(), newline="")))
    assert [row["project"] for row in read] == ['=1+1, "quoted"', "日次\n集計", "half ?"]
