"""How the copy is kept up: filled, swept, let go of, and what is said of it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.core.errors import NotFound
from bot.core.model import Attempt, Status
from bot.mirror.look import Span
from bot.playground.account import Written
from bot.store.attempts import Attempts, Taken
from bot.store.lease import Lease
from bot.store.progress import NOTHING_NEW, News
from tests.mirror.keeping import everything
from tests.mirror.placing import DAY, HOUR, MINUTE, NOW, failed_hourly, place


async def test_it_fills_at_leisure_behind_what_the_last_day_needs(tmp_path: Path) -> None:
    async with place(failed_hourly(24 * 6 * 30, 10 * MINUTE), tmp_path) as here:
        assert not await here.mirror.upkeep.is_ready()
        await here.mirror.upkeep.fill()
        assert await here.mirror.upkeep.is_ready()
        progress = await here.mirror.copy.progress()
        assert progress.holds_from(NOW - 15 * DAY)
        assert not progress.holds_from(NOW - 22 * DAY)
        assert here.time.slept > 1.0  # four a second


async def test_an_attempt_that_the_account_no_longer_has_is_let_go(tmp_path: Path) -> None:
    history = failed_hourly()
    running = history.run("ads", "gone", id=5_000, created=NOW - 30 * MINUTE, outcome="running")
    async with place(history, tmp_path) as here:
        await here.full()
        copy = here.mirror.copy
        known = (await everything(here.mirror))[running.id]
        await copy.put([replace(known, id=4_999, session_id=4_999)], NOW)
        assert {one.id for one in (await copy.standing()).open} == {5_000, 4_999}
        assert (await here.ask())[1].unreached == 0
        assert {one.id for one in (await copy.standing()).open} == {5_000}


async def test_a_passing_404_takes_nothing_away(tmp_path: Path) -> None:
    history = failed_hourly(200, 10 * MINUTE, ids=10)
    end = NOW + 10 * MINUTE  # far below the head
    history.run("ads", "slow", id=5, created=NOW - 50 * HOUR, finished=end, outcome="error")
    async with place(history, tmp_path) as here:
        await here.full()
        here.account.clock.move(MINUTE)
        for path in ("/api/attempts", "/api/attempts/5"):
            here.account.faults.status(404, path, times=None)
        with pytest.raises(NotFound):
            await here.mirror.upkeep.refresh.join(60)
        here.account.faults.clear()
        here.account.faults.status(404, "/api/attempts/5", times=1)
        await here.mirror.upkeep.refresh.join(60)
        here.account.clock.move(30 * MINUTE)
        assert {one.id for one in (await here.mirror.copy.standing()).open} == {5}
        found, coverage = await here.ask()
        slow = [row.last.id for row in found.rows if row.last.workflow == "slow"]
        assert (sorted(slow), coverage.unreached) == ([5], 0)


async def test_what_was_let_go_and_is_read_again_is_no_news(tmp_path: Path) -> None:
    history = Written(NOW - 20 * DAY)
    for number in range(24 * 40):
        history.run("sales", "load", created=NOW - 20 * DAY + number * HOUR, outcome="error", error="x")
    async with place(history, tmp_path) as here:
        await here.full()
        ends: list[int] = []
        cursor = 0

        async def read() -> None:
            nonlocal cursor
            while rows := await here.mirror.copy.changed(cursor, 500):
                cursor = rows[-1][0]
                ends.extend(number for _, number, status in rows if status is Status.ERROR)

        for _ in range(20):
            here.account.clock.move(DAY)
            await here.mirror.upkeep.tick()
            await here.mirror.upkeep.prune()
            await read()
        before = len(ends)
        assert (await here.ask(Span(here.account.clock.now() - 14 * DAY)))[0].total == 14 * 24
        await read()
        assert len(ends) == before == len(set(ends)) == 20 * 24


@dataclass(slots=True)
class Pruned(Attempts):
    """A copy that lets go of what is too old right after its second batch of old rows."""

    prune_now: Callable[[], Awaitable[None]] | None = None
    batches: int = 0

    async def put(self, rows: Iterable[Attempt], at: datetime, news: News = NOTHING_NEW) -> Taken:
        taken = await Attempts.put(self, rows, at, news)
        self.batches += news.bottom_id is not None
        if self.batches == 2 and self.prune_now is not None:
            await self.prune_now()
        return taken


async def test_what_is_let_go_while_it_is_read_again_is_not_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.mirror.fill.BATCH", 100)
    async with place(failed_hourly(24 * 38), tmp_path) as here:
        await here.mirror.upkeep.fill()
        await here.mirror.upkeep.prune()
        span = Span(NOW - 25 * DAY)
        here.mirror.upkeep.filling.copy = Pruned(here.mirror.copy.store, prune_now=here.mirror.upkeep.prune)
        assert (await here.ask(span))[0].total == 25 * 24
        assert here.mirror.upkeep.filling.copy.batches > 4
        assert (await here.ask(span, hurried=False))[0].total == 25 * 24


async def test_an_account_that_was_empty_at_first_is_not_held_to_its_beginning_for_ever(
    tmp_path: Path,
) -> None:
    history = Written(NOW)
    for number in range(24 * 40):
        history.run("sales", "load", created=NOW + HOUR + number * HOUR, outcome="error", error="x")
    async with place(history, tmp_path) as here:
        await here.full()
        for _ in range(40):
            here.account.clock.move(DAY)
            await here.mirror.upkeep.tick()
            await here.mirror.upkeep.prune()
        assert (await here.ask(Span(NOW + 5 * DAY, NOW + 6 * DAY)))[0].total == 24


async def test_an_empty_account_is_kept_up_with_like_any_other(tmp_path: Path) -> None:
    history = Written(NOW)
    history.run("sales", "load", created=NOW + HOUR, outcome="error", error="x")
    async with place(history, tmp_path) as here:
        await here.full()
        here.account.clock.move(30 * MINUTE)
        await here.mirror.upkeep.tick()
        assert (await here.mirror.copy.progress()).ticked_at == here.account.clock.now()
        here.account.clock.move(HOUR)
        found, coverage = await here.ask()
        assert (found.total, coverage.trouble) == (1, None)


async def test_a_trouble_stands_until_the_same_thing_goes_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with place(failed_hourly(3), tmp_path) as here:
        await here.full()
        await here.mirror.upkeep.diagnose()
        feed = here.account.faults.status(403, "/api/attempts")
        for _ in range(3):
            await here.mirror.upkeep.tick()
            await here.mirror.upkeep.diagnose()
            await here.mirror.upkeep.hold()
            assert "TD_API_KEY" in (here.mirror.upkeep.trouble or "")
        assert len([each for each in caplog.records if "The copy stays" in each.message]) == 1
        here.account.faults.off(feed)
        await here.mirror.upkeep.tick()
        assert here.mirror.upkeep.trouble is None


async def test_the_troubles_of_who_keeps_it_up_no_longer_are_anothers(tmp_path: Path) -> None:
    async with place(failed_hourly(3), tmp_path) as here:
        await here.full()
        store = here.mirror.copy.store
        upkeep = here.mirror.upkeep
        upkeep.duty.lease = Lease(store, "mirror", "one", now=here.time.now, clock=here.time.monotonic)
        await upkeep.hold()
        here.account.faults.status(403)
        await upkeep.tick()
        assert upkeep.trouble is not None
        here.account.clock.move(MINUTE)
        assert await Lease(store, "mirror", "two", now=here.time.now).take()
        await upkeep.hold()
        assert upkeep.trouble is None


async def test_a_copy_of_days_ago_is_not_ready(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        here.mirror.upkeep.ready = False
        here.account.clock.move(3 * DAY)
        here.account.faults.status(503, times=None)
        await here.mirror.upkeep.tick()
        assert not await here.mirror.upkeep.is_ready()
        here.account.faults.clear()
        await here.mirror.upkeep.tick()
        assert await here.mirror.upkeep.is_ready()


async def test_a_sweep_finds_what_no_tick_could(tmp_path: Path) -> None:
    history = failed_hourly(300, ids=2)
    history.run("ads", "late", id=301, session_id=9_301, created=NOW - 50 * HOUR, visible=NOW + HOUR)
    async with place(history, tmp_path) as here:
        await here.full()
        here.account.clock.move(26 * HOUR)
        await here.mirror.upkeep.tick()
        copy = here.mirror.copy
        assert 301 not in await everything(here.mirror)
        known = (await everything(here.mirror))[302]
        await copy.put([replace(known, id=303, session_id=9_303)], NOW)
        await here.mirror.upkeep.sweep()
        held = await everything(here.mirror)
        assert 301 in held
        assert 303 not in held
        here.account.log.clear()
        await here.mirror.upkeep.sweep()
        assert here.asked == []


async def test_what_is_too_old_is_let_go_but_why_it_failed_is_kept(tmp_path: Path) -> None:
    async with place(failed_hourly(24 * 3), tmp_path) as here:
        await here.mirror.upkeep.fill()
        await here.mirror.upkeep.diagnose()
        here.account.clock.move(15 * DAY)
        await here.mirror.upkeep.tick()
        await here.mirror.upkeep.prune()
        left = await everything(here.mirror)
        assert min(row.created_at for row in left.values()) >= NOW - DAY - MINUTE
        assert not (await here.mirror.copy.progress()).holds_from(NOW - 2 * DAY)
        assert await here.mirror.failures.errors([1]) == {1: "boom 72"}


async def test_a_list_of_sessions_that_fails_at_first_is_read_the_next_time(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        here.account.faults.only_sessions()
        away = here.account.faults.status(403, "/api/sessions")
        await here.mirror.upkeep.fill()
        assert not await here.mirror.upkeep.is_ready()
        here.account.faults.off(away)
        await here.mirror.upkeep.fill()
        assert await here.mirror.upkeep.is_ready()
