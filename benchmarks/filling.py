"""The first fill: how fast, how exact, and how long it holds the event loop."""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.stage import KEY, Stage
from benchmarks.table import Row, milliseconds
from benchmarks.truth import Copied, Wrong, copied
from bot.answering import answering
from bot.core.fingerprint import fingerprint
from bot.mirror.rules import RULES
from bot.playground.account.apart import Apart
from bot.settings import Settings

SAMPLE = 60
"""Pages that are read one at a time."""
AT_FULL_SPEED = 100_000.0
FASTER, HELD = 9.0, 0.050
ERROR = "SYNTAX_ERROR: line 12:8: Column 'revenue' cannot be resolved"


@dataclass(frozen=True, slots=True)
class Filled:
    """A first fill: how long it took, and the event loop was held (by the clock, and of it computing), in
    seconds; the copy after it."""

    seconds: float
    pages: int
    held: float
    computed: float
    copy: Copied

    def rows(self, a_page: float, exact: Wrong) -> list[Row]:
        """`a_page`: seconds a page, one request at a time."""
        alone = a_page * self.pages
        faster = alone / self.seconds
        measured = (
            f"{faster:.1f} × ({self.seconds:.1f} s; {self.pages:,} pages one at a time: {alone:,.0f} s,"
            f" extrapolated from {SAMPLE}); {exact} of {exact.of:,}"
        )
        return [
            Row(
                "first fill of 24 h (8 days of attempts), 16 in flight, against one request at a time",
                f"≥ {FASTER:.0f} × faster, exact",
                measured,
                faster >= FASTER and not exact,
            ),
            Row(
                "longest time the event loop is held while filling",
                f"≤ {milliseconds(HELD)}",
                f"{milliseconds(self.held)}; its own computing: {milliseconds(self.computed)}",
                self.held <= HELD,
            ),
        ]


async def fill(stage: Stage) -> Filled:
    """From the start of the bot to a copy of 8 days, watched."""
    begun = time.perf_counter()
    await stage.bot.watch(on=True)
    await stage.until("ready")
    seconds = time.perf_counter() - begun
    await stage.bot.watch(on=False)
    state, at = await stage.bot.state(), datetime.now(UTC)
    await stage.ask()
    copy = copied(stage.database, at, at - RULES.exact)
    return Filled(seconds, len(copy.rows) // 100, state.held, state.computed, copy)


async def one_at_a_time(account: Apart, folder: Path) -> float:
    """Seconds a page, by the same code with one request in flight."""
    settings = Settings.for_ask({"TD_API_KEY": KEY, "WORKFLOW_URL": account.url})
    database = f"sqlite:///{folder / 'sequential.db'}"
    async with answering(settings, database=database, slack="", slack_trouble=_none) as parts:
        parts.mirror.upkeep.duty.lease = None  # nobody else keeps this one up
        filling, stats = parts.mirror.upkeep.filling, parts.client.stats
        filling.rules = replace(filling.rules, fill_width=1)
        running = asyncio.create_task(filling.run())
        begun, before = time.perf_counter(), 0
        while stats.requests < before + SAMPLE and not running.done():
            await asyncio.sleep(0.01)
            if not before and stats.requests > 2:
                begun, before = time.perf_counter(), stats.requests
        seconds = time.perf_counter() - begun
        await filling.stop()
        await asyncio.gather(running, return_exceptions=True)
        return seconds / (stats.requests - before)


async def _none() -> str:
    return ""


async def whole(stage: Stage) -> None:
    """The rest of what is kept, without the distance and without leisure: it takes an hour otherwise."""
    await stage.account.far(0.0, 0.0)
    await stage.bot.leisure(AT_FULL_SPEED)
    await stage.until("filled")


def diagnose_all(database: Path) -> None:
    """As it stands once the backlog of errors has been read, which takes an hour."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "INSERT INTO failures SELECT id, workflow, finished, '+main+load', ?, ? FROM attempts"
            " WHERE status = 'error' AND NOT diagnosed",
            [ERROR, fingerprint(ERROR)],
        )
        connection.execute("UPDATE attempts SET diagnosed = 1 WHERE status = 'error'")


def only_lately(database: Path, kept: timedelta) -> None:
    """As if the account had begun so short a time ago."""
    since = int((datetime.now(UTC) - kept).timestamp())
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM attempts WHERE created < ? AND ended IS NOT NULL", [since])
        connection.execute("UPDATE mirror SET bottom_id = 0, bottom_created = ?", [since])


def serves(database: Path, url: str) -> None:
    """The same account, at another address."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE account SET url = ?", [url])
