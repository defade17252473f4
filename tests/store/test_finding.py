"""The copy answers as the pure functions do over all attempts, whatever was put in whatever order."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.finding import Found, Seen, Span, find
from bot.core.model import Attempt, Status
from bot.core.names import Names, Scope, Within
from bot.core.query import Query, Shape, Sort
from bot.core.statistics import ended, pace, streak
from bot.store.attempts import Attempts
from bot.store.failures import Failure, Failures
from bot.store.finding import Finding
from bot.store.progress import News
from bot.store.store import Account, Store, open_store

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
STATUSES = [*Status, *[Status.SUCCESS] * 8, *[Status.ERROR] * 5]
PLACES = [("sales", "load"), ("sales", "Report"), ("ads", "load"), ("ads", "zeta"), ("Ärger", "load")]


def history(chance: random.Random, sessions: int = 150) -> list[Attempt]:
    """Sessions of five workflows over four days, some retried, ending in every way; seconds often tie."""
    rows: list[Attempt] = []
    for number in range(1, sessions + 1):
        place = chance.randrange(len(PLACES))
        project, workflow = PLACES[place]
        zone = timezone(timedelta(hours=chance.choice([-8, 0, 9])))
        at = NOW - timedelta(minutes=chance.randrange(4 * 24 * 60))
        for index in range(1, chance.choice([1, 1, 1, 2, 3]) + 1):
            at += timedelta(minutes=chance.randrange(50))
            status = chance.choice(STATUSES)
            known = status.finished and chance.random() > 0.05
            rows.append(
                Attempt(
                    id=len(rows) * 3 + 7,
                    session_id=number,
                    project_id=place // 2,
                    project=project,
                    workflow=workflow,
                    session_time=(NOW - timedelta(hours=chance.randrange(96))).astimezone(zone),
                    status=status,
                    created_at=at,
                    finished_at=at + timedelta(minutes=chance.randrange(3)) if known else None,
                    index=index if number % 7 else None,
                    retry_attempt_name=f"retry-{index}" if index > 1 else None,
                    done=status.finished,
                    success=status is Status.SUCCESS,
                    canceling_since=first_seen(len(rows)) if status is Status.CANCELING else None,
                )
            )
    return rows


def first_seen(number: int) -> datetime:
    return NOW - timedelta(minutes=40 * (number % 2))


def over_all(rows: Sequence[Attempt], query: Query, within: Within, span: Span) -> Found:
    best: dict[int, Attempt] = {}
    endings: dict[tuple[int, str], list[Attempt]] = {}
    for row in rows:
        known = best.get(row.session_id)
        if known is None or (row.index or 0, row.id) > (known.index or 0, known.id):
            best[row.session_id] = row
        if row.finished_at is not None:
            endings.setdefault(row.key, []).append(row)
    for history in endings.values():
        history.sort(key=ended)
    return find(
        query, within, [last for last in best.values() if span.holds(last)], endings, NOW, end=span.end
    )


def questions(chance: random.Random) -> Query:
    return Query(
        statuses=frozenset(chance.sample(list(Status), chance.choice([0, 1, 1, 3]))),
        shapes=frozenset(chance.sample(list(Shape), chance.choice([0, 0, 0, 1, 2]))),
        sort=chance.choice(list(Sort)),
        limit=chance.choice([None, None, 5]),
        by_workflow=chance.random() < 0.3,
    )


def spans(chance: random.Random) -> Span:
    start = NOW - timedelta(hours=chance.choice([1, 24, 72]))
    days = ((NOW - timedelta(days=2)).date(), (NOW - timedelta(days=1)).date())
    return chance.choice(
        [
            Span(start),
            Span(start, start + timedelta(hours=20)),
            Span(start, days=days, whenever=True),
            Span(start, days=days),
        ]
    )


def places(chance: random.Random) -> Within:
    return chance.choice(
        [
            Within(),
            Within(where=(Scope(projects=frozenset({"sales"})),)),
            Within(named=(Scope(workflows=frozenset({"load"})),)),
        ]
    )


async def filled(store: Store, rows: Sequence[Attempt], chance: random.Random) -> None:
    """Put them in random pieces, some first seen while they ran, some of them twice."""
    copy = Attempts(store)
    pieces = list(rows) + chance.sample(list(rows), 30)
    chance.shuffle(pieces)
    long_canceling = [row for row in rows if row.canceling_since and row.canceling_since < NOW]
    await copy.put(long_canceling, NOW - timedelta(minutes=40))
    early = [
        replace(row, status=Status.RUNNING, finished_at=None, done=False, success=False)
        for row in chance.sample(list(rows), 60)
        if row.status is not Status.CANCELING
    ]
    await copy.put(early, NOW - timedelta(minutes=5))
    while pieces:
        size = chance.randrange(1, 60)
        await copy.put(pieces[:size], NOW)
        del pieces[:size]


@pytest.mark.parametrize("seed", range(6))
async def test_the_copy_answers_as_all_attempts_do(seed: int, database: str) -> None:
    chance = random.Random(seed)
    rows = history(chance)
    async with open_store(database, Account("https://api.example.com")) as store:
        await filled(store, rows, chance)
        finding = Finding(store)
        assert await finding.names() == Names(workflows=frozenset(PLACES))
        for _ in range(25):
            query, span, within = questions(chance), spans(chance), places(chance)
            expected = over_all(rows, query, within, span)
            found = await finding.find(query, within, span, NOW)
            assert plain(found) == plain(expected), (query, span, within)


async def test_one_attempt_is_seen_as_its_workflows_history_has_it(database: str) -> None:
    chance = random.Random(7)
    rows = history(chance)
    async with open_store(database, Account("https://api.example.com")) as store:
        await filled(store, rows, chance)
        finding = Finding(store)
        for row in rows:
            endings = sorted((each for each in rows if each.key == row.key and each.finished_at), key=ended)
            assert await finding.seen(row) == Seen(row, pace(endings), streak(row, endings)), row
        unheld = replace(rows[0], id=10**6)
        known = [each for each in rows if each.key == unheld.key and each.finished_at]
        assert await finding.seen(unheld) == Seen(unheld, pace(sorted(known, key=ended)))
        stranger = replace(unheld, project_id=99)
        assert await finding.seen(stranger) == Seen(stranger)


def plain(found: Found) -> Found:
    """Flows have no order, and a copy remembers no flag but the status."""
    flows = sorted(found.flows, key=lambda flow: flow.newest.id)
    return replace(found, flows=tuple(flows), counts=dict(found.counts), offered=dict(found.offered))


@pytest.mark.parametrize("seed", range(3))
async def test_first_rows_and_the_rest_are_all_rows(seed: int, database: str) -> None:
    chance = random.Random(100 + seed)
    async with open_store(database, Account("https://api.example.com")) as store:
        await filled(store, history(chance), chance)
        finding = Finding(store)
        for _ in range(12):
            query, span, within = replace(questions(chance), by_workflow=False), spans(chance), places(chance)
            whole = await finding.find(query, within, span, NOW, 80)
            parts = await finding.find(query, within, span, NOW, 80, 10)
            assert parts.rows == whole.rows[:10]
            assert parts.rows + await finding.rest(parts) == whole.rows
            assert replace(parts, rows=whole.rows, rest=()) == whole


async def test_rows_behind_the_first_are_as_they_were_or_gone(database: str) -> None:
    """What can still change is read with the first rows; what has ended is read later, if it is there."""
    chance = random.Random(7)
    rows = history(chance)
    async with open_store(database, Account("https://api.example.com")) as store:
        await filled(store, rows, chance)
        finding, copy = Finding(store), Attempts(store)
        asked = Query(), Within(), Span(NOW - timedelta(days=9)), NOW
        whole = (await finding.find(*asked)).rows
        parts = await finding.find(*asked, None, 5)
        open_ones = [row.last for row in whole[5:] if not row.last.status.finished]
        assert open_ones
        ended = [
            replace(row, status=Status.SUCCESS, finished_at=NOW, done=True, success=True) for row in open_ones
        ]
        await copy.put(ended, NOW)
        gone = next(row.last.id for row in whole[5:] if row.last.status.finished)
        await copy.drop([gone])
        rest = [row.last for row in await finding.rest(parts)]
        assert rest == [row.last for row in whole[5:] if row.last.id != gone]


async def test_what_was_prepared_holds_until_something_changes(database: str) -> None:
    chance = random.Random(3)
    rows = [row for row in history(chance) if row.status.finished]
    query, span = Query(statuses=frozenset({Status.ERROR})), Span(NOW - timedelta(days=9))
    async with open_store(database, Account("https://api.example.com")) as store:
        copy, finding, failures = Attempts(store), Finding(store), Failures(store)
        await copy.put(rows[5:], NOW)

        async def found() -> tuple[bool, Found]:
            """Whether what was prepared before the change is given."""
            now = await finding.find(query, Within(), span, NOW, prepared=prepared)
            assert now == await finding.find(query, Within(), span, NOW + timedelta(seconds=1))
            return prepared is not None and now is prepared.found, now

        prepared = await finding.prepare(query, span, None, None)
        assert (await found())[0]
        await copy.put(rows[5:], NOW, News(ticked_at=NOW))
        assert (await found())[0]
        failed = next(row.id for row in rows[5:] if row.status is Status.ERROR)
        changes: list[Callable[[], Awaitable[object]]] = [
            lambda: copy.put(rows[:5], NOW),
            lambda: failures.put(Failure(failed, "+a", "boom", "f")),
            lambda: copy.drop([rows[5].id]),
            lambda: copy.prune(NOW - timedelta(days=1)),
        ]
        for change in changes:
            prepared = await finding.prepare(query, span, None, None)
            await change()
            assert not (await found())[0]


def running(row: Attempt) -> Attempt:
    return replace(row, status=Status.RUNNING, finished_at=None, done=False, success=False)


@pytest.mark.parametrize("seed", range(4))
async def test_what_was_prepared_goes_on_with_what_was_taken_in(seed: int, database: str) -> None:
    """Sessions begin, end and are retried, a few at a time: the answer is that of a search, and mostly needs
    none."""
    chance = random.Random(200 + seed)
    rows = history(chance)
    held, coming = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    coming = [running(row) for row in coming if row.status.finished] + coming
    query, amends, searches = Query(statuses=frozenset({Status.ERROR})), 0, 0
    async with open_store(database, Account("https://api.example.com")) as store:
        copy, finding = Attempts(store), Finding(store)
        await copy.put(held, NOW - timedelta(minutes=5))
        while coming:
            span = Span(NOW - timedelta(hours=chance.choice([1, 24, 72])))
            prepared = await finding.prepare(query, span, 80, 3)
            assert prepared is not None
            size = chance.choice([1, 1, 2, 4])
            piece, coming = coming[:size], coming[size:]
            taken = await copy.put(piece, NOW)
            found = await finding.find(query, Within(), span, NOW, 80, 3, prepared, taken)
            assert found == await finding.find(query, Within(), span, NOW, 80, 3), piece
            odd = replace(prepared, found=replace(prepared.found, total=1000))
            if (await finding.find(query, Within(), span, NOW, 80, 3, odd, taken)).total == 1000:
                amends += 1
            else:
                searches += 1
    assert amends > 15
    assert searches > 20


async def test_what_others_took_in_beside_makes_it_search(database: str) -> None:
    chance = random.Random(9)
    rows = [row for row in history(chance) if row.status is Status.SUCCESS and row.finished_at]
    query, span = Query(statuses=frozenset({Status.ERROR})), Span(NOW - timedelta(days=9))
    async with open_store(database, Account("https://api.example.com")) as store:
        copy, finding = Attempts(store), Finding(store)
        await copy.put(rows[3:], NOW)
        prepared = await finding.prepare(query, span, 80, 3)
        await copy.put(rows[:1], NOW)
        taken = await copy.put(rows[1:2], NOW)
        await copy.put(rows[2:3], NOW)
        found = await finding.find(query, Within(), span, NOW, 80, 3, prepared, taken)
        assert found == await finding.find(query, Within(), span, NOW, 80, 3)
        assert sum(found.counts.values()) == len({row.session_id for row in rows})


@pytest.mark.parametrize("query", [Query(shapes=frozenset({Shape.STUCK})), Query(sort=Sort.DURATION)])
async def test_what_depends_on_the_moment_is_not_prepared(query: Query, database: str) -> None:
    async with open_store(database, Account("https://api.example.com")) as store:
        assert await Finding(store).prepare(query, Span(NOW - timedelta(days=1)), None, None) is None
