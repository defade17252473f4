"""One look at the account: what a question is answered from, wherever it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.core.coverage import Coverage
from bot.core.model import Attempt
from bot.core.names import Names
from bot.core.patience import Patience

__all__ = ["Coverage", "Look", "Scope", "Source"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about: sessions whose last attempt finished in [`start`, `end`) (UTC).

    Without `end`, from `start` on or not yet. With `days`, those whose session time falls on these days
    (first, last; in its own offset), whenever they finished.
    """

    start: datetime
    days: tuple[date, date] | None = None
    end: datetime | None = None

    def holds(self, last: Attempt) -> bool:
        if self.days is not None:
            return self.days[0] <= last.session_time.date() <= self.days[1]
        if last.ended_at is None:
            return self.end is None
        return self.start <= last.ended_at and (self.end is None or last.ended_at < self.end)


@dataclass(frozen=True, slots=True)
class Look:
    """`lasts`: the last attempt of each session in the scope, newest id first, params left out.

    `endings`: per workflow (project id, name) its attempts that were read and have ended, oldest end first
    (of the same second, the smaller id first), params left out: all since the scope's start, and of those
    before it what usual durations and streaks need (the last 20 successes, the errors after the last one).
    `names`: every name that was read.
    """

    lasts: tuple[Attempt, ...]
    coverage: Coverage
    endings: Mapping[tuple[int, str], tuple[Attempt, ...]] = field(default_factory=dict)
    names: Names = field(default_factory=Names)


class Source(Protocol):
    """Where questions are answered from: straight from the API (`scan`), later from a copy of it."""

    async def look(self, scope: Scope, patience: Patience) -> Look:
        """Read what `scope` needs, newest first, for as long as `patience` lasts.

        Raises ApiError when not one page could be read; later trouble is told by the coverage.
        """
        ...
