"""A scan answers exactly, over real HTTP, whatever the account went through; and says so where it can't."""

import asyncio
from bisect import insort
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account as Asked
from bot.core.errors import ApiError, BadRequest, NotFound, ServerFailed, Unauthorized
from bot.core.model import Status
from bot.core.patience import Patience
from bot.mirror.look import Folded, Span
from bot.mirror.scan import LIFETIME, Scan
from bot.playground.account import Account, Clock, History, Lifelike, Written
from bot.playground.account import Attempt as Row

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Line = tuple[int, int, int | None, str, datetime | None]


class Counting(Patience):
    """Time stands still but for answers: each good one takes a unit, and at the `nth` something happens."""

    def __init__(self, total: float | None = None, nth: int = 0, happens: Callable[[], object] = int) -> None:
        self.answers = 0
        self.nth, self.happens = nth, happens
        super().__init__(lambda: float(self.answers), total)

    def good(self) -> None:
        super().good()
        self.answers += 1
        if self.answers == self.nth:
            self.happens()


@dataclass
class Place:
    """An account that is served, and a scan of it; both stand at noon."""

    account: Account
    scan: Scan

    @property
    def asked(self) -> list[str]:
        return [each.path for each in self.account.log]

    async def look(self, span: Span, patience: Patience | None = None) -> Folded:
        return await self.scan.look(span, patience or Counting())


@asynccontextmanager
async def serving(history: History, clock: Clock | None = None) -> AsyncIterator[Place]:
    clock = clock or Clock(NOW)
    clock.freeze(NOW)
    async with Account(history, clock=clock) as account:
        asked = Asked(self_hosted(account.url), Access.key("1/abc"))

        async def at_once(_: float) -> None: ...

        async with Client(asked, sleep=at_once) as client:
            yield Place(account, Scan(client, clock.now))


def last_day(hours: float = 24) -> Span:
    return Span(NOW - timedelta(hours=hours))


@dataclass(frozen=True)
class Life:
    """What kind of past an account has: sessions, over how many days, the step of ids."""

    sessions: int
    days: float
    step: int
    late: timedelta


LIVES = {
    "a handful": Life(7, 20, 1, MINUTE),
    "one page": Life(90, 3, 50, MINUTE),
    "small": Life(400, 25, 9, 4 * MINUTE),
    "busy": Life(1600, 14, 400, 2 * MINUTE),
    "young": Life(900, 0.5, 3, MINUTE),
    "a burst": Life(900, 0.02, 2, timedelta(seconds=20)),
}


def past(life: Life, seed: int) -> Written:
    """Sessions that are retried days later or while they run, finish late or not at all, or were killed; ids
    that are seen late, and in another order than they were given."""
    random = Random(seed)
    history = Written(NOW - 40 * DAY)
    events: list[tuple[datetime, int, int]] = []
    for session in range(1, life.sessions + 1):
        at = NOW - random.random() * life.days * DAY
        for index in range(random.choices([1, 2, 3, 6], [90, 7, 2, 1])[0]):
            if at > NOW:
                break
            insort(events, (at.replace(microsecond=0), session, index))
            at += random.choice([MINUTE, 10 * MINUTE, DAY, 6 * DAY]) * (0.5 + random.random())
    first: dict[int, Row] = {}
    id_ = 50_000_000
    for at, session, index in events:
        id_ += random.randint(1, 2 * life.step)
        run = _run(random, at, id_, life.late)
        if index == 0:
            project, workflow = random.choice(["sales", "ops"]), f"daily_{random.randint(1, 4)}"
            zone = timedelta(hours=random.choice([-8, 0, 9]))
            time = (at - timedelta(hours=random.randint(0, 30)) + zone).replace(microsecond=0)
            first[session] = history.run(project, workflow, session_id=session, session_time=time, **run)
        else:
            history.retry(first[session], **run)
    return history


def _run(random: Random, at: datetime, id_: int, late: timedelta) -> dict[str, Any]:
    took = random.choice([MINUTE, 5 * MINUTE, 90 * MINUTE, 3 * DAY]) * (0.2 + random.random())
    seen = at + (late * random.random() if random.random() < 0.3 else timedelta())
    created = at - (late * random.random() if random.random() < 0.1 else timedelta())
    return {
        "id": id_,
        "created": created.replace(microsecond=0),
        "visible": seen,
        "finished": (at + min(took, LIFETIME)).replace(microsecond=0),
        "outcome": random.choices(["success", "error", "killed"], [80, 15, 5])[0],
    }


