"""Clocks that jump, and what was put off because of them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core.digest import Period
from bot.core.patience import Patience
from bot.core.query import Query
from bot.mirror.fill import server_time
from bot.mirror.look import Span
from bot.mirror.past import Told, past
from bot.playground.account import Written
from tests.mirror.keeping import everything
from tests.mirror.placing import DAY, HOUR, MINUTE, NOW, SECOND, failed_hourly, place


async def test_a_clock_that_is_ahead_loses_no_change(tmp_path: Path) -> None:
    history = failed_hourly(200)
    new = [
        history.run("sales", "new", id=1_000 + number, created=NOW + number * MINUTE, took=SECOND).id
        for number in range(60)
    ]
    async with place(history, tmp_path) as here:
        await here.mirror.upkeep.fill()
        here.account.clock.move(30 * MINUTE)
        await here.mirror.upkeep.tick()
        here.time.ahead = 40 * DAY
        await here.mirror.upkeep.prune()
        here.time.ahead = timedelta()
        here.account.clock.move(HOUR)
        await here.ask()
        assert sorted(number for _, number, _ in await here.mirror.copy.changed(0, 1_000)) == new


async def test_a_look_that_began_in_the_future_is_no_look_for_a_digest(tmp_path: Path) -> None:
    history = failed_hourly(200, ids=10)
    history.run("ads", "slow", id=5, created=NOW - 50 * HOUR, finished=NOW + HOUR / 2, outcome="error")
    async with place(history, tmp_path) as here:
        await here.full()
        here.time.ahead = 2 * HOUR
        await here.ask()
        here.time.ahead = timedelta()
        here.account.clock.move(HOUR)
        patience = Patience(here.time.monotonic, total=60)
        period = Period(NOW - 23 * HOUR, NOW + HOUR)
        told = await past(here.mirror, Query(), period, ZoneInfo("UTC"), patience)
        assert isinstance(told, Told)
        assert 5 in told.reckoning.failed


async def test_a_sweep_in_the_future_is_made_again(tmp_path: Path) -> None:
    history = failed_hourly(300, ids=2)
    history.run("ads", "late", id=301, session_id=9_301, created=NOW - 50 * HOUR, visible=NOW + 48 * HOUR)
    async with place(history, tmp_path) as here:
        await here.full()
        here.time.ahead = 40 * DAY
        await here.mirror.upkeep.sweep()
        here.time.ahead = timedelta()
        here.account.clock.move(3 * DAY)
        await here.mirror.upkeep.tick()
        await here.mirror.upkeep.sweep()
        assert 301 in await everything(here.mirror)


async def test_a_tick_in_the_future_makes_no_old_copy_ready(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        here.time.ahead = 5 * DAY
        await here.full()
        here.time.ahead = timedelta()
        here.account.clock.move(4 * DAY)
        here.mirror.upkeep.ready = False
        assert not await here.mirror.upkeep.is_ready()


async def test_a_look_further_back_that_failed_is_taken_again(tmp_path: Path) -> None:
    """A row that shows four minutes late on a busy feed, just when the account fails."""
    history = failed_hourly(30, ids=10)
    shown = NOW + 20 * MINUTE - 5 * SECOND
    for number in range(700):
        history.run("sales", "soon", id=1_000 + 100 * number, created=NOW + number * 2 * SECOND, took=SECOND)
    late = history.run(
        *("ads", "late"), id=49_050, session_id=95_000, created=NOW + 16 * MINUTE, took=SECOND, visible=shown
    )
    async with place(history, tmp_path) as here:
        await here.full()
        await here.mirror.upkeep.tick()
        for quarter in range(1, 23 * 4):
            here.account.clock.move(15 * SECOND)
            if quarter == 20 * 4:
                here.account.faults.status(403)
            await here.mirror.upkeep.tick()
            here.account.faults.clear()
        assert late.id in await everything(here.mirror)


async def test_a_404_in_the_first_seconds_is_soon_asked_again(tmp_path: Path) -> None:
    history = Written(NOW - 40 * DAY)
    old = history.run("ads", "old", id=1, created=NOW - 20 * DAY, took=MINUTE, outcome="error")
    for ago in range(24 * 9, 0, -1):
        history.run("sales", "load", created=NOW - ago * HOUR, outcome="error")
    history.retry(old, created=NOW - 2 * HOUR, took=MINUTE, outcome="error")
    async with place(history, tmp_path) as here:
        upkeep = here.mirror.upkeep
        here.account.faults.status(404)  # a proxy without a backend
        await upkeep.fill()
        assert (upkeep.only_sessions, await upkeep.is_ready()) == (False, False)
        here.account.faults.clear()
        here.account.faults.status(404, "/api/attempts")  # half of one
        await upkeep.fill()
        assert (upkeep.only_sessions, await upkeep.is_ready()) == (True, True)
        here.account.faults.clear()
        here.account.clock.move(MINUTE)
        await upkeep.fill()
        assert (upkeep.only_sessions, await upkeep.is_ready()) == (False, True)
        for hurried in (True, False):
            found, coverage = await here.ask(Span(NOW - DAY), hurried=hurried)
            assert (found.total, coverage.feed) == (25, "attempts")


async def test_a_copy_that_has_begun_ends_the_belief_that_there_are_only_sessions(tmp_path: Path) -> None:
    async with place(failed_hourly(12 * 24 * 30, apart=5 * MINUTE), tmp_path) as here:
        upkeep = here.mirror.upkeep
        here.account.faults.status(404, "/api/attempts")
        await upkeep.fill()
        here.account.faults.clear()
        assert (upkeep.only_sessions, upkeep.ready) == (True, True)
        filled, leisurely = asyncio.Event(), asyncio.Event()

        async def sleep(seconds: float) -> None:
            filled.set()
            await leisurely.wait()

        upkeep.filling.leisure.sleep = sleep
        here.account.clock.move(MINUTE)
        fill = asyncio.create_task(upkeep.fill())
        await filled.wait()
        await upkeep.tick()
        assert (upkeep.only_sessions, await upkeep.is_ready()) == (False, True)
        assert (await here.ask())[1].copied
        leisurely.set()
        await fill


async def test_who_was_told_so_by_a_passing_404_scans_the_feed_once_there_is_a_copy(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        here.account.faults.status(404, "/api/attempts")
        assert (await here.ask())[1].feed == "sessions"
        here.account.faults.clear()
        await here.mirror.upkeep.fill()
        here.account.faults.status(403, "/api/attempts", times=1)
        assert (await here.ask(hurried=False))[1].feed == "attempts"


@pytest.mark.parametrize("after", [35.0, 60.0])
async def test_who_asks_while_it_fills_at_leisure_is_read_for_at_once(after: float, tmp_path: Path) -> None:
    async with place(failed_hourly(12 * 24 * 30, apart=5 * MINUTE), tmp_path) as here:
        filling, slept, asked = here.mirror.upkeep.filling, asyncio.Event(), asyncio.Event()
        await filling.until(NOW - 8 * DAY, Patience(here.time.monotonic, total=600))
        await filling.stop()
        until = here.time.slept + after

        async def sleep(seconds: float) -> None:
            await here.time.sleep(seconds)
            if here.time.slept >= until:
                slept.set()
                await asked.wait()

        filling.leisure.rate, filling.leisure.sleep = 0.2, sleep
        fill = asyncio.create_task(here.mirror.upkeep.fill())
        await slept.wait()
        patience = Patience(here.time.monotonic, total=100)  # turns take time here
        question = asyncio.create_task(here.mirror.look(Span(NOW - 14 * DAY), patience))
        async with asyncio.timeout(20):
            while not filling._waiting:  # noqa: SLF001, ASYNC110 (it has no event for it)
                await asyncio.sleep(0.005)
        asked.set()
        coverage = (await question).coverage
        assert (coverage.since, coverage.trouble) == (None, None)
        await fill


@pytest.mark.parametrize("date", [None, "", "soon", "Fri, 31 Dec 9999 23:59:59 -1200"])
def test_a_date_that_is_none_is_none(date: str | None) -> None:
    assert server_time(date) is None
