"""What a query finds in the copy: `core.finding.find` in SQL, all in one transaction.

Each statement reads a window of an index and no more, so a question costs what it is about, not what is kept.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from bot.core.amending import amended
from bot.core.finding import Flow, Found, Seen, Span, in_order
from bot.core.model import UNFINISHED, Attempt, Status
from bot.core.names import Names, Within
from bot.core.query import Query, Shape, Sort
from bot.store.attempts import Taken
from bot.store.judging import has_shape, pace_in, ran, standing, unix, with_streaks
from bot.store.progress import read_version
from bot.store.rows import STATUSES, chunks
from bot.store.seeing import Named, attempt_in, by_id, seen_in, with_all, with_errors
from bot.store.store import Store
from bot.store.tables import attempts, workflows

Condition = ColumnElement[bool]
Asked = tuple[Query, Within, Span, datetime, int | None, int | None]

FLOW = attempts.c.workflow + literal_column("0", Integer)
"""A workflow, so that no planner takes an index of it for one of the window: to group by it, SQLite went
through all that is kept."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found, and in which version of the copy."""

    version: int
    found: Found


@dataclass(slots=True)
class Finding:
    """Questions to the copy. The names of workflows are kept at hand: they are many, and never change."""

    store: Store
    _workflows: dict[int, Named] = field(default_factory=dict)
    _finding: dict[Asked, asyncio.Task[Found]] = field(default_factory=dict)

    async def names(self) -> Names:
        """Of every workflow that the copy has seen."""
        await self.store.read(self._learn)
        return Names(workflows=frozenset((each.project, each.workflow) for each in self._workflows.values()))

    async def find(
        self,
        query: Query,
        within: Within,
        span: Span,
        now: datetime,
        most: int | None = None,
        first: int | None = None,
        prepared: Prepared | None = None,
        taken: Taken | None = None,
    ) -> Found:
        """See `core.finding.find`; `now` is what slow and stuck are judged at. Of the rows behind the `first`
        only those are read that may still change. What was `prepared` holds if nothing has changed since, or
        no more than what was `taken` in and changes nothing but counts.

        Who asks the same of the same moment at the same time (they shared a look) shares the answer, too.
        """
        asked = (query, within, span, now, most, first)
        task = self._finding.get(asked)
        if task is None:
            task = self._finding[asked] = asyncio.create_task(self._find(*asked, prepared, taken))
            task.add_done_callback(lambda _: self._finding.pop(asked, None))
        return await asyncio.shield(task)

    async def prepare(self, query: Query, span: Span, most: int | None, first: int | None) -> Prepared | None:
        """Find before it is known when the question is judged, and everywhere; None where these matter."""
        if query.places or query.shapes or query.sort is Sort.DURATION:
            return None

        def work(connection: Connection) -> Prepared:
            self._learn(connection)
            search = _Search(connection, query, span, span.start, self._workflows, None)
            return Prepared(read_version(connection), search.found(most, first))

        return await self.store.read(work)

    async def _find(
        self,
        query: Query,
        within: Within,
        span: Span,
        now: datetime,
        most: int | None,
        first: int | None,
        prepared: Prepared | None,
        taken: Taken | None,
    ) -> Found:
        def work(connection: Connection) -> Found:
            if prepared and (known := _still(prepared, taken, read_version(connection), query, span)):
                return with_errors(connection, known)
            self._learn(connection)
            search = _Search(connection, query, span, now, self._workflows, self._ids(within))
            return search.found(most, first)

        return await self.store.read(work)

    async def rest(self, found: Found) -> tuple[Seen, ...]:
        """The rows behind the first ones, their attempts as they were with these (usual durations may be
        newer); one that is no longer kept is left out."""
        later = [each for each in found.rest if isinstance(each, int)]
        if not later:
            return tuple(each for each in found.rest if isinstance(each, Seen))

        def work(connection: Connection) -> Mapping[int, Seen]:
            self._learn(connection)
            return by_id(connection, later, self._workflows)

        read = await self.store.read(work)
        rows = (read.get(each) if isinstance(each, int) else each for each in found.rest)
        return tuple(row for row in rows if row is not None)

    async def seen(self, attempt: Attempt) -> Seen:
        """What the copy says of one attempt, which it need not hold: its workflow's pace, its streak."""
        pace: Select[Any] = select(workflows.c.usual, workflows.c.ninetieth).where(
            workflows.c.project_id == attempt.project_id, workflows.c.workflow == attempt.workflow
        )
        held = with_streaks(select(attempts).where(attempts.c.id == attempt.id))

        def work(connection: Connection) -> Seen:
            known = connection.execute(pace).one_or_none()
            row = connection.execute(held).one_or_none()
            return Seen(attempt, pace_in(known) if known else None, row.streak if row else 0)

        return await self.store.read(work)

    def _learn(self, connection: Connection) -> None:
        highest = max(self._workflows, default=0)
        columns = (workflows.c.id, workflows.c.project_id, workflows.c.project, workflows.c.workflow)
        new = connection.execute(select(*columns).where(workflows.c.id > highest)).all()
        if new:  # others go through the names meanwhile: they keep what they have
            self._workflows = self._workflows | {row.id: Named(*row) for row in new}

    def _ids(self, within: Within) -> frozenset[int] | None:
        """The workflows of these places; None where nothing is narrowed."""
        if not within.where and not within.named:
            return None
        return frozenset(
            each.id for each in self._workflows.values() if within.holds(each.project, each.workflow)
        )


