"""What the history of a workflow says: usual durations, slowness, streaks, rates. Pure.

`endings` are attempts of one workflow that have ended, oldest end first; of two that ended in the same second
the one with the higher id is the later.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from statistics import median, quantiles

from bot.core.model import Attempt, Status

SAMPLE = 20
"""How many of the last successes make the usual duration."""
FEWEST = 5
"""With fewer successes the usual duration is left unsaid."""
STUCK_AFTER = timedelta(minutes=30)
_SLOW_FACTOR = 1.5


def ended(attempt: Attempt) -> tuple[float, int]:
    """The order of ends: by second, then by id. Raises ValueError for an attempt that has not ended."""
    if attempt.finished_at is None:
        raise ValueError(f"attempt {attempt.id} has not ended")
    return attempt.finished_at.timestamp(), attempt.id


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a workflow takes, by its last 20 successes: the median and the 90th percentile."""

    usual: timedelta
    ninetieth: timedelta

    def is_slow(self, attempt: Attempt, now: datetime) -> bool:
        """Longer than 1.5 × usual and than the 90th percentile; a running attempt by its time so far.

        What is queued, blocked or canceling is never slow.
        """
        took = now - attempt.created_at if attempt.status is Status.RUNNING else attempt.ran
        return took is not None and took > self.slow_after

    @property
    def slow_after(self) -> timedelta:
        return max(self.usual * _SLOW_FACTOR, self.ninetieth)


def pace(endings: Sequence[Attempt]) -> Pace | None:
    """The pace of a workflow; None with fewer than 5 successes."""
    successes = (each.ran for each in reversed(endings) if each.status is Status.SUCCESS)
    return pace_of([ran.total_seconds() for ran in islice(successes, SAMPLE) if ran is not None])


def pace_of(seconds: Sequence[float]) -> Pace | None:
    """The pace by the durations, in seconds, of the last successes; None with fewer than 5."""
    if len(seconds) < FEWEST:
        return None
    ninetieth = quantiles(seconds, n=10, method="inclusive")[-1]
    return Pace(timedelta(seconds=median(seconds)), timedelta(seconds=ninetieth))


def usual(endings: Sequence[Attempt]) -> timedelta | None:
    """The median duration of the last 20 successes; None with fewer than 5."""
    known = pace(endings)
    return known.usual if known else None


def is_slow(attempt: Attempt, endings: Sequence[Attempt], now: datetime) -> bool:
    """Whether `attempt` takes, or took, clearly longer than its workflow usually does: see `Pace.is_slow`.

    For many attempts of one workflow take its `pace` once.
    """
    known = pace(endings)
    return known is not None and known.is_slow(attempt, now)


def streak(attempt: Attempt, endings: Sequence[Attempt]) -> int:
    """How many times in a row its workflow has ended in error, up to and with this attempt; 0 if it did not.

    Counted by attempts, in the order of their ends; killed ones count neither way. Where no success before it
    is among `endings`, there may have been more; of an attempt whose end is unknown, itself is all that is
    known.
    """
    if attempt.status is not Status.ERROR:
        return 0
    if attempt.finished_at is None:
        return 1
    count = 1
    for earlier in reversed(endings[: bisect_left(endings, ended(attempt), key=ended)]):
        if earlier.status is Status.SUCCESS:
            break
        count += earlier.status is Status.ERROR
    return count


def standing(endings: Sequence[Attempt]) -> int:
    """How many failures in a row stand at the end: above 0 the workflow is failing. Killed ones count neither
    way."""
    count = 0
    for attempt in reversed(endings):
        if attempt.status is Status.SUCCESS:
            break
        count += attempt.status is Status.ERROR
    return count


def is_stuck(attempt: Attempt, now: datetime) -> bool:
    """Queued or blocked for over 30 minutes since it was created, or canceling for as long since it was first
    seen so (where nothing remembers that, never)."""
    if attempt.status is Status.CANCELING:
        return attempt.canceling_since is not None and now - attempt.canceling_since > STUCK_AFTER
    waiting = attempt.status in (Status.QUEUED, Status.BLOCKED)
    return waiting and now - attempt.created_at > STUCK_AFTER


def counts(lasts: Iterable[Attempt]) -> dict[Status, int]:
    """How many sessions are in each status, by their last attempts; every status is there."""
    found = Counter(last.status for last in lasts)
    return {status: found[status] for status in Status}


def success_rate(counts: Mapping[Status, int]) -> float | None:
    """success / (success + error + killed), from 0 to 1; None when nothing ended."""
    good, bad, killed = (counts.get(each, 0) for each in (Status.SUCCESS, Status.ERROR, Status.KILLED))
    ends = good + bad + killed
    return good / ends if ends else None
