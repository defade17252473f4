"""Why attempts failed: read once, in the background, and kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.mirror.look import Span
from bot.mirror.rules import RULES
from tests.mirror.placing import DAY, HOUR, MINUTE, NOW, SECOND, failed_hourly, place


async def test_each_error_is_read_once_and_shown(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        found, _ = await here.ask()
        assert [seen.error for seen in found.rows[:2]] == [None, None]
        await here.mirror.upkeep.diagnose()
        tasks = [path for path in here.asked if path.endswith("/tasks")]
        assert len(tasks) == len(set(tasks)) == 30
        await here.mirror.upkeep.diagnose()
        found, _ = await here.ask()
        assert [seen.error for seen in found.rows[:2]] == ["boom 1", "boom 2"]
        assert len([path for path in here.asked if path.endswith("/tasks")]) == 30


async def test_what_was_let_go_and_is_had_again_is_not_read_again(tmp_path: Path) -> None:
    async with place(failed_hourly(24 * 4), tmp_path, replace(RULES, kept=9 * DAY)) as here:
        await here.mirror.upkeep.fill()
        await here.mirror.upkeep.diagnose()
        here.account.clock.move(8 * DAY)
        await here.mirror.upkeep.tick()
        await here.mirror.upkeep.prune()
        assert not (await here.mirror.copy.progress()).holds_from(NOW - 3 * DAY)
        here.account.log.clear()
        found, _ = await here.ask(Span(NOW - 4 * DAY, NOW))
        assert {seen.error for seen in found.rows} == {f"boom {ago}" for ago in range(1, found.total + 1)}
        await here.mirror.upkeep.diagnose()
        assert not [path for path in here.asked if path.endswith("/tasks")]


async def test_at_most_four_a_second(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        before = here.time.slept
        await here.mirror.upkeep.diagnose()
        assert here.time.slept - before >= 29 / 4


async def test_secrets_are_not_kept(tmp_path: Path) -> None:
    history = failed_hourly(0)
    history.run("sales", "load", created=NOW - HOUR, outcome="error", error="password=hunter22 is wrong")
    async with place(history, tmp_path) as here:
        await here.full()
        await here.mirror.upkeep.diagnose()
        [text] = (await here.mirror.failures.errors([1])).values()
        assert "hunter22" not in text
    assert b"hunter22" not in (tmp_path / "copy.db").read_bytes()


async def test_an_account_that_fails_is_asked_again_the_next_time(tmp_path: Path) -> None:
    async with place(failed_hourly(3), tmp_path) as here:
        await here.full()
        here.account.faults.status(500, "/api/attempts/")
        await here.mirror.upkeep.diagnose()
        assert "500" in (here.mirror.upkeep.trouble or "")
        here.account.faults.clear()
        here.account.clock.move(MINUTE)
        await here.mirror.upkeep.diagnose()
        assert len(await here.mirror.failures.errors([1, 2, 3])) == 3
        assert here.mirror.upkeep.trouble is None


@pytest.mark.parametrize("fault", ["500", "403", "odd", "broken"])
async def test_one_that_cannot_be_read_holds_up_none_of_the_others(fault: str, tmp_path: Path) -> None:
    async with place(failed_hourly(30), tmp_path) as here:
        await here.full()
        faults = here.account.faults
        path = "/api/attempts/28/tasks"
        match fault:
            case "odd":
                for row in range(4):
                    faults.odd_row("no_id", row=row, path=path)
            case "broken":
                faults.broken_json(path)
            case status:
                faults.status(int(status), path)
        await here.mirror.upkeep.diagnose()
        known = await here.mirror.failures.errors(range(1, 31))
        assert known.keys() == set(range(1, 31)) - {28}
        assert await here.mirror.failures.count_unread() == 1
        here.account.log.clear()
        await here.mirror.upkeep.diagnose()
        assert here.asked == []  # it waits a while
        faults.clear()
        here.account.clock.move(MINUTE)
        await here.mirror.upkeep.diagnose()
        assert (await here.mirror.failures.errors([28]))[28] == "boom 3"
        assert here.mirror.upkeep.trouble is None


async def test_more_refusals_than_are_read_at_once_do_not_hide_the_rest(tmp_path: Path) -> None:
    async with place(failed_hourly(50), tmp_path) as here:
        await here.full()
        for number in range(21, 51):
            here.account.faults.status(403, f"/api/attempts/{number}/tasks")
        for _ in range(2):
            await here.mirror.upkeep.diagnose()
            here.account.clock.move(30 * SECOND)
        assert (await here.mirror.failures.errors(range(1, 51))).keys() == set(range(1, 21))


async def test_after_an_outage_all_is_read_within_twenty_minutes(tmp_path: Path) -> None:
    async with place(failed_hourly(30), tmp_path) as here:
        await here.full()
        here.account.faults.status(500, "/api/attempts/")
        for _ in range(3 * 60):
            await here.mirror.upkeep.diagnose()
            here.account.clock.move(10 * SECOND)
        here.account.faults.clear()
        for _ in range(20):
            await here.mirror.upkeep.diagnose()
            here.account.clock.move(MINUTE)
        assert len(await here.mirror.failures.errors(range(1, 31))) == 30


async def test_a_passing_404_says_nothing_of_an_error(tmp_path: Path) -> None:
    async with place(failed_hourly(3), tmp_path) as here:
        await here.full()
        here.account.faults.status(404, "/api/attempts/")
        await here.mirror.upkeep.diagnose()
        assert await here.mirror.failures.errors([1, 2, 3]) == {}
        here.account.faults.clear()
        here.account.clock.move(MINUTE)
        await here.mirror.upkeep.diagnose()
        assert len(await here.mirror.failures.errors([1, 2, 3])) == 3


@pytest.mark.parametrize("poisoned", [2, 11])
async def test_those_that_can_never_be_read_cost_little_and_hide_no_other(
    poisoned: int, tmp_path: Path
) -> None:
    async with place(failed_hourly(60), tmp_path) as here:
        await here.full()
        for number in range(50, 50 + poisoned):
            here.account.faults.status(500, f"/api/attempts/{number}/tasks")
        for _ in range(12 * 60):
            await here.mirror.upkeep.diagnose()
            here.account.clock.move(5 * SECOND)
        assert len(await here.mirror.failures.errors(range(1, 61))) == 60 - poisoned
        assert len(here.asked) < 60 + 180


async def test_a_404_is_passing_where_a_longer_page_shows_the_attempt(tmp_path: Path) -> None:
    async with place(failed_hourly(30), tmp_path) as here:
        await here.full()
        here.mirror.client.takes_page_size = False
        here.account.faults.status(404, "/api/attempts/28/tasks", times=1)
        await here.mirror.upkeep.diagnose()
        assert 28 not in await here.mirror.failures.errors([28])
        here.account.clock.move(MINUTE)
        await here.mirror.upkeep.diagnose()
        assert await here.mirror.failures.errors([28]) == {28: "boom 3"}
