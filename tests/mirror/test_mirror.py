"""How questions are answered from the copy."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import ApiError, NotFound, StoreError
from bot.core.model import Status
from bot.core.patience import Patience
from bot.mirror.look import Span
from bot.mirror.rules import RULES
from bot.playground.account import Lifelike, Written
from bot.store.attempts import Attempts, Standing
from bot.store.failures import Failures
from tests.mirror.keeping import as_seen, everything, mirrored, true_rows
from tests.mirror.placing import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    Place,
    asked_for,
    failed_hourly,
    place,
)


async def test_a_question_costs_one_request_where_nothing_is_open(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        found, coverage = await here.ask()
        assert (found.total, coverage.copied, coverage.complete) == (24, True, True)
        assert here.asked == ["/api/attempts"]


async def test_it_sees_what_has_ended_since_the_last_tick(tmp_path: Path) -> None:
    history = failed_hourly()
    for ago in (50, 49):  # far down the feed
        history.run("ads", "slow", created=NOW - ago * HOUR, finished=NOW + MINUTE, outcome="error")
    async with place(history, tmp_path) as here:
        await here.full()
        assert (await here.ask())[0].total == 24
        here.account.clock.move(2 * MINUTE)
        assert (await here.ask())[0].total == 25  # one is older than a day now


async def test_who_asks_while_a_look_is_under_way_shares_the_next_one(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        here.account.faults.slow(0.3)
        first = asyncio.create_task(here.ask())
        await asked_for(here, "/api/attempts")
        answers = await asyncio.gather(first, *(here.ask() for _ in range(8)))
        assert here.asked == ["/api/attempts"] * 2
        assert {found.total for found, _ in answers} == {24}
        assert len({coverage.as_of for _, coverage in answers}) == 1  # the clock stands still


async def test_when_the_look_fails_the_copy_answers_and_says_so(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        here.account.clock.move(20 * MINUTE)
        here.account.faults.status(403)
        found, coverage = await here.ask()
        assert found.total == 23
        assert coverage.as_of == NOW
        assert coverage.trouble is not None
        assert coverage.trouble.startswith("This is not fresh.")


async def test_who_is_not_hurried_gets_the_truth_or_none(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        here.account.faults.status(403)
        with pytest.raises(ApiError):
            await here.ask(hurried=False)


async def test_an_empty_copy_is_filled_by_the_first_question(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        found, coverage = await here.ask()
        assert (found.total, coverage.complete, coverage.as_of) == (24, True, NOW)


async def test_who_is_not_hurried_reads_the_account_where_the_copy_is_not_full(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        found, coverage = await here.ask(hurried=False)
        assert (found.total, coverage.copied) == (24, False)
        assert (await here.mirror.copy.progress()).mark is None


@pytest.mark.parametrize("hurried", [True, False])
async def test_ask_uses_a_copy_that_is_kept_and_keeps_none(hurried: bool, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with place(failed_hourly(), tmp_path / "other", keeps=False) as here:
        assert not (await here.ask(hurried=hurried))[1].copied
        assert (await here.mirror.copy.progress()).mark is None
    async with place(failed_hourly(), tmp_path) as keeper:
        await keeper.mirror.upkeep.fill()
        async with mirrored(keeper.account, keeper.time, f"sqlite:///{tmp_path}/copy.db") as asker:
            asker.mirror.keeps = False
            here = Place(keeper.account, keeper.time, asker.mirror)
            found, coverage = await here.ask(hurried=hurried)
            assert (found.total, coverage.copied) == (24, True)


async def test_a_window_behind_the_copy_is_read_and_says_how_far(tmp_path: Path) -> None:
    async with place(failed_hourly(24 * 30), tmp_path) as here:
        await here.full()
        found, coverage = await here.ask(Span(NOW - 25 * DAY, NOW - 24 * DAY))
        assert (found.total, coverage.complete) == (24, True)


async def test_after_a_day_of_downtime_all_that_was_missed_is_news(tmp_path: Path) -> None:
    history = Lifelike(3, sessions=20_000, per_day=2_000, anchor=NOW + 3 * DAY)
    async with place(history, tmp_path) as here:
        await here.mirror.upkeep.fill()
        before = (await here.mirror.copy.progress()).sequence
        here.account.clock.move(DAY)
        await here.ask()
        copy = {number: as_seen(row) for number, row in (await everything(here.mirror)).items()}
        since = NOW - 7 * DAY
        truth = true_rows(here.account, since)
        assert {number: copy.get(number) for number in truth} == truth
        ended = [row for row in truth.values() if isinstance(row[11], datetime) and row[11] > NOW]
        changes = await here.mirror.copy.changed(before, 100_000)
        assert {row[0] for row in ended} <= {number for _, number, _ in changes}
        assert len(ended) > 1_500


async def test_what_ended_before_the_first_fill_is_no_news(tmp_path: Path) -> None:
    history = failed_hourly()
    history.run("ads", "later", created=NOW - MINUTE, finished=NOW + MINUTE)
    async with place(history, tmp_path) as here:
        await here.full()
        here.account.clock.move(2 * MINUTE)
        await here.ask()
        assert [status for _, _, status in await here.mirror.copy.changed(0, 100)] == [Status.SUCCESS]


class Away(Failures):
    """The database is away."""

    async def errors(self, attempts: Iterable[int]) -> dict[int, str]:
        raise StoreError(f"The database can't be used ({len([*attempts])}).")


async def test_errors_are_read_from_the_account_where_the_database_is_away(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        found, _ = await here.ask()
        here.mirror.failures = Away(here.mirror.copy.store)
        last = found.rows[0].last
        patience = Patience(here.time.monotonic, total=8.0)
        assert await here.mirror.errors([last], patience) == {last.id: "boom 1"}
        assert await here.mirror.errors([last], patience, wait=False) == {}


@dataclass(slots=True)
class Held(Attempts):
    """A copy that says how it stands only once it is told to."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def standing(self, recent: int = 0) -> Standing:
        self.asked.set()
        await self.released.wait()
        return await Attempts.standing(self, recent)


