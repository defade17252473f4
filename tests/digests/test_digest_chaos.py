"""Whatever is killed, dropped, limited or away: each occurrence of a digest is covered by one post."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from bot.playground.account import Account, Clock
from bot.playground.account.restless import restless
from bot.playground.slack import Change, LocalSlack
from tests.digests.worker import HERE, NAME, PACE, told_time
from tests.outbox.staging import manifest
from tests.outbox.test_chaos import FAULTS, METHODS, Chaos, payload
from tests.postgresql import Server

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)


class Fast:
    """Slack's clock: as many seconds as the bot's."""

    def __init__(self, begin: float) -> None:
        self.begin = begin

    def now(self) -> float:
        return told_time(self.begin).timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / PACE)


class Story(Chaos):
    """Kills until `most`; the account is away now and then, too. `lines` said that a digest is late."""

    account: Account
    lines: int = 0
    dark: bool = False

    def heard(self, change: Change) -> None:
        """In the dark only who has posted such a line is killed: what waits is to be posted, too."""
        line = change.what == "posted" and bool(payload(change.subject).get("pending"))
        self.lines += line
        if line or not self.dark:
            super().heard(change)

    def has_died(self, least: int, most: int) -> bool:
        """At least `least` unsettled deaths, and as many as both in all."""
        return self.deaths.unsettled >= least and self.deaths.all >= least + most

    async def darkness(self) -> None:
        """The account is away until a line or two have said that a digest is late."""
        enough, self.dark = self.lines + self.chance.choice([1, 2]), True
        self.account.faults.status(503, times=None)
        async with asyncio.timeout(120):
            while self.lines < enough:  # noqa: ASYNC110 (it has no event for it)
                await asyncio.sleep(0.1)
        self.account.faults.clear()
        self.dark = False

    def outage(self) -> None:
        if self.chance.random() < 0.5:
            self.account.faults.status(503, times=20)
        else:
            self.account.faults.drop(times=20)


async def lived(
    seed: int,
    database: str,
    *,
    seconds: float,
    least: int,
    most: int,
    workers: int = 1,
    how: str = "",
    dark: int = 0,
) -> tuple[Story, list[tuple[str, str]]]:
    """So many seconds, which are minutes, of a digest every minute; what the posts cover, in order. The
    account is away `dark` times for so long that lines say so."""
    begin = float(int(time.time()) // 60 * 60)
    base = datetime.fromtimestamp(begin, UTC)
    history = restless(seed, base - 2 * DAY, base + DAY, sessions=400)
    clock = Clock(told_time(begin), ticking=lambda: told_time(begin))
    chance = Random(seed)
    async with (
        LocalSlack(manifest(), clock=Fast(begin), burst=1_000_000, tiers=False) as slack,
        Account(history, clock=clock) as account,
    ):
        slack.faults.storm(chance, 0.1, FAULTS, METHODS)
        story = Story(slack, database, chance, least, most, forgetful=how == "forgetful")
        story.account = account
        peace = slack.watch(story.heard)
        async with forks(story, account.url, begin, how):
            for _ in range(workers):
                story.bear()
            end = time.monotonic() + seconds
            while time.monotonic() < end or not story.has_died(least, most):
                assert not story.failed, story.failed
                await asyncio.sleep(0.5)
                if dark and chance.random() < 0.1:
                    dark -= 1
                    await story.darkness()
                if chance.random() < 0.05:
                    story.outage()
                if chance.random() < 0.4:
                    story.deaths.elsewhere += story.kill(chance.choice([*story.living, 0]))
            peace()
            slack.faults.clear()
            slack.behave()
            account.faults.clear()
            until = told_time(begin).replace(second=0, microsecond=0)
            with suppress(TimeoutError):  # what is missing then is told
                await slack.wait_for(lambda: is_whole(spans(slack), until), 60)
        assert story.failed == []
        covered = spans(slack)
        assert covered
        assert covered[-1][1] >= f"{until:%Y-%m-%dT%H:%M:%SZ}"
        return story, covered


def spans(slack: LocalSlack) -> list[tuple[str, str]]:
    payloads = [payload(one) for one in slack.messages(HERE)]
    mine = [each for each in payloads if each.get("digest") == NAME and not each.get("pending")]
    return sorted((str(each["from"]), str(each["to"])) for each in mine)


def is_whole(covered: list[tuple[str, str]], until: datetime) -> bool:
    return bool(covered) and covered[-1][1] >= f"{until:%Y-%m-%dT%H:%M:%SZ}" and not wrong(covered)


def wrong(covered: list[tuple[str, str]]) -> list[str]:
    """Where one post does not begin where the one before ends."""
    return [f"{one} and then {other}" for one, other in pairwise(covered) if one[1] != other[0]]


def twice(covered: list[tuple[str, str]]) -> list[str]:
    """Where one post begins before the one before ends."""
    return [f"{one} and then {other}" for one, other in pairwise(covered) if one[1] > other[0]]


@asynccontextmanager
async def forks(story: Story, account: str, begin: float, how: str) -> AsyncIterator[None]:
    story.fork = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.digests.worker"),
        *(story.database, story.slack.api_url, account, str(begin), how),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    listening = asyncio.create_task(story.listen())
    try:
        yield
    finally:
        for process in story.living:
            os.kill(process, signal.SIGKILL)
        assert story.fork.stdin is not None
        story.fork.stdin.close()
        await story.fork.wait()
        await listening


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'lookout.db'}"


async def test_each_minute_is_covered_once_by_one_process_on_a_file(file: str) -> None:
    story, covered = await lived(1, file, seconds=4, least=4, most=3)
    assert wrong(covered) == []
    assert story.deaths.unsettled >= 4


async def test_each_minute_is_covered_once_though_the_database_is_lost_at_each_death(file: str) -> None:
    story, covered = await lived(3, file, seconds=4, least=3, most=2, how="forgetful")
    assert wrong(covered) == []
    assert story.deaths.unsettled >= 3


async def test_each_minute_is_covered_once_after_a_hundred_deaths(database: str) -> None:
    workers = 1 if database.startswith("sqlite") else 2
    story, covered = await lived(5, database, seconds=45, least=35, most=70, workers=workers, dark=3)
    assert wrong(covered) == []
    assert story.deaths.all >= 100
    assert story.deaths.unsettled >= 30
    assert story.lines >= 3


async def test_each_minute_is_covered_once_though_a_hundred_databases_are_lost(file: str) -> None:
    story, covered = await lived(7, file, seconds=45, least=35, most=70, how="forgetful", dark=3)
    assert wrong(covered) == []
    assert story.deaths.all >= 100
    assert story.deaths.unsettled >= 30
    assert story.lines >= 3


async def test_without_a_look_into_the_channel_some_minutes_are_covered_twice(postgresql: Server) -> None:
    _, covered = await lived(
        9, postgresql.new_database(), seconds=20, least=15, most=10, workers=2, how="blind"
    )
    assert twice(covered) != []
