"""Rows of the feed, newest first, folded into a look while they come: what is not needed is not kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.finding import Span
from bot.core.model import Attempt, Status
from bot.core.names import Names
from bot.core.statistics import SAMPLE, ended

Key = tuple[int, str]
_ROOM = 200
"""How many endings of a workflow are held before they are looked through for ones to drop."""


@dataclass(slots=True)
class Ended:
    """The endings of one workflow that statistics can need: all since `start`; of those before, the last 20
    successes (usual durations) and the errors after the last success (streaks)."""

    start: datetime
    kept: list[Attempt] = field(default_factory=list)
    _room: int = _ROOM

    def add(self, attempt: Attempt) -> None:
        self.kept.append(attempt)
        if len(self.kept) >= self._room:
            self.kept = self._needed()
            self._room = max(_ROOM, 2 * len(self.kept))

    def in_order(self) -> tuple[Attempt, ...]:
        """Oldest end first."""
        self.kept = self._needed()
        return tuple(self.kept)

    def _needed(self) -> list[Attempt]:
        newest_first = sorted(self.kept, key=ended, reverse=True)
        return list(self._select(newest_first))[::-1]

    def _select(self, newest_first: list[Attempt]) -> Iterator[Attempt]:
        successes = 0
        for attempt in newest_first:
            if attempt.finished_at is not None and attempt.finished_at >= self.start:
                yield attempt
            elif attempt.status is Status.SUCCESS and successes < SAMPLE:
                successes += 1
                yield attempt
            elif attempt.status is Status.ERROR and not successes:
                yield attempt


@dataclass(slots=True)
class Fold:
    """What a look is made of, as far as rows have come.

    A session's last attempt is the one with the highest index (of equal or unknown ones, the highest id).
    Rows come newest id first, no id twice: so `lasts` keeps that order, and a session's older attempts find
    it taken even where its last one is outside the span. Rows created after `until` tell names only.
    """

    span: Span
    until: datetime | None = None
    odd: int = 0
    _indexes: dict[int, int] = field(default_factory=dict)
    _lasts: dict[int, Attempt] = field(default_factory=dict)
    _ended: dict[Key, Ended] = field(default_factory=dict)
    _projects: set[str] = field(default_factory=set)
    _workflows: set[tuple[str, str]] = field(default_factory=set)

    def add(self, rows: Iterable[Attempt]) -> None:
        for row in rows:
            self._projects.add(row.project)
            self._workflows.add((row.project, row.workflow))
            if self.until is not None and row.created_at > self.until:
                continue
            attempt = replace(row, params={}) if row.params else row
            if attempt.finished_at is not None:
                self._end(attempt)
            self._last(attempt)

    def _end(self, attempt: Attempt) -> None:
        key = attempt.key
        endings = self._ended.get(key)
        if endings is None:
            endings = self._ended[key] = Ended(self.span.start)
        endings.add(attempt)

    def _last(self, attempt: Attempt) -> None:
        index, known = attempt.index or 0, self._indexes.get(attempt.session_id, -1)
        if index <= known:
            return
        self._indexes[attempt.session_id] = index
        self._lasts.pop(attempt.session_id, None)
        if self.span.holds(attempt):
            self._lasts[attempt.session_id] = attempt

    def lasts(self) -> tuple[Attempt, ...]:
        """Those in the span, in the order in which they came."""
        return tuple(self._lasts.values())

    def endings(self) -> Iterator[tuple[Key, tuple[Attempt, ...]]]:
        """A workflow at a time, since putting in order many of them takes a while."""
        return ((key, endings.in_order()) for key, endings in self._ended.items())

    def names(self) -> Names:
        return Names(frozenset(self._projects), frozenset(self._workflows))
