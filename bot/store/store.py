"""The database, opened for one account: what other modules of this package read and write through."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, Executable, func, insert, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import SettingsError
from bot.store import tables
from bot.store.address import Address, parse_address
from bot.store.engines import WAIT, Engines, engines
from bot.store.migrations import all_known, steps_of, upgrade
from bot.store.troubles import told

Value = TypeVar("Value")
Statement: TypeAlias = Executable
"""What a transaction does beside, made by the module that owns the table."""

ADVISORY = 0x4C6F6F6B6F7574
"""PostgreSQL's lock on the opening of a database ("Lookout")."""


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
    """The database holds the data of another account: `run` ends with it, `ask` goes on in memory."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open database, for the modules of this package. Errors come as StoreError."""

    address: Address
    engines: Engines
    writers: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database throughout."""
        with told(self.address):
            async with self.engines.readers.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; committed at the end, rolled back by an error.

        In SQLite it alone writes. In PostgreSQL others write beside it, and it sees what they commit: what
        depends on what was read takes a lock first.
        """
        with told(self.address):
            async with self._turn(), self.engines.writer.begin() as connection:
                yield connection

    async def read(self, work: Callable[[Connection], Value]) -> Value:
        """Have `work` done in a transaction as `reading` gives it; with a file of SQLite's, in a thread."""
        with told(self.address):
            if self.engines.threads is not None:
                return await _in_thread(self.engines.threads.readers, work)
            async with self.engines.readers.begin() as connection:
                return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], Value]) -> Value:
        """Have `work` done in a transaction as `writing` gives it; with a file of SQLite's, in a thread."""
        with told(self.address):
            async with self._turn():
                if self.engines.threads is not None:
                    return await _in_thread(self.engines.threads.writer, work)
                async with self.engines.writer.begin() as connection:
                    return await connection.run_sync(work)

    def _turn(self) -> AbstractAsyncContextManager[object]:
        """SQLite has those that write wait by looking again and again: within a process they queue."""
        return self.writers if self.engines.threads is not None else nullcontext()


async def _in_thread(engine: Engine, work: Callable[[Connection], Value]) -> Value:
    """A thread cannot be cancelled: who is cancelled waits for it, and leaves no connection behind."""
    thread = asyncio.create_task(asyncio.to_thread(_within, engine, work))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait({thread})
        raise


def _within(engine: Engine, work: Callable[[Connection], Value]) -> Value:
    with engine.begin() as connection:
        return work(connection)


@asynccontextmanager
async def open_store(
    url: str, account: Account, *, folder: Path = Path(), wait: float = WAIT
) -> AsyncIterator[Store]:
    """Open the database of `account`, made or brought up to date where need be.

    Relative paths begin at `folder`; `wait` is how many seconds to wait for another process's lock.
    Raises SettingsError (no such folder, an unknown kind, newer than the code), AnotherAccount, StoreError.
    """
    address = parse_address(url, folder)
    _check_place(address)
    async with AsyncExitStack() as stack:
        store = Store(address, await engines(address, wait, stack))
        async with store.writing() as connection:  # its lock keeps a second process out until all is in place
            await connection.run_sync(_prepare, address, account)
        yield store


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
    if address.server is not None:
        connection.execute(select(func.pg_advisory_xact_lock(ADVISORY)))
    steps = steps_of(connection)
    if not all_known(steps):
        raise SettingsError(
            f"{address.name} was written by a newer version of Lookout:"
            f" run that version, or, if it is another program's, {address.another}."
        )
    if not steps and (strange := _ours(connection)):
        raise SettingsError(f"{address.name} holds another program's table {strange}: {address.another}.")
    upgrade(connection)
    _claim(connection, address, account)


def _ours(connection: Connection) -> str | None:
    """The name of a table that would be ours to make and is there."""
    there = tables.metadata.tables.keys() & set(inspect(connection).get_table_names())
    return min(there, default=None)


def _claim(connection: Connection, address: Address, account: Account) -> None:
    row = connection.execute(select(tables.account.c.url, tables.account.c.owner)).one_or_none()
    if row is None:
        connection.execute(insert(tables.account).values(id=1, url=account.url, owner=account.owner))
    elif not account.same(Account(row.url, row.owner)):
        raise AnotherAccount(f"{address.name} belongs to another account, at {row.url}: {address.another}.")
