"""Opening a database: made where there is none, brought up to date, refused with the cure."""

import asyncio
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text

from bot.core.errors import LookoutError, SettingsError, StoreError
from bot.store.address import parse_address
from bot.store.asks import Asks
from bot.store.store import Account, AnotherAccount, Store, open_store
from bot.store.tables import account, metadata

SITE = Account("https://api-workflow.treasuredata.com", "12")


def sql(database: str, statement: str) -> list[tuple[object, ...]]:
    """What another program does with the database."""
    if database.startswith("sqlite:///"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as file, file:
            return file.execute(statement).fetchall()
    with psycopg.connect(database) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


async def opened(database: str, account: Account = SITE) -> None:
    async with open_store(database, account):
        pass


async def refusal(database: str, account: Account = SITE) -> LookoutError:
    with pytest.raises(LookoutError) as caught:
        await opened(database, account)
    said = str(caught.value)
    assert parse_address(database, Path()).name in said
    assert "\n" not in said
    assert "hush" not in said
    return caught.value


async def test_a_new_file_is_made_in_the_folder(tmp_path: Path) -> None:
    async with open_store("sqlite:///lookout.db", SITE, folder=tmp_path):
        pass
    made = f"sqlite:///{tmp_path / 'lookout.db'}"
    assert sql(made, "select url, owner from account") == [(SITE.url, "12")]
    assert sql(made, "pragma journal_mode") == [("wal",)]


async def test_a_name_with_odd_characters_is_a_name(tmp_path: Path) -> None:
    file = tmp_path / "50 % of #1 & ü.db"
    await opened(f"sqlite:///{file}")
    await opened(f"sqlite:///{file}")
    assert file.is_file()


async def test_the_migrations_lead_to_the_tables(database: str) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    for url in (database, "sqlite://"):
        async with open_store(url, SITE) as store, store.reading() as connection:
            assert await connection.run_sync(differences) == []


async def test_the_same_account_opens_it_again(database: str) -> None:
    for same in (SITE, SITE, Account(SITE.url)):
        await opened(database, same)


@pytest.mark.parametrize("other", [Account("http://127.0.0.1:65432"), Account(SITE.url, "13")])
async def test_another_account_is_turned_away(other: Account, database: str) -> None:
    await opened(database)
    error = await refusal(database, other)
    assert isinstance(error, AnotherAccount)
    assert "name another" in str(error)
    await opened(database)


async def test_a_database_newer_than_the_code_is_left_alone(database: str) -> None:
    await opened(database)
    sql(database, "update alembic_version set version_num = '9999'")
    error = await refusal(database)
    assert isinstance(error, SettingsError)
    assert "newer" in str(error)
    assert sql(database, "select version_num from alembic_version") == [("9999",)]


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert isinstance(await refusal(f"sqlite:///{tmp_path}/nowhere/lookout.db"), SettingsError)


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert isinstance(await refusal(f"sqlite:///{tmp_path}"), SettingsError)


async def test_a_file_of_something_else_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "lookout.db"
    file.write_text("not a database, but long enough to be looked at as one\n" * 50)
    before = file.read_bytes()
    assert "no SQLite file" in str(await refusal(f"sqlite:///{file}"))
    assert file.read_bytes() == before


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "lookout.db"
    await opened(f"sqlite:///{file}")
    with file.open("r+b") as damaged:
        damaged.seek(100)
        damaged.write(b"\xff" * (file.stat().st_size - 100))
    error = await refusal(f"sqlite:///{file}")
    assert isinstance(error, StoreError)
    assert "damaged" in str(error)


async def test_a_lock_that_another_process_keeps_is_told(tmp_path: Path) -> None:
    file = tmp_path / "lookout.db"
    await opened(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="in use by another process"):
            async with open_store(f"sqlite:///{file}", SITE, wait=0.01):
                pass


async def test_who_is_cancelled_leaves_no_work_behind(database: str) -> None:
    """A thread can't be stopped: its connection would outlive the store, and the next writer's turn begin."""
    begun, go_on, over = threading.Event(), threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        begun.set()
        go_on.wait(10)
        connection.execute(text("select 1"))
        over.set()

    async with open_store(database, SITE) as store:
        if store.engines.threads is None:
            pytest.skip("PostgreSQL's work is done in the event loop")
        asked = asyncio.create_task(store.write(work))
        await asyncio.to_thread(begun.wait, 10)
        asked.cancel()
        await asyncio.sleep(0)
        assert not asked.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert over.is_set()


async def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    file = tmp_path / "lookout.db"
    async with open_store(f"sqlite:///{file}", SITE) as store:
        with pytest.raises(StoreError, match="disk is full"):
            await fill(store)
    assert sql(f"sqlite:///{file}", "select name from sqlite_master where name = 'big'") == []


SLOW = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select max(i) from n"


async def fill(store: Store) -> None:
    """Write more than the database may hold, which SQLite tells as it tells a full disk."""
    async with store.writing() as connection:
        await connection.execute(text("pragma max_page_count = 20"))
        await connection.execute(text("create table big (bytes blob)"))
        await connection.execute(text("insert into big values (zeroblob(1000000))"))


async def test_a_disk_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    async with open_store("sqlite:///lookout.db", SITE, folder=tmp_path) as store:
        await store.write(lambda connection: connection.execute(text("pragma query_only = 1")).close())
        with pytest.raises(StoreError, match="cannot be written"):
            await Asks(store).prune(datetime.now(UTC))


async def test_readers_do_not_wait_for_a_writer(database: str) -> None:
    async with open_store(database, SITE) as store, store.writing() as writer:
        await writer.execute(text("update account set owner = '13'"))
        async with store.reading() as reader:
            assert await reader.scalar(text("select owner from account")) == "12"


async def test_a_reader_sees_one_state_throughout(database: str) -> None:
    async with open_store(database, SITE) as store, store.reading() as reader:
        before = await reader.scalar(text("select owner from account"))
        async with store.writing() as writer:
            await writer.execute(text("update account set owner = '13'"))
        assert await reader.scalar(text("select owner from account")) == before


async def test_writers_that_take_the_lock_take_turns(database: str) -> None:
    mine = select(account.c.owner).with_for_update()  # SQLite needs no such word
    async with open_store(database, Account("u", "0")) as store:

        async def count_up() -> None:
            async with store.writing() as connection:
                owner = int(await connection.scalar(mine) or 0)
                await asyncio.sleep(0)
                await connection.execute(text("update account set owner = :n"), {"n": str(owner + 1)})

        await asyncio.gather(*(count_up() for _ in range(20)))
    assert sql(database, "select owner from account") == [("20",)]


@pytest.mark.parametrize("memory", [False, True])
async def test_a_write_that_is_cancelled_leaves_no_trace_and_no_lock(memory: bool, database: str) -> None:
    async with open_store("sqlite://" if memory else database, SITE) as store:
        writing = asyncio.Event()

        async def write() -> None:
            async with store.writing() as connection:
                await connection.execute(text("update account set owner = '13'"))
                writing.set()
                await connection.execute(text(SLOW))

        task = asyncio.create_task(write())
        await writing.wait()
        task.cancel()
        assert isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)
        async with store.writing() as connection:
            assert await connection.scalar(text("select owner from account")) == "12"


async def test_memory_is_each_store_s_own() -> None:
    async with open_store("sqlite://", SITE), open_store("sqlite://", Account("http://other")):
        pass


OPEN = """
import asyncio, sys
from bot.store.address import parse_address
from bot.store.asks import Asks
from bot.store.store import Account, open_store

async def main():
    async with open_store(sys.argv[1], Account("http://one")):
        pass

sys.stdin.readline()
asyncio.run(main())
"""


async def test_processes_that_start_at_once_make_one_database(database: str) -> None:
    pipe = asyncio.subprocess.PIPE
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", OPEN, database, stdin=pipe, stderr=pipe)
        for _ in range(3)
    ]
    ends = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    assert [process.returncode for process in started] == [0, 0, 0], ends
    assert sql(database, "select url from account") == [("http://one",)]
