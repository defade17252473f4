"""The database: one file, plain readers beside one writer.

SQLite lets one write at a time. Two engines on one file keep readers from waiting behind a writer; the writer
takes its lock when it begins (BEGIN IMMEDIATE), so that it waits its turn there rather than fail half-way.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event, insert, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.core.errors import SettingsError
from bot.store import tables
from bot.store.address import Address, parse_address
from bot.store.migrations import is_newer, upgrade
from bot.store.troubles import told

WAIT = 5.0  # seconds that anyone waits for a lock


@dataclass(frozen=True, slots=True)
class Account:
    """Which account a database serves: its API's URL and, where known, its owner. Neither is a secret.

    `owner` is the number before the slash of a Treasure Data key, empty where there is none.
    """

    url: str
    owner: str = ""

    def same(self, other: "Account") -> bool:
        """Whether both may be one account: an owner that is not known speaks against nothing."""
        owners = {self.owner, other.owner} - {""}
        return self.url == other.url and len(owners) < 2


class AnotherAccount(SettingsError):
    """The file holds the data of another account: `run` ends with it, `ask` goes on in memory."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open database, for the modules of this package. Errors come as StoreError."""

    address: Address
    readers: AsyncEngine
    writer: AsyncEngine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database throughout."""
        with told(self.address):
            async with self.readers.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that alone may write; committed at the end, rolled back by an error."""
        with told(self.address):
            async with self.writer.begin() as connection:
                yield connection


@asynccontextmanager
async def open_store(
    url: str, account: Account, *, folder: Path = Path(), wait: float = WAIT
) -> AsyncIterator[Store]:
    """Open the database of `account`, made or brought up to date where need be.

    Relative paths begin at `folder`; `wait` is how many seconds to wait for another process's lock.
    Raises SettingsError (no such folder, not SQLite, newer than the code), AnotherAccount, StoreError.
    """
    address = parse_address(url, folder)
    _check_place(address)
    async with AsyncExitStack() as stack:
        store = await _engines(address, wait, stack)
        async with store.writing() as connection:  # its lock keeps a second process out until all is in place
            await connection.run_sync(_prepare, address, account)
        yield store


async def _engines(address: Address, wait: float, stack: AsyncExitStack) -> Store:
    if address.file is None:
        return await _in_memory(address, wait, stack)
    url = URL.create("sqlite+aiosqlite", database=str(address.file.absolute()))
    readers = _engine(url, "BEGIN", wait, connections=4)
    stack.push_async_callback(readers.dispose)
    writer = _engine(url, "BEGIN IMMEDIATE", wait, connections=1)
    stack.push_async_callback(writer.dispose)
    return Store(address, readers, writer)


async def _in_memory(address: Address, wait: float, stack: AsyncExitStack) -> Store:
    """One connection for all, in turn; another stays open beside it, for memory is gone with its last one."""
    name = f"file:lookout-{uuid4().hex}?mode=memory&cache=shared&uri=true"
    engine = _engine(f"sqlite+aiosqlite:///{name}", "BEGIN IMMEDIATE", wait, connections=1)
    stack.push_async_callback(engine.dispose)
    keeper = _engine(f"sqlite+aiosqlite:///{name}", "BEGIN", wait, connections=1)
    stack.push_async_callback(keeper.dispose)
    idle = await stack.enter_async_context(keeper.connect())
    await idle.rollback()
    return Store(address, engine, engine)


def _engine(url: URL | str, begin: str, wait: float, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
        connect_args={"isolation_level": None, "timeout": wait},  # None: sqlite3 begins nothing by itself
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _check_place(address: Address) -> None:
    if address.file is None:
        return
    if not address.file.parent.is_dir():
        raise SettingsError(
            f"{address.name} needs the folder {address.file.parent}, which is not there:"
            " make the folder, or name another file in DATABASE_URL."
        )
    if address.file.is_dir():
        raise SettingsError(f"{address.name} is a folder: add a file's name to DATABASE_URL.")


def _prepare(connection: Connection, address: Address, account: Account) -> None:
    if is_newer(connection):
        raise SettingsError(
            f"{address.name} was written by a newer version of Lookout:"
            " run that version, or name another file in DATABASE_URL."
        )
    upgrade(connection)
    _claim(connection, address, account)


def _claim(connection: Connection, address: Address, account: Account) -> None:
    row = connection.execute(select(tables.account.c.url, tables.account.c.owner)).one_or_none()
    if row is None:
        connection.execute(insert(tables.account).values(id=1, url=account.url, owner=account.owner))
    elif not account.same(Account(row.url, row.owner)):
        raise AnotherAccount(
            f"{address.name} belongs to another account, at {row.url}:"
            " name another file in DATABASE_URL, or move this one away."
        )
