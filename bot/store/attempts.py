"""The copy of the account's attempts: written forward only, numbered by change, open ones at hand.

Whoever reads the API may write here, in any order and as often as it likes: a finished attempt is never
overwritten, nor what was seen later by what was seen before. A change of status takes its number in the
transaction that writes it, under a lock that is held to the commit: without it, a change that is committed
late would hide below the cursor of who follows the numbers.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from bot.core.amending import Move
from bot.core.model import Attempt, Status
from bot.store import odd, parting
from bot.store.failures import errors_of
from bot.store.progress import ANOTHER_VERSION, NOTHING_NEW, News, Progress, read_progress, write_news
from bot.store.rows import attempt_values, chunks, insert_all
from bot.store.samples import Success, learn
from bot.store.store import Store
from bot.store.tables import attempts, mirror, workflows

Key = tuple[int, str]

ON_THE_WAY = Status.BLOCKED, Status.QUEUED, Status.RUNNING, Status.CANCELING
"""What an attempt goes through to its end, in order."""


@dataclass(frozen=True, slots=True)
class Open:
    """An attempt that has not ended, as it stands in the copy."""

    id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tick or a look begins from: how far the copy goes, the open attempts (newest first) and the
    newest ids, newest first."""

    progress: Progress
    open: tuple[Open, ...]
    recent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a transaction took in: the copy's version before and after it, how sessions moved (None where one
    had ended before, or another attempt was or is its last), and, after a tick or look, how far it goes."""

    before: int
    after: int
    moves: tuple[Move, ...] | None
    progress: Progress | None = None


@dataclass(slots=True)
class Attempts:
    """The copy in a store. With `locked` off (a test's) numbers are taken without the lock."""

    store: Store
    locked: bool = True
    _keys: Mapping[Key, int] = field(default_factory=dict)
    _floors: dict[int, Success] = field(default_factory=dict)

    async def standing(self, recent: int = 0) -> Standing:
        """In one transaction, with up to `recent` newest ids."""
        opened = select(attempts.c.id, attempts.c.created).where(attempts.c.ended.is_(None))
        newest = select(attempts.c.id).order_by(attempts.c.id.desc()).limit(recent)

        def work(connection: Connection) -> Standing:
            progress = read_progress(connection)
            rows = connection.execute(opened.order_by(attempts.c.id.desc())).all()
            ids = connection.scalars(newest).all() if recent else ()
            return Standing(progress, tuple(Open(*row) for row in rows), tuple(ids))

        return await self.store.read(work)

    async def progress(self) -> Progress:
        return await self.store.read(read_progress)

    async def count(self) -> int:
        """How many attempts are held."""
        async with self.store.reading() as connection:
            return int(await connection.scalar(select(func.count()).select_from(attempts)) or 0)

    async def put(self, rows: Iterable[Attempt], at: datetime, news: News = NOTHING_NEW) -> Taken:
        """Take in what the API said when asked at `at`, and how far that reached: all of it or nothing."""
        seen = list({row.id: row for row in rows}.values())
        taken, keys = await self.store.write(lambda connection: self._put(connection, seen, at, news))
        self._keys = keys  # only now: what is rolled back has no number
        return taken

    def _put(
        self, connection: Connection, seen: Sequence[Attempt], at: datetime, news: News
    ) -> tuple[Taken, Mapping[Key, int]]:
        begins = select(mirror.c.sequence, mirror.c.began_at, mirror.c.version, mirror.c.let_go)
        begin = connection.execute(begins.with_for_update() if self.locked else begins).one()
        if news.began_at and begin.began_at:  # another process began before
            news = News(odd=news.odd)
        known = _known(connection, [row.id for row in seen])
        fresh = [row for row in seen if row.id not in known]
        moved = [row for row in seen if row.id in known and _moves(known[row.id], row, at)]
        number = _Numbers(begin.sequence, begin.began_at or news.began_at, begin.let_go or 0)
        keys = self._named(connection, fresh + moved)
        moves = [Move(Status(known[row.id].status), row) for row in moved]
        plain = all(known[row.id].is_last for row in moved)
        odd.take_back(connection, (row.id for row in seen))
        if fresh:
            plain &= _insert(connection, fresh, at, number, keys)
            moves += [Move(None, row) for row in fresh]
        if moved:
            _update(connection, moved, known, at, number)
        ended = [row for row in fresh + moved if row.status is Status.SUCCESS and row.finished_at]
        if ended:
            learn(connection, [(keys[row.key], row) for row in ended], self._floors)
        if number.last != begin.sequence or news != NOTHING_NEW:
            write_news(connection, news, number.last)
        if moves:
            connection.execute(ANOTHER_VERSION)
        after = begin.version + bool(moves)
        progress = read_progress(connection) if news.ticked_at else None
        return Taken(begin.version, after, tuple(moves) if plain else None, progress), keys

    async def swept(self, at: datetime, lowest: int, highest: int, still: Set[int]) -> None:
        """A sweep that began at `at` has read all from `lowest` to `highest`: of those `still` odd are
        these alone."""

        def work(connection: Connection) -> None:
            odd.take_back_between(connection, lowest, highest, still)
            connection.execute(update(mirror).values(swept_at=at))

        await self.store.write(work)

    async def drop(self, gone: Sequence[int]) -> None:
        """See `parting.drop`."""
        if gone:
            await self.store.write(lambda connection: parting.drop(connection, gone))

    async def ids(self, lowest: int, highest: int, before: datetime) -> frozenset[int]:
        """Those from `lowest` to `highest` that were created before an instant: what a sweep must find."""
        query = select(attempts.c.id).where(
            attempts.c.id.between(lowest, highest), attempts.c.created < before
        )
        async with self.store.reading() as connection:
            return frozenset((await connection.scalars(query)).all())

    def _named(self, connection: Connection, rows: Iterable[Attempt]) -> Mapping[Key, int]:
        """A number for each workflow, given where it has none."""
        names = {row.key: row.project for row in rows if row.key not in self._keys}
        if not names:
            return self._keys
        columns = workflows.c.id, workflows.c.project_id, workflows.c.workflow
        known = connection.execute(select(*columns)).all()
        keys = {(row.project_id, row.workflow): row.id for row in known}
        for (project_id, workflow), project in names.items():
            if (project_id, workflow) not in keys:
                new = insert(workflows).values(
                    project_id=project_id, project=project, workflow=workflow, sample="[]"
                )
                made = connection.execute(new).inserted_primary_key
                keys[project_id, workflow] = made[0] if made else 0
        return keys

    async def changed(self, above: int, most: int) -> Sequence[tuple[int, int, Status]]:
        """Changes with a number above `above`, in order: (number, attempt id, status); at most `most`.

        Who reads on from the last number it was given sees the newest status of every attempt that changed.
        """
        query = (
            select(attempts.c.changed, attempts.c.id, attempts.c.status)
            .where(attempts.c.changed > above)
            .order_by(attempts.c.changed)
            .limit(most)
        )
        async with self.store.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [(row.changed, row.id, Status(row.status)) for row in rows]

    async def prune(self, before: datetime, most: int = 2000) -> bool:
        """See `parting.prune`."""
        return await self.store.write(lambda connection: parting.prune(connection, before, most))


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass(slots=True)
class _Numbers:
    """Numbers for changes of status, from a transaction's first on."""

    last: int
    began: datetime | None
    let_go: int = 0

    def of(self, row: Attempt) -> int | None:
        """None for history: what had ended before the first fill began, and what was let go of."""
        if row.ended_at is not None and row.id <= self.let_go:
            return None
        if self.began is not None and row.ended_at is not None and row.ended_at < self.began:
            return None
        return self.next()

    def next(self) -> int:
        self.last += 1
        return self.last


def _known(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    found: dict[int, Row[Any]] = {}
    columns = (
        attempts.c.id,
        attempts.c.status,
        attempts.c.ended,
        attempts.c.cancel_requested,
        attempts.c.canceling_since,
        attempts.c.seen,
        attempts.c.is_last,
    )
    for some in chunks(ids):
        rows = connection.execute(select(*columns).where(attempts.c.id.in_(some))).all()
        found |= {row.id: row for row in rows}
    return found


def _moves(known: Row[Any], seen: Attempt, at: datetime) -> bool:
    """Whether what is seen goes beyond what is known: an end is final; what is further on holds, whatever the
    clocks say, and else the later sight."""
    if known.ended is not None:
        return False
    if seen.status.finished:
        return True
    before, now = ((one.cancel_requested, ON_THE_WAY.index(Status(one.status))) for one in (known, seen))
    return now > before or (now < before and known.seen <= milliseconds(at))


def _insert(
    connection: Connection,
    fresh: Sequence[Attempt],
    at: datetime,
    number: _Numbers,
    keys: Mapping[Key, int],
) -> bool:
    """Gives whether each of them is the first of its session."""
    lasts, alone = _lasts(connection, fresh)
    diagnosed = errors_of(connection, [row.id for row in fresh if row.status is Status.ERROR])
    values = [
        attempt_values(
            row,
            workflow=keys[row.key],
            seen=milliseconds(at),
            canceling_since=at if row.status is Status.CANCELING else None,
            is_last=lasts[row.session_id] == (row.index or 0, row.id),
            changed=number.of(row),
            diagnosed=row.id in diagnosed,
        )
        for row in sorted(fresh, key=lambda row: row.id)
    ]
    insert_all(connection, values)
    return alone


def _lasts(connection: Connection, fresh: Sequence[Attempt]) -> tuple[Mapping[int, tuple[int, int]], bool]:
    """Per session the rank (number, id) of its last attempt, the fresh ones counted in, and whether each of
    these is alone in its session; one that was the last and no longer is gives that up."""
    best: dict[int, tuple[int, int]] = {}
    for row in fresh:
        best[row.session_id] = max(best.get(row.session_id, (0, 0)), (row.index or 0, row.id))
    beaten, alone = [], len(best) == len(fresh)
    for some in chunks(best):
        query = select(attempts.c.session_id, attempts.c.id, attempts.c.number).where(
            attempts.c.session_id.in_(some), attempts.c.is_last
        )
        for known in connection.execute(query).all():
            alone = False
            rank = (known.number or 0, known.id)
            if rank < best[known.session_id]:
                beaten.append({"beaten": known.id})
            else:
                best[known.session_id] = rank
    if beaten:
        change = update(attempts).where(attempts.c.id == bindparam("beaten")).values(is_last=False)
        connection.execute(change, beaten)
    return best, alone


def _update(
    connection: Connection,
    moved: Iterable[Attempt],
    known: Mapping[int, Row[Any]],
    at: datetime,
    number: _Numbers,
) -> None:
    plain, numbered = [], []
    for row in moved:
        before = known[row.id]
        values = {
            "which": row.id,
            "status": row.status.value,
            "finished": row.finished_at,
            "ended": row.ended_at,
            "cancel_requested": row.cancel_requested,
            "canceling_since": (before.canceling_since or at) if row.status is Status.CANCELING else None,
            "pool_id": row.pool_id,
            "seen": milliseconds(at),
        }
        if before.status == row.status:
            plain.append(values)
        else:
            numbered.append({**values, "changed": number.next()})
    for rows in (plain, numbered):
        if rows:
            change = update(attempts).where(attempts.c.id == bindparam("which"))
            names = [name for name in rows[0] if name != "which"]
            connection.execute(change.values({name: bindparam(name) for name in names}), rows)
