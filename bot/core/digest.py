"""What a digest counts: as it stood at one instant, so that what one covers ends where the next begins.

Pure. Instants inside are whole seconds of Unix time, as the API tells them; ends are exclusive.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.core.model import Status

Key = tuple[int, str]
"""A workflow: project id and name."""

BACK = timedelta(days=7)
"""How far before a period it is looked for what a workflow's last result was."""


class Run(NamedTuple):
    """An attempt, as much of it as a digest counts by: `status` and `ended` as they are known now."""

    id: int
    session: int
    workflow: Key
    status: Status
    created: int
    ended: int | None
    number: int | None


@dataclass(frozen=True, slots=True)
class Period:
    """[`start`, `end`), in UTC."""

    start: datetime
    end: datetime

    @property
    def before(self) -> "Period":
        """As long, up to its start."""
        return Period(self.start - (self.end - self.start), self.start)

    @property
    def floor(self) -> datetime:
        """What ended since then is what a digest of this period looks at."""
        return min(self.before.start, self.start - BACK)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sessions by how the last attempt ended."""

    success: int = 0
    failed: int = 0
    killed: int = 0

    @property
    def finished(self) -> int:
        return self.success + self.failed + self.killed

    @property
    def rate(self) -> float | None:
        """The success rate, from 0 to 1; None where nothing finished."""
        return self.success / self.finished if self.finished else None


@dataclass(frozen=True, slots=True)
class Broken:
    """A workflow that is failing at a period's end.

    `streak` are its failures in a row up to then, the first of which ended at `since` (looked for down to
    the period's floor: `open_ended` says that there may be more before); `failures` are its attempts that
    ended in error within the period. `last` is the id of its last failed attempt.
    """

    workflow: Key
    since: datetime
    streak: int
    failures: int
    last: int
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Recovered:
    """A workflow that is not failing at a period's end, but failed at its start or within it.

    `since` and `streak` are of its last failures in a row; it came back at `at` by the attempt `by`. `last`
    is the id of its last failed attempt.
    """

    workflow: Key
    since: datetime
    streak: int
    at: datetime
    by: int
    last: int


@dataclass(frozen=True, slots=True)
class Flapping:
    """A workflow that changed between failing and not failing `changes` times within a period."""

    workflow: Key
    changes: int
    failing: bool
    last: int


@dataclass(frozen=True, slots=True)
class Slower:
    """A session that succeeded, and took longer than its workflow usually does (`core.statistics`)."""

    attempt: int
    workflow: Key
    took: timedelta
    usual: timedelta


@dataclass(frozen=True, slots=True)
class Cause:
    """Failed sessions of a period with one fingerprint: their attempts' ids (newest first) and workflows.

    `error` is the first line of the newest one's root error, redacted. An empty fingerprint: no task tells an
    error; None: it has not been read yet.
    """

    fingerprint: str | None
    error: str
    attempts: tuple[int, ...]
    workflows: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A period, counted. `failed` are the ids of its failed sessions' attempts, the last to end first; `late`
    those that were seen only after the cut before and ended before `period.start`: they are in no number.

    `days`: failed sessions a day in the digest's zone, from the period's floor on, oldest first.
    """

    period: Period
    now: Tally
    before: Tally
    still_broken: tuple[Broken, ...] = ()
    new: tuple[Broken, ...] = ()
    recovered: tuple[Recovered, ...] = ()
    flapping: tuple[Flapping, ...] = ()
    slower: tuple[Slower, ...] = ()
    causes: tuple[Cause, ...] = ()
    failed: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    days: tuple[tuple[date, int], ...] = field(default=())
