"""How questions are answered from the copy, and how the copy is kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.coverage import Coverage
from bot.core.errors import ApiError, NotFound, StoreError
from bot.core.finding import Found
from bot.core.model import Attempt, Status
from bot.core.names import Within
from bot.core.patience import Patience
from bot.core.query import Query
from bot.mirror.look import Span
from bot.mirror.mirror import Mirror
from bot.mirror.rules import RULES, Rules
from bot.playground.account import Account, Clock, Lifelike, Written
from bot.playground.account.history import History
from bot.store.attempts import Attempts, Standing, Taken
from bot.store.failures import Failures
from bot.store.lease import Lease
from bot.store.progress import NOTHING_NEW, News
from tests.mirror.keeping import Time, as_seen, everything, mirrored, true_rows

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
FAILED = Query(statuses=frozenset({Status.ERROR}))


@dataclass
class Place:
    """A mirror of an account at noon; `hurried` questions are those of Slack."""

    account: Account
    time: Time
    mirror: Mirror

    async def ask(self, span: Span | None = None, *, hurried: bool = True) -> tuple[Found, Coverage]:
        total, silence = (8.0, None) if hurried else (None, 30.0)
        patience = Patience(self.time.monotonic, total=total, silence=silence)
        look = await self.mirror.look(span or Span(self.account.clock.now() - DAY), patience)
        return await look.find(FAILED, Within()), look.coverage

    @property
    def asked(self) -> list[str]:
        return [each.path for each in self.account.log]

    async def full(self) -> None:
        await self.mirror.upkeep.fill()
        self.account.log.clear()


@asynccontextmanager
async def place(
    history: History, folder: Path, rules: Rules = RULES, *, keeps: bool = True
) -> AsyncIterator[Place]:
    clock = Clock(NOW)
    clock.freeze(NOW)
    async with Account(history, clock=clock) as account:
        time = Time(clock)
        async with mirrored(account, time, f"sqlite:///{folder}/copy.db", rules) as kept:
            kept.mirror.keeps = keeps
            yield Place(account, time, kept.mirror)


def failed_hourly(count: int = 30, apart: timedelta = HOUR, ids: int = 1) -> Written:
    """Failed sessions, the newest an hour ago, their ids `ids` apart; none runs still."""
    history = Written(NOW - 40 * DAY)
    for ago in range(count, 0, -1):
        number = (count - ago + 1) * ids
        created = NOW - HOUR - (ago - 1) * apart
        history.run("sales", "load", id=number, created=created, outcome="error", error=f"boom {ago}")
    return history


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


async def asked_for(here: Place, *paths: str) -> None:
    """Wait until the account has been asked for these."""
    async with asyncio.timeout(20):
        while here.asked != list(paths):  # noqa: ASYNC110 (it has no event for it)
            await asyncio.sleep(0.005)


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


async def test_it_fills_at_leisure_behind_what_the_last_day_needs(tmp_path: Path) -> None:
    async with place(failed_hourly(24 * 6 * 30, 10 * MINUTE), tmp_path) as here:
        assert not await here.mirror.upkeep.is_ready()
        await here.mirror.upkeep.fill()
        assert await here.mirror.upkeep.is_ready()
        progress = await here.mirror.copy.progress()
        assert progress.holds_from(NOW - 15 * DAY)
        assert not progress.holds_from(NOW - 22 * DAY)
        assert here.time.slept > 1.0  # four a second


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


class TestDiagnosis:
    async def test_each_error_is_read_once_and_shown(self, tmp_path: Path) -> None:
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

    async def test_what_was_let_go_and_is_had_again_is_not_read_again(self, tmp_path: Path) -> None:
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

    async def test_at_most_four_a_second(self, tmp_path: Path) -> None:
        async with place(failed_hourly(), tmp_path) as here:
            await here.full()
            before = here.time.slept
            await here.mirror.upkeep.diagnose()
            assert here.time.slept - before >= 29 / 4

    async def test_secrets_are_not_kept(self, tmp_path: Path) -> None:
        history = failed_hourly(0)
        history.run("sales", "load", created=NOW - HOUR, outcome="error", error="password=hunter22 is wrong")
        async with place(history, tmp_path) as here:
            await here.full()
            await here.mirror.upkeep.diagnose()
            [text] = (await here.mirror.failures.errors([1])).values()
            assert "hunter22" not in text
        assert b"hunter22" not in (tmp_path / "copy.db").read_bytes()

    async def test_an_account_that_fails_is_asked_again_the_next_time(self, tmp_path: Path) -> None:
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
    async def test_one_that_cannot_be_read_holds_up_none_of_the_others(
        self, fault: str, tmp_path: Path
    ) -> None:
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

    async def test_more_refusals_than_are_read_at_once_do_not_hide_the_rest(self, tmp_path: Path) -> None:
        async with place(failed_hourly(50), tmp_path) as here:
            await here.full()
            for number in range(21, 51):
                here.account.faults.status(403, f"/api/attempts/{number}/tasks")
            for _ in range(3):
                await here.mirror.upkeep.diagnose()
            assert (await here.mirror.failures.errors(range(1, 51))).keys() == set(range(1, 21))

    async def test_after_an_outage_nobody_waits_for_it(self, tmp_path: Path) -> None:
        async with place(failed_hourly(30), tmp_path) as here:
            await here.full()
            here.account.faults.status(500, "/api/attempts/")
            for _ in range(5):
                await here.mirror.upkeep.diagnose()
            here.account.faults.clear()
            await here.mirror.upkeep.diagnose()
            assert len(await here.mirror.failures.errors(range(1, 31))) == 30

    async def test_a_passing_404_says_nothing_of_an_error(self, tmp_path: Path) -> None:
        async with place(failed_hourly(3), tmp_path) as here:
            await here.full()
            here.account.faults.status(404, "/api/attempts/")
            await here.mirror.upkeep.diagnose()
            assert await here.mirror.failures.errors([1, 2, 3]) == {}
            here.account.faults.clear()
            here.account.clock.move(MINUTE)
            await here.mirror.upkeep.diagnose()
            assert len(await here.mirror.failures.errors([1, 2, 3])) == 3


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


async def test_a_list_of_sessions_that_fails_at_first_is_read_the_next_time(tmp_path: Path) -> None:
    async with place(failed_hourly(), tmp_path) as here:
        here.account.faults.only_sessions()
        away = here.account.faults.status(403, "/api/sessions")
        await here.mirror.upkeep.fill()
        assert not await here.mirror.upkeep.is_ready()
        here.account.faults.off(away)
        await here.mirror.upkeep.fill()
        assert await here.mirror.upkeep.is_ready()


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
