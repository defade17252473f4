"""A digest's numbers, counted from attempts. Pure: see `core.digest` for what the values mean.

A session counts by the last of its attempts that had been created at an instant, in whatever status that one
was then: what ended later had not ended, what was created later was not there. A workflow's results are its
attempts that ended in success or error, in the order of their ends (of the same second: of their ids).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.core.digest import (
    BACK,
    Broken,
    Cause,
    Flapping,
    Key,
    Period,
    Reckoning,
    Recovered,
    Run,
    Slower,
    Tally,
)
from bot.core.model import Status
from bot.core.statistics import Pace

DAYS = 20
"""Days of the chart at most."""
FLAPS = 3
"""So many changes between failing and not failing within a period are flapping."""
NO_PACES: Mapping[Key, Pace] = MappingProxyType({})
NOTHING = Tally()

Result = tuple[int, int, bool]
"""When a workflow's attempt ended, its id, and whether in error."""


def unix(at: datetime) -> int:
    """Whole seconds, as the API tells them."""
    return int(at.timestamp() // 1)


def reckon(
    runs: Iterable[Run],
    period: Period,
    zone: ZoneInfo,
    paces: Mapping[Key, Pace] = NO_PACES,
    late: Iterable[int] = (),
    earlier: Tally = NOTHING,
) -> Reckoning:
    """Count a period; `causes` are left empty. Days are cut in `zone`.

    `runs` may hold more than counts, each attempt once; sessions of the period before that are not among
    them may be counted already, `earlier`. Of `late` those stay that ended before the period, as
    the last of their session at its start. Workflows are ordered by what is most worth reading: broken for
    longest, back last, changing most, slowest against what is usual.
    """
    start, end, horizon = unix(period.start), unix(period.end), unix(period.start - BACK)
    lasts: dict[int, Run] = {}
    lasts_before: dict[int, Run] = {}
    results: dict[Key, list[Result]] = {}
    for run in runs:
        if run.created >= end:
            continue
        _keep_last(lasts, run)
        if run.created < start:
            _keep_last(lasts_before, run)
        at, status = run.ended, run.status
        if at is not None and horizon <= at < end and status in (Status.SUCCESS, Status.ERROR):
            results.setdefault(run.workflow, []).append((at, run.id, status is Status.ERROR))
    ended = [run for run in lasts.values() if run.ended is not None and run.ended < end]
    counted = [run for run in ended if _ended(run) >= start]
    first = unix(period.before.start)
    ended_before = [run for run in lasts_before.values() if run.ended is not None and run.ended < start]
    before = [run for run in ended_before if _ended(run) >= first]
    histories = [
        _History(key, sorted(each), start)
        for key, each in results.items()
        if any(failed for _, _, failed in each)
    ]
    wanted = frozenset(late)
    return Reckoning(
        period=period,
        now=_tally(counted),
        before=_sum(_tally(before), earlier),
        still_broken=_broken(each for each in histories if each.failed and each.fails),
        new=_broken(each for each in histories if not each.failed and each.fails),
        recovered=_recovered(histories),
        flapping=_flapping(histories),
        slower=_slower(counted, paces),
        failed=_newest_first(run for run in counted if run.status is Status.ERROR),
        late=_newest_first(run for run in ended_before if run.id in wanted),
        days=_days(ended, period, zone),
    )


def causes(
    failed: Sequence[int], workflows: Mapping[int, Key], known: Mapping[int, tuple[str, str]]
) -> tuple[Cause, ...]:
    """The `failed` attempts (the last to end first) by fingerprint, the most first; those without an error,
    and then those whose error has not been read, stand last.

    `known`: fingerprint and the error's first line of those that have been read.
    """
    groups: dict[str | None, list[int]] = {}
    for attempt in failed:
        groups.setdefault(known[attempt][0] if attempt in known else None, []).append(attempt)
    found = [
        Cause(
            fingerprint=fingerprint,
            error=known[attempts[0]][1] if fingerprint else "",
            attempts=tuple(attempts),
            workflows=tuple(dict.fromkeys(workflows[each] for each in attempts)),
        )
        for fingerprint, attempts in groups.items()
    ]
    return tuple(
        sorted(found, key=lambda each: (each.fingerprint is None, not each.fingerprint, -len(each.attempts)))
    )


def _keep_last(lasts: dict[int, Run], run: Run) -> None:
    known = lasts.get(run.session)
    if known is None or _rank(run) > _rank(known):
        lasts[run.session] = run


def _rank(run: Run) -> tuple[int, int]:
    return run.number or 0, run.id


def _ended(run: Run) -> int:
    return run.created if run.ended is None else run.ended


def _tally(runs: Iterable[Run]) -> Tally:
    counts = Counter(run.status for run in runs)
    return Tally(counts[Status.SUCCESS], counts[Status.ERROR], counts[Status.KILLED])


def _sum(one: Tally, other: Tally) -> Tally:
    return Tally(one.success + other.success, one.failed + other.failed, one.killed + other.killed)


def _newest_first(runs: Iterable[Run]) -> tuple[int, ...]:
    return tuple(run.id for run in sorted(runs, key=lambda run: (_ended(run), run.id), reverse=True))


@dataclass(frozen=True, slots=True)
class _History:
    """A workflow's results since 7 days before the period, in order; with at least one failure."""

    workflow: Key
    results: Sequence[Result]
    start: int

    @property
    def first(self) -> int:
        """The place of the period's first result."""
        return bisect_left(self.results, (self.start,))

    @property
    def failed(self) -> bool:
        """Failing when the period begins."""
        return self.first > 0 and self.results[self.first - 1][2]

    @property
    def fails(self) -> bool:
        """Failing when it ends."""
        return self.results[-1][2]

    def failures(self) -> int:
        """Within the period."""
        return sum(failed for _, _, failed in self.results[self.first :])

    def changes(self) -> int:
        count, failing = 0, self.failed
        for _, _, failed in self.results[self.first :]:
            count += failed is not failing
            failing = failed
        return count

    def last(self) -> int:
        """The place of the last failure."""
        return max(place for place, (_, _, failed) in enumerate(self.results) if failed)

    def began(self) -> int:
        """The place of the first of the failures in a row that `last` ends."""
        place = self.last()
        while place > 0 and self.results[place - 1][2]:
            place -= 1
        return place

    def at(self, place: int) -> datetime:
        return datetime.fromtimestamp(self.results[place][0], UTC)


def _broken(histories: Iterable[_History]) -> tuple[Broken, ...]:
    found = []
    for each in histories:
        began, last = each.began(), each.last()
        found.append(
            Broken(
                workflow=each.workflow,
                since=each.at(began),
                streak=last - began + 1,
                failures=each.failures(),
                last=each.results[last][1],
                open_ended=began == 0,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.since, each.workflow)))


