"""Why attempts failed: read once, kept longer than the attempts themselves. Texts are redacted before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store.rows import chunks
from bot.store.store import Store
from bot.store.tables import attempts, failures

KEPT_FOR = timedelta(days=400)
LONGEST = 4000
"""Characters of an error that are kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The root error of a failed attempt: the full name of its task, the text and its fingerprint; all empty
    where no task tells one."""

    attempt_id: int
    task: str = ""
    error: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Failures:
    store: Store

    async def unread(self, most: int) -> Sequence[int]:
        """Failed attempts whose root error has not been read, the newest first."""
        query = (
            select(attempts.c.id)
            .where(attempts.c.status == "error", ~attempts.c.diagnosed)
            .order_by(attempts.c.id.desc())
            .limit(most)
        )
        return await self.store.read(lambda connection: connection.scalars(query).all())

    async def count_unread(self) -> int:
        """How many failed attempts there are whose root error has not been read."""
        query = select(func.count()).where(attempts.c.status == "error", ~attempts.c.diagnosed)
        return await self.store.read(lambda connection: connection.scalar(query) or 0)

    async def put(self, found: Failure) -> None:
        """Keep what was read. Twice is once; an attempt that is gone meanwhile leaves nothing."""
        await self.store.write(lambda connection: _put(connection, found))

    async def errors(self, ids: Iterable[int]) -> dict[int, str]:
        """By attempt, the text of its root error, "" where it has none; missing where it was not read."""
        wanted = tuple(ids)
        if not wanted:
            return {}

        return await self.store.read(lambda connection: errors_of(connection, wanted))

    async def prune(self, before: datetime) -> None:
        async with self.store.writing() as connection:
            await connection.execute(delete(failures).where(failures.c.finished < before))


def errors_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """See `Failures.errors`."""
    found: dict[int, str] = {}
    for some in chunks(ids):
        query = select(failures.c.attempt_id, failures.c.error)
        rows = connection.execute(query.where(failures.c.attempt_id.in_(some))).all()
        found |= {row.attempt_id: row.error for row in rows}
    return found


def _put(connection: Connection, found: Failure) -> None:
    mine = attempts.c.id == found.attempt_id
    about = select(attempts.c.workflow, attempts.c.finished).where(mine, ~attempts.c.diagnosed)
    row = connection.execute(about.with_for_update()).one_or_none()
    if row is None:
        return
    connection.execute(delete(failures).where(failures.c.attempt_id == found.attempt_id))
    connection.execute(
        insert(failures).values(
            attempt_id=found.attempt_id,
            workflow=row.workflow,
            finished=row.finished,
            task=found.task,
            error=found.error[:LONGEST],
            fingerprint=found.fingerprint,
        )
    )
    connection.execute(update(attempts).where(mine).values(diagnosed=True))
