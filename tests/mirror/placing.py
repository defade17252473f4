"""A mirror of an account at noon, asked as people ask it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.coverage import Coverage
from bot.core.finding import Found
from bot.core.model import Status
from bot.core.names import Within
from bot.core.patience import Patience
from bot.core.query import Query
from bot.mirror.look import Span
from bot.mirror.mirror import Mirror
from bot.mirror.rules import RULES, Rules
from bot.playground.account import Account, Clock, Written
from bot.playground.account.history import History
from tests.mirror.keeping import Time, mirrored

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
FAILED = Query(statuses=frozenset({Status.ERROR}))


@dataclass
class Place:
    """A mirror of an account at noon; `hurried` questions are those of Slack."""

    account: Account
    time: Time
    mirror: Mirror

    async def ask(self, span: Span | None = None, *, hurried: bool = True) -> tuple[Found, Coverage]:
        total, silence = (8.0, None) if hurried else (None, 30.0)
        patience = Patience(self.time.monotonic, total=total, silence=silence)
        look = await self.mirror.look(span or Span(self.account.clock.now() - DAY), patience)
        return await look.find(FAILED, Within()), look.coverage

    @property
    def asked(self) -> list[str]:
        return [each.path for each in self.account.log]

    async def full(self) -> None:
        await self.mirror.upkeep.fill()
        self.account.log.clear()


@asynccontextmanager
async def place(
    history: History, folder: Path, rules: Rules = RULES, *, keeps: bool = True
) -> AsyncIterator[Place]:
    clock = Clock(NOW)
    clock.freeze(NOW)
    async with Account(history, clock=clock) as account:
        time = Time(clock)
        async with mirrored(account, time, f"sqlite:///{folder}/copy.db", rules) as kept:
            kept.mirror.keeps = keeps
            yield Place(account, time, kept.mirror)


def failed_hourly(count: int = 30, apart: timedelta = HOUR, ids: int = 1) -> Written:
    """Failed sessions, the newest an hour ago, their ids `ids` apart; none runs still."""
    history = Written(NOW - 40 * DAY)
    for ago in range(count, 0, -1):
        number = (count - ago + 1) * ids
        created = NOW - HOUR - (ago - 1) * apart
        history.run("sales", "load", id=number, created=created, outcome="error", error=f"boom {ago}")
    return history


async def asked_for(here: Place, *paths: str) -> None:
    """Wait until the account has been asked for these."""
    async with asyncio.timeout(20):
        while here.asked != list(paths):  # noqa: ASYNC110 (it has no event for it)
            await asyncio.sleep(0.005)
