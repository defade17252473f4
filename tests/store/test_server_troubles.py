"""What a PostgreSQL server refuses or suffers is told in a sentence with the cure, and with no secret."""

import asyncio
import logging
import traceback
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.core.errors import StoreError
from bot.store.attempts import Attempts
from bot.store.progress import News
from bot.store.store import Account, Store, open_store
from tests.postgresql import PASSWORD, Server, name_of

SITE = Account("https://api-workflow.treasuredata.com", "12")


async def refused(url: str) -> str:
    """The sentence with which a database does not open."""
    with pytest.raises(StoreError) as caught:
        async with open_store(url, SITE, wait=0.05):
            pass
    whole = "".join(traceback.format_exception(caught.value))
    assert "hush" not in whole
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_wrong_password_is_told(postgresql: Server) -> None:
    said = await refused(postgresql.url("postgres", password="hush-hush"))
    assert "The database postgres on 127.0.0.1 refuses the user or password" in said


async def test_a_user_that_is_not_there_is_told(postgresql: Server) -> None:
    assert "refuses the user or password" in await refused(postgresql.url("postgres", user="nobody"))


async def test_a_database_that_is_not_there_is_told(postgresql: Server) -> None:
    assert "is not there: make it" in await refused(postgresql.url("nowhere"))


async def test_a_server_that_is_not_there_is_told(postgresql: Server) -> None:
    nobody = postgresql.url("postgres").replace(f":{postgresql.port}/", ":1/")
    assert "cannot be reached: see that its server runs" in await refused(nobody)


async def test_a_server_without_ssl_is_told_where_it_is_asked_for(postgresql: Server) -> None:
    plain = postgresql.new_database().replace("sslmode=prefer", "sslmode=require")
    assert "sslmode" in await refused(plain)


async def test_a_server_without_a_connection_left_is_told(postgresql: Server) -> None:
    url = postgresql.new_database()
    postgresql.tell(f"ALTER DATABASE {name_of(url)} CONNECTION LIMIT 0")
    assert "has no connection left" in await refused(url)


async def test_a_user_without_the_right_to_make_tables_is_told(postgresql: Server) -> None:
    assert "does not let this user make and write tables" in await refused(postgresql.url("postgres"))


async def test_a_standby_is_told(postgresql: Server) -> None:
    url = postgresql.new_database()
    postgresql.tell(f"ALTER DATABASE {name_of(url)} SET default_transaction_read_only = on")
    assert "can only be read: it is a standby" in await refused(url)


async def test_a_lock_that_another_process_keeps_is_told(postgresql: Server) -> None:
    url = postgresql.new_database()
    async with open_store(url, SITE) as store, store.writing() as other:
        await other.execute(text("lock table account"))
        assert "in use by another process" in await refused(url)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("53100", "its disk is full"),
        ("53200", "runs short"),
        ("58030", "see that its disk is healthy"),
        ("XX001", "is damaged"),
        ("57014", "took too long"),
    ],
)
async def test_what_a_server_suffers_is_told(state: str, sentence: str, postgresql: Server) -> None:
    async with open_store(postgresql.new_database(), SITE) as store:
        with pytest.raises(StoreError, match=sentence):
            await tell(store, f"do $$ begin raise 'hush' using errcode = '{state}'; end $$")


async def tell(store: Store, statement: str) -> None:
    async with store.writing() as connection:
        await connection.execute(text(statement))


async def test_a_mistake_of_ours_stays_one(postgresql: Server) -> None:
    async with open_store(postgresql.new_database(), SITE) as store:
        with pytest.raises(DBAPIError):
            await tell(store, "select no_such_column from account")


async def test_a_connection_lost_in_the_middle_is_told_and_the_next_one_works(postgresql: Server) -> None:
    url = postgresql.new_database()
    async with open_store(url, SITE) as store:
        with pytest.raises(StoreError, match="broke off the connection"):
            await cut_off(store, postgresql, url, "update account set owner = '14'")
        postgresql.cut(url)  # all that the pool keeps
        async with store.reading() as connection:
            assert await connection.scalar(text("select owner from account")) == "12"


async def cut_off(store: Store, server: Server, url: str, *more: str) -> None:
    """Writes, is cut off, and goes on."""
    async with store.writing() as connection:
        await connection.execute(text("update account set owner = '13'"))
        server.cut(url)
        for statement in more:
            await connection.execute(text(statement))


async def test_a_lost_connection_at_the_end_is_told(postgresql: Server) -> None:
    url = postgresql.new_database()
    async with open_store(url, SITE) as store:
        with pytest.raises(StoreError, match="broke off the connection"):
            await cut_off(store, postgresql, url)


async def test_a_deadlock_is_told(postgresql: Server) -> None:
    async with open_store(postgresql.new_database(), SITE) as store:
        both = asyncio.Barrier(2)

        async def lock(first: str, second: str) -> None:
            async with store.writing() as connection:
                await connection.execute(text(f"lock table {first}"))
                await both.wait()
                await connection.execute(text(f"lock table {second}"))

        ends = await asyncio.gather(lock("account", "asks"), lock("asks", "account"), return_exceptions=True)
        (error,) = [end for end in ends if end is not None]
        assert isinstance(error, StoreError)
        assert "one had to give way: ask again" in str(error)


async def test_a_transaction_in_which_nothing_happens_keeps_no_lock_for_ever(postgresql: Server) -> None:
    async with open_store(postgresql.new_database(), SITE) as store, store.writing() as connection:
        limits = await connection.scalar(text("show idle_in_transaction_session_timeout"))
        assert limits == "10s"
        assert await connection.scalar(text("show lock_timeout")) == "15s"


@pytest.mark.long
async def test_who_is_stopped_in_the_middle_keeps_others_out_for_a_moment_only(postgresql: Server) -> None:
    url = postgresql.new_database()
    async with open_store(url, SITE) as stopped, open_store(url, SITE) as other:
        with pytest.raises(StoreError, match="broke off the connection"):
            await stop_in_the_middle(stopped, other)
        assert (await Attempts(stopped).progress()).odd == 1


async def stop_in_the_middle(stopped: Store, other: Store) -> None:
    async with stopped.writing() as connection:
        await connection.execute(text("select * from mirror for update"))
        await Attempts(other).put((), datetime.now(UTC), News(odd=frozenset({1})))


async def test_reading_writes_nothing(postgresql: Server) -> None:
    async with open_store(postgresql.new_database(), SITE) as store:
        with pytest.raises(StoreError, match="can only be read"):
            async with store.reading() as connection:
                await connection.execute(text("update account set owner = '13'"))


async def test_no_log_holds_the_password(postgresql: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with open_store(postgresql.new_database(), SITE) as store, store.reading() as connection:
            await connection.execute(text("select 1"))
            assert PASSWORD not in f"{store!r} {store.engines.writer.url!r} {store.engines.writer!r}"
        await refused(postgresql.url("postgres", password="hush-hush"))
    assert caplog.records
    assert "hush" not in caplog.text