def _still(prepared: Prepared, taken: Taken | None, version: int, query: Query, span: Span) -> Found | None:
    """What was prepared, as it is in this version of the copy; None where that is not known."""
    if prepared.version == version:
        return prepared.found
    if taken is None or taken.moves is None or (taken.before, taken.after) != (prepared.version, version):
        return None
    return amended(prepared.found, query, span, taken.moves)


@dataclass(frozen=True, slots=True)
class _Search:
    connection: Connection
    query: Query
    span: Span
    now: datetime
    names: Mapping[int, Named]
    ids: frozenset[int] | None

    def found(self, most: int | None, first: int | None) -> Found:
        query, everywhere = self.query, self._tally(())
        inside = {key: count for key, count in everywhere.items() if self.ids is None or key[0] in self.ids}
        fitting = self._tally(query.shapes, self.ids) if query.shapes else inside
        chosen = {key: count for key, count in fitting.items() if key[1] in self._wanted}
        total = sum(chosen.values())
        listed = total if query.limit is None else min(total, query.limit)
        rows: Sequence[Seen] = ()
        rest: Sequence[Seen | int] = ()
        flows: tuple[Flow, ...] = ()
        if query.by_workflow and listed:
            flows = self._flows({key[0] for key in chosen}, listed < total, inside)
        elif listed:
            wanted = listed if most is None else min(most, listed)
            rows, rest = (self._rows(wanted), ()) if first is None else self._in_parts(wanted, first)
        return Found(
            rows=tuple(rows),
            rest=tuple(rest),
            total=total,
            listed=listed,
            counts=_by_status(inside),
            offered=_by_status(fitting),
            projects=in_order({self.names[workflow].project for workflow, _ in everywhere}),
            flows=flows,
        )

    def _tally(
        self, shapes: Collection[Shape], ids: Collection[int] | None = None
    ) -> Counter[tuple[int, Status]]:
        """How many sessions there are by workflow and status."""
        found: Counter[tuple[int, Status]] = Counter()
        for condition in self._spans(frozenset(Status)):
            query = select(FLOW, attempts.c.status, func.count()).where(condition)
            query = _narrowed(query, ids)
            if shapes:
                query = query.join(workflows, workflows.c.id == attempts.c.workflow).where(self._has(shapes))
            query = query.group_by(FLOW, attempts.c.status)
            for workflow, status, count in self.connection.execute(query).all():
                found[workflow, STATUSES[status]] += count
        return found

    def _spans(self, statuses: frozenset[Status]) -> Iterable[Condition]:
        """What a session's last attempt must be to be in the scope: conditions that exclude each other, each
        of which one index serves."""
        span, last, ended = self.span, attempts.c.is_last, attempts.c.ended
        days: Condition = true()
        if span.days is not None:
            first, final = (day.toordinal() for day in span.days)
            days = attempts.c.session_day.between(first, final)
        if span.whenever:
            yield and_(last, days)
            return
        if statuses - UNFINISHED:
            until = true() if span.end is None else ended < span.end
            yield and_(last, ended >= span.start, until, days)
        if span.end is None and statuses & UNFINISHED:
            yield and_(last, ended.is_(None), days)

    def _has(self, shapes: Collection[Shape]) -> Condition:
        return and_(true(), *(has_shape(shape, self.now) for shape in shapes))

    def _chosen(self, *columns: Any, joined: bool = False) -> Select[Any]:
        """The sessions that fit, in the order asked, with `columns`, `workflows` `joined` if need be."""
        query = select(*columns).where(or_(*self._spans(self._wanted)), self._has(self.query.shapes))
        if joined or self.query.shapes:
            query = query.join(workflows, workflows.c.id == attempts.c.workflow)
        if self.query.statuses:
            query = query.where(attempts.c.status.in_([status.value for status in self.query.statuses]))
        return _narrowed(query, self.ids).order_by(*self._order())

    @property
    def _wanted(self) -> frozenset[Status]:
        return self.query.statuses or frozenset(Status)

    def _order(self) -> Sequence[ColumnElement[Any]]:
        match self.query.sort or Sort.NEWEST:
            case Sort.NEWEST:
                opened = self._wanted & UNFINISHED and self.span.end is None
                at = func.coalesce(attempts.c.finished, attempts.c.created) if opened else attempts.c.ended
                return at.desc(), attempts.c.id.desc()
            case Sort.DURATION:
                so_far = case(
                    (attempts.c.ended.is_not(None), literal(0)), else_=unix(self.now) - attempts.c.created
                )
                return func.coalesce(ran(), so_far).desc(), attempts.c.id.desc()
            case Sort.NAME:
                return self._rank(), attempts.c.id.desc()

    def _rank(self) -> ColumnElement[Any]:
        """The place of a workflow's name among all names: no database folds letters as Python does."""
        names = {(each.project.casefold(), each.workflow.casefold()) for each in self.names.values()}
        places = {name: place for place, name in enumerate(sorted(names))}
        ranks = {
            each.id: places[each.project.casefold(), each.workflow.casefold()] for each in self.names.values()
        }
        return case(ranks, value=attempts.c.workflow) if ranks else literal(0)

    def _rows(self, most: int) -> Sequence[Seen]:
        place = func.row_number().over(order_by=self._order()).label("place")
        listed = self._chosen(attempts, workflows.c.usual, workflows.c.ninetieth, place, joined=True)
        query = with_all(listed.limit(most))
        rows = self.connection.execute(query.order_by(query.selected_columns.place)).all()
        return [seen_in(row, self.names) for row in rows]

    def _in_parts(self, most: int, first: int) -> tuple[Sequence[Seen], Sequence[Seen | int]]:
        """The first rows, and those behind them: by id alone where they have ended."""
        marked = self._chosen(attempts.c.id, attempts.c.ended.is_(None).label("open")).limit(most)
        marks = self.connection.execute(marked).all()
        now = [mark.id for place, mark in enumerate(marks) if place < first or mark.open]
        read = by_id(self.connection, now, self.names)
        rest = [read.get(mark.id, mark.id) for mark in marks[first:]]
        return [read[mark.id] for mark in marks[:first]], rest

    def _flows(self, ids: set[int], cut: bool, inside: Mapping[tuple[int, Status], int]) -> tuple[Flow, ...]:
        """The workflows of the listed sessions: of a list that is `cut`, those of its first ones."""
        if cut:
            first = self._chosen(attempts.c.workflow).limit(self.query.limit)
            ids = set(self.connection.scalars(first).all())
        counts: dict[int, Counter[Status]] = {}
        for (workflow, status), count in inside.items():
            counts.setdefault(workflow, Counter())[status] += count
        newest: dict[int, Row[Any]] = {}
        ends: dict[int, Attempt] = {}
        fails: dict[int, Attempt] = {}
        finished, has_end = attempts.c.finished, attempts.c.finished.is_not(None)
        for some in chunks(sorted(ids)):
            for row in self._first(some, func.coalesce(finished, attempts.c.created), true()):
                newest[row.workflow] = row
            for row in self._first(some, finished, has_end):
                ends[row.workflow] = attempt_in(row, self.names)
            failed = and_(has_end, attempts.c.status == Status.ERROR.value)
            for row in self._first(some, finished, failed):
                fails[row.workflow] = attempt_in(row, self.names)
        return tuple(
            Flow(
                newest=attempt_in(row, self.names),
                ended=ends.get(workflow),
                failed=fails.get(workflow),
                counts=counts.get(workflow, Counter()),
                pace=pace_in(row),
                streak=row.streak,
            )
            for workflow, row in newest.items()
        )

    def _first(self, ids: Sequence[int], by: ColumnElement[Any], condition: Condition) -> Sequence[Row[Any]]:
        """Of each workflow the session in the span that comes first by `by`, the highest id among equals."""
        place = func.row_number().over(
            partition_by=attempts.c.workflow, order_by=[by.desc(), attempts.c.id.desc()]
        )
        spans = or_(*self._spans(frozenset(Status)))
        inner = (
            select(attempts, place.label("place"))
            .where(spans, attempts.c.workflow.in_(ids), condition)
            .subquery()
        )
        failures_in_a_row = standing(inner.c.workflow, self.span.end).label("streak")
        query = (
            select(inner, workflows.c.usual, workflows.c.ninetieth, failures_in_a_row)
            .join_from(inner, workflows, workflows.c.id == inner.c.workflow)
            .where(inner.c.place == 1)
        )
        return self.connection.execute(query).all()


def _narrowed(query: Select[Any], ids: Collection[int] | None) -> Select[Any]:
    return query if ids is None else query.where(FLOW.in_(sorted(ids)))


def _by_status(tally: Mapping[tuple[int, Status], int]) -> dict[Status, int]:
    found = dict.fromkeys(Status, 0)
    for (_, status), count in tally.items():
        found[status] += count
    return found