def truth(history: History, span: Span, now: datetime = NOW) -> list[Line]:
    """Every session of the account, one after the other, held against the words of the question."""
    lines: list[Line] = []
    for last in history.last_attempts(now):
        end = last.finished if last.done(now) else None
        day = last.session.time.date()
        inside = span.days[0] <= day <= span.days[1] if span.days else end is None or end >= span.start
        if inside:
            lines.append((last.id, last.session.id, last.index, last.status(now), end))
    return lines


def lines(look: Folded) -> list[Line]:
    return [
        (each.id, each.session_id, each.index, each.status.value, each.finished_at) for each in look.lasts
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("life", LIVES)
async def test_a_window_holds_exactly_the_sessions_that_ended_in_it_or_have_not(life: str, seed: int) -> None:
    history = past(LIVES[life], seed)
    span = last_day(Random(seed).choice([1, 24, 72, 200]))
    async with serving(history) as place:
        look = await place.look(span)
    assert look.coverage.complete
    assert look.coverage.trouble is None
    assert lines(look) == truth(history, span)


@pytest.mark.parametrize("seed", range(2))
async def test_by_session_time_it_holds_the_runs_for_those_days_whenever_they_ended(seed: int) -> None:
    history = past(LIVES["busy"], seed)
    days = date(2026, 11, 16), date(2026, 11, 17)
    span = Span(datetime(2026, 11, 15, 10, tzinfo=UTC), days=days, whenever=True)
    async with serving(history) as place:
        look = await place.look(span)
    assert lines(look) == truth(history, span)


@pytest.mark.parametrize("hours", [1, 24, 100])
async def test_a_lifelike_account_is_read_exactly(hours: float) -> None:
    history = Lifelike(3, sessions=3000, anchor=NOW)
    async with serving(history) as place:
        look = await place.look(last_day(hours))
    assert lines(look) == truth(history, last_day(hours))
    assert look.lasts


async def test_an_old_session_that_was_retried_today_is_as_its_retry_ended() -> None:
    history = Written(NOW - 30 * DAY)
    failed = history.run(created=NOW - 6 * DAY, outcome="error")
    for minute in range(250):
        history.run("ops", "often", created=NOW - 5 * DAY + minute * MINUTE)
    history.retry(failed, created=NOW - 20 * MINUTE, outcome="success")
    async with serving(history) as place:
        look = await place.look(last_day())
    assert [(each.session_id, each.status, each.index) for each in look.lasts] == [(1, Status.SUCCESS, 2)]


async def test_a_session_is_not_failed_by_an_older_attempt_that_ended_after_its_retry() -> None:
    history = Written(NOW - 30 * DAY)
    slow = history.run(created=NOW - 3 * DAY, finished=NOW - 5 * MINUTE, outcome="error")
    history.retry(slow, created=NOW - 3 * DAY + MINUTE, finished=NOW - 2 * DAY)
    async with serving(history) as place:
        look = await place.look(last_day())
    assert look.lasts == ()


async def test_names_and_endings_are_those_that_were_read_without_params() -> None:
    history = Written(NOW - 30 * DAY)
    history.run("sales", "daily", created=NOW - 3 * MINUTE, took=MINUTE, params={"secret": "x"})
    history.run("sales", "daily", created=NOW - 2 * MINUTE, took=10 * MINUTE)
    history.run("ops", "clean up", created=NOW - 3 * MINUTE, took=MINUTE, outcome="error")
    async with serving(history) as place:
        look = await place.look(last_day())
    assert (await look.names()).projects == {"sales", "ops"}
    assert (await look.names()).workflows == {("sales", "daily"), ("ops", "clean up")}
    assert {key: [each.id for each in ended] for key, ended in look.endings.items()} == {
        (1, "daily"): [1],
        (2, "clean up"): [3],
    }
    assert all(each.params == {} for each in look.lasts)


async def test_an_empty_account_is_empty_after_one_request() -> None:
    async with serving(Written()) as place:
        look = await place.look(last_day())
    assert (look.lasts, look.coverage.complete, len(place.asked)) == ((), True, 1)


@pytest.mark.parametrize("sessions", [1, 40, 99, 100, 101, 250, 430])
async def test_a_small_account_costs_at_most_two_needless_requests(sessions: int) -> None:
    history = Written(NOW - 40 * DAY)
    for minute in range(sessions):
        history.run(created=NOW - 5 * DAY + minute * MINUTE, id=1000 + minute * 7)
    async with serving(history) as place:
        look = await place.look(last_day(24 * 6))
    assert len(look.lasts) == sessions
    assert len(place.asked) <= -(-sessions // 100) + 1 + 2


async def test_what_lies_far_before_the_window_is_not_asked_for() -> None:
    history = Written(NOW - 300 * DAY)
    for hour in range(2000):
        history.run(created=NOW - timedelta(hours=hour, minutes=30), id=90_000 - hour * 40)
    async with serving(history) as place:
        look = await place.look(last_day())
    assert look.coverage.complete
    assert len(place.asked) <= 4


# Short of the end


def hours_of_runs(count: int = 2500) -> Written:
    """A session every four minutes, ids 10 apart; every tenth failed."""
    history = Written(NOW - 40 * DAY)
    for back in reversed(range(count)):
        created = NOW - (back * 4 + 3) * MINUTE
        history.run(created=created, id=1_000_000 - back * 10, outcome="success" if back % 10 else "error")
    return history


def stands_by_what_it_covers(look: Folded, history: Written, span: Span) -> None:
    """Whatever it shows is true, and down to `since` nothing is missing."""
    since = look.coverage.since
    assert since is not None
    whole = truth(history, span)
    assert set(lines(look)) <= set(whole)
    created = {each.id: each.created for each in history.attempts(NOW)}
    assert {line[0] for line in whole if created[line[0]] >= since} <= {line[0] for line in lines(look)}


@pytest.mark.parametrize("requests", [1, 3, 10, 25])
async def test_when_the_time_is_up_it_covers_the_newest_without_a_gap(requests: int) -> None:
    history, span = hours_of_runs(), last_day()
    async with serving(history) as place:
        look = await place.look(span, Counting(total=requests))
    stands_by_what_it_covers(look, history, span)
    assert look.coverage.trouble is None
    assert look.lasts


@pytest.mark.parametrize("seed", range(4))
async def test_short_of_the_end_no_session_is_shown_by_an_older_attempt(seed: int) -> None:
    history, span = past(LIVES["busy"], seed), last_day(100)
    async with serving(history) as place:
        look = await place.look(span, Counting(total=8 + seed * 4))
    assert set(lines(look)) <= set(truth(history, span))


@pytest.mark.parametrize(
    ("status", "word"), [(401, "TD_API_KEY"), (403, "TD_API_KEY"), (404, ""), (400, ""), (500, ""), (503, "")]
)
async def test_trouble_midway_is_told_and_what_was_read_stands(status: int, word: str) -> None:
    history, span = hours_of_runs(), last_day()
    async with serving(history) as place:
        faults = place.account.faults
        look = await place.look(span, Counting(nth=6, happens=lambda: faults.status(status)))
    stands_by_what_it_covers(look, history, span)
    assert look.lasts
    assert word in (look.coverage.trouble or "nothing")
    assert look.coverage.trouble


async def test_one_page_that_is_refused_for_good_ends_the_cover_there() -> None:
    history, span = hours_of_runs(), last_day()
    async with serving(history) as place:
        faults = place.account.faults
        look = await place.look(span, Counting(nth=6, happens=lambda: faults.status(400, times=1)))
    stands_by_what_it_covers(look, history, span)
    assert look.coverage.trouble


@pytest.mark.parametrize("kind", ["status", "cut", "drop"])
async def test_passing_trouble_is_overcome(kind: str) -> None:
    history, span = hours_of_runs(), last_day()
    async with serving(history) as place:
        faults = place.account.faults
        trouble = {"status": lambda: faults.status(502, share=0.2), "cut": lambda: faults.cut(share=0.2)}
        trouble.get(kind, lambda: faults.drop(share=0.2))()
        look = await place.scan.look(span, Patience(lambda: 0.0, silence=30))
    assert look.coverage.complete
    assert lines(look) == truth(history, span)


@pytest.mark.parametrize(
    ("status", "error"), [(401, Unauthorized), (403, Unauthorized), (500, ServerFailed), (400, BadRequest)]
)
async def test_when_nothing_can_be_read_the_error_is_raised(status: int, error: type[ApiError]) -> None:
    async with serving(hours_of_runs(5)) as place:
        place.account.faults.status(status)
        with pytest.raises(error):
            await place.look(last_day())


async def test_a_server_that_repeats_its_first_page_is_not_read_for_ever() -> None:
    history, span = hours_of_runs(), last_day()
    async with serving(history) as place:
        place.account.faults.ignore_last_id()
        look = await place.look(span)
        assert len(place.asked) <= 5
    stands_by_what_it_covers(look, history, span)
    assert "repeats" in (look.coverage.trouble or "")


async def test_odd_rows_are_counted_and_cost_nobody_else() -> None:
    history, span = hours_of_runs(50), last_day()
    async with serving(history) as place:
        place.account.faults.odd_row("no_session_time", row=3)
        look = await place.look(span)
    whole = truth(history, span)
    assert lines(look) == whole[:3] + whole[4:]
    assert (look.coverage.odd, look.coverage.complete) == (1, True)


async def test_a_last_row_without_an_id_ends_the_account_there() -> None:
    async with serving(hours_of_runs(1)) as place:
        place.account.faults.odd_row("no_id")
        look = await place.look(last_day())
    assert (look.lasts, look.coverage.odd, look.coverage.complete) == ((), 1, True)


async def test_who_gives_up_waiting_leaves_the_scan_fit_for_the_next_question() -> None:
    history, span = hours_of_runs(), last_day()
    async with serving(history) as place:
        asking: list[asyncio.Task[Folded]] = []
        leaving = Counting(nth=4, happens=lambda: asking[0].cancel())
        asking.append(asyncio.create_task(place.look(span, leaving)))
        with pytest.raises(asyncio.CancelledError):
            await asking[0]
        look = await place.look(span)
    assert lines(look) == truth(history, span)


# A server that has nothing but GET /api/sessions


def in_list(history: Written, span: Span) -> list[tuple[int, int]]:
    return [(line[0], line[1]) for line in truth(history, span)]


@pytest.mark.parametrize("life", ["a handful", "one page", "small", "young"])
async def test_nothing_but_the_list_of_sessions_is_enough(life: str) -> None:
    history, span = past(LIVES[life], 7), last_day(30)
    async with serving(history) as place:
        place.account.faults.only_sessions()
        look = await place.look(span)
    assert look.coverage.complete
    assert look.coverage.feed == "sessions"
    assert all(each.index is None for each in look.lasts)
    found = [(each.id, each.session_id) for each in look.lasts]
    assert set(found) <= set(in_list(history, span))
    assert found == sorted(found, reverse=True)


async def test_the_list_is_read_down_to_seven_days_before_the_window_and_hardly_further() -> None:
    history = Written(NOW - 60 * DAY)
    for back in reversed(range(1500)):
        history.run(created=NOW - timedelta(minutes=back * 20 + 5))
    span = last_day()
    async with serving(history) as place:
        place.account.faults.only_sessions()
        look = await place.look(span)
    needed = -(-8 * 72 // 100)
    assert [(each.id, each.session_id) for each in look.lasts] == in_list(history, span)
    assert place.asked == ["/api/attempts"] + ["/api/sessions"] * needed


async def test_a_list_that_breaks_off_covers_what_came() -> None:
    history, span = hours_of_runs(1000), last_day()
    async with serving(history) as place:
        faults = place.account.faults
        faults.only_sessions()
        look = await place.look(span, Counting(nth=2, happens=lambda: faults.status(500, "/api/sessions")))
    stands_by_what_it_covers_unnumbered(look, history, span)
    assert look.coverage.trouble


async def test_a_list_that_repeats_itself_is_not_read_for_ever() -> None:
    async with serving(hours_of_runs(300)) as place:
        place.account.faults.only_sessions()
        place.account.faults.ignore_last_id()
        look = await place.look(last_day())
        assert len(place.asked) == 3
    assert "repeats" in (look.coverage.trouble or "")


async def test_a_missing_feed_is_remembered_for_ten_minutes_and_no_longer() -> None:
    clock = Clock(NOW)
    async with serving(hours_of_runs(5), clock) as place:
        fault = place.account.faults.only_sessions()
        await place.look(last_day())
        place.account.faults.off(fault)
        place.account.log.clear()
        assert (await place.look(last_day())).coverage.feed == "sessions"
        assert set(place.asked) == {"/api/sessions"}
        clock.move(timedelta(minutes=10))
        assert (await place.look(last_day())).coverage.feed == "attempts"


async def test_a_server_that_has_neither_list_is_an_error() -> None:
    async with serving(hours_of_runs(5)) as place:
        place.account.faults.status(404)
        with pytest.raises(NotFound):
            await place.look(last_day())


def stands_by_what_it_covers_unnumbered(look: Folded, history: Written, span: Span) -> None:
    unnumbered = tuple(replace(each, index=1) for each in look.lasts)
    stands_by_what_it_covers(replace(look, lasts=unnumbered), history, span)
