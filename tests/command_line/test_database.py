"""A database that is not to be used: `run` ends with the cure, `ask` goes on in memory and says so."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.playground.account import Account, Written
from bot.store.store import Account as Owner
from bot.store.store import open_store
from tests.postgresql import Server
from tests.store.test_open_store import sql

SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "5ec2e7", "PORT": "0"}


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


async def bot(*typed: str, **environ: str) -> Ended:
    """A process of its own that ends by itself, with nothing in its environment but what is given."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *typed),
        cwd=Path(__file__).parents[2],
        env={**inherited, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


async def run(account: Account, database: str) -> str:
    """The sentence with which it does not start."""
    ended = await bot("run", WORKFLOW_URL=account.url, TD_API_KEY="1/a", DATABASE_URL=database, **SLACK)
    assert (ended.status, ended.out) == (1, ""), ended
    assert ended.err.count("\n") == 1
    assert "hush" not in ended.err
    return ended.err


async def ask(account: Account, database: str) -> str:
    """What it says beside its answer."""
    ended = await bot("ask", "sessions", WORKFLOW_URL=account.url, TD_API_KEY="1/a", DATABASE_URL=database)
    assert ended.status == 0, ended
    assert ended.out.startswith("1 session · last 24 h")
    assert ended.err.endswith("Going on in memory.\n")
    assert "hush" not in ended.err
    return ended.err


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    history = Written()
    history.run("sales", "daily_load", created=datetime.now(UTC) - timedelta(hours=1), outcome="success")
    async with Account(history) as served:
        yield served


async def test_the_database_of_another_account(account: Account, database: str) -> None:
    async with open_store(database, Owner("http://127.0.0.1:65432")):
        pass
    assert "belongs to another account" in await run(account, database)
    assert "name another" in await ask(account, database)


async def test_a_database_newer_than_the_code(account: Account, database: str) -> None:
    async with open_store(database, Owner(account.url)) as store, store.writing() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    assert "newer version of Lookout: run that version, or, if" in await run(account, database)
    assert "newer version" in await ask(account, database)


async def test_the_database_of_another_program(account: Account, database: str) -> None:
    sql(database, "create table posts (id integer)")
    said = "holds another program's table posts: name another "
    assert said in await run(account, database)
    assert said in await ask(account, database)


async def test_a_damaged_file(account: Account, tmp_path: Path) -> None:
    file = tmp_path / "lookout.db"
    async with open_store(f"sqlite:///{file}", Owner(account.url)):
        pass
    with file.open("r+b") as damaged:
        damaged.seek(100)
        damaged.write(b"\xff" * (file.stat().st_size - 100))
    cure = "is damaged: move the file away, and a new one is made at the next start"
    assert cure in await run(account, f"sqlite:///{file}")
    assert cure in await ask(account, f"sqlite:///{file}")


async def test_a_server_that_refuses(account: Account, postgresql: Server) -> None:
    wrong = postgresql.url("postgres", password="hush-hush")
    assert "refuses the user or password" in await run(account, wrong)
    assert "refuses the user or password" in await ask(account, wrong)
