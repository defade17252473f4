"""`python -m bot ask`: what goes to standard output, what to standard error, and how it ends."""

import asyncio
import csv
import io
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground.account import Account, Key, Written

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


async def ask(*typed: str, folder: Path, **environ: str) -> Ended:
    return await ran("ask", *typed, folder=folder, **environ)


async def ran(*typed: str, folder: Path, **environ: str) -> Ended:
    """A process of its own in `folder`, with nothing in its environment but what is given."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    root = str(Path(__file__).parents[2])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *typed),
        cwd=folder,
        env={**inherited, "PYTHONPATH": root, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def account(auth: Key | None = None) -> AsyncIterator[Account]:
    history = Written()
    now = datetime.now(UTC)
    history.run("sales", "daily_load", created=now - HOUR, outcome="error", error="boom\nand more")
    history.run("sales", "daily_load", created=now - 2 * HOUR, outcome="success")
    async with Account(history, auth=auth) as served:
        yield served


async def test_the_answer_is_printed_and_the_database_made_in_the_folder(tmp_path: Path) -> None:
    async with account() as served:
        ended = await ask(
            "/sessions failed",
            "--zone",
            "Asia/Tokyo",
            folder=tmp_path,
            WORKFLOW_URL=served.url,
            TD_API_KEY="1/a",
        )
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("1 failed session · last 24 h\n")
    assert "`boom`" in ended.out
    assert "Asia/Tokyo" in ended.out
    assert (tmp_path / "lookout.db").exists()


async def test_json_prints_the_payload_and_nothing_else(tmp_path: Path) -> None:
    async with account() as served:
        ended = await ask(
            "sessions failed", "--json", folder=tmp_path, WORKFLOW_URL=served.url, TD_API_KEY="1/a"
        )
    payload = json.loads(ended.out)
    assert set(payload) == {"text", "blocks"}
    assert payload["blocks"][0]["text"]["text"] == "1 failed session · last 24 h"


async def test_a_csv_is_printed_whole_and_what_it_cannot_say_stands_beside_it(tmp_path: Path) -> None:
    async with account() as served:
        served.faults.only_sessions()
        ended = await ask("/sessions csv", folder=tmp_path, WORKFLOW_URL=served.url, TD_API_KEY="1/a")
    assert ended.status == 0
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [row["status"] for row in rows] == ["error", "success"]
    assert {row["attempts"] for row in rows} == {""}
    assert "later retries of older sessions may be missed" in ended.err


async def test_an_answer_that_cannot_be_had_ends_with_one_and_nothing_on_standard_output(
    tmp_path: Path,
) -> None:
    async with account(Key("1/right")) as served:
        wrong = await ask(
            "/sessions failed", "--json", folder=tmp_path, WORKFLOW_URL=served.url, TD_API_KEY="1/wrong"
        )
    assert (wrong.status, wrong.out) == (1, "")
    assert "TD_API_KEY" in wrong.err
    assert "1/wrong" not in wrong.err
    assert "Traceback" not in wrong.err


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ([], "Lookout"),
        (["sesions failed"], "I don't know `sesions`. Did you mean `sessions failed`?"),
        (["/sessions", "faled"], "I don't know `faled`. Did you mean `failed`?"),
        (["/sessions 99"], "There is no session 99"),
        (["/lookout status"], "Lookout is well"),
    ],
)
async def test_any_text_is_answered(tmp_path: Path, typed: list[str], begins: str) -> None:
    async with account() as served:
        ended = await ask(*typed, folder=tmp_path, WORKFLOW_URL=served.url, TD_API_KEY="1/a")
    assert ended.status == 0
    assert ended.out.startswith(begins)


async def test_the_file_of_another_account_is_left_alone_and_said_so(tmp_path: Path) -> None:
    async with account() as one, account() as other:
        await ask("/sessions", folder=tmp_path, WORKFLOW_URL=one.url, TD_API_KEY="1/a")
        ended = await ask("/sessions", folder=tmp_path, WORKFLOW_URL=other.url, TD_API_KEY="1/a")
    assert ended.status == 0
    assert ended.out.startswith("2 sessions · last 24 h")
    assert "belongs to another account" in ended.err


async def test_wrong_options_end_with_two_and_missing_settings_with_their_names(tmp_path: Path) -> None:
    wrong = await ask(
        "/sessions", "--zone", "Mars/Olympus", folder=tmp_path, WORKFLOW_URL="http://127.0.0.1:1"
    )
    assert wrong.status == 2
    assert "Mars/Olympus" in wrong.err
    missing = await ask("/sessions", folder=tmp_path)
    assert missing.status == 1
    assert "TD_API_KEY is missing" in missing.err
