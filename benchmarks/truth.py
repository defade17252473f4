"""What the account's history says, held against the copy and against answers."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.stage import Answer
from bot.asking.kept import unpack
from bot.features.sessions.lists import SESSION_LISTS
from bot.playground.account.apart import Distance
from bot.playground.account.history import DISORDER
from bot.playground.account.model import Attempt

DAY = timedelta(days=1)
LIFETIME = timedelta(days=7)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many of so many in all are missed or wrong."""

    missed: int = 0
    wrong: int = 0
    of: int = 0

    def __str__(self) -> str:
        return f"{self.missed} missed, {self.wrong} wrong"

    def __bool__(self) -> bool:
        return bool(self.missed or self.wrong or not self.of)


KEPT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """What one answer told, between two instants (it was sent, or its as-of where that is older; shown): the
    failed attempts, their number, how many open attempts were not reached, and why it is not fresh."""

    sent: datetime
    shown: datetime
    failed: frozenset[int]
    total: int
    unreached: int
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Copied:
    """All of a copy that was created `since`, after a look that began `at`: (status, finished) by id."""

    at: datetime
    since: datetime
    rows: dict[int, tuple[str, int | None]]


async def told(database: Path, answers: Sequence[Answer]) -> list[Told]:
    """What these answers told, by what is kept of each, a little later.

    Raises RuntimeError where that is not to be had, TimeoutError.
    """
    kept: dict[str, list[bytes]] = {}
    async with asyncio.timeout(KEPT_SECONDS):
        while sum(map(len, kept.values())) < len(answers):
            await asyncio.sleep(0.1)
            kept = _kept(database, min(answer.sent for answer in answers))
    return [_told(answer, kept[answer.person].pop(0)) for answer in answers]


def _kept(database: Path, since: datetime) -> dict[str, list[bytes]]:
    query = "SELECT asker, payload FROM asks WHERE made_at >= ? ORDER BY made_at"
    kept: dict[str, list[bytes]] = defaultdict(list)
    with closing(sqlite3.connect(database)) as connection:
        for asker, payload in connection.execute(query, [since.strftime("%Y-%m-%d %H:%M:%S.%f")]):
            kept[asker].append(payload)
    return kept


def _told(answer: Answer, payload: bytes) -> Told:
    page = unpack(payload, SESSION_LISTS.kept_as)
    if page is None or f"{page.total:,}" not in answer.text:
        raise RuntimeError(f"An answer is not what was kept of it: {answer.text}")
    coverage = page.fresh.coverage
    ids = frozenset(row.last.id for row in page.rows)
    shown = answer.sent + timedelta(seconds=answer.answered)
    return Told(
        min(answer.sent, coverage.as_of), shown, ids, page.total, coverage.unreached, coverage.trouble
    )


def copied(database: Path, at: datetime, since: datetime) -> Copied:
    query = "SELECT id, status, finished FROM attempts WHERE created >= ?"
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(query, [int(since.timestamp())])
        return Copied(at, since, {number: (status, finished) for number, status, finished in rows})


def compared(
    distance: Distance, answers: Sequence[Sequence[Told]], copy: Copied | None = None
) -> tuple[list[Wrong], Wrong]:
    """Series of answers and a copy against the account's history, which is gone through once."""
    every = [each for series in answers for each in series]
    instants = [each.sent for each in every] + ([copy.at] if copy else [])
    first, last = min(instants) - DAY - LIFETIME, datetime.now(UTC)
    failed: list[Attempt] = []
    against = _Against(copy) if copy else None
    for each in _created_since(distance, last, min(first, copy.since) if copy else first):
        if each.outcome == "error" and each.finished and each.finished >= first + LIFETIME - SECOND:
            failed.append(each)
        if against is not None:
            against.take(each)
    return [_checked(series, failed) for series in answers], against.end() if against else Wrong()


def _created_since(distance: Distance, now: datetime, since: datetime) -> Iterator[Attempt]:
    for each in distance.history().attempts(now):
        if each.created < since - DISORDER:
            return
        if each.created >= since:
            yield each


class _Against:
    """A copy, attempt by attempt."""

    def __init__(self, copy: Copied) -> None:
        self.copy, self.left = copy, dict(copy.rows)
        self.missed = self.wrong = self.of = 0

    def take(self, each: Attempt) -> None:
        if each.created < self.copy.since:
            return
        row, at = self.left.pop(each.id, None), self.copy.at - SECOND
        if each.visible > at:
            return
        self.of += 1
        self.missed += row is None
        self.wrong += row is not None and each.done(at) and row != (each.outcome, _seconds(each))

    def end(self) -> Wrong:
        return Wrong(self.missed, self.wrong + len(self.left), self.of)


def _seconds(each: Attempt) -> int | None:
    return int(each.finished.timestamp()) if each.finished else None


def _checked(series: Iterable[Told], failed: Iterable[Attempt]) -> Wrong:
    """Each answer must tell what stood throughout, and nothing that never stood, while it was made."""
    missed = wrong = of = 0
    for told in series:
        stood = {each.id for each in failed if _stood(each, told)}
        may = {each.id for each in failed if _may(each, told)}
        of += len(stood)
        missed += len(stood - told.failed)
        wrong += len(told.failed - may) + abs(told.total - len(told.failed))
    return Wrong(missed, wrong, of)


def _stood(each: Attempt, told: Told) -> bool:
    finished, sent = each.finished, told.sent - SECOND
    inside = finished is not None and told.shown - DAY <= finished <= sent
    return inside and each.visible <= sent and each.last(told.shown)


def _may(each: Attempt, told: Told) -> bool:
    finished, sent = each.finished, told.sent - SECOND
    inside = finished is not None and sent - DAY <= finished <= told.shown
    return inside and each.visible <= told.shown and each.last(sent)
