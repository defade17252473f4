"""Of several processes on one database one keeps the copy up; all answer, and see what it fills."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account as Asked
from bot.core.patience import Patience
from bot.mirror.leisure import Leisure
from bot.mirror.mirror import Mirror, make_mirror
from bot.mirror.rules import RULES, Rules
from bot.playground.account import Account, Clock
from bot.playground.account.restless import restless
from bot.store.attempts import Attempts
from bot.store.lease import Lease
from bot.store.progress import Progress
from bot.store.store import Account as Owner
from bot.store.store import open_store
from tests.mirror.keeping import BEGIN, DAY, as_seen, everything, true_rows

HISTORY = restless(1, BEGIN, BEGIN + 2 * DAY, sessions=600)


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    clock = Clock(BEGIN + DAY)
    clock.freeze()
    async with Account(HISTORY, clock=clock) as served:
        yield served


@asynccontextmanager
async def replica(account: Account, database: str, name: str, rules: Rules = RULES) -> AsyncIterator[Mirror]:
    """As one of several processes has it: its own connections, and a lease."""
    site = Asked(self_hosted(account.url), Access.key("1/abc"))
    async with open_store(database, Owner(account.url)) as store, Client(site) as client:
        mirror = make_mirror(
            client,
            store,
            now=account.clock.now,
            clock=time.monotonic,
            keeps=True,
            leisure=Leisure(time.monotonic, asyncio.sleep, rate=1000),
            rules=rules,
            lease=Lease(store, "mirror", name),
        )
        try:
            yield mirror
        finally:
            await mirror.upkeep.stop()


@asynccontextmanager
async def two(account: Account, database: str, rules: Rules = RULES) -> AsyncIterator[tuple[Mirror, Mirror]]:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(replica(account, database, "one", rules))
        other = await stack.enter_async_context(replica(account, database, "other", rules))
        yield one, other


async def test_who_has_the_duty_begins_and_the_other_does_nothing(account: Account, database: str) -> None:
    async with two(account, database) as (one, other):
        await one.upkeep.hold()
        await other.upkeep.hold()
        await one.upkeep.fill()
        asked = account.requests
        account.clock.move(timedelta(minutes=5))
        for work in (
            other.upkeep.tick,
            other.upkeep.fill,
            other.upkeep.diagnose,
            other.upkeep.sweep,
            other.upkeep.prune,
        ):
            await work()
        assert account.requests == asked
        assert await other.upkeep.duty.whose() == "one"
        await one.upkeep.tick()
        assert account.requests > asked


async def test_the_other_is_ready_once_the_copy_is(account: Account, database: str) -> None:
    async with two(account, database) as (one, other):
        await one.upkeep.hold()
        assert not await other.upkeep.is_ready()
        await one.upkeep.fill()
        assert await other.upkeep.is_ready()


async def test_a_question_sees_what_another_process_fills(account: Account, database: str) -> None:
    async with two(account, database) as (one, other):
        await one.upkeep.hold()
        await one.upkeep.filling.until(
            account.clock.now() - timedelta(hours=1), Patience(time.monotonic, total=60)
        )
        floor = account.clock.now() - timedelta(days=8)
        waits = asyncio.create_task(other.upkeep.filling.until(floor, Patience(time.monotonic, total=60)))
        await one.upkeep.fill()
        assert (await waits).holds_from(floor)


async def test_what_nobody_fills_now_is_read_for_who_asks_whoever_s_duty_it_is(
    account: Account, database: str
) -> None:
    hours = timedelta(hours=1)
    async with two(account, database, replace(RULES, exact=3 * hours, kept=6 * hours)) as (one, other):
        await one.upkeep.hold()
        await one.upkeep.fill()
        floor = account.clock.now() - 20 * hours
        assert not (await other.copy.progress()).holds_from(floor)
        filled = await other.upkeep.filling.until(floor, Patience(time.monotonic, total=60))
        assert filled.holds_from(floor)
        assert not other.upkeep.duty.ours()


class Slow(Attempts):
    """A copy that is a turn slower to tell how far it goes, and tells who asks."""

    turns: Callable[[], None] = staticmethod(lambda: None)

    async def progress(self) -> Progress:
        self.turns()
        await asyncio.sleep(0)
        return await super().progress()


@pytest.mark.parametrize("turn", range(8))
async def test_who_waits_no_longer_is_forgotten_at_any_point(
    turn: int, account: Account, database: str
) -> None:
    async with replica(account, database, "one") as one:
        one.upkeep.duty.lease = None
        filling = one.upkeep.filling
        filling.copy = slow = Slow(one.copy.store)
        left, waits = (
            turn,
            asyncio.create_task(
                one.upkeep.filling.until(BEGIN - 30 * DAY, Patience(time.monotonic, total=60))
            ),
        )

        def gone() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                waits.cancel()

        await asyncio.sleep(0)
        slow.turns = gone
        await one.upkeep.filling.run()
        assert (await one.copy.progress()).holds_from(account.clock.now() - DAY)


async def test_at_a_graceful_end_the_next_takes_over_at_once(account: Account, database: str) -> None:
    async with replica(account, database, "other") as other:
        async with replica(account, database, "one") as one:
            await one.upkeep.hold()
            await other.upkeep.hold()
            assert not other.upkeep.duty.ours()
        await other.upkeep.hold()
        assert other.upkeep.duty.ours()
        assert other.upkeep._begun is not None  # noqa: SLF001 - it begins by itself
        await other.upkeep._begun  # noqa: SLF001
        assert await other.upkeep.is_ready()


async def test_who_asks_first_begins_the_copy_whoever_s_duty_it_is(account: Account, database: str) -> None:
    """A server without a feed tells so to everyone, and a process that has just died keeps nobody waiting."""
    async with two(account, database) as (one, other):
        await one.upkeep.duty.hold()
        await other.upkeep.fill()
        assert (await other.copy.progress()).mark is not None
        assert not await other.upkeep.is_ready()


async def test_two_at_once_do_no_harm(account: Account, database: str) -> None:
    async with two(account, database) as (one, other):
        for mirror in (one, other):
            mirror.upkeep.duty.lease = None
        await asyncio.gather(one.upkeep.filling.run(), other.upkeep.filling.run())
        account.clock.move(timedelta(minutes=30))
        await asyncio.gather(*(mirror.upkeep.tick() for mirror in (one, other, one, other)))
        await asyncio.gather(*(mirror.upkeep.refresh.join(60) for mirror in (one, other)))
        held = {number: as_seen(row) for number, row in (await everything(one)).items()}
        assert held == true_rows(account, BEGIN)
