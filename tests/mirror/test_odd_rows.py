"""Rows that cannot be read: set aside, counted once, and in nobody's way."""

from pathlib import Path

from bot.core.model import Status
from bot.playground.account import Written
from bot.store.attempts import Attempts, Standing
from tests.mirror.keeping import everything
from tests.mirror.placing import DAY, HOUR, MINUTE, NOW, SECOND, failed_hourly, place


async def test_odd_rows_are_counted_once_and_forgotten_when_they_can_be_read(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        here.account.faults.odd_row("no_project", row=3)
        await here.full()
        assert (await here.ask())[1].odd == 1
        assert (await here.ask())[1].odd == 1
        here.account.faults.clear()
        found, coverage = await here.ask()
        assert (found.total, coverage.odd) == (24, 0)


async def test_a_row_without_an_id_is_counted_once_however_the_feed_moves_on(tmp_path: Path) -> None:
    history = failed_hourly()
    for number in range(60):
        history.run("sales", "soon", id=1_000 + number, created=NOW + number * MINUTE, outcome="success")
    async with place(history, tmp_path) as here:
        here.account.faults.odd_attempt(29, "no_id")
        await here.mirror.upkeep.fill()
        for _ in range(20):
            here.account.clock.move(MINUTE)
            await here.mirror.upkeep.tick()
        assert (await here.ask())[1].odd == 1
        here.account.clock.move(40 * DAY)
        await here.mirror.upkeep.tick()
        await here.mirror.upkeep.prune()
        assert (await here.mirror.copy.progress()).odd == 0


async def test_an_open_attempt_that_cannot_be_read_is_set_aside_and_stops_nothing(tmp_path: Path) -> None:
    history = failed_hourly(200, 10 * MINUTE, ids=10)
    slow = history.run("ads", "slow", id=5, created=NOW - 50 * HOUR, finished=NOW + HOUR, outcome="error")
    async with place(history, tmp_path) as here:
        await here.full()
        odd = here.account.faults.odd_attempt(slow.id)
        for _ in range(3):
            here.account.clock.move(MINUTE)
            await here.mirror.upkeep.tick()
            assert (await here.mirror.copy.progress()).ticked_at == here.account.clock.now()
        _, coverage = await here.ask()
        assert (coverage.as_of, coverage.odd, coverage.trouble) == (NOW + 3 * MINUTE, 1, None)
        assert here.asked.count(f"/api/attempts/{slow.id}") > 1
        here.account.faults.off(odd)
        here.account.clock.move(MINUTE)
        assert (await here.ask())[1].odd == 0  # it runs still
        here.account.clock.move(HOUR)
        found, _ = await here.ask()
        assert "slow" in {row.last.workflow for row in found.rows}


async def test_an_open_attempt_that_cannot_be_read_takes_no_other_s_turn(tmp_path: Path) -> None:
    history = failed_hourly(400, 5 * MINUTE, ids=10)
    odd = history.run("ads", "odd", id=3_005, created=NOW - 9 * HOUR, outcome="running")
    slow = history.run("ads", "slow", id=5, created=NOW - 50 * HOUR, finished=NOW + MINUTE, outcome="error")
    async with place(history, tmp_path) as here:
        await here.full()
        here.account.faults.odd_attempt(odd.id)
        for _ in range(4 * 20):
            here.account.clock.move(15 * SECOND)
            await here.mirror.upkeep.tick()
        assert (await everything(here.mirror))[slow.id].status is Status.ERROR


async def test_a_sweep_goes_on_past_an_attempt_that_cannot_be_read(tmp_path: Path) -> None:
    history = failed_hourly(300, ids=2)
    history.run("ads", "late", id=303, session_id=9_303, created=NOW - 150 * HOUR, visible=NOW + HOUR)
    async with place(history, tmp_path) as here:
        await here.full()
        here.account.faults.odd_attempt(400, "no_id")
        here.account.clock.move(26 * HOUR)
        await here.mirror.upkeep.tick()
        await here.mirror.upkeep.sweep()
        assert 303 in await everything(here.mirror)
        assert (await here.mirror.copy.progress()).swept_at == here.account.clock.now()


async def test_a_sweep_forgets_odd_rows_that_are_odd_no_longer(tmp_path: Path) -> None:
    async with place(failed_hourly(300), tmp_path) as here:
        odd = here.account.faults.odd_attempt(290, "no_id")
        here.account.faults.odd_attempt(280, "no_id")
        await here.full()
        assert (await here.ask())[1].odd == 2
        here.account.faults.off(odd)
        here.account.clock.move(25 * HOUR)
        await here.mirror.upkeep.tick()
        await here.mirror.upkeep.sweep()
        assert (await here.ask())[1].odd == 1


async def test_what_was_read_to_its_end_before_it_was_odd_counts_and_is_not_set_aside(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        here.account.faults.odd_attempt(30)
        found, coverage = await here.ask()
        assert (found.total, coverage.odd) == (24, 0)


async def test_a_head_of_which_nothing_can_be_read_is_trouble_and_costs_one_page(tmp_path: Path) -> None:
    async with place(failed_hourly(3_000, 6 * MINUTE), tmp_path) as here:
        await here.full()
        for number in range(2_901, 3_001):
            here.account.faults.odd_attempt(number)
        here.account.clock.move(MINUTE)
        here.mirror.upkeep.feed.copy = Bare(here.mirror.copy.store)
        await here.mirror.upkeep.tick()
        assert here.asked == ["/api/attempts"]
        assert "none can be read" in (here.mirror.upkeep.trouble or "")
        assert "none can be read" in ((await here.ask())[1].trouble or "")


async def test_odd_rows_at_both_ends_of_what_is_known_are_no_trouble(tmp_path: Path) -> None:
    async with place(failed_hourly(300, 6 * MINUTE), tmp_path) as here:
        await here.full()
        await here.ask()
        for number in (300, 201):
            here.account.faults.odd_attempt(number)
        here.account.clock.move(MINUTE)
        await here.mirror.upkeep.tick()
        assert (await here.mirror.copy.progress()).ticked_at == here.account.clock.now()
        assert here.asked[-1:] == ["/api/attempts"]
        found, coverage = await here.ask()
        assert (found.total, coverage.odd, coverage.trouble) == (231, 0, None)


class Bare(Attempts):
    """Knows no newest ids, so that all rows are read."""

    async def standing(self, recent: int = 0) -> Standing:
        return await super().standing()


async def test_a_first_head_of_which_nothing_can_be_read_begins_no_copy(tmp_path: Path) -> None:
    async with place(failed_hourly(300, 6 * MINUTE), tmp_path) as here:
        for number in range(201, 301):
            here.account.faults.odd_attempt(number)
        await here.mirror.upkeep.fill()
        assert "none can be read" in (here.mirror.upkeep.trouble or "")
        assert (await here.mirror.copy.progress()).mark is None
        here.account.faults.clear()
        await here.mirror.upkeep.fill()
        assert (await here.ask())[0].total == 231


async def test_a_feed_that_is_empty_all_of_a_sudden_is_trouble(tmp_path: Path) -> None:
    async with place(failed_hourly(3), tmp_path) as here:
        await here.full()
        here.account.history = Written(NOW)
        here.account.clock.move(MINUTE)
        await here.mirror.upkeep.tick()
        assert "empty page" in (here.mirror.upkeep.trouble or "")
        assert "empty page" in ((await here.ask())[1].trouble or "")
