"""A digest's numbers: held against a slow count that follows the definitions word by word."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.digest import Cause, Key, Period, Reckoning, Run, Tally
from bot.core.model import Status
from bot.core.reckoning import causes, reckon, streaks
from bot.core.statistics import Pace

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
LOAD: Key = (1, "load")
ENDS = [Status.SUCCESS] * 4 + [Status.ERROR] * 5 + [Status.KILLED, Status.RUNNING, Status.QUEUED]


def unix(at: datetime) -> int:
    return int(at.timestamp())


def history(seed: int, sessions: int) -> list[Run]:
    """Sessions of four workflows on a grid of hours, so that much falls together; retried, also before their
    attempt has ended; some begin or end after the period."""
    chance = Random(seed)
    begun = []
    for session in range(1, sessions + 1):
        workflow = chance.choice([LOAD, (1, "report"), (2, "load"), (3, "rare")])
        at = START - 17 * DAY + chance.randrange(20 * 24) * HOUR
        for number in range(1, chance.choice([1, 1, 2, 3]) + 1):
            status = chance.choice(ENDS)
            ended = at + chance.choice([0, 1, 1, 2, 30, 160]) * HOUR if status.finished else None
            begun.append((at, session, workflow, status, ended, number))
            at += chance.choice([0, 1, 2, 26]) * HOUR
    begun.sort(key=lambda each: (each[0], each[1], each[5]))
    return [
        Run(place * 3, session, workflow, status, unix(at), unix(ended) if ended else None, number)
        for place, (at, session, workflow, status, ended, number) in enumerate(begun, 1)
    ]


class Slow:
    """The definitions, one by one, each over all attempts."""

    def __init__(self, runs: Sequence[Run], period: Period) -> None:
        self.runs, self.period = runs, period
        self.start, self.end = unix(period.start), unix(period.end)

    def stood(self, at: int) -> list[Run]:
        """Of each session the last attempt created before, where it had ended."""
        found = []
        for session in {run.session for run in self.runs}:
            there = [run for run in self.runs if run.session == session and run.created < at]
            if there and (last := max(there, key=lambda run: run.id)).ended is not None and last.ended < at:
                found.append(last)
        return found

    def tally(self, begin: int, at: int) -> Tally:
        counted = [run.status for run in self.stood(at) if run.ended is not None and run.ended >= begin]
        return Tally(counted.count(Status.SUCCESS), counted.count(Status.ERROR), counted.count(Status.KILLED))

    def results(self, workflow: Key, at: int) -> list[Run]:
        wanted = {Status.SUCCESS, Status.ERROR}
        low = self.start - 7 * 24 * 3600
        found = [run for run in self.runs if run.workflow == workflow and run.status in wanted]
        found = [run for run in found if run.ended is not None and low <= run.ended < at]
        return sorted(found, key=lambda run: (run.ended or 0, run.id))

    def failing(self, workflow: Key, at: int) -> bool:
        found = self.results(workflow, at)
        return bool(found) and found[-1].status is Status.ERROR

    def failed_within(self, workflow: Key) -> list[Run]:
        return [
            run
            for run in self.results(workflow, self.end)
            if run.status is Status.ERROR and (run.ended or 0) >= self.start
        ]

    def changes(self, workflow: Key) -> int:
        states = [self.failing(workflow, self.start)]
        within = [run for run in self.results(workflow, self.end) if (run.ended or 0) >= self.start]
        states += [run.status is Status.ERROR for run in within]
        return sum(one != other for one, other in pairwise(states))

    def streak(self, workflow: Key) -> list[Run]:
        """The last failures in a row."""
        found = self.results(workflow, self.end)
        while found[-1].status is not Status.ERROR:
            found.pop()
        row: list[Run] = []
        while found and found[-1].status is Status.ERROR:
            row.insert(0, found.pop())
        return row

    def check(self, told: Reckoning) -> None:
        before = unix(self.period.before.start)
        assert told.now == self.tally(self.start, self.end)
        assert told.before == self.tally(before, self.start)
        workflows = {run.workflow for run in self.runs}
        was = {each for each in workflows if self.failing(each, self.start)}
        now = {each for each in workflows if self.failing(each, self.end)}
        assert {each.workflow for each in told.still_broken} == was & now
        assert {each.workflow for each in told.new} == now - was
        back = {each for each in workflows - now if each in was or self.failed_within(each)}
        assert {each.workflow for each in told.recovered} == back
        flapping = {each: self.changes(each) for each in workflows if self.changes(each) >= 3}
        assert {each.workflow: each.changes for each in told.flapping} == flapping
        self.check_rows(told)
        failed = [run for run in self.stood(self.end) if run.status is Status.ERROR]
        inside = [run for run in failed if (run.ended or 0) >= self.start]
        inside.sort(key=lambda run: (run.ended or 0, run.id))
        assert told.failed == tuple(run.id for run in inside[::-1])
        days = [datetime.fromtimestamp(run.ended or 0, BERLIN).date() for run in failed]
        assert all(count == days.count(day) for day, count in told.days)

    def check_rows(self, told: Reckoning) -> None:
        for broken in (*told.still_broken, *told.new):
            row = self.streak(broken.workflow)
            assert (broken.since, broken.streak, broken.last) == (at(row[0]), len(row), row[-1].id)
            assert broken.failures == len(self.failed_within(broken.workflow))
            assert broken.open_ended == (row[0] == self.results(broken.workflow, self.end)[0])
        for came in told.recovered:
            row = self.streak(came.workflow)
            after = [run for run in self.results(came.workflow, self.end) if key(run) > key(row[-1])]
            assert (came.since, came.streak, came.last) == (at(row[0]), len(row), row[-1].id)
            assert (came.at, came.by) == (at(after[0]), after[0].id)
        for flaps in told.flapping:
            assert flaps.failing == self.failing(flaps.workflow, self.end)
            assert flaps.last == self.streak(flaps.workflow)[-1].id


def key(run: Run) -> tuple[int, int]:
    return run.ended or 0, run.id


def at(run: Run) -> datetime:
    return datetime.fromtimestamp(run.ended or 0, UTC)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 60), st.sampled_from([1, 3, 24, 72, 9 * 24]))
def test_it_counts_as_the_definitions_say(seed: int, sessions: int, hours: int) -> None:
    runs = history(seed, sessions)
    Random(seed).shuffle(runs)
    period = Period(START, START + hours * HOUR)
    told = reckon(runs, period, BERLIN)
    Slow(runs, period).check(told)
    assert reckon([run._replace(number=None) for run in runs], period, BERLIN) == told


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 5, 24]))
def test_each_outcome_that_stood_at_a_cut_is_in_one_period(seed: int, hours: int) -> None:
    runs = history(seed, 50)
    cuts = [START + number * hours * HOUR for number in range(6)]
    parts = [reckon(runs, Period(*ends), BERLIN, late=()) for ends in pairwise(cuts)]
    ids = [attempt for part in parts for attempt in part.failed]
    assert len(ids) == len(set(ids))
    stood = {
        run.id
        for before, cut in pairwise(cuts)
        for run in Slow(runs, Period(before, cut)).stood(unix(cut))
        if run.status is Status.ERROR and (run.ended or 0) >= unix(before)
    }
    assert set(ids) == stood


def run(number: int, ended: float | None, status: Status = Status.ERROR) -> Run:
    """One that ended so many hours after the start, an hour after it was created."""
    over = START + (0 if ended is None else ended) * HOUR
    return Run(number, number, LOAD, status, unix(over - HOUR), None if ended is None else unix(over), 1)


PERIOD = Period(START, START + DAY)


def test_the_start_is_inside_and_the_end_is_not() -> None:
    told = reckon([run(1, 0), run(2, 24)], PERIOD, BERLIN)
    assert (told.now, told.failed) == (Tally(failed=1), (1,))
    assert reckon([run(1, 0), run(2, 24)], PERIOD.before, BERLIN).now == Tally()


def test_the_numbers_say_what_share_succeeded() -> None:
    told = reckon([run(1, 1), run(2, 2, Status.SUCCESS), run(3, 3, Status.KILLED)], PERIOD, BERLIN)
    assert (told.now.finished, told.now.rate, told.before.rate) == (3, 1 / 3, None)


def test_a_session_whose_retry_runs_is_not_counted_yet() -> None:
    first, retry = (
        run(1, 1),
        run(2, 30, Status.SUCCESS)._replace(session=1, created=unix(START + 2 * HOUR), number=2),
    )
    assert reckon([first, retry], PERIOD, BERLIN).now == Tally()
    later = retry._replace(created=unix(START + DAY))
    assert reckon([first, later], PERIOD, BERLIN).now == Tally(failed=1)


def test_of_two_that_end_in_one_second_the_higher_id_is_the_last() -> None:
    assert reckon([run(1, 1), run(2, 1, Status.SUCCESS)], PERIOD, BERLIN).new == ()
    told = reckon([run(1, 1, Status.SUCCESS), run(2, 1)], PERIOD, BERLIN)
    assert [each.last for each in told.new] == [2]


def test_it_looks_seven_days_back_and_no_further() -> None:
    broken = reckon([run(1, -7 * 24)], PERIOD, BERLIN).still_broken
    assert [(each.last, each.open_ended, each.failures) for each in broken] == [(1, True, 0)]
    assert reckon([run(1, -7 * 24 - 1 / 3600)], PERIOD, BERLIN).still_broken == ()
    long = Period(START, START + 30 * DAY)
    assert reckon([run(1, -7 * 24 - 1)], long, BERLIN).still_broken == ()
    assert reckon([run(1, -7 * 24 - 1)], long, BERLIN).before == Tally(failed=1)


def test_killed_ones_count_neither_way() -> None:
    told = reckon([run(1, -2), run(2, 1, Status.KILLED)], PERIOD, BERLIN)
    assert ([each.workflow for each in told.still_broken], told.now) == ([LOAD], Tally(killed=1))


def test_slower_are_successes_that_took_longer_than_they_usually_do() -> None:
    pace = {LOAD: Pace(timedelta(minutes=20), timedelta(minutes=25))}
    runs = [
        run(1, 1, Status.SUCCESS),
        run(2, 2, Status.SUCCESS)._replace(created=unix(START + 1.5 * HOUR)),
        run(3, 3),
        run(4, 4, Status.SUCCESS)._replace(created=unix(START + HOUR)),
        run(5, -1, Status.SUCCESS),
        run(6, 6, Status.SUCCESS)._replace(workflow=(2, "other")),
    ]
    told = reckon(runs, PERIOD, BERLIN, pace)
    assert [(each.attempt, each.took) for each in told.slower] == [(4, 3 * HOUR), (1, HOUR)]


def test_late_ones_are_in_no_number_of_the_period() -> None:
    runs = [
        run(1, -1),
        run(2, 1),
        run(3, -2)._replace(session=9),
        run(4, -0.5, Status.SUCCESS)._replace(session=9, number=2),
    ]
    told = reckon(runs, PERIOD, BERLIN, late=[1, 2, 3, 4])
    assert (told.late, told.failed) == ((4, 1), (2,))


def test_a_late_one_is_told_though_its_session_was_retried_since() -> None:
    """It was the last of its session at the cut, and no digest has told it."""
    retry = run(2, 2, Status.SUCCESS)._replace(session=1, number=2, created=unix(START + HOUR))
    told = reckon([run(1, -0.5), retry], PERIOD, BERLIN, late=[1])
    assert (told.late, told.now) == ((1,), Tally(success=1))


def test_days_are_the_zones_own_and_whole_from_the_first_on() -> None:
    clocks = datetime(2026, 10, 26, 8, tzinfo=UTC)  # the day before had 25 hours in Berlin
    midnights = [datetime(2026, 10, day, tzinfo=BERLIN) for day in (24, 25, 26)]
    runs = [
        run(number, None)._replace(ended=unix(at.astimezone(UTC)) + second, created=0)
        for number, (at, second) in enumerate([(at, second) for at in midnights for second in (-1, 0)])
    ]
    told = reckon(runs, Period(clocks - DAY, clocks), BERLIN)
    days = dict(told.days)
    assert list(days) == [date(2026, 10, day) for day in range(19, 27)]
    assert [days[date(2026, 10, day)] for day in (23, 24, 25, 26)] == [1, 2, 2, 1]


def test_a_day_is_whole_where_the_floor_is_its_first_instant() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=BERLIN).astimezone(UTC)
    told = reckon([], Period(midnight, midnight + DAY), BERLIN)
    assert (told.days[0][0], told.days[-1][0]) == (date(2026, 11, 16), date(2026, 11, 23))
    later = reckon([], Period(midnight + HOUR, midnight + DAY), BERLIN)
    assert later.days[0][0] == date(2026, 11, 17)
    month = reckon([], Period(midnight - 30 * DAY, midnight), BERLIN)
    assert [len(month.days), month.days[-1][0]] == [20, date(2026, 11, 22)]


def test_causes_are_ordered_and_what_is_not_known_is_said() -> None:
    workflows = dict.fromkeys(range(1, 8), LOAD) | {5: (2, "other")}
    known = {7: ("aa", "newest"), 5: ("aa", "older"), 6: ("", ""), 4: ("bb", "one")}
    found = causes((7, 6, 5, 4, 3, 2, 1), workflows, known)
    assert found == (
        Cause("aa", "newest", (7, 5), (LOAD, (2, "other"))),
        Cause("bb", "one", (4,), (LOAD,)),
        Cause("", "", (6,), (LOAD,)),
        Cause(None, "", (3, 2, 1), (LOAD,)),
    )
    assert causes((), {}, {}) == ()


@pytest.mark.parametrize("runs", [[], [run(1, None, Status.RUNNING)]])
def test_nothing_is_nothing(runs: list[Run]) -> None:
    told = reckon(runs, PERIOD, BERLIN)
    empty = Reckoning(PERIOD, Tally(), Tally(), days=told.days)
    assert replace(told, days=told.days) == empty


def test_streaks_are_counted_up_to_each_attempt() -> None:
    runs = [run(1, 1), run(2, 2, Status.KILLED), run(3, 3), run(4, 4, Status.SUCCESS), run(5, 5)]
    runs += [run(6, 2.5)._replace(workflow=(2, "other")), run(7, None, Status.QUEUED)]
    assert streaks(runs, [1, 3, 4, 5, 6, 7]) == {1: 1, 3: 2, 4: 0, 5: 1, 6: 1}
