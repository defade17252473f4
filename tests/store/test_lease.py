"""A lease is one process's at a time; whoever dies, or is stopped, loses it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.lease import Lease
from bot.store.store import Account, Store, open_store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SHORT = timedelta(seconds=0.2)


class Hands:
    """A machine's clock, for both of its kinds."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def clock(self) -> float:
        return self.passed


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    async with open_store(database, Account("http://127.0.0.1:65432")) as opened:
        yield opened


@pytest.fixture
async def file() -> AsyncIterator[Store]:
    async with open_store("sqlite://", Account("http://127.0.0.1:65432")) as opened:
        yield opened


def two(store: Store, hands: Hands) -> tuple[Lease, Lease]:
    one, other = (
        Lease(store, "mirror", holder, now=hands.now, clock=hands.clock) for holder in ("one", "other")
    )
    return one, other


async def test_the_first_has_it_and_the_second_has_not(store: Store) -> None:
    one, other = two(store, Hands())
    assert (await one.take(), await other.take()) == (True, False)
    assert (one.held(), other.held()) == (True, False)
    assert await other.whose() == "one"


async def test_of_many_at_once_one_gets_it(store: Store) -> None:
    all_ = [Lease(store, "mirror", f"number {number}") for number in range(10)]
    assert sum(await asyncio.gather(*(each.take() for each in all_))) == 1


async def test_nobody_has_it_at_first(store: Store) -> None:
    assert await Lease(store, "mirror", "one").whose() is None


async def test_it_is_let_go_of_at_the_end(store: Store) -> None:
    one, other = two(store, Hands())
    await one.take()
    await one.release()
    assert not one.held()
    assert await other.whose() is None
    assert await other.take()


async def test_who_has_it_not_lets_go_of_nothing(store: Store) -> None:
    one, other = two(store, Hands())
    await one.take()
    await other.release()
    assert await other.whose() == "one"


async def test_who_renews_it_keeps_it(file: Store) -> None:
    hands = Hands()
    one, other = two(file, hands)
    await one.take()
    for _ in range(3):
        hands.passed += 14
        assert await one.take()
        assert not await other.take()


async def test_who_does_not_renew_it_loses_it_and_knows(file: Store) -> None:
    hands = Hands()
    one, other = two(file, hands)
    await one.take()
    hands.passed += 15
    assert not one.held()
    assert await other.take()
    assert not await one.take()


async def test_a_clock_that_is_set_back_keeps_nobody_out(file: Store) -> None:
    hands = Hands()
    one, other = two(file, hands)
    await one.take()
    hands.passed -= 3600
    assert await other.take()


async def test_a_server_s_lease_ends_by_the_server_s_clock(store: Store) -> None:
    wrong = Hands()
    one = Lease(store, "mirror", "one", ttl=SHORT)
    other = Lease(store, "mirror", "other", SHORT, now=wrong.now if store.address.server else one.now)
    await one.take()
    async with asyncio.timeout(10):
        while not await other.take():
            pass
    assert not one.held()
