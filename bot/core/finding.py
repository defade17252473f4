"""What a query finds among sessions and the history of their workflows: filtered, counted, judged. Pure.

The same question is answered from a copy by SQL (`store.finding`); a test holds the two against each other.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.core.model import Attempt, Status
from bot.core.names import Within
from bot.core.query import Query, Shape, Sort
from bot.core.statistics import Pace, counts, ended, is_stuck, pace, standing, streak

Key = tuple[int, str]
Endings = Mapping[Key, Sequence[Attempt]]


@dataclass(frozen=True, slots=True)
class Span:
    """What a question is about: sessions whose last attempt ended in [`start`, `end`) (UTC); without `end`,
    from `start` on or not yet.

    With `days` only those whose session time falls on these days (first, last; in its own offset); with
    `whenever` that alone decides, and `start` says how far back they can have ended.
    """

    start: datetime
    end: datetime | None = None
    days: tuple[date, date] | None = None
    whenever: bool = False

    def holds(self, last: Attempt) -> bool:
        if self.days is not None and not self.days[0] <= last.session_time.date() <= self.days[1]:
            return False
        if self.whenever:
            return True
        if last.ended_at is None:
            return self.end is None
        return self.start <= last.ended_at and (self.end is None or last.ended_at < self.end)


@dataclass(frozen=True, slots=True)
class Seen:
    """A session by its last attempt, with what its workflow's history says of it.

    `streak` counts the failures in a row that it ends; `error` is the first line of its root error, redacted,
    "" where it has none and None where that is not known.
    """

    last: Attempt
    pace: Pace | None = None
    streak: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A workflow with sessions in the span: of these the newest, the one that ended last, the failed one that
    did, and how many there are by status.

    `streak` counts the failures in a row that stand at the span's end, by all its attempts that ended in
    success or error; above 0 the workflow is failing.
    """

    newest: Attempt
    ended: Attempt | None = None
    failed: Attempt | None = None
    counts: Mapping[Status, int] = field(default_factory=dict)
    pace: Pace | None = None
    streak: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    `rows` are the sessions in the order asked; `total` is how many there are, and `listed` how many of these
    the query's limit leaves: `rows` may be fewer still. `counts` are of all sessions in the span and the
    places asked, whatever status and shape were; `offered` of those of them that have the shapes. `projects`
    are the names of all projects with sessions in the span, sorted. `flows` are the workflows of the listed
    sessions where the query asks for them, in no order.

    `rest` follows `rows` where only the first rows were asked for: sessions by their last attempt's id alone
    where that has ended, for what has ended stays as it is and can be read later.
    """

    rows: tuple[Seen, ...] = ()
    rest: tuple[Seen | int, ...] = ()
    total: int = 0
    listed: int = 0
    counts: Mapping[Status, int] = field(default_factory=dict)
    offered: Mapping[Status, int] = field(default_factory=dict)
    projects: tuple[str, ...] = ()
    flows: tuple[Flow, ...] = ()


def find(
    query: Query,
    within: Within,
    lasts: Sequence[Attempt],
    endings: Endings,
    now: datetime,
    most: int | None = None,
    end: datetime | None = None,
) -> Found:
    """All that the query asks for among `lasts`, the sessions of a span that ends at `end` (None: not yet).

    At most `most` rows are given.
    """
    inside = [last for last in lasts if within.holds(last.project, last.workflow)]
    has_shapes = shaped(query.shapes, endings, now)
    fitting = [last for last in inside if has_shapes(last)] if query.shapes else inside
    chosen = [last for last in fitting if not query.statuses or last.status in query.statuses]
    sort = query.sort or Sort.NEWEST
    chosen.sort(key=order(sort, now), reverse=sort is not Sort.NAME)
    listed = chosen[: query.limit]
    shown = [] if query.by_workflow else listed[:most]
    paces = {key: pace(endings.get(key, ())) for key in {last.key for last in shown}}
    return Found(
        rows=tuple(Seen(last, paces[last.key], streak(last, endings.get(last.key, ()))) for last in shown),
        total=len(chosen),
        listed=len(listed),
        counts=counts(inside),
        offered=counts(fitting),
        projects=in_order({last.project for last in lasts}),
        flows=flows(listed, inside, endings, end) if query.by_workflow else (),
    )


def in_order(projects: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(projects, key=lambda name: (name.casefold(), name)))


def shaped(shapes: Iterable[Shape], endings: Endings, now: datetime) -> Callable[[Attempt], bool]:
    """Whether an attempt has all the shapes. A workflow's pace is reckoned once."""
    paces = {key: pace(history) for key, history in endings.items()} if Shape.SLOW in shapes else {}

    def has(last: Attempt, shape: Shape) -> bool:
        match shape:
            case Shape.RETRIED:
                return is_retried(last)
            case Shape.SLOW:
                known = paces.get(last.key)
                return known is not None and known.is_slow(last, now)
            case Shape.STUCK:
                return is_stuck(last, now)

    return lambda last: all(has(last, shape) for shape in shapes)


def is_retried(last: Attempt) -> bool:
    """More than one attempt; where the server does not number them, a retry shows by its name."""
    return last.index > 1 if last.index is not None else last.retry_attempt_name is not None


def order(sort: Sort, now: datetime) -> Callable[[Attempt], tuple[object, ...]]:
    """Newest: by what happened last to it, its end or its start. Duration: so far, where it has not ended."""

    def key(last: Attempt) -> tuple[object, ...]:
        match sort:
            case Sort.NEWEST:
                return last.finished_at or last.created_at, last.id
            case Sort.DURATION:
                return last.ran if last.ran is not None else _so_far(last, now), last.id
            case Sort.NAME:
                return last.project.casefold(), last.workflow.casefold(), -last.id

    return key


def _so_far(last: Attempt, now: datetime) -> timedelta:
    """Nothing where it has ended, nobody knows when."""
    return timedelta() if last.status.finished else now - last.created_at


def flows(
    listed: Iterable[Attempt], inside: Iterable[Attempt], endings: Endings, end: datetime | None
) -> tuple[Flow, ...]:
    """The workflows of the listed sessions.

    Counted are all their sessions in the span: a rate over the failed ones alone would mean nothing.
    """
    members: dict[Key, list[Attempt]] = {last.key: [] for last in listed}
    for last in inside:
        if last.key in members:
            members[last.key].append(last)
    return tuple(_flow(lasts, endings.get(key, ()), end) for key, lasts in members.items())


def _flow(lasts: Sequence[Attempt], history: Sequence[Attempt], end: datetime | None) -> Flow:
    newest = max(lasts, key=lambda last: (last.finished_at or last.created_at, last.id))
    ends = [each for each in lasts if each.finished_at]
    failed = [each for each in ends if each.status is Status.ERROR]
    return Flow(
        newest=newest,
        ended=max(ends, key=ended, default=None),
        failed=max(failed, key=ended, default=None),
        counts=Counter(last.status for last in lasts),
        pace=pace(history),
        streak=standing([each for each in history if end is None or ends_before(each, end)]),
    )


def ends_before(attempt: Attempt, end: datetime) -> bool:
    return attempt.finished_at is not None and attempt.finished_at < end
