"""The ticker wakes, and no more: what it wakes may fail, overlap its turn or be under way at the end."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.core.errors import StoreError
from bot.ticker import Wake, ticking

OFTEN = timedelta(milliseconds=5)
SELDOM = timedelta(days=1)


class Woken:
    """Counts its calls; `third` is set by the third one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.third = asyncio.Event()
        self.error = error

    async def __call__(self) -> None:
        self.calls += 1
        if self.calls == 3:
            self.third.set()
        if self.error:
            raise self.error


async def test_it_wakes_again_and_again() -> None:
    woken = Woken()
    async with ticking(Wake("often", OFTEN, woken)):
        await asyncio.wait_for(woken.third.wait(), 10)


async def test_it_wakes_at_once_where_asked_to() -> None:
    woken = asyncio.Event()

    async def wake() -> None:
        woken.set()

    later = Woken()
    async with ticking(Wake("now", SELDOM, wake, at_once=True), Wake("later", SELDOM, later)):
        await asyncio.wait_for(woken.wait(), 10)
    assert later.calls == 0


async def test_what_is_foreseen_is_a_line_and_waking_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    woken = Woken(StoreError("The disk is full."))
    async with ticking(Wake("pruning", OFTEN, woken)):
        await asyncio.wait_for(woken.third.wait(), 10)
    assert "pruning: The disk is full." in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_bug_brings_its_traceback_and_waking_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    woken = Woken(KeyError("lastAttempt"))
    async with ticking(Wake("pruning", OFTEN, woken)):
        await asyncio.wait_for(woken.third.wait(), 10)
    assert "KeyError: 'lastAttempt'" in caplog.text


async def test_a_call_never_overlaps_itself() -> None:
    calls = 0
    other = Woken()

    async def slow() -> None:
        nonlocal calls
        calls += 1
        await asyncio.Event().wait()

    async with ticking(Wake("slow", OFTEN, slow), Wake("other", OFTEN, other)):
        await asyncio.wait_for(other.third.wait(), 10)
    assert calls == 1


async def test_a_call_under_way_is_ended_before_the_ticker_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    async with ticking(Wake("slow", SELDOM, slow, at_once=True)):
        await asyncio.wait_for(begun.wait(), 10)
    assert ended.is_set()
    assert caplog.text == ""
