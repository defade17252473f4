"""What is read for a digest tells the whole: as much as all attempts do, and no more than is needed."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.core.digest import Key, Period, Reckoning, Run, Tally
from bot.core.model import Attempt, Status
from bot.core.names import Scope, Within
from bot.core.reckoning import reckon
from bot.core.statistics import SAMPLE, Pace, pace_of
from bot.store.attempts import Attempts
from bot.store.failures import Failure, Failures
from bot.store.past import Facts, Past
from bot.store.store import Account, Store, open_store
from tests.core.test_digest import HOUR, START, history, unix

BERLIN = ZoneInfo("Europe/Berlin")
NOW = START + timedelta(days=9)
PROJECTS = {1: "sales", 2: "ads", 3: "rare"}
STOOD = text(
    "SELECT status, count(*) FROM (SELECT status, ended, row_number() OVER (PARTITION BY session_id"
    " ORDER BY number DESC, id DESC) AS place FROM attempts WHERE created < :end) AS stood"
    " WHERE place = 1 AND ended >= :start AND ended < :end GROUP BY status"
)


def attempt(run: Run) -> Attempt:
    """Session times lie in different zones, a day or two before."""
    zone = timezone(timedelta(hours=run.session % 3 * 9 - 8))
    done = run.status.finished
    return Attempt(
        id=run.id,
        session_id=run.session,
        project_id=run.workflow[0],
        project=PROJECTS[run.workflow[0]],
        workflow=run.workflow[1],
        session_time=(START - timedelta(hours=run.session * 7 % 96)).astimezone(zone),
        status=run.status,
        created_at=datetime.fromtimestamp(run.created, UTC),
        finished_at=datetime.fromtimestamp(run.ended, UTC) if run.ended and run.id % 11 else None,
        index=run.number,
        done=done,
        success=run.status is Status.SUCCESS,
    )


def as_run(row: Attempt) -> Run:
    ended = None if row.ended_at is None else unix(row.ended_at)
    return Run(row.id, row.session_id, row.key, row.status, unix(row.created_at), ended, row.index)


async def put(store: Store, rows: Sequence[Attempt], chance: random.Random) -> None:
    """In random pieces."""
    pieces = chance.sample(list(rows), len(rows))
    while pieces:
        size = chance.randrange(1, 80)
        await Attempts(store).put(pieces[:size], NOW)
        del pieces[:size]


def paces(rows: Iterable[Attempt], end: datetime) -> dict[Key, Pace]:
    found: dict[Key, list[tuple[datetime, int, float]]] = {}
    for row in rows:
        if row.status is Status.SUCCESS and row.finished_at and row.finished_at < end:
            took = row.finished_at - row.created_at
            found.setdefault(row.key, []).append((row.finished_at, row.id, took.total_seconds()))
    known = {key: pace_of([each[2] for each in sorted(ends)[-SAMPLE:]]) for key, ends in found.items()}
    return {key: pace for key, pace in known.items() if pace}


def reckoned(facts: Facts, period: Period) -> Reckoning:
    known = {key: pace_of([took for _, _, took in each]) for key, each in facts.samples.items()}
    some = {key: pace for key, pace in known.items() if pace}
    assert len({run.id for run in facts.runs}) == len(facts.runs)
    return reckon(facts.runs, period, BERLIN, some, facts.late, facts.before)


def places(chance: random.Random) -> Within:
    return chance.choice(
        [
            Within(),
            Within(where=(Scope(projects=frozenset({"sales"})),)),
            Within(named=(Scope(workflows=frozenset({"load"})),)),
        ]
    )


def session_days(chance: random.Random) -> tuple[date, date] | None:
    first = START.date() - timedelta(days=chance.randrange(4))
    return chance.choice([None, None, (first, first + timedelta(days=1))])


@pytest.mark.parametrize("seed", range(4))
async def test_it_tells_as_much_as_all_attempts_do(seed: int, database: str) -> None:
    chance = random.Random(seed)
    rows = [attempt(run) for run in history(seed, 400)]
    async with open_store(database, Account("https://api.example.com")) as store:
        await put(store, rows, chance)
        for _ in range(25):
            start = START - chance.randrange(0, 5 * 24) * HOUR
            period = Period(start, start + chance.choice([1, 24, 72, 8 * 24]) * HOUR)
            within, days, few = places(chance), session_days(chance), chance.sample(range(400), 5)
            inside = [row for row in rows if within.holds(row.project, row.workflow)]
            fit = [row for row in inside if not days or days[0] <= row.session_time.date() <= days[1]]
            facts = await Past(store).facts(period, within, days, sessions=few)
            told = reckoned(facts, period)
            assert told == reckon(map(as_run, fit), period, BERLIN, paces(inside, period.end))
            wanted = {row.id for row in fit if row.session_id in few}
            assert wanted <= {run.id for run in facts.runs}
            beside = {run.id: run for run in map(as_run, fit) if run.session in few}
            beside |= {run.id: run for run in facts.runs}
            assert reckoned(replace(facts, runs=tuple(beside.values())), period) == told


async def test_its_numbers_are_those_of_a_plain_count(database: str) -> None:
    async with open_store(database, Account("https://api.example.com")) as store:
        await put(store, [attempt(run) for run in history(5, 600)], random.Random(5))
        for hours in (1, 24, 100):
            period = Period(START, START + hours * HOUR)
            told = reckoned(await Past(store).facts(period, Within()), period)
            assert told.now == await plainly(store, period) != Tally()
            assert told.before == await plainly(store, period.before)


async def plainly(store: Store, period: Period) -> Tally:
    async with store.reading() as connection:
        given = {"start": unix(period.start), "end": unix(period.end)}
        counts = dict(tuple(row) for row in await connection.execute(STOOD, given))
    return Tally(*(counts.get(status.value, 0) for status in (Status.SUCCESS, Status.ERROR, Status.KILLED)))


async def test_it_reads_no_more_than_is_needed(database: str) -> None:
    """Of successes of long ago that were followed by a failure, the last one."""
    period = Period(START, START + 24 * HOUR)
    ended = [*range(-150, -30), -29.0, -3.0, 2.0]
    runs = [
        Run(place, place, (1, "load"), status, unix(START + at * HOUR), unix(START + at * HOUR), 1)
        for place, at in enumerate(ended, 1)
        for status in [Status.ERROR if at in (-29.0, 2.0) else Status.SUCCESS]
    ]
    async with open_store(database, Account("https://api.example.com")) as store:
        rows = [
            replace(attempt(run), finished_at=datetime.fromtimestamp(run.ended or 0, UTC)) for run in runs
        ]
        await put(store, rows, random.Random(1))
        facts = await Past(store).facts(period, Within())
    assert sorted(run.id for run in facts.runs) == [121, 122, 123]


async def test_late_is_what_changed_after_the_cut_and_had_ended_before(database: str) -> None:
    period = Period(START, START + 24 * HOUR)
    chance = random.Random(6)
    rows = [attempt(run) for run in history(6, 300)]
    before = [row for row in rows if row.ended_at and row.ended_at < period.start]
    missed = chance.sample(before, 40)
    open_then = {row.id for row in missed[:20]}
    early = [
        replace(row, status=Status.RUNNING, finished_at=None, done=False, success=False)
        if row.id in open_then
        else row
        for row in rows
        if row not in missed[20:]
    ]
    async with open_store(database, Account("https://api.example.com")) as store:
        await put(store, early, chance)
        copy, past = Attempts(store), Past(store)
        cut = (await copy.progress()).sequence
        assert (await past.facts(period, Within(), cursor=cut)).late == ()
        await put(store, missed, chance)
        facts = await past.facts(period, Within(), cursor=cut)
        assert facts.progress.sequence > cut
        assert set(facts.late) == {row.id for row in missed}
        expected = reckon(
            map(as_run, rows), period, BERLIN, paces(rows, period.end), [row.id for row in missed]
        )
        assert reckoned(facts, period) == expected
        assert len(expected.late) > 10
        narrow = Within(named=(Scope(workflows=frozenset({"rare"})),))
        some = await past.facts(period, narrow, cursor=cut)
        assert set(some.late) == {row.id for row in missed if row.workflow == "rare"}
        assert (await past.facts(period, Within())).late == ()


async def test_details_and_errors_of_attempts(database: str) -> None:
    rows = [attempt(run) for run in history(8, 100)]
    failed = [row.id for row in rows if row.status is Status.ERROR][:3]
    async with open_store(database, Account("https://api.example.com")) as store:
        await put(store, rows, random.Random(8))
        failures = Failures(store)
        await failures.put(Failure(failed[0], "+main+load", "boom\nat line 3", "f1"))
        await failures.put(Failure(failed[1]))
        past = Past(store)
        assert await past.errors(failed) == {failed[0]: ("f1", "boom"), failed[1]: ("", "")}
        seen = await past.details([*failed, 10**9])
        assert {number: each.error for number, each in seen.items()} == dict(
            zip(failed, ["boom", "", None], strict=True)
        )
        assert [seen[each].last for each in failed] == [row for row in rows if row.id in failed]
        assert (await past.details([]), await past.errors([])) == ({}, {})


def test_the_history_has_what_matters() -> None:
    """Or the comparisons above would prove little."""
    rows = [attempt(run) for run in history(0, 400)]
    assert min(Counter(row.status for row in rows).values()) > 20
    assert sum((row.index or 0) > 1 for row in rows) > 100
    assert sum(row.status.finished and row.finished_at is None for row in rows) > 20
