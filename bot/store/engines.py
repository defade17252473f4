"""Connections to the database, each kind in its own way.

SQLite lets one write at a time. Two engines on one file keep readers from waiting behind a writer; the writer
takes its lock when it begins (BEGIN IMMEDIATE), so that it waits its turn there rather than fail half-way.
PostgreSQL takes one engine: readers see one state of it, writers lock what they change.
"""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.address import Address

WAIT = 5.0
"""Seconds that anyone waits for a lock in SQLite; in PostgreSQL three times as long."""
IDLE = 10.0
"""Seconds after which PostgreSQL ends a transaction in which nothing happens: that of a process that was
stopped or cut off, which would keep its locks for ever. Shorter than others wait for them."""
CONNECTIONS = 6
"""Of one process to PostgreSQL: small plans have 20 in all, and a deploy overlaps."""


@dataclass(frozen=True, slots=True)
class Engines:
    """For transactions that read and for those that write; `threads`: the same, for work in a thread."""

    readers: AsyncEngine
    writer: AsyncEngine
    threads: "Threads | None" = None


@dataclass(frozen=True, slots=True)
class Threads:
    """Engines whose connections block: many statements in one thread cost one turn of the event loop, where
    an asynchronous driver takes several for each."""

    readers: Engine
    writer: Engine


async def engines(address: Address, wait: float, stack: AsyncExitStack) -> Engines:
    """Opened as they are used, closed with `stack`; `wait` is how many seconds to wait for a lock."""
    if address.server is not None:
        return _server(address.server, wait, stack)
    if address.file is None:
        return await _memory(wait, stack)
    url = URL.create("sqlite+aiosqlite", database=str(address.file.absolute()))
    readers = _sqlite(url, "BEGIN", wait, connections=4)
    stack.push_async_callback(readers.dispose)
    writer = _sqlite(url, "BEGIN IMMEDIATE", wait, connections=1)
    stack.push_async_callback(writer.dispose)
    return Engines(readers, writer, _threads(address.file, wait, stack))


def _threads(file: Path, wait: float, stack: AsyncExitStack) -> Threads:
    url = URL.create("sqlite", database=str(file.absolute()))
    made = []
    for begin, connections in (("BEGIN", 4), ("BEGIN IMMEDIATE", 1)):
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=30,
            connect_args={"isolation_level": None, "timeout": wait, "check_same_thread": False},
        )
        _begin_with(engine, begin)
        stack.callback(engine.dispose)
        made.append(engine)
    return Threads(*made)


async def _memory(wait: float, stack: AsyncExitStack) -> Engines:
    """One connection for all, in turn; another stays open beside it, for memory is gone with its last one."""
    name = f"file:lookout-{uuid4().hex}?mode=memory&cache=shared&uri=true"
    engine = _sqlite(f"sqlite+aiosqlite:///{name}", "BEGIN IMMEDIATE", wait, connections=1)
    stack.push_async_callback(engine.dispose)
    keeper = _sqlite(f"sqlite+aiosqlite:///{name}", "BEGIN", wait, connections=1)
    stack.push_async_callback(keeper.dispose)
    idle = await stack.enter_async_context(keeper.connect())
    await idle.rollback()
    return Engines(engine, engine)


def _sqlite(url: URL | str, begin: str, wait: float, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
        connect_args={"isolation_level": None, "timeout": wait},  # None: sqlite3 begins nothing by itself
    )

    _begin_with(engine.sync_engine, begin)
    return engine


def _begin_with(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""How soon a server that is gone is given up; what DATABASE_URL says goes before it."""


def _server(server: Mapping[str, str], wait: float, stack: AsyncExitStack) -> Engines:
    engine = create_async_engine(
        "postgresql+psycopg://",  # without the password: an engine's own text holds its URL
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,  # a server that was away meanwhile is no trouble
        use_native_hstore=False,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        # Poolers give each transaction another connection: nothing prepared may outlast it.
        connect_args={"application_name": "lookout", "prepare_threshold": None, **PATIENCE, **server},
    )
    stack.push_async_callback(engine.dispose)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        limits = {"lock_timeout": 3 * wait, "idle_in_transaction_session_timeout": IDLE}
        for name, seconds in limits.items():
            cursor.execute(f"SET {name} = {int(seconds * 1000)}")
        cursor.close()
        connection.commit()

    readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(readers, engine)
