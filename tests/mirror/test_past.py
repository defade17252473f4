"""A period of a digest is told the same from the copy, from the account, and from both together."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.core.digest import Key, Period, Reckoning, Run, Tally
from bot.core.errors import ApiError
from bot.core.model import Attempt, Status
from bot.core.names import Names, NoSuchName
from bot.core.patience import Patience
from bot.core.query import Pattern, Place, Query
from bot.core.reckoning import reckon, unix
from bot.core.statistics import SAMPLE, Pace, pace_of
from bot.mirror.past import NotYet, Told, past
from bot.mirror.rules import RULES, Rules
from bot.playground.account import Account, Clock, Seen
from bot.playground.account.restless import restless
from tests.mirror.keeping import BEGIN, DAY, Kept, Time, everything, life, mirrored

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = BEGIN + 33 * DAY + 20 * MINUTE
HISTORY = restless(3, BEGIN, BEGIN + 35 * DAY, sessions=3000)
DAILY = Period(BEGIN + 32 * DAY, BEGIN + 33 * DAY)
HOURLY = Period(DAILY.end - HOUR, DAILY.end)
WEEKLY = Period(DAILY.end - 7 * DAY, DAILY.end)
LONG_AGO = Period(BEGIN + 16 * DAY, BEGIN + 17 * DAY)
PERIODS = {"hourly": HOURLY, "daily": DAILY, "weekly": WEEKLY, "long ago": LONG_AGO}
STOOD = text(
    "SELECT status, count(*) FROM (SELECT status, ended, row_number() OVER (PARTITION BY session_id"
    " ORDER BY number DESC, id DESC) AS place FROM attempts WHERE created < :end) AS stood"
    " WHERE place = 1 AND ended >= :start AND ended < :end GROUP BY status"
)


@dataclass
class Here:
    account: Account
    time: Time
    folder: Path
    numbers: "count[int]"

    @asynccontextmanager
    async def bot(self, rules: Rules = RULES, *, filled: bool = True) -> AsyncIterator[Kept]:
        """With an empty database, or a copy of what is kept."""
        database = f"sqlite:///{self.folder}/{next(self.numbers)}.db"
        async with mirrored(self.account, self.time, database, rules) as kept:
            if filled:
                await kept.mirror.upkeep.fill()
            self.account.log.clear()
            yield kept

    def true(self, period: Period, sessions: Iterable[int] | None = None) -> Reckoning:
        """What all attempts of the account tell of a period."""
        wanted = None if sessions is None else frozenset(sessions)
        rows = [each for each in self.account.truth().values() if wanted is None or each.session_id in wanted]
        return reckon(map(as_run, rows), period, BERLIN, paces(rows, period))

    @property
    def asked(self) -> list[str]:
        return [each.path for each in self.account.log]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    clock = Clock(NOW)
    clock.freeze(NOW)
    async with Account(HISTORY, clock=clock) as account:
        yield Here(account, Time(clock), tmp_path, count())


def as_run(row: Seen) -> Run:
    status, ended = Status(str(row.status)), row.finished and unix(row.finished)
    return Run(row.id, row.session_id, key(row), status, unix(row.created), ended or None, row.index)


def key(row: Seen) -> Key:
    return row.project_id, row.workflow


def paces(rows: Iterable[Seen], period: Period) -> dict[Key, Pace]:
    """By the successes that are read for the period and had ended by its end."""
    ends: dict[Key, list[tuple[datetime, int, float]]] = {}
    for row in rows:
        if row.status == "success" and row.finished and row.finished < period.end:
            took = (row.finished - row.created).total_seconds()
            ends.setdefault(key(row), []).append((row.finished, row.id, took))
    known = {each: pace_of([one[2] for one in sorted(found)[-SAMPLE:]]) for each, found in ends.items()}
    return {each: pace for each, pace in known.items() if pace}


async def told(
    kept: Kept,
    period: Period,
    query: Query | None = None,
    *,
    seconds: float = 300.0,
    cursor: int | None = None,
    fresh: bool = True,
    names: Names | None = None,
) -> Told:
    patience = Patience(kept.time.monotonic, total=seconds)
    read = await past(
        kept.mirror,
        query or Query(),
        period,
        BERLIN,
        patience,
        cursor=cursor,
        fresh=fresh,
        names=names or Names(),
    )
    assert isinstance(read, Told)
    return read


def plain(reckoning: Reckoning) -> Reckoning:
    """Without causes, and what depends on successes of very long ago."""
    return replace(reckoning, causes=(), slower=())


@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
async def test_copy_and_account_tell_the_same_and_it_is_true(here: Here, period: Period) -> None:
    true = here.true(period)
    assert true.now.finished > (2 if period is HOURLY else 50)
    async with here.bot() as kept:
        by_copy = await told(kept, period)
        assert plain(by_copy.reckoning) == plain(true)
        assert by_copy.coverage.copied == (period is not LONG_AGO)
    async with here.bot(filled=False) as kept:
        by_feed = await told(kept, period)
        assert plain(by_feed.reckoning) == plain(true)
        assert (by_feed.coverage.copied, by_feed.sequence) == (False, 0)
    if period is DAILY:
        assert by_copy.reckoning.slower == by_feed.reckoning.slower == true.slower != ()
    assert true.new or true.still_broken
    assert period is HOURLY or all((true.recovered, true.flapping, true.failed))


async def test_the_numbers_are_those_of_a_plain_count(here: Here) -> None:
    async with here.bot() as kept:
        read = (await told(kept, DAILY)).reckoning
        assert read.now == await plainly(kept, DAILY) != Tally()
        assert read.before == await plainly(kept, DAILY.before)


async def plainly(kept: Kept, period: Period) -> Tally:
    async with kept.mirror.copy.store.reading() as connection:
        given = {"start": unix(period.start), "end": unix(period.end)}
        counts = dict(tuple(row) for row in await connection.execute(STOOD, given))
    return Tally(*(counts.get(status.value, 0) for status in (Status.SUCCESS, Status.ERROR, Status.KILLED)))


@pytest.mark.parametrize("kept_for", [8, 10, 12.5, 14.99])
async def test_what_the_copy_does_not_hold_is_read_beside_it(here: Here, kept_for: float) -> None:
    rules = replace(RULES, exact=kept_for * DAY, kept=kept_for * DAY)
    async with here.bot(replace(RULES, kept=25 * DAY)) as kept:
        more = await everything(kept.mirror)
    async with here.bot(rules) as kept:
        bottom = min(await everything(kept.mirror))
        below = [row for number, row in more.items() if number < bottom]
        await kept.mirror.copy.put(below[::3], here.time.now())  # some are held beside
        for period in (HOURLY, DAILY, WEEKLY):
            read = await told(kept, period)
            assert plain(read.reckoning) == plain(here.true(period))
            assert read.coverage.copied
        assert bottom > min(here.account.truth(WEEKLY.floor - 7 * DAY))


@pytest.mark.parametrize("seed", range(3))
async def test_it_is_told_as_it_stood_whatever_has_happened(seed: int, tmp_path: Path) -> None:
    """Storms, jumps of clocks and deaths before; at the end one complete look."""
    history = restless(seed, BEGIN, BEGIN + 30 * DAY, sessions=2000)
    async with life(history, seed, f"sqlite:///{tmp_path}/copy.db", BEGIN + 20 * DAY) as alive:
        for _ in range(2):
            await alive.live(20)
        alive.account.faults.clear()
        alive.time.ahead = timedelta()
        here = Here(alive.account, alive.time, tmp_path, count())
        now = alive.account.clock.now()
        end = now.replace(minute=0, second=0, microsecond=0)
        async with mirrored(alive.account, alive.time, alive.database) as kept:
            await kept.mirror.upkeep.filling.run()
            for period in (Period(end - HOUR, end), Period(end - DAY, end), Period(end - 3 * DAY, end - DAY)):
                assert plain((await told(kept, period)).reckoning) == plain(here.true(period))


async def test_details_of_all_that_it_names_come_with_it(here: Here) -> None:
    async with here.bot() as kept:
        await kept.mirror.upkeep.diagnose()
        by_copy = await told(kept, DAILY)
        rows = await everything(kept.mirror)
    async with here.bot(filled=False) as kept:
        by_feed = await told(kept, DAILY)
    for read in (by_copy, by_feed):
        reckoning = read.reckoning
        broken = (*reckoning.still_broken, *reckoning.new)
        fails = [
            *((each.last, each.workflow) for each in broken),
            *((each.last, each.workflow) for each in reckoning.recovered),
            *((each.last, each.workflow) for each in reckoning.flapping),
        ]
        for number, workflow in fails:
            last = read.seen[number].last
            assert (last.key, last.status) == (workflow, Status.ERROR)
        assert all(read.seen[each.by].last.status is Status.SUCCESS for each in reckoning.recovered)
        assert all(read.seen[each.attempt].last.key == each.workflow for each in reckoning.slower)
        assert set(reckoning.failed) <= read.seen.keys()
        assert all(bare(read.seen[each].last) == bare(rows[each]) for each in reckoning.failed)
        streaks = [(read.seen[each.last].streak, each.streak) for each in broken]
        assert all(one >= other for one, other in streaks)
    by_cause = [len(each.attempts) for each in by_copy.reckoning.causes]
    assert sum(by_cause) == len(by_copy.reckoning.failed)
    assert any(each.fingerprint for each in by_copy.reckoning.causes)
    assert [each.fingerprint for each in by_feed.reckoning.causes] == [None]


def bare(row: Attempt) -> tuple[object, ...]:
    return row.id, row.status, row.created_at, row.finished_at, row.project, row.workflow


async def test_it_waits_for_a_look_begun_after_the_end(here: Here) -> None:
    async with here.bot() as kept:
        with pytest.raises(NotYet, match="ends at"):
            await told(kept, Period(NOW - DAY, NOW + MINUTE))
        first = await told(kept, DAILY)
        assert first.as_of == NOW
        here.account.log.clear()
        again = await told(kept, DAILY)  # a look was had already
        assert (again.reckoning, here.asked) == (first.reckoning, [])
        here.time.clock.move(HOUR)
        later = Period(DAILY.end, DAILY.end + HOUR)
        assert (await told(kept, later)).as_of == here.time.now()
        assert here.asked != []
        here.time.clock.move(HOUR)
        here.account.log.clear()
        unlooked = await told(kept, Period(later.end, later.end + HOUR), fresh=False)
        assert (here.asked, unlooked.as_of) == ([], here.time.now() - HOUR)


async def test_no_look_is_told_as_such(here: Here) -> None:
    async with here.bot() as kept:
        here.account.faults.status(403)
        with pytest.raises(ApiError):
            await told(kept, DAILY)
        here.account.faults.clear()
        here.account.faults.silent()
        with pytest.raises((NotYet, ApiError)):
            await told(kept, DAILY, seconds=0.2)
        with pytest.raises((NotYet, ApiError)):
            await told(kept, LONG_AGO, seconds=0.2)


async def test_a_part_is_no_answer(here: Here) -> None:
    async with here.bot(filled=False) as kept:
        here.account.faults.status(400, after=5)
        with pytest.raises(ApiError):
            await told(kept, DAILY)


async def test_all_that_is_open_is_read_however_much_that_is(here: Here) -> None:
    narrow = replace(RULES, wave=2)
    async with here.bot(narrow) as kept:
        here.time.clock.move(3 * HOUR)
        here.account.log.clear()
        period = Period(DAILY.end, DAILY.end + 3 * HOUR)
        assert plain((await told(kept, period)).reckoning) == plain(here.true(period))
        assert len(here.asked) > 10


async def test_a_server_that_lists_sessions_only_is_read_through_that(here: Here) -> None:
    here.account.faults.only_sessions()
    async with here.bot(filled=False) as kept:
        for _ in range(2):
            read = await told(kept, DAILY)
            assert (read.coverage.feed, read.coverage.copied) == ("sessions", False)
            lasts: dict[int, Seen] = {}
            for row in sorted(here.account.truth().values(), key=lambda row: row.id):
                lasts[row.session_id] = row
            expected = reckon(map(as_run, lasts.values()), DAILY, BERLIN)
            assert read.reckoning.now == expected.now
            assert read.reckoning.failed == expected.failed


async def test_a_404_of_the_feed_passes_where_there_is_a_copy(here: Here) -> None:
    async with here.bot() as kept:
        here.time.clock.move(3 * HOUR)
        period = Period(DAILY.end, DAILY.end + 3 * HOUR)
        passing = here.account.faults.status(404, "/api/attempts")
        with pytest.raises(NotYet, match="404"):
            await told(kept, period)
        here.account.faults.off(passing)
        assert plain((await told(kept, period)).reckoning) == plain(here.true(period))


async def test_words_narrow_it_by_place(here: Here) -> None:
    row = next(iter(here.account.truth().values()))
    inside = Query(places=(Place(Pattern(row.project), Pattern(row.workflow)),))
    mine = [each.session_id for each in here.account.truth().values() if key(each) == key(row)]
    for filled in (True, False):
        async with here.bot(filled=filled) as kept:
            read = await told(kept, DAILY, inside)
            assert plain(read.reckoning) == plain(here.true(DAILY, mine))
            patience = Patience(kept.time.monotonic, total=300)
            unknown = Query(places=(Place(either=Pattern("never_heard_of")),))
            missed = await past(kept.mirror, unknown, DAILY, BERLIN, patience)
            assert isinstance(missed, NoSuchName)
            assert "never_heard_of" in missed.sentence
            never_ran = Names(workflows=frozenset({("sales", "never_heard_of")}))
            assert (await told(kept, DAILY, unknown, names=never_ran)).reckoning.now == Tally()


async def test_words_narrow_it_by_session_time(here: Here) -> None:
    day = DAILY.start.date()
    query = Query(session_days=day.isoformat())
    mine = [one.session_id for one in here.account.truth().values() if one.session_time.date() == day]
    expected = here.true(DAILY, mine)
    assert 0 < expected.now.finished < here.true(DAILY).now.finished
    for filled in (True, False):
        async with here.bot(filled=filled) as kept:
            assert plain((await told(kept, DAILY, query)).reckoning) == plain(expected)


async def test_what_is_seen_after_the_cut_is_told_once_as_late(here: Here) -> None:
    """A copy that had missed an attempt and was mended by a sweep."""
    days = [Period(DAILY.end + number * DAY, DAILY.end + (number + 1) * DAY) for number in range(3)]
    async with here.bot() as kept:
        here.time.clock.move(DAY)
        failed = (await told(kept, days[0])).reckoning.failed
        retried = {each.session_id for each in here.account.truth().values() if each.index > 1}
        rows = await everything(kept.mirror)
        missing = next(each for each in failed if rows[each].session_id not in retried)
        await kept.mirror.copy.drop([missing])
        cut = await told(kept, days[0])
        assert missing not in cut.reckoning.failed
        here.time.clock.move(DAY)
        await kept.mirror.copy.put([rows[missing]], here.time.now())
        read = await told(kept, days[1], cursor=cut.sequence)
        assert read.reckoning.late == (missing,)
        assert read.seen[missing].last == rows[missing]
        assert plain(replace(read.reckoning, late=())) == plain(here.true(days[1]))
        here.time.clock.move(DAY)
        assert (await told(kept, days[2], cursor=read.sequence)).reckoning.late == ()
