"""What the views are made from: everything computed already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from bot.blocks.footer import Freshness
from bot.blocks.listing import Listing
from bot.core.model import Attempt, Status

FEATURE = "sessions"


@dataclass(frozen=True, slots=True)
class Row:
    """One session of a list.

    `usual` is None where it is left unsaid; `streak` counts the failures in a row that this one ends;
    `attempts` is None where the number is unknown; `error` is the first line, redacted, None where unread or
    unknown.
    """

    last: Attempt
    url: str | None = None
    usual: timedelta | None = None
    streak: int = 0
    attempts: int | None = None
    error: str | None = None
    slow: bool = False
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One workflow of a list `by workflow`.

    `words` is the question that its Details asks (`sales/daily_load`, quoted where it must be); `ended_at`
    is when its last attempt ended, None where it has not; `streak` counts the failures in a row that stand
    at its end.
    """

    project: str
    workflow: str
    last: Status
    words: str
    counts: Mapping[Status, int] = field(default_factory=dict)
    ended_at: datetime | None = None
    rate: float | None = None
    streak: int = 0
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Listing):
    """One page of a list.

    `total` is how many sessions match. `offered` are the counts with the shapes applied. `entries` is how
    many rows there are to turn through (sessions, or with `groups` workflows; None: `total`).
    """

    feature: ClassVar[str] = FEATURE
    total: int
    rows: tuple[Row, ...] = ()
    groups: tuple[Group, ...] | None = None

    @property
    def length(self) -> int:
        """How many rows there are to turn through."""
        return self.total if self.entries is None else self.entries


@dataclass(frozen=True, slots=True)
class Story:
    """One session, told by the attempt asked for (its last, mostly).

    `attempts` are those of the session that are known, oldest first; `count` is how many there are, None
    where that is unknown. `words` are what one types for it (`#123456`). `task` is the full name of the task
    that failed and `error` its whole error, redacted; None where unknown. `params` are redacted. The rest as
    in `Row` and `ListPage`.
    """

    attempt: Attempt
    fresh: Freshness
    attempts: tuple[Attempt, ...] = ()
    count: int | None = None
    usual: timedelta | None = None
    streak: int = 0
    slow: bool = False
    task: str | None = None
    error: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None
    words: str = ""
    public: bool = False
    shared_by: str | None = None
    notes: tuple[str, ...] = ()