async def test_a_look_soon_after_another_asks_before_it_reads_how_the_copy_stands(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        await here.ask()
        here.account.log.clear()
        here.mirror.upkeep.feed.copy = held = Held(here.mirror.copy.store)
        answer = asyncio.create_task(here.ask())
        await asked_for(here, "/api/attempts")
        held.released.set()
        assert (await answer)[0].total == 24
        here.account.clock.move(MINUTE)  # what is older than that is read anew first
        held.released.clear()
        held.asked.clear()
        answer = asyncio.create_task(here.ask())
        await held.asked.wait()
        assert here.asked == ["/api/attempts"]
        held.released.set()
        assert (await answer)[0].total == 24


async def test_a_look_soon_after_the_first_fill_reads_down_to_where_that_began(tmp_path: Path) -> None:
    """A tick before the fill has seen an empty copy: nothing is laid by that."""
    history = failed_hourly()
    for number in range(250):
        created = NOW + 4 * SECOND + number * timedelta(milliseconds=4)
        history.run("sales", "burst", id=1_000 + number, created=created, took=SECOND, outcome="error")
    async with place(history, tmp_path) as here:
        await here.mirror.upkeep.feed.tick(Patience(here.time.monotonic, total=5.0))
        await here.full()
        here.account.clock.move(7 * SECOND)
        assert (await here.ask())[0].total == 24 + 250


async def test_an_open_attempt_that_another_process_has_brought_since_is_read(tmp_path: Path) -> None:
    history = failed_hourly()
    late = history.run("ads", "slow", id=500, created=NOW - 20 * HOUR, finished=NOW + SECOND, outcome="error")
    for number in range(200):
        history.run("sales", "load", id=1_000 + number, created=NOW - 2 * HOUR + number * SECOND)
    async with place(history, tmp_path) as here:
        await here.full()
        copy = here.mirror.copy
        known = (await everything(here.mirror))[late.id]
        await copy.drop([late.id])
        assert (await here.ask())[0].total == 24
        await copy.put([known], NOW)
        here.account.clock.move(10 * SECOND)
        here.account.log.clear()
        assert (await here.ask())[0].total == 25
        assert here.asked == ["/api/attempts", f"/api/attempts/{late.id}"]


async def test_more_open_attempts_than_a_wave_reaches_are_said_to_be_older(tmp_path: Path) -> None:
    history = Written(NOW - 40 * DAY)
    for number in range(900):
        outcome = "running" if number % 100 == 0 else "success"
        history.run("sales", "load", created=NOW - HOUR - (900 - number) * MINUTE, outcome=outcome)
    async with place(history, tmp_path, replace(RULES, wave=3)) as here:
        await here.full()
        _, coverage = await here.ask()
        assert coverage.unreached == 6  # three were read
        assert len(here.asked) == 4


async def test_a_server_that_lists_sessions_only_is_read_through_that(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        here.account.faults.only_sessions()
        await here.mirror.upkeep.fill()
        assert await here.mirror.upkeep.is_ready()
        found, coverage = await here.ask()
        assert (found.total, coverage.feed, coverage.copied) == (24, "sessions", False)
        await here.mirror.upkeep.tick()
        await here.mirror.upkeep.diagnose()
        assert not any(path.endswith("/tasks") for path in here.asked)


async def test_a_404_of_the_feed_passes_where_there_is_a_copy(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()
        passing = here.account.faults.status(404, "/api/attempts")
        found, coverage = await here.ask()
        assert (found.total, coverage.feed, coverage.copied) == (24, "attempts", True)
        assert coverage.trouble is not None
        assert coverage.trouble.startswith("This is not fresh.")
        with pytest.raises(NotFound):
            await here.ask(hurried=False)
        await here.mirror.upkeep.tick()
        assert "404" in (here.mirror.upkeep.trouble or "")
        here.account.faults.off(passing)
        assert (await here.ask())[1].trouble is None
        assert (await here.ask(hurried=False))[1].feed == "attempts"
        await here.mirror.upkeep.tick()
        assert here.mirror.upkeep.trouble is None


async def test_a_database_that_fails_is_told_and_the_account_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        await here.full()

        async def broken() -> None:
            raise StoreError("The database is damaged: move the file away.")

        monkeypatch.setattr(type(here.mirror.copy), "progress", lambda _: broken())
        found, coverage = await here.ask()
        assert (found.total, coverage.copied) == (24, False)
        assert coverage.trouble == "The database is damaged: move the file away."