def _recovered(histories: Iterable[_History]) -> tuple[Recovered, ...]:
    found = []
    for each in histories:
        if each.fails or not (each.failed or each.failures()):
            continue
        began, last = each.began(), each.last()
        found.append(
            Recovered(
                workflow=each.workflow,
                since=each.at(began),
                streak=last - began + 1,
                at=each.at(last + 1),
                by=each.results[last + 1][1],
                last=each.results[last][1],
            )
        )
    return tuple(sorted(found, key=lambda each: (-unix(each.at), each.workflow)))


def _flapping(histories: Iterable[_History]) -> tuple[Flapping, ...]:
    changed = ((each, each.changes()) for each in histories)
    found = [
        Flapping(each.workflow, changes, each.fails, each.results[each.last()][1])
        for each, changes in changed
        if changes >= FLAPS
    ]
    return tuple(sorted(found, key=lambda each: (-each.changes, each.workflow)))


def _slower(counted: Iterable[Run], paces: Mapping[Key, Pace]) -> tuple[Slower, ...]:
    limits = {key: pace.slow_after.total_seconds() for key, pace in paces.items()}
    found = []
    for run in counted:
        took, limit = _ended(run) - run.created, limits.get(run.workflow)
        if limit is not None and run.status is Status.SUCCESS and took > limit:
            usual = paces[run.workflow].usual
            found.append(Slower(run.id, run.workflow, timedelta(seconds=took), usual))
    return tuple(sorted(found, key=lambda each: (-_times(each), -each.attempt)))


def _times(each: Slower) -> float:
    return each.took.total_seconds() / max(1.0, each.usual.total_seconds())


def _days(ended: Iterable[Run], period: Period, zone: ZoneInfo) -> tuple[tuple[date, int], ...]:
    """Failed sessions on each day of the zone's, from the first whole one on; the last may not be whole."""
    second = timedelta(seconds=1)
    floor = period.floor.astimezone(zone).date()
    if (period.floor - second).astimezone(zone).date() == floor:
        floor += timedelta(days=1)
    days = list(_between(floor, (period.end - second).astimezone(zone).date()))[-DAYS:]
    counts = Counter(
        datetime.fromtimestamp(_ended(run), zone).date() for run in ended if run.status is Status.ERROR
    )
    return tuple((day, counts[day]) for day in days)


def _between(first: date, last: date) -> Iterator[date]:
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


def streaks(runs: Collection[Run], wanted: Collection[int]) -> Mapping[int, int]:
    """By attempt, of those `wanted`, how many times in a row its workflow had failed by its end."""
    ids = frozenset(wanted)
    results: dict[Key, list[Result]] = {run.workflow: [] for run in runs if run.id in ids}
    for run in runs:
        if run.workflow in results and run.ended is not None and run.status is not Status.KILLED:
            results[run.workflow].append((run.ended, run.id, run.status is Status.ERROR))
    found: dict[int, int] = {}
    for each in results.values():
        count = 0
        for _, attempt, failed in sorted(each):
            count = count + 1 if failed else 0
            if attempt in ids:
                found[attempt] = count
    return found
