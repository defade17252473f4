"""One look at the account: what a question is answered from, wherever it was read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.core.coverage import Coverage
from bot.core.finding import Found, Seen, Span, find
from bot.core.model import Attempt
from bot.core.names import Names, Within
from bot.core.patience import Patience
from bot.core.query import Query

__all__ = ["Coverage", "Folded", "Look", "Source", "Span"]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a look will most likely be asked (see `Look.find`): prepared while the account is asked."""

    query: Query
    most: int | None = None
    first: int | None = None


class Look(Protocol):
    """The account as it stood at `coverage.as_of`."""

    @property
    def coverage(self) -> Coverage: ...

    async def find(
        self, query: Query, within: Within, most: int | None = None, first: int | None = None
    ) -> Found:
        """What a query finds in the span that was looked at, in these places; at most `most` rows.

        Who needs the `first` rows soon gets them before the rest has been read. Raises StoreError.
        """
        ...

    async def names(self) -> Names:
        """Every name that was seen. Raises StoreError."""
        ...

    async def rest(self, found: Found) -> tuple[Seen, ...]:
        """The rows behind the first ones; one that is kept no longer is left out. Raises StoreError."""
        ...


@dataclass(frozen=True, slots=True)
class Folded:
    """A look that was read for one question.

    `lasts`: the last attempt of each session in the span, newest id first, params left out. `end` is the
    span's.

    `endings`: per workflow (project id, name) its attempts that were read and have ended, oldest end first
    (of the same second, the smaller id first), params left out: all since the span's start, and of those
    before it what usual durations and streaks need (the last 20 successes, the errors after the last one).
    """

    lasts: tuple[Attempt, ...]
    coverage: Coverage
    end: datetime | None = None
    endings: Mapping[tuple[int, str], tuple[Attempt, ...]] = field(default_factory=dict)
    seen: Names = field(default_factory=Names)

    async def names(self) -> Names:
        return self.seen

    async def find(
        self, query: Query, within: Within, most: int | None = None, first: int | None = None
    ) -> Found:
        return find(query, within, self.lasts, self.endings, self.coverage.as_of, most, self.end)

    async def rest(self, found: Found) -> tuple[Seen, ...]:
        return ()


class Source(Protocol):
    """Where questions are answered from: straight from the API (`scan`), or from a copy of it (`mirror`)."""

    async def look(self, span: Span, patience: Patience, ahead: Ahead | None = None) -> Look:
        """Read what `span` needs, newest first, for as long as `patience` lasts.

        Raises ApiError when not one page could be read; later trouble is told by the coverage. StoreError.
        """
        ...

    async def errors(
        self, attempts: Iterable[Attempt], patience: Patience, *, wait: bool = True
    ) -> dict[int, str]:
        """By attempt id, the first line of the root error of each failed attempt, redacted; "" where it has
        none, missing where it is not known. Without `wait` nothing is asked for that is read anyway, later.
        """
        ...

    async def seen(self, attempt: Attempt) -> Seen:
        """An attempt with what its workflow's history says of it, as far as that is known without asking
        the API. Raises StoreError.
        """
        ...
