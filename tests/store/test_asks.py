"""An ask keeps what turning its pages needs, in bounds."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from bot.store.asks import Ask, Asks, random_id
from bot.store.store import Account, Store, open_store

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ASK = Ask(
    id="a1",
    team="T1",
    asker="U1",
    words="sessions failed 24h",
    zone="Asia/Tokyo",
    as_of=NOON,
    made_at=NOON + timedelta(seconds=1, microseconds=5),
    payload=b"\x78\x9c page \x00 one",
)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    async with open_store(database, Account("http://127.0.0.1:65432")) as opened:
        yield opened


async def ids(asks: Asks, now: datetime = NOON) -> list[str]:
    return [name for name in ("a1", "a2", "a3", "a4") if await asks.get(name, now)]


async def test_an_ask_comes_back_as_it_was_put(store: Store) -> None:
    asks = Asks(store)
    await asks.put(ASK)
    assert await asks.get("a1", NOON) == ASK


async def test_what_nobody_asked_is_none(store: Store) -> None:
    assert await Asks(store).get("nobody", NOON) is None


async def test_instants_of_another_zone_come_back_in_utc(store: Store) -> None:
    asks = Asks(store)
    await asks.put(replace(ASK, as_of=NOON.astimezone(ZoneInfo("Asia/Tokyo"))))
    found = await asks.get("a1", NOON)
    assert found is not None
    assert (found.as_of, found.as_of.tzinfo) == (NOON, UTC)


async def test_errors_read_for_a_page_are_kept(store: Store) -> None:
    asks = Asks(store)
    await asks.put(ASK)
    assert await asks.update("a1", b"page one with its errors")
    assert await asks.get("a1", NOON) == replace(ASK, payload=b"page one with its errors")


async def test_an_ask_that_is_gone_takes_no_update(store: Store) -> None:
    assert not await Asks(store).update("a1", b"late")


async def test_an_ask_of_seven_days_is_asked_anew(store: Store) -> None:
    asks = Asks(store)
    await asks.put(ASK)
    assert await asks.get("a1", ASK.made_at + timedelta(days=7)) == ASK
    assert await asks.get("a1", ASK.made_at + timedelta(days=7, seconds=1)) is None


async def test_pruning_lets_go_of_what_is_too_old(store: Store) -> None:
    asks = Asks(store)
    await asks.put(ASK)
    await asks.put(replace(ASK, id="a2", made_at=NOON + timedelta(days=1)))
    await asks.prune(NOON + timedelta(days=7, hours=1))
    assert await ids(asks) == ["a2"]


async def test_beyond_the_bytes_the_oldest_go_first(store: Store) -> None:
    asks = Asks(store, kept_bytes=3_000)
    for n in (1, 2, 3, 4):
        await asks.put(replace(ASK, id=f"a{n}", made_at=NOON + timedelta(minutes=n), payload=bytes(1_000)))
    assert await ids(asks) == ["a3", "a4"]


async def test_a_payload_that_grew_counts_as_it_is(store: Store) -> None:
    asks = Asks(store, kept_bytes=3_000)
    for n in (1, 2):
        await asks.put(replace(ASK, id=f"a{n}", made_at=NOON + timedelta(minutes=n), payload=b""))
    await asks.update("a2", bytes(2_700))
    await asks.prune(NOON)
    assert await ids(asks) == ["a2"]


async def test_ids_come_from_the_generator(store: Store) -> None:
    numbers = count(1)
    asks = Asks(store, new_id=lambda: f"id{next(numbers)}")
    assert (asks.new_id(), asks.new_id()) == ("id1", "id2")


def test_an_id_is_short_and_fits_a_word() -> None:
    made = {random_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(id_) == 10 and set(id_) <= set("abcdefghijklmnopqrstuvwxyz234567") for id_ in made)
