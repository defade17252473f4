"""From a look at the account to what an answer shows: filtered, counted, judged. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.model import Attempt, Status
from bot.core.names import Within
from bot.core.query import Pattern, Place, Query, Shape, Sort
from bot.core.statistics import counts, ended, is_stuck, pace, streak, success_rate
from bot.core.window import Days, Window
from bot.core.words import words
from bot.features.sessions.views import Group, Row

Endings = Mapping[tuple[int, str], tuple[Attempt, ...]]
Key = tuple[int, str]
Cut = Callable[[Attempt], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    `chosen` are the sessions, by their last attempts, in the order asked and up to the limit; `total` is how
    many there are without the limit; `inside` are all sessions in the window and places. `counts` are of
    these, whatever status and shape were asked, `offered` of those of them that have the shapes; `projects`
    are the names of all projects with sessions in the window, sorted.
    """

    chosen: tuple[Attempt, ...]
    total: int
    inside: tuple[Attempt, ...]
    counts: Mapping[Status, int]
    offered: Mapping[Status, int]
    projects: tuple[str, ...]


def find(
    query: Query, lasts: Iterable[Attempt], endings: Endings, within: Within, cut: Cut, now: datetime
) -> Found:
    """All that the query asks for; `cut` says whether a session, by its last attempt, is in the window."""
    windowed = [last for last in lasts if cut(last)]
    inside = [last for last in windowed if within.holds(last.project, last.workflow)]
    has_shapes = shaped(query.shapes, endings, now)
    fitting = [last for last in inside if has_shapes(last)] if query.shapes else inside
    chosen = [last for last in fitting if not query.statuses or last.status in query.statuses]
    chosen.sort(key=order(query.sort, now), reverse=query.sort is not Sort.NAME)
    return Found(
        chosen=tuple(chosen[: query.limit]),
        total=len(chosen),
        inside=tuple(inside),
        counts=counts(inside),
        offered=counts(fitting),
        projects=tuple(sorted({last.project for last in windowed}, key=lambda name: (name.casefold(), name))),
    )


def in_window(window: Window, days: Days | None) -> Cut:
    """By its end; an unfinished session belongs to the present. With `days`, by its session time as well."""

    def cut(last: Attempt) -> bool:
        if days is not None and not days.hold(last.session_time):
            return False
        if window.whenever:
            return True
        if last.ended_at is None:
            return window.to_now
        return window.start <= last.ended_at and (window.to_now or last.ended_at < window.end)

    return cut


def shaped(shapes: Iterable[Shape], endings: Endings, now: datetime) -> Cut:
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


def judged(last: Attempt, endings: Endings, now: datetime, url: str | None) -> Row:
    """The session with what its workflow's history says of it; its error has not been read yet."""
    history = endings.get(last.key, ())
    known = pace(history)
    return Row(
        last=last,
        url=url,
        usual=known.usual if known else None,
        streak=streak(last, history),
        attempts=last.index,
        slow=known is not None and known.is_slow(last, now),
        stuck=is_stuck(last, now),
    )


def grouped(found: Found, endings: Endings, query: Query) -> tuple[Group, ...]:
    """A row for each workflow of the chosen sessions, those that fail most first.

    Counted are all its sessions in the window: a rate over the failed ones alone would mean nothing.
    """
    wanted = {last.key for last in found.chosen}
    members: dict[Key, list[Attempt]] = {key: [] for key in wanted}
    for last in found.inside:
        if last.key in wanted:
            members[last.key].append(last)
    groups = [group(lasts, endings.get(key, ()), query) for key, lasts in members.items()]
    return tuple(sorted(groups, key=worst_first))


def worst_first(each: Group) -> tuple[int, str, str]:
    return -each.counts.get(Status.ERROR, 0), each.project.casefold(), each.workflow


def group(lasts: list[Attempt], history: tuple[Attempt, ...], query: Query) -> Group:
    """One workflow's row; its Details asks the same question of it alone, session by session."""
    newest = max(lasts, key=lambda last: (last.finished_at or last.created_at, last.id))
    last_end = max((each for each in lasts if each.finished_at), key=ended, default=None)
    tally = Counter(last.status for last in lasts)
    place = Place(project=Pattern(newest.project), workflow=Pattern(newest.workflow))
    return Group(
        project=newest.project,
        workflow=newest.workflow,
        last=newest.status,
        words=words(replace(query, places=(place,), by_workflow=False, here=False)),
        counts=tally,
        ended_at=last_end.finished_at if last_end else None,
        rate=success_rate(tally),
        streak=streak(last_end, history) if last_end else 0,
    )
