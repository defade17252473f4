"""A lifelike history, computed from a seed whenever it is asked for: a million sessions cost no memory.

Time is cut into buckets of five minutes. What happens in one follows from the seed, the bucket's number and
the schedules alone; ids follow from bucket and place in it, so any row is found without those before it. Ids
are sparse (other tenants have the rest) and become visible out of order by some seconds.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from bot.playground.account.calendar import BUCKET, Calendar, neighbours, session_time
from bot.playground.account.catalog import HOOKED, ROOTS, SHAPES, catalog
from bot.playground.account.errors import OPERATORS, message
from bot.playground.account.fate import LAGS, Fate, Fates, scale_for
from bot.playground.account.history import EVERY, Wanted
from bot.playground.account.homes import Homes
from bot.playground.account.model import Attempt, Project, Session, Task, Workflow
from bot.playground.account.story import nightfall, tell
from bot.playground.account.tasks import tree

ORIGIN = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) // BUCKET
FIRST_SESSION, FIRST_ATTEMPT = 14_000_000, 62_000_000
GAP = 8  # ids from one row to the next
KEPT = 10_000  # rows in memory


@dataclass(frozen=True, slots=True)
class _Bucket:
    """The attempts that are created within five minutes, by id."""

    rows: list[Attempt]
    found: dict[tuple[int, int], Attempt]  # by session id and index


class Lifelike:
    """About `sessions` sessions, `per_day` a day, up to `anchor`, and as many a day from then on.

    per_day: by default what fits the number of sessions, from 215 to 20,000. open_attempts: how many are
    unfinished at any time, about (150 at 20,000 a day). Up to 10,000 sessions stories are told around the
    anchor, and from then on a small workflow runs each minute.
    """

    def __init__(
        self,
        seed: int = 1,
        sessions: int = 2000,
        per_day: int | None = None,
        *,
        anchor: datetime,
        open_attempts: int | None = None,
        story: bool | None = None,
    ) -> None:
        daily = per_day if per_day is not None else min(max(sessions // 9, 215), 20_000)
        unfinished = open_attempts if open_attempts is not None else max(4, daily * 150 // 20_000)
        told = story if story is not None else sessions <= 10_000
        self.seed, self.anchor = seed, int(anchor.timestamp())
        self.plans = catalog(seed, daily, nightfall(self.anchor) if told else None)
        now = self.anchor // BUCKET
        self._calendar = Calendar(seed, self.plans, now if told else None)
        self._fates = Fates(seed, self.plans, self._calendar, scale_for(self.plans, unfinished))
        self._homes = Homes(seed, self.plans, self.anchor)
        self._span = GAP * 2 * (max(self._calendar.longest(now + day * 288) for day in range(7)) + 24)
        self._start = self._begin(sessions)
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()
        self._kept = 0
        self._extra: dict[int, list[tuple[int, int, int]]] = {}
        if told:
            self._fates.twists = tell(seed, self.plans, self._calendar, self.anchor, self._fates.usual)
            self._note_extra()

    def _begin(self, sessions: int) -> tuple[int, int]:
        """The first (bucket, place) such that there are so many sessions at the anchor."""
        bucket, left = self.anchor // BUCKET, sessions
        fires = [
            second for second, _ in self._calendar.fires(bucket) if bucket * BUCKET + second <= self.anchor
        ]
        while len(fires) < left:
            left -= len(fires)
            bucket -= 1
            fires = [second for second, _ in self._calendar.fires(bucket)]
        return bucket, len(fires) - left

    def _note_extra(self) -> None:
        """Where the retries of stories land: not after one of the usual lags."""
        for (bucket, place), twist in self._fates.twists.items():
            for turn, fate in enumerate(twist.again):
                self._extra.setdefault(fate.created // BUCKET, []).append((bucket, place, turn))

    # Rows

    def _bucket(self, bucket: int) -> _Bucket:
        found = self._buckets.get(bucket)
        if found is None:
            rows = self._made(bucket)
            found = _Bucket(rows, {(each.session.id, each.index): each for each in rows})
            self._buckets[bucket] = found
            self._kept += len(rows) + 1
            while self._kept > KEPT:
                self._kept -= len(self._buckets.popitem(last=False)[1].rows) + 1
        else:
            self._buckets.move_to_end(bucket)
        return found

    def _made(self, bucket: int) -> list[Attempt]:
        lives = [(bucket, place, 0, fate) for place, fate in enumerate(self._fates.firsts(bucket))]
        lives += self._landing(bucket)
        lives = [life for life in lives if life[:2] >= self._start]
        lives.sort(key=lambda life: (life[3].created, life[0], life[1]))
        return [self._attempt(bucket, rank, *life) for rank, life in enumerate(lives)]

    def _landing(self, bucket: int) -> list[tuple[int, int, int, Fate]]:
        """The retries of older sessions that are created in a bucket."""
        found = []
        for lag in LAGS:
            for place, chain in self._fates.chains(bucket - lag).items():
                if (bucket - lag, place) in self._fates.twists:
                    continue
                for turn, fate in enumerate(chain):
                    if fate.created // BUCKET == bucket:
                        found.append((bucket - lag, place, turn + 1, fate))
        for home, place, turn in self._extra.get(bucket, []):
            found.append((home, place, turn + 1, self._fates.twists[home, place].again[turn]))
        return found

    def _attempt(self, bucket: int, rank: int, home: int, place: int, turn: int, fate: Fate) -> Attempt:
        number = self._calendar.fires(home)[place][1]
        plan, session = self.plans[number], self._session(home, place, number)
        chain = self._fates.chains(home).get(place, ())
        return Attempt(
            id=FIRST_ATTEMPT + (bucket - ORIGIN) * self._span + rank * GAP + (bucket * 3 + rank * 5) % GAP,
            index=turn + 1,
            session=session,
            workflow_id=self._homes.workflow_id(number, fate.created),
            created=_at(fate.created),
            visible=_at(fate.visible),
            started=_at(fate.started),
            finished=_at(fate.finished),
            outcome=fate.outcome,
            waiting=fate.waiting,
            cancel=None if fate.cancel is None else _at(fate.cancel),
            superseded=_at(chain[turn].visible) if turn < len(chain) else None,
            params=neighbours(plan, session.time) | dict(plan.params),
            retry_name=fate.name,
            pool=None if number % 4 == 0 else 40 + number % 3,
            cause=fate.cause if fate.outcome == "error" else None,
        )

    def _session(self, bucket: int, place: int, number: int) -> Session:
        plan = self.plans[number]
        created = bucket * BUCKET + self._calendar.fires(bucket)[place][0]
        bits = blake2b(f"{self.seed}/{bucket}/{place}".encode(), digest_size=16).hexdigest()
        return Session(
            id=self._session_id(bucket, place),
            project=self._homes.project(number, created),
            workflow=plan.name,
            time=session_time(plan, created),
            uuid=f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}",
        )

    def _session_id(self, bucket: int, place: int) -> int:
        return FIRST_SESSION + (bucket - ORIGIN) * self._span + place * GAP + (bucket * 7 + place * 3) % GAP

    def _all(self, bucket: int, place: int) -> list[Attempt]:
        """All attempts of a session, past and future."""
        number = self._session_id(bucket, place)
        first = self._bucket(bucket).found.get((number, 1))
        if first is None:
            return []
        chain = self._fates.chains(bucket).get(place, ())
        return [
            first,
            *(
                self._bucket(fate.created // BUCKET).found[number, turn + 2]
                for turn, fate in enumerate(chain)
            ),
        ]

    def _down(self, newest: int, wanted: Wanted, *, retries: bool) -> Iterator[int]:
        """Buckets from the newest down that may hold wanted rows, first attempts or `retries` too."""
        numbers = self._homes.numbers(wanted)
        for bucket in range(newest, self._start[0] - 1, -1):
            if (
                numbers is None
                or self._calendar.runs(bucket, numbers)
                or (retries and self._retries(bucket, numbers))
            ):
                yield bucket

    def _retries(self, bucket: int, numbers: frozenset[int]) -> bool:
        """Whether sessions of these plans may be retried in a bucket."""
        if bucket in self._extra:
            return True
        for lag in LAGS:
            home = bucket - lag
            if self._calendar.runs(home, numbers):
                fires = self._calendar.fires(home)
                if any(fires[place][1] in numbers for place in self._fates.chains(home)):
                    return True
        return False

    def spare_ids(self, at: datetime) -> tuple[int, int]:
        """Ids for a session and an attempt of someone else's making, created at this instant: above them, up
        to the next five minutes, no row of this history has its own."""
        room = (int(at.timestamp()) // BUCKET - ORIGIN) * self._span + self._span * 3 // 4
        return FIRST_SESSION + room, FIRST_ATTEMPT + room

    # Reading

    def attempts(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        newest = int(now.timestamp()) // BUCKET
        if below is not None:
            newest = min(newest, (below - 1 - FIRST_ATTEMPT) // self._span + ORIGIN)
        for bucket in self._down(newest, wanted, retries=True):
            for each in reversed(self._bucket(bucket).rows):
                if each.visible <= now and (below is None or each.id < below) and wanted.fits(each):
                    yield each

    def last_attempts(
        self, now: datetime, below: int | None = None, wanted: Wanted = EVERY
    ) -> Iterator[Attempt]:
        return (each for each in self.attempts(now, below, wanted) if each.last(now))

    def sessions(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        newest = int(now.timestamp()) // BUCKET
        if below is not None:
            newest = min(newest, (below - 1 - FIRST_SESSION) // self._span + ORIGIN)
        for bucket in self._down(newest, wanted, retries=False):
            for place in reversed(range(len(self._calendar.fires(bucket)))):
                if below is None or self._session_id(bucket, place) < below:
                    yield from self._last(bucket, place, now, wanted)

    def _last(self, bucket: int, place: int, now: datetime, wanted: Wanted) -> list[Attempt]:
        """The last visible attempt of a session, if it is wanted and there is one."""
        first = self._bucket(bucket).found.get((self._session_id(bucket, place), 1))
        if first is None or not wanted.fits(first) or first.visible > now:
            return []
        if first.last(now):
            return [first]
        return [each for each in self._all(bucket, place) if each.visible <= now][-1:]

    def attempt(self, number: int, now: datetime) -> Attempt | None:
        bucket = (number - FIRST_ATTEMPT) // self._span + ORIGIN
        if not self._start[0] <= bucket <= int(now.timestamp()) // BUCKET:
            return None
        rows = self._bucket(bucket).rows
        place = bisect_left(rows, number, key=lambda each: each.id)
        found = rows[place] if place < len(rows) else None
        return found if found is not None and found.id == number and found.visible <= now else None

    def session(self, number: int, now: datetime) -> list[Attempt]:
        bucket, rest = divmod(number - FIRST_SESSION, self._span)
        bucket, place = bucket + ORIGIN, rest // GAP
        if not self._start[0] <= bucket <= int(now.timestamp()) // BUCKET:
            return []
        if place >= len(self._calendar.fires(bucket)) or self._session_id(bucket, place) != number:
            return []
        return [each for each in self._all(bucket, place) if each.visible <= now]

    def tasks(self, attempt: Attempt, now: datetime) -> list[Task]:
        plan = self._homes.plan(attempt)
        return tree(
            attempt,
            SHAPES[plan.shape],
            now,
            self.error(attempt),
            operator=OPERATORS.get(attempt.cause or ""),
            hook=plan.shape in HOOKED,
            root=ROOTS.get(plan.shape),
        )

    def error(self, attempt: Attempt) -> str | None:
        if attempt.outcome != "error" or attempt.cause is None:
            return None
        if attempt.cause == "requires":
            return self._required(attempt)
        return message(attempt.cause, attempt.id, attempt.created.date().isoformat())

    def _required(self, attempt: Attempt) -> str:
        """The failure of what this one waits for: its last attempt created before."""
        plan = self._homes.plan(attempt)
        wanted = Wanted(attempt.session.project.id, plan.requires)
        before = self.attempts(attempt.created, None, wanted)
        found = next(before, attempt)
        return f"Dependent workflow failed. Session id: {found.session.id}, attempt id: {found.id}"

    def projects(self, now: datetime) -> list[Project]:
        return self._homes.projects(now)

    def workflows(self, now: datetime) -> list[Workflow]:
        return self._homes.workflows(now)

    def definition(self, number: int, now: datetime) -> Workflow | None:
        return self._homes.definition(number, now)


def _at(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
