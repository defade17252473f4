"""A lease: of several processes on one database, which one does what need not be done twice.

It is thrift, not safety: who was stopped and wakes may do a little more before it knows, and two at once must
do no harm.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, func, literal, or_, select, update

from bot.store.store import Store
from bot.store.tables import Utc, leases

TTL = timedelta(seconds=15)
"""How long a lease lasts without being renewed."""
NEVER = float("-inf")


def real_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Lease:
    """The lease `name`, for `holder`: a text that no other process has.

    PostgreSQL goes by its own clock; on SQLite all are on one machine, whose clock `now` tells (UTC). `clock`
    is monotonic, in seconds, and goes on while a process is stopped. `ttl` is the same for all.
    """

    store: Store
    name: str
    holder: str
    ttl: timedelta = TTL
    now: Callable[[], datetime] = real_now
    clock: Callable[[], float] = time.monotonic
    _until: float = field(default=NEVER)

    def held(self) -> bool:
        """Whether it is ours, as far as can be known without asking the database."""
        return self.clock() < self._until

    async def take(self) -> bool:
        """Take it where it is free, or renew it; whether it is ours now. Raises StoreError."""
        asked = self.clock()
        now = self._now()
        free = or_(
            leases.c.holder == self.holder,
            leases.c.until <= now,
            leases.c.until > self._after(now, 2 * self.ttl),  # a clock that was set back
        )
        change = update(leases).where(leases.c.name == self.name, free)
        change = change.values(holder=self.holder, until=self._after(now, self.ttl))
        async with self.store.writing() as connection:
            ours = (await connection.execute(change)).rowcount > 0
        self._until = asked + self.ttl.total_seconds() if ours else NEVER
        return ours

    async def release(self) -> None:
        """Let go of it, where it is ours, for another to take at once. Raises StoreError."""
        self._until = NEVER
        mine = leases.c.name == self.name, leases.c.holder == self.holder
        async with self.store.writing() as connection:
            await connection.execute(update(leases).where(*mine).values(holder="", until=self._now()))

    async def whose(self) -> str | None:
        """Who holds it, None for nobody. Raises StoreError."""
        query = select(leases.c.holder).where(leases.c.name == self.name, leases.c.until > self._now())
        async with self.store.reading() as connection:
            return (await connection.scalar(query)) or None

    def _now(self) -> ColumnElement[datetime]:
        if self.store.address.server is None:
            return literal(self.now(), Utc)
        return func.clock_timestamp(type_=DateTime(timezone=True))

    def _after(self, now: ColumnElement[datetime], more: timedelta) -> ColumnElement[datetime]:
        if self.store.address.server is None:
            return literal(self.now() + more, Utc)
        return now + literal(more)
