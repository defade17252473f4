"""What the views are made from: everything computed already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.blocks.footer import Freshness
from bot.blocks.pieces import Choice
from bot.core.model import FINISHED, Attempt, Status
from bot.core.query import Shape


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


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list.

    `total` is how many sessions match. `counts` is by status, of all sessions of the window and places
    asked, whatever statuses and shapes were: from it come the finished and the success rate; `offered` is
    the same with the shapes applied, for the status menu's numbers (None: `counts`). `window` is its
    label ("last 24 h"), `window_words` what one types for it ("24h"); `where` the places as typed;
    `statuses` and `shapes` as asked. `entries` is how many rows there are to turn through (sessions, or
    with `groups` workflows; None: `total`), `kept` how many of these the ask keeps (None: all).
    `projects` are the names of the menu in the order that the ask keeps (`#3` is the fourth), `project`
    the one chosen. `ask` is the id of the stored ask, `words` the question as typed. `public`: everyone
    in the channel sees it, and nobody need share it. `hidden` counts sessions that the reader may not
    see. `notes` are plain sentences.
    """

    total: int
    window: str
    window_words: str
    fresh: Freshness
    statuses: frozenset[Status] = frozenset()
    shapes: frozenset[Shape] = frozenset()
    where: str = ""
    counts: Mapping[Status, int] = field(default_factory=dict)
    offered: Mapping[Status, int] | None = None
    rows: tuple[Row, ...] = ()
    groups: tuple[Group, ...] | None = None
    page: int = 1
    pages: int = 1
    per_page: int = 10
    entries: int | None = None
    kept: int | None = None
    projects: tuple[str, ...] = ()
    project: str | None = None
    windows: tuple[Choice, ...] = ()
    ask: str | None = None
    words: str = ""
    public: bool = False
    shared_by: str | None = None
    hidden: int = 0
    notes: tuple[str, ...] = ()

    @property
    def finished(self) -> int:
        return sum(count for status, count in self.counts.items() if status in FINISHED)

    @property
    def rate(self) -> float | None:
        """Success / (success + error + killed), by session; None where none has finished."""
        return self.counts.get(Status.SUCCESS, 0) / self.finished if self.finished else None

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
