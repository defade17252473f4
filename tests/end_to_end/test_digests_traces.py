"""Declared digests on a disk that does not last: the channel tells how far they came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.manifest import manifest_yaml
from bot.playground.account.clock import Clock
from bot.playground.account.server import Account
from bot.playground.slack import Broken, LocalSlack, RateLimited
from tests.end_to_end.staging import HERE, MINUTE, NOW, Stage, settled, started
from tests.end_to_end.test_digests import HOUR, due, payload, posts, reopen, story

HOURLY = {"EPHEMERAL_DISK": "1", "DIGESTS": "- {name: hours, when: hourly, channel: '#data-alerts'}"}
HISTORY = "conversations.history"


@pytest.fixture
def clock() -> Clock:
    clock = Clock(NOW + 10 * MINUTE)
    clock.freeze()
    return clock


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(manifest_yaml(), burst=1_000_000, tiers=False) as slack:
        yield slack


@pytest.fixture
async def account(clock: Clock) -> AsyncIterator[Account]:
    async with Account(story(), clock=clock) as account:
        yield account


@asynccontextmanager
async def life(number: int, slack: LocalSlack, account: Account, tmp_path: Path) -> AsyncIterator[Stage]:
    """From a start with an empty disk to the end."""
    folder = tmp_path / str(number)
    folder.mkdir()
    async with started("socket", slack, account, folder, None, **HOURLY) as stage:
        await settled(stage.bot)
        await due(stage)
        yield stage


def covered(stage: Stage) -> list[tuple[str, str]]:
    return sorted((str(payload(post)["from"]), str(payload(post)["to"])) for post in posts(stage))


def follow(spans: list[tuple[str, str]]) -> bool:
    """Whether each begins where the one before ends."""
    return [before[1] for before in spans[:-1]] == [after[0] for after in spans[1:]]


async def test_every_line_that_one_is_late_is_taken_up(
    clock: Clock, slack: LocalSlack, account: Account, tmp_path: Path
) -> None:
    async with life(0, slack, account, tmp_path) as stage:
        account.faults.status(503, times=None)
        for minutes in (81, 60):
            clock.move(minutes * MINUTE)
            await due(stage)
        assert len([post for post in posts(stage) if payload(post).get("pending")]) == 2
    account.faults.clear()
    async with life(1, slack, account, tmp_path) as stage:
        for _ in range(4):
            clock.move(40 * MINUTE)
            await due(stage)
        assert not [post for post in posts(stage) if payload(post).get("pending")]
        spans = covered(stage)
        assert spans[0][1] == "2026-11-24T12:00:00Z"
        assert spans[-1][1] == "2026-11-24T17:00:00Z"
        assert follow(spans)


async def test_a_line_below_a_later_post_is_taken_up_too(
    clock: Clock, slack: LocalSlack, account: Account, tmp_path: Path
) -> None:
    async with life(0, slack, account, tmp_path) as stage:
        account.faults.status(503, times=None)
        clock.move(85 * MINUTE)
        await due(stage)
        account.faults.clear()
        slack.misbehave("chat.update", RateLimited(3600), times=1)
        clock.move(30 * MINUTE)
        await due(stage)
        await due(stage)
        assert [payload(post).get("pending") for post in posts(stage)] == [None, True, None]
    async with life(1, slack, account, tmp_path) as stage:
        clock.move(HOUR)
        async with asyncio.timeout(20):
            while covered(stage)[-1][1] < "2026-11-24T15:00:00Z":
                await due(stage)
        assert not [post for post in posts(stage) if payload(post).get("pending")]
        spans = covered(stage)
        assert follow(spans)
        assert spans[-1][1] == "2026-11-24T15:00:00Z"


async def test_a_line_whose_edit_was_given_up_is_not_taken_up(
    clock: Clock, slack: LocalSlack, account: Account, tmp_path: Path
) -> None:
    """The next post told what it was to tell."""
    async with life(0, slack, account, tmp_path) as stage:
        account.faults.status(503, times=None)
        clock.move(105 * MINUTE)
        await due(stage)
        await slack.archive(HERE)
        account.faults.clear()
        for _ in range(3):
            clock.move(MINUTE)
            await due(stage)
        reopen(slack)
        for _ in range(4):
            clock.move(15 * MINUTE)
            await due(stage)
        stood = [(post.ts, payload(post)) for post in posts(stage)]
        assert [each.get("pending") for _, each in stood] == [None, True, None]
    async with life(1, slack, account, tmp_path) as stage:
        for _ in range(3):
            clock.move(MINUTE)
            await due(stage)
        stands = [(post.ts, payload(post)) for post in posts(stage)]
        assert stands[:3] == stood
        assert [each["from"] for _, each in stands[3:]] == ["2026-11-24T14:00:00Z"]


async def test_no_post_overtakes_one_that_waits(
    clock: Clock, slack: LocalSlack, account: Account, tmp_path: Path
) -> None:
    """What stands in the channel covers all before it, whenever the process dies."""
    async with life(0, slack, account, tmp_path) as stage:
        clock.move(50 * MINUTE)
        slack.misbehave("chat.postMessage", Broken(), times=None)
        for _ in range(50):
            clock.move(timedelta(seconds=70))
            await due(stage)
        clock.move(timedelta(seconds=110))
        slack.behave()
        await due(stage)
    async with life(1, slack, account, tmp_path) as stage:
        for _ in range(6):
            clock.move(15 * MINUTE)
            await due(stage)
        spans = covered(stage)
        assert follow(spans)
        assert spans[-1][1] == "2026-11-24T15:00:00Z"


async def test_the_channel_is_read_once_though_nothing_is_due(
    clock: Clock, slack: LocalSlack, account: Account, tmp_path: Path
) -> None:
    async with life(0, slack, account, tmp_path):
        pass
    async with life(1, slack, account, tmp_path) as stage:
        read = len(slack.calls_of(HISTORY))
        for _ in range(5):
            await due(stage)
        assert len(slack.calls_of(HISTORY)) == read
        assert len(posts(stage)) == 1


async def test_who_is_told_to_wait_waits_and_then_reads_to_the_end(
    clock: Clock, slack: LocalSlack, account: Account, tmp_path: Path
) -> None:
    async with life(0, slack, account, tmp_path) as stage:
        assert [await slack.next_message(user="ana")] == posts(stage)
    for number in range(450):
        await slack.say("ana", HERE, f"word {number}")
    clock.move(HOUR)
    slack.misbehave(HISTORY, RateLimited(30))
    before = len(slack.calls_of(HISTORY))
    async with life(1, slack, account, tmp_path) as stage:
        for _ in range(3):
            await due(stage)
        assert len(slack.calls_of(HISTORY)) == before + 1
        assert len(posts(stage)) == 1
        assert "slow down" in (await stage.ask("/digests")).text
        clock.move(timedelta(seconds=31))
        await due(stage)
        cursors = [call.arguments.get("cursor") for call in slack.calls_of(HISTORY)[before + 1 :]]
        assert len(set(cursors)) >= 3
        await due(stage)
        assert await slack.next_message(user="ana") == posts(stage)[1]
        assert "slow down" not in (await stage.ask("/digests")).text
