"""What a digest counts by, read from the copy: as few rows as tell the whole, all in one transaction.

Each statement reads ranges of an index, workflow by workflow; rows come as plain numbers, some at a time.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    select,
    true,
    type_coerce,
)

from bot.core.diagnosis import first_line
from bot.core.digest import BACK, Key, Period, Run, Tally
from bot.core.finding import Seen
from bot.core.model import Status
from bot.core.names import Within
from bot.core.reckoning import NOTHING
from bot.core.statistics import SAMPLE
from bot.store.finding import FLOW
from bot.store.progress import Progress, read_progress
from bot.store.rows import STATUSES, chunks
from bot.store.samples import Success, merged
from bot.store.seeing import Named, by_id
from bot.store.store import Store
from bot.store.tables import attempts, failures, workflows

SOME = 2000
"""Rows that are taken from the database at a time: a server's come to the event loop."""
ENDED = Status.SUCCESS.value, Status.ERROR.value, Status.KILLED.value

Condition = ColumnElement[bool]
_COLUMNS = (
    attempts.c.id,
    attempts.c.session_id,
    attempts.c.workflow,
    attempts.c.status,
    type_coerce(attempts.c.created, BigInteger).label("created"),
    type_coerce(attempts.c.ended, BigInteger).label("ended"),
    attempts.c.number,
    attempts.c.is_last,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the copy holds of a period: attempts enough to reckon it, each once; sessions of the period
    before that are only counted; of the attempts those that may be `late`; by workflow the last 20 successes
    before its end; and how far the copy went then."""

    runs: Sequence[Run]
    late: Sequence[int]
    samples: Mapping[Key, Sequence[Success]]
    progress: Progress
    before: Tally = NOTHING


@dataclass(frozen=True, slots=True)
class Past:
    """Questions to the copy about what was. All raise StoreError."""

    store: Store

    async def facts(
        self,
        period: Period,
        within: Within,
        days: tuple[date, date] | None = None,
        cursor: int | None = None,
        sessions: Collection[int] = (),
    ) -> Facts:
        """Of the workflows `within`, and of sessions whose time falls on these days (first, last).

        Above `cursor`, the number of a change, may be what is late. All attempts of these `sessions` are
        among what is given, and none of them is only counted.
        """

        def work(connection: Connection) -> Facts:
            search = _Search(connection, period, _named(connection, within), days)
            search.read(sessions)
            late = search.late(cursor) if cursor is not None else ()
            search.complete()
            before, runs = search.before(), tuple(search.runs.values())
            return Facts(runs, late, search.samples(), read_progress(connection), before)

        return await self.store.read(work)

    async def details(self, ids: Sequence[int]) -> Mapping[int, Seen]:
        """Those of these attempts that are held."""
        return await self.store.read(
            lambda connection: by_id(connection, ids, _named(connection, Within())) if ids else {}
        )

    async def errors(self, ids: Sequence[int]) -> Mapping[int, tuple[str, str]]:
        """By attempt, the fingerprint of its root error and the first line of that; both "" where it has
        none, missing where it has not been read."""

        def work(connection: Connection) -> Mapping[int, tuple[str, str]]:
            found: dict[int, tuple[str, str]] = {}
            query = select(failures.c.attempt_id, failures.c.fingerprint, failures.c.error)
            query = query.where(failures.c.attempt_id.in_(bindparam("some", expanding=True)))
            for some in chunks(ids):
                for attempt, fingerprint, error in connection.execute(query, {"some": some}):
                    found[attempt] = fingerprint, first_line(error)
            return found

        return await self.store.read(work)


def _named(connection: Connection, within: Within) -> dict[int, Named]:
    columns = workflows.c.id, workflows.c.project_id, workflows.c.project, workflows.c.workflow
    every = (Named(*row) for row in connection.execute(select(*columns)))
    return {each.id: each for each in every if within.holds(each.project, each.workflow)}


@dataclass(slots=True)
class _Search:
    """`runs` is what was found so far, by id; `_retried` the sessions of which more is to be known."""

    connection: Connection
    period: Period
    names: Mapping[int, Named]
    days: tuple[date, date] | None
    runs: dict[int, Run] = field(default_factory=dict)
    _keys: dict[int, Key] = field(init=False)
    _retried: set[int] = field(default_factory=set)
    _lasts: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._keys = {each.id: (each.project_id, each.workflow) for each in self.names.values()}

    def read(self, sessions: Collection[int]) -> None:
        """All that ended in the period; what ended in error before that, as far as it is looked back, what
        was retried since, and what of each workflow went well last; and these sessions."""
        begin, floor = self.period.before.start, self.period.floor
        start, end = self.period.start, self.period.end
        self._retried |= set(sessions)
        status, finished, ended = attempts.c.status, attempts.c.finished, attempts.c.ended
        failed, well = Status.ERROR.value, [Status.SUCCESS.value, Status.KILLED.value]
        for some in chunks(self.names):
            mine = and_(attempts.c.workflow.in_(some), self._on_days())
            self._take(and_(mine, status.in_(well), finished >= start, finished < end))
            earlier = and_(finished >= begin, finished < start)
            self._take(and_(mine, status.in_(well), earlier, ~attempts.c.is_last))
            self._take(and_(mine, status == failed, finished >= floor, finished < end))
            nobody_knows_when = and_(finished.is_(None), ended >= floor, ended < end)
            self._take(and_(mine, status.in_(ENDED), nobody_knows_when))
        self._last_well()

    def late(self, cursor: int) -> Sequence[int]:
        """What has ended before the period and changed since then."""
        ended = and_(attempts.c.ended < self.period.start, attempts.c.status.in_(ENDED))
        return self._take(and_(attempts.c.changed > cursor, ended, self._on_days()))

    def complete(self) -> None:
        """All attempts of sessions of which not the last one was found: it may not have been there yet."""
        for some in chunks(sorted(self._retried)):
            self._take(and_(attempts.c.session_id.in_(some), self._on_days()))

    def before(self) -> Tally:
        """How many sessions of the period before ended well or were killed, without those found."""
        begin, start = self.period.before.start, self.period.start
        query = select(attempts.c.status, func.count()).where(
            attempts.c.is_last,
            attempts.c.ended >= begin,
            attempts.c.ended < start,
            attempts.c.status.in_([Status.SUCCESS.value, Status.KILLED.value]),
            self._on_days(),
        )
        counts: Counter[Status] = Counter()
        for some in chunks(self.names):
            rows = self.connection.execute(query.where(FLOW.in_(some)).group_by(attempts.c.status)).all()
            for status, count in rows:
                counts[STATUSES[status]] += count
        first, last = int(begin.timestamp()), int(start.timestamp())
        for run in self.runs.values():
            ended = run.ended is not None and first <= run.ended < last
            if ended and run.id in self._lasts:
                counts[run.status] -= 1
        return Tally(success=counts[Status.SUCCESS], killed=counts[Status.KILLED])

    def _last_well(self) -> None:
        """The last success before the period of each workflow that failed since the floor."""
        floor, begin = self.period.start - BACK, self.period.start
        good = attempts.alias()
        last = (
            select(good.c.id)
            .where(
                good.c.workflow == workflows.c.id,
                good.c.status == Status.SUCCESS.value,
                good.c.finished >= floor,
                good.c.finished < begin,
                self._on_days(good.c.session_day),
            )
            .order_by(good.c.finished.desc(), good.c.id.desc())
            .limit(1)
            .correlate(workflows)
            .scalar_subquery()
        )
        failing = {run.workflow for run in self.runs.values() if run.status is Status.ERROR}
        numbers = [number for number, key in self._keys.items() if key in failing]
        for some in chunks(numbers):
            ids = self.connection.scalars(select(last).where(workflows.c.id.in_(some))).all()
            self._take(attempts.c.id.in_([each for each in ids if each is not None]))

    def _on_days(self, column: ColumnElement[int] = attempts.c.session_day) -> Condition:
        if self.days is None:
            return true()
        first, last = self.days
        return column.between(first.toordinal(), last.toordinal())

    def _take(self, condition: Condition) -> Sequence[int]:
        """Those of the workflows in question; gives their ids."""
        keys, runs, retried, taken = self._keys, self.runs, self._retried, []
        for number, session, workflow, status, created, ended, index, is_last in self._rows(condition):
            if workflow not in keys:
                continue
            runs[number] = Run(number, session, keys[workflow], STATUSES[status], created, ended, index)
            taken.append(number)
            if is_last:
                self._lasts.add(number)
            else:
                retried.add(session)
        return tuple(taken)

    def _rows(self, condition: Condition) -> Iterator[Any]:
        query: Select[Any] = select(*_COLUMNS).where(condition).execution_options(yield_per=SOME)
        for some in self.connection.execute(query).partitions():
            yield from some

    def samples(self) -> Mapping[Key, Sequence[Success]]:
        """Of workflows that had a success in the period: those that had ended by its end, newest first."""
        start, end = (int(at.timestamp()) for at in (self.period.start, self.period.end))
        succeeded = {
            run.workflow
            for run in self.runs.values()
            if run.status is Status.SUCCESS and run.ended is not None and start <= run.ended < end
        }
        numbers = [number for number, key in self._keys.items() if key in succeeded]
        found: dict[Key, Sequence[Success]] = {}
        for some in chunks(numbers):
            rows = self.connection.execute(
                select(workflows.c.id, workflows.c.sample).where(workflows.c.id.in_(some))
            ).all()
            for row in rows:
                kept = [(at, attempt, took) for at, attempt, took in json.loads(row.sample)]
                stood = [success for success in kept if success[0] < end]
                if len(kept) == SAMPLE and len(stood) < SAMPLE:  # newer ones have taken their place
                    stood = merged(stood, self._successes(row.id, end))
                found[self._keys[row.id]] = stood
        return found

    def _successes(self, workflow: int, end: int) -> Iterable[Success]:
        finished = type_coerce(attempts.c.finished, BigInteger)
        created = type_coerce(attempts.c.created, BigInteger)
        query = (
            select(finished, attempts.c.id, finished - created)
            .where(
                attempts.c.workflow == workflow,
                attempts.c.status == Status.SUCCESS.value,
                finished < end,
            )
            .order_by(attempts.c.finished.desc(), attempts.c.id.desc())
            .limit(SAMPLE)
        )
        return [(at, attempt, took) for at, attempt, took in self.connection.execute(query)]
