"""The asks: what was asked, kept so that turning an answer's pages reads nothing again."""

import asyncio
import secrets
from base64 import b32encode
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from bot.store.store import Store
from bot.store.tables import asks

KEPT_FOR = timedelta(days=7)
KEPT_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Ask:
    """A question and what its pages are drawn from.

    `team` and `asker` are Slack's ids; `as_of` (UTC) is what its pages are cut at; `zone` is an IANA name;
    `payload` is its maker's own: it is kept as it is.
    """

    id: str
    team: str
    asker: str
    words: str
    zone: str
    as_of: datetime
    made_at: datetime
    payload: bytes


def random_id() -> str:
    """Ten characters of a–z and 2–7 that nobody guesses."""
    return b32encode(secrets.token_bytes(7)).decode().lower()[:10]


@dataclass(frozen=True, slots=True)
class Asks:
    """The asks of a store: at most `kept_bytes` in all, none older than `kept_for`; the oldest go first."""

    store: Store
    new_id: Callable[[], str] = random_id
    kept_for: timedelta = KEPT_FOR
    kept_bytes: int = KEPT_BYTES
    coming: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def later(self, ask_id: str, putting: Coroutine[Any, Any, None]) -> None:
        """Have an ask put by itself; who gets it meanwhile waits for that."""
        self.coming[ask_id] = task = asyncio.create_task(putting)
        task.add_done_callback(lambda _: self.coming.pop(ask_id, None))

    async def settle(self) -> None:
        """Wait for what is coming."""
        await asyncio.gather(*self.coming.values(), return_exceptions=True)

    async def put(self, ask: Ask) -> None:
        """Keep an ask, and let go of what is too old or too much by then."""
        row = {name: getattr(ask, name) for name in Ask.__dataclass_fields__}

        def work(connection: Connection) -> None:
            connection.execute(insert(asks).values(**row, size=_size(ask)))
            self._bound(connection, ask.made_at)

        await self.store.write(work)

    async def get(self, ask_id: str, now: datetime) -> Ask | None:
        """The ask, or None where it is not, or no longer, kept."""
        if ask_id in self.coming:
            await asyncio.wait({self.coming[ask_id]})
        columns = [asks.c[name] for name in Ask.__dataclass_fields__]
        query = select(*columns).where(asks.c.id == ask_id, asks.c.made_at >= now - self.kept_for)
        row = await self.store.read(lambda connection: connection.execute(query).one_or_none())
        return Ask(*row) if row else None

    async def update(self, ask_id: str, payload: bytes) -> bool:
        """Put another payload in an ask's place, its age unchanged; False where it is no longer kept."""
        size = asks.c.size - func.length(asks.c.payload) + len(payload)
        change = update(asks).where(asks.c.id == ask_id).values(payload=payload, size=size)
        return await self.store.write(lambda connection: connection.execute(change).rowcount > 0)

    async def count(self) -> int:
        """How many are kept."""
        await self.settle()
        query = select(func.count()).select_from(asks)
        return await self.store.read(lambda connection: connection.scalar(query) or 0)

    async def prune(self, now: datetime) -> None:
        """Let go of what is too old or too much."""
        await self.store.write(lambda connection: self._bound(connection, now))

    def _bound(self, connection: Connection, now: datetime) -> None:
        self._let_go(connection, asks.c.made_at < now - self.kept_for)
        total = connection.scalar(select(func.sum(asks.c.size)))
        if total is not None and total > self.kept_bytes:
            newer = func.sum(asks.c.size).over(order_by=[asks.c.made_at.desc(), asks.c.id])
            ranked = select(asks.c.id, newer.label("bytes")).subquery()
            too_much = select(ranked.c.id).where(ranked.c.bytes > self.kept_bytes)
            self._let_go(connection, asks.c.id.in_(too_much))

    def _let_go(self, connection: Connection, which: ColumnElement[bool]) -> None:
        """What another process lets go of at this moment is left to it: nobody waits for the other."""
        free = select(asks.c.id).where(which).with_for_update(skip_locked=True)
        connection.execute(delete(asks).where(asks.c.id.in_(free)))


def _size(ask: Ask) -> int:
    """Bytes of a row, near enough: what is beside words and payload is short."""
    return len(ask.payload) + len(ask.words.encode()) + 200
