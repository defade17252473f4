"""Lists of sessions on a real server say what the server says."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from . import truth, workflows
from .asking import ZONE, Asker, typed
from .digdag import Address
from .staging import Stage, home

pytestmark = pytest.mark.asyncio(loop_scope="session")

WANTED: dict[str, Callable[[truth.Row], bool]] = {
    "failed": lambda last: truth.status(last) == "error",
    "killed": lambda last: truth.status(last) == "killed",
    "running": lambda last: truth.status(last) == "running",
    "success": lambda last: truth.status(last) == "success",
    "canceling": lambda last: truth.status(last) == "canceling",
    "finished": lambda last: bool(last["done"]),
    "unfinished": lambda last: not last["done"],
    "retried": lambda last: last["index"] > 1,
    "": lambda _: True,
}


@pytest.mark.parametrize("words", WANTED)
async def test_a_list_holds_the_sessions_that_the_server_has(stage: Stage, bot: Asker, words: str) -> None:
    lasts = await stage.lasts("main")
    wanted = truth.ids(last for last in lasts.values() if WANTED[words](last))
    asked = f"{words} {stage.homes['main'].words}"
    answer = await bot.ask(asked)
    kind = f"{words} session".strip() + ("" if len(wanted) == 1 else "s")
    assert answer.header == f"{len(wanted)} {kind} · last 24 h"
    assert answer.text.startswith(answer.header)
    assert f"as of {answer.text.rpartition('as of ')[2][:8]} {ZONE}" in answer.body[-1]
    rows = await bot.all_rows(asked)
    assert rows.keys() == wanted
    for session_id, row in rows.items():
        told_alike(row, lasts[session_id])


def told_alike(row: str, last: truth.Row) -> None:
    """A row of a list and the last attempt it stands for."""
    word = {"error": "failed"}.get(truth.status(last), truth.status(last))
    title, facts, *_ = row.split("\n")
    assert f"*{word}*" in title
    assert title.endswith(f"#{last['sessionId']}")
    assert f"/sessions/{last['sessionId']}|{last['project']['name']} / {last['workflow']['name']}>" in title
    assert facts.startswith(f"for {truth.session_time(last)} · ")
    assert ("ended " in facts) == last["done"]
    assert (f"attempt {last['index']}" in facts) == (last["index"] > 1)


async def test_each_failed_row_tells_its_error_s_first_line(stage: Stage, bot: Asker) -> None:
    lasts = await stage.lasts("main")
    rows = await bot.all_rows(f"failed {stage.homes['main'].words}")
    errors = {}
    for session_id, row in rows.items():
        told = truth.error(truth.failed_task(await stage.tasks(lasts[session_id]["id"])))
        assert row.endswith(f"\n`{told}`")
        errors[lasts[session_id]["workflow"]["name"]] = told
    assert errors.pop("sides") in {"south has no data", "west has no data"}
    assert errors == {
        "boom": "boom",
        "exit3": "Command failed with code 3 (runtime)",
        "hooked": "the real reason",
        "caller": "boom",
        "rounds": "checksum differs",
        "flaky": "input file is missing",
        "tokyo": "no rows for this day",
    }


async def test_the_newest_come_first(stage: Stage, bot: Asker) -> None:
    lasts = await stage.lasts("main")
    rows = await bot.all_rows(stage.homes["main"].words)
    moments = [lasts[each]["finishedAt"] or lasts[each]["createdAt"] for each in rows]
    assert moments == sorted(moments, reverse=True)


async def test_the_status_menu_counts_as_the_server_does(stage: Stage, bot: Asker) -> None:
    lasts = await stage.lasts("main")
    tally = Counter(truth.status(last) for last in lasts.values())
    menu = (await bot.ask(f"failed {stage.homes['main'].words}")).options("Status")
    counted = {word: int(count) for word, count in (option.split(" · ") for option in menu)}
    assert counted.pop("all") == len(lasts)
    assert counted.pop("failed") == tally.pop("error")
    assert {word: count for word, count in counted.items() if count} == tally


async def test_the_summary_counts_what_has_finished(stage: Stage, bot: Asker) -> None:
    tally = Counter(truth.status(last) for last in (await stage.lasts("main")).values())
    finished = tally["success"] + tally["error"] + tally["killed"]
    summary = (await bot.ask(f"failed {stage.homes['main'].words}")).body[0]
    assert summary.startswith(f"of {finished} finished, {tally['success'] / finished:.1%}".replace("%", " %"))
    assert f"{tally['killed']} killed" in summary


async def test_by_workflow_gathers_the_sessions_of_each(stage: Stage, bot: Asker) -> None:
    answer = await bot.ask(f"failed by workflow {stage.homes['main'].words}")
    groups = [text for text in answer.body if " / boom\n" in text]
    assert len(groups) == 1
    assert "2 failed" in groups[0]


async def test_for_a_day_goes_by_the_session_time_s_own_offset(stage: Stage, bot: Asker) -> None:
    lasts = await stage.lasts("main")
    for day in (f"{stage.first:%Y-%m-%d}", f"{stage.second:%Y-%m-%d}"):
        wanted = truth.ids(last for last in lasts.values() if last["sessionTime"].startswith(day))
        answer = await bot.ask(f"for {day} {stage.homes['main'].words}")
        assert answer.header == f"{len(wanted)} sessions · for {day}"
        assert (await bot.all_rows(f"for {day} {stage.homes['main'].words}")).keys() == wanted
    assert stage.sessions["next day in Tokyo"] in wanted


@pytest.mark.parametrize("kind", ["main", "odd", "gone", "used again"])
async def test_a_csv_holds_what_the_server_says(stage: Stage, bot: Asker, kind: str) -> None:
    kinds = ("used before", "used again") if kind == "used again" else (kind,)
    lasts = await stage.lasts(*kinds)
    given = list(csv.DictReader(io.StringIO(await bot.csv(stage.homes[kind].words))))
    assert len(given) == len(lasts)
    for row in given:
        last = lasts[row["session_id"]]
        told = truth.error(truth.failed_task(await stage.tasks(last["id"])))
        assert row == {
            "session_id": last["sessionId"],
            "attempt_id": last["id"],
            "project": last["project"]["name"],
            "workflow": last["workflow"]["name"],
            "session_time": truth.utc(last["sessionTime"]),
            "status": truth.status(last),
            "created_at": truth.utc(last["createdAt"]),
            "finished_at": truth.utc(last["finishedAt"]),
            "attempts": str(len(await stage.attempts(last["sessionId"]))),
            "error": told.partition("\n")[0] if truth.status(last) == "error" else "",
        }


async def test_one_that_was_asked_to_cancel_is_canceling_and_not_running(stage: Stage, bot: Asker) -> None:
    name = f"lookout-live-{stage.suffix}-stubborn-{uuid4()}"
    stubborn = await home(stage, name, name, {"stubborn": workflows.STUBBORN})
    started = await stage.server.start(stubborn.workflows["stubborn"], stage.first.isoformat())
    await stage.server.reached(started.attempt["id"], "running")
    assert await stage.server.kill(started.attempt["id"])
    canceling = await bot.ask(f"canceling {stubborn.words}")
    running = await bot.ask(f"running {stubborn.words}")
    assert canceling.header == "1 canceling session · last 24 h"
    assert running.header == "0 running sessions · last 24 h"
    assert canceling.rows.keys() == {started.attempt["sessionId"]}


async def test_ask_prints_the_same_list(stage: Stage, address: Address, bot: Asker, tmp_path: Path) -> None:
    words = f"failed {stage.homes['odd'].words}"
    printed = await typed(address, tmp_path, f"/sessions {words}", "--json", "--zone", ZONE)
    assert printed.status == 0, printed.err
    here = await bot.ask(words)
    assert printed.answer.header == here.header == "1 failed session · last 24 h"
    assert printed.answer.rows == here.rows
    assert workflows.FIRST_LINE[:40] in printed.answer.text
    assert not any("<!" in text for text in printed.answer.raw)
    assert (tmp_path / "lookout.db").exists()


async def test_ask_prints_a_csv_and_nothing_else(stage: Stage, address: Address, tmp_path: Path) -> None:
    printed = await typed(address, tmp_path, f"/sessions failed csv {stage.homes['main'].words}")
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    lasts = await stage.lasts("main")
    assert printed.status == 0, printed.err
    assert {row["session_id"] for row in rows} == truth.ids(
        last for last in lasts.values() if truth.status(last) == "error"
    )


async def test_a_session_s_later_state_is_told_at_once(stage: Stage, bot: Asker) -> None:
    """Nothing is remembered from an answer to the next."""
    name = f"lookout-live-{stage.suffix}-once-{uuid4()}"
    once = await home(stage, name, name, {"flaky": workflows.FLAKY})
    started = await stage.server.start(once.workflows["flaky"], stage.first.isoformat(), {"ok": False})
    failed = await stage.server.done(started.attempt["id"])
    assert (await bot.ask(f"failed {once.words}")).rows.keys() == {failed["sessionId"]}
    retried = await stage.server.start(
        once.workflows["flaky"], failed["sessionTime"], {"ok": True}, retry="once more"
    )
    await stage.server.done(retried.attempt["id"])
    assert (await bot.ask(f"failed {once.words}")).header == "0 failed sessions · last 24 h"
    assert (await bot.ask(f"retried {once.words}")).rows.keys() == {failed["sessionId"]}
