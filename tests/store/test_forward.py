"""What an attempt has come to stays so, whoever saw it, in whatever order and by whatever clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import Attempt, Status
from bot.store.attempts import Attempts
from bot.store.store import Account, open_store

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUEUED = Attempt(
    id=7,
    session_id=3,
    project_id=1,
    project="sales",
    workflow="load",
    session_time=NOW,
    status=Status.QUEUED,
    created_at=NOW,
)
RUNNING = replace(QUEUED, status=Status.RUNNING)
CANCELING = replace(QUEUED, status=Status.CANCELING, cancel_requested=True)
KILLED = replace(CANCELING, status=Status.KILLED, finished_at=NOW + HOUR, done=True)


@pytest.mark.parametrize(
    ("sights", "told"),
    [
        ([(RUNNING, 0), (CANCELING, 1)], [Status.RUNNING, Status.CANCELING]),
        ([(RUNNING, 2), (CANCELING, 0)], [Status.RUNNING, Status.CANCELING]),  # the clock was set back
        ([(RUNNING, 1), (QUEUED, 0)], [Status.RUNNING]),  # who was stopped wakes
        ([(RUNNING, 0), (QUEUED, 1)], [Status.RUNNING, Status.QUEUED]),  # as the server will have it
        ([(RUNNING, 2), (KILLED, 0)], [Status.RUNNING, Status.KILLED]),
        ([(KILLED, 0), (RUNNING, 1)], [Status.KILLED]),
        ([(KILLED, 0), (KILLED, 1)], [Status.KILLED]),
    ],
)
async def test_sights_of_an_attempt(
    sights: list[tuple[Attempt, int]], told: list[Status], database: str
) -> None:
    """`sights` are what was seen at which hour by the clock of who saw it; `told` is what a reader of the
    changes is told."""
    async with open_store(database, Account("https://api.example.com")) as store:
        copy, cursor, read = Attempts(store), 0, []
        for seen, hour in sights:
            await copy.put([seen], NOW + hour * HOUR)
            for number, _, status in await copy.changed(cursor, 10):
                read.append(status)
                cursor = number
    assert read == told
