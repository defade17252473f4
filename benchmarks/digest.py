"""A digest of a day: how long it takes and holds the event loop, and whether its numbers are right."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reckoned import computed, day_to
from benchmarks.stage import KEY
from benchmarks.table import Row, milliseconds
from bot.answering import answering
from bot.core.digest import Period
from bot.playground.account.apart import Apart
from bot.settings import Settings

TIMES = 5
TOOK, HELD = 1.0, 0.050
SETTLED = 75.0
"""Seconds after which all that began before has been committed, and been seen."""
STOOD = (
    "SELECT status, count(*) FROM (SELECT status, ended, row_number() OVER (PARTITION BY session_id"
    " ORDER BY number DESC, id DESC) AS place FROM attempts WHERE created < :end)"
    " WHERE place = 1 AND ended >= :start AND ended < :end GROUP BY status"
)


@dataclass(frozen=True, slots=True)
class Digested:
    """How long each of several took, and the event loop was held meanwhile (by the clock, and of it
    computing), in seconds; what it told, what the copy tells by a plain count, and the account read anew."""

    seconds: Sequence[float]
    held: float
    computed: float
    told: Mapping[str, Any]
    counted: Mapping[str, Any]
    read: Mapping[str, Any]
    read_in: float

    def row(self) -> Row:
        uncounted = [name for name, value in self.counted.items() if self.told[name] != value]
        unread = [name for name, value in self.read.items() if self.told[name] != value]
        sessions = sum(self.told["now"])
        wrong = [*uncounted, *unread]
        same = f"NOT the same: {', '.join(wrong)}" if wrong else "the same"
        return Row(
            "a digest of a day, computed from the copy once a look has been had",
            f"≤ {TOOK:.0f} s, the event loop held ≤ {milliseconds(HELD)}; the same as a plain SQL count and a"
            " full reading of the API",
            f"{milliseconds(max(self.seconds))} at most of {len(self.seconds)} over {sessions:,} sessions,"
            f" held {milliseconds(self.held)} (its own computing: {milliseconds(self.computed)}); {same}"
            f" (the reading took {self.read_in:.0f} s)",
            max(self.seconds) <= TOOK and self.held <= HELD and not wrong and sessions > 0,
        )


def counted(database: Path, end: int) -> dict[str, Any]:
    """The same sessions by one statement each."""
    period = day_to(end)
    with closing(sqlite3.connect(database)) as connection:
        return {
            name: _counted(connection, part) for name, part in (("now", period), ("before", period.before))
        }


def _counted(connection: sqlite3.Connection, period: Period) -> list[int]:
    given = {"start": int(period.start.timestamp()), "end": int(period.end.timestamp())}
    counts = dict(connection.execute(STOOD, given).fetchall())
    return [counts.get(status, 0) for status in ("success", "error", "killed")]


async def read_in_full(account: Apart, end: int) -> tuple[float, dict[str, Any]]:
    """By a bot without a copy, which reads 15 days of the account: seconds, and what it tells."""
    settings = Settings.for_ask({"TD_API_KEY": KEY, "WORKFLOW_URL": account.url})
    async with answering(settings, database="sqlite://", slack="", slack_trouble=_none) as parts:
        return await computed(parts.mirror, end)


async def _none() -> str:
    return ""
