"""Digests, their occurrences and the audit trail are kept, in both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.digests import Digest, Digests, Occurrence, Step
from bot.store.store import Account, open_store

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MORNING = Digest(
    "morning", "0 9 * * 1-5", "Asia/Tokyo", "C0DATA", "#data", NOW, words="sales/*", maker="U0ANA"
)
MADE = Step(NOW, "U0ANA", "added", "morning")


@pytest.fixture
async def digests(database: str) -> AsyncIterator[Digests]:
    async with open_store(database, Account("https://api.example.com")) as store:
        yield Digests(store)


async def test_a_digest_is_kept_as_it_was_made_and_its_name_is_taken_then(digests: Digests) -> None:
    assert await digests.put(MORNING, MADE)
    assert not await digests.put(replace(MORNING, quiet=True), MADE)
    assert await digests.all() == [MORNING]
    assert await digests.get("morning") == MORNING
    assert await digests.get("evening") is None


async def test_of_several_processes_that_make_one_at_once_one_does(database: str) -> None:
    async with AsyncExitStack() as stack:
        opened = [open_store(database, Account("https://api.example.com")) for _ in range(4)]
        several = [Digests(await stack.enter_async_context(each)) for each in opened]
        for number in range(10):
            digest = replace(MORNING, name=f"morning{number}")
            assert sum(await asyncio.gather(*(each.put(digest, MADE) for each in several))) == 1
            assert sum(await asyncio.gather(*(each.remove(digest.name, MADE) for each in several))) == 1


async def test_changes_are_kept_and_written_down(digests: Digests) -> None:
    await digests.put(MORNING, MADE)
    assert await digests.put(replace(MORNING, quiet=True), Step(NOW, "", "changed", "morning"), "morning")
    assert await digests.change("morning", Step(NOW, "U0BEN", "paused", "morning"), paused=True)
    assert await digests.trouble("morning", "the channel is archived.")
    assert not await digests.trouble("morning", "the channel is archived.")
    assert not await digests.change("evening", Step(NOW, "", "paused", "evening"), paused=True)
    assert not await digests.put(MORNING, MADE, "evening")
    kept = replace(MORNING, quiet=True, paused=True, trouble="the channel is archived.")
    assert await digests.all() == [kept]
    assert await digests.troubles() == {"morning": "the channel is archived."}
    assert [(step.who, step.did) for step in await digests.steps()] == [
        ("U0BEN", "paused"),
        ("", "changed"),
        ("U0ANA", "added"),
    ]


async def test_a_trouble_ends_with_the_digest_or_what_was_wrong_with_it(digests: Digests) -> None:
    await digests.put(MORNING, MADE)
    assert not await digests.trouble("morning", None)
    assert await digests.trouble("morning", "the channel is archived.")
    assert await digests.trouble("morning", "the channel is gone.")
    assert await digests.trouble("declared", "there is no channel #x.")
    await digests.put(replace(MORNING, channel="C0OTHER"), MADE, "morning")
    assert await digests.troubles() == {"declared": "there is no channel #x."}
    await digests.trouble("morning", "the channel is archived.")
    await digests.remove("morning", MADE)
    assert await digests.trouble("declared", None)
    assert await digests.troubles() == {}


async def test_a_channel_that_was_found_is_kept_unless_another_was_typed_since(digests: Digests) -> None:
    await digests.put(replace(MORNING, channel="#data"), MADE)
    await digests.placed("morning", "#old", "C0OLD")
    assert (await digests.all())[0].channel == "#data"
    await digests.placed("morning", "#data", "C0DATA")
    assert (await digests.all())[0].channel == "C0DATA"


async def test_what_was_told_beside_the_times_is_kept_for_a_while(digests: Digests) -> None:
    await digests.keep("abc", b"told", NOW)
    assert await digests.kept("abc") == b"told"
    assert await digests.kept("abd") is None
    await digests.prune(NOW + 59 * DAY)
    assert await digests.kept("abc") == b"told"
    await digests.prune(NOW + 61 * DAY)
    assert await digests.kept("abc") is None


async def test_what_is_due_and_was_not_told_is_replaced_by_the_next(digests: Digests) -> None:
    first = Occurrence("morning", NOW, NOW - DAY, note="from the channel.")
    assert await digests.due(first, None)
    assert not await digests.due(replace(first, start=NOW - 2 * DAY), None)
    assert await digests.due(Occurrence("morning", NOW + 2 * DAY, NOW, replaces=1), NOW)
    second = Occurrence(
        "morning", NOW + 2 * DAY, NOW - DAY, replaces=2, note="from the channel.", waits_since=NOW
    )
    assert await digests.waiting("morning") == [second]
    assert await digests.last("morning") == second
    assert await digests.last("evening") is None


async def test_what_stands_as_late_is_told_by_itself(digests: Digests) -> None:
    first = Occurrence("morning", NOW, NOW - DAY)
    await digests.due(first, None)
    assert await digests.settle(replace(first, state="late"), "due")
    assert not await digests.settle(replace(first, state="told"), "due")
    assert await digests.due(Occurrence("morning", NOW + DAY, NOW), NOW)
    assert [(each.state, each.start) for each in await digests.waiting("morning")] == [
        ("late", NOW - DAY),
        ("due", NOW),
    ]


async def test_of_two_processes_one_takes_it_in_and_one_tells_it(digests: Digests) -> None:
    """Each believes to be alone: what one has replaced, the other does not tell."""
    first = Occurrence("morning", NOW, NOW - DAY)
    taken = [digests.due(first, None), digests.due(replace(first, end=NOW + DAY), None)]
    assert sorted(await asyncio.gather(*taken)) == [False, True]
    (known,) = await digests.waiting("morning")
    later = Occurrence("morning", NOW + 3 * DAY, known.end)
    replaced, told = await asyncio.gather(
        digests.due(later, known.end), digests.settle(replace(known, state="told"), "due")
    )
    (rest,) = await digests.waiting("morning")
    assert replaced
    assert rest.start == (known.end if told else known.start)


async def test_what_a_channel_tells_is_taken_in_where_nothing_is_known(digests: Digests) -> None:
    late = Occurrence("morning", NOW - DAY, NOW - 2 * DAY, "late")
    found = Occurrence("morning", NOW, NOW - DAY, "found", note="Nothing was found.")
    await digests.take_in([late, found])
    await digests.take_in([replace(found, end=NOW + DAY)])
    assert await digests.last("morning") == found
    assert await digests.waiting("morning") == [late]


async def test_what_was_told_is_kept_for_a_while_and_the_cursor_for_longer(digests: Digests) -> None:
    told = Occurrence("morning", NOW, NOW - DAY)
    await digests.due(told, None)
    await digests.settle(replace(told, state="told", cursor=17, payload=b"what it told"), "due")
    assert await digests.waiting("morning") == []
    assert await digests.cursor("morning", NOW - DAY, NOW + DAY) == 17
    assert await digests.cursor("morning", NOW - DAY, NOW) is None
    assert await digests.cursor("morning", NOW, NOW + DAY) is None  # made anew since
    await digests.prune(NOW + 59 * DAY)
    kept = await digests.occurrence("morning", NOW)
    assert kept is not None
    assert kept.payload == b"what it told"
    await digests.prune(NOW + 61 * DAY)
    kept = await digests.occurrence("morning", NOW)
    assert kept == Occurrence("morning", NOW, NOW - DAY, "told", cursor=17)


async def test_a_removed_digest_leaves_what_it_told(digests: Digests) -> None:
    await digests.put(MORNING, MADE)
    told = Occurrence("morning", NOW, NOW - DAY)
    await digests.due(told, None)
    await digests.settle(replace(told, state="told", payload=b"it"), "due")
    await digests.due(Occurrence("morning", NOW + DAY, NOW), NOW)
    assert await digests.remove("morning", Step(NOW, "U0ANA", "removed", "morning"))
    assert not await digests.remove("morning", Step(NOW, "U0ANA", "removed", "morning"))
    assert await digests.all() == []
    assert await digests.waiting("morning") == []
    assert await digests.occurrence("morning", NOW) is not None
    assert len(await digests.steps()) == 2
