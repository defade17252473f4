"""The story of one session on a real server says what the server says of it, field by field."""

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from . import truth, workflows
from .asking import ZONE, Answer, Asker
from .digdag import Address
from .staging import PARAMS, RETRY_NAME, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS = [
    *("ok", "boom", "exit3", "hooked", "sides", "caller", "rounds", "next day in Tokyo"),
    *("resumed", "failed twice", "killed", "running", "odd", "gone", "used before", "used again"),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_story_holds_every_field_of_the_server_s(stage: Stage, bot: Asker, kind: str) -> None:
    session = await stage.server.get(f"/api/sessions/{stage.sessions[kind]}")
    attempts = await stage.attempts(session["id"])
    last, short = attempts[-1], session["lastAttempt"]
    assert short["id"] == last["id"]
    story = await bot.ask(session["id"])
    tells_of(story, last, len(attempts))
    assert f"uuid `{session['sessionUuid']}`" in "\n".join(story.body)
    assert f"(id `{session['workflow']['id']}`)" in story.fields["Workflow"]
    assert ("retry name" in "\n".join(story.body)) == (short["retryAttemptName"] is not None)
    secret = {"api_token": "[redacted]"} if "api_token" in short["params"] else {}
    assert params_of(story) == {**short["params"], **secret}


def tells_of(story: Answer, attempt: truth.Row, count: int) -> None:
    """The story's fields, and the attempt as the server has it."""
    status, fields = truth.status(attempt), story.fields
    project, workflow = attempt["project"], attempt["workflow"]
    word = {"error": "failed"}.get(status, status)
    assert story.header.endswith(f"{word} · {project['name']} / {workflow['name']}")
    assert word in fields["Status"]
    assert fields["Session time"] == truth.session_time(attempt)
    assert fields["Attempt"] == f"attempt {attempt['index']} of {count}"
    assert fields["Session id"] == f"`{attempt['sessionId']}`"
    assert fields["Attempt id"] == f"`{attempt['id']}`"
    assert fields["Project"] == f"`{project['name']}` (id `{project['id']}`)"
    assert fields["Workflow"].strip("`").startswith(workflow["name"])
    assert fields["Started"].endswith(clock(attempt["createdAt"]))
    assert ran_as(fields, attempt)
    flags = [("done", "done"), ("success", "success"), ("cancel requested", "cancelRequested")]
    told = " · ".join(f"{label}: {'yes' if attempt[key] else 'no'}" for label, key in flags)
    assert told in story.body
    assert "sessions ·" not in story.text


def ran_as(fields: dict[str, str], attempt: truth.Row) -> bool:
    if not attempt["done"]:
        return fields["Ended"] == "not yet" and fields["Ran"].endswith("so far")
    ran = truth.instant(attempt["finishedAt"]) - truth.instant(attempt["createdAt"])
    said = f"{ran.seconds} s" if ran < timedelta(minutes=1) else f"{round(ran.seconds / 60)} min"
    return fields["Ended"].endswith(clock(attempt["finishedAt"])) and fields["Ran"].startswith(said)


def clock(at: str) -> str:
    """The time of day where the asker is."""
    return f"{truth.instant(at).astimezone(ZoneInfo(ZONE)):%H:%M}"


def params_of(story: Answer) -> dict[str, Any]:
    said = next(text for text in story.body if text.startswith(("params `", "no params")))
    params: dict[str, Any] = json.loads(said.removeprefix("params ").strip("`")) if "`" in said else {}
    return params


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in {"ok", "resumed", "killed", "running"}]
)
async def test_a_failed_one_tells_the_task_and_the_whole_error(stage: Stage, bot: Asker, kind: str) -> None:
    last = (await stage.attempts(stage.sessions[kind]))[-1]
    task = truth.failed_task(await stage.tasks(last["id"]))
    assert task is not None
    story = await bot.ask(f"#{last['sessionId']}")
    told = "\n".join(story.body)
    assert "*Failed task* " in told
    assert task["fullName"] in told
    assert truth.error(task) in told
    assert truth.error(task) in story.text


async def test_a_name_or_error_that_looks_like_a_mention_pings_nobody(stage: Stage, bot: Asker) -> None:
    story = await bot.ask(stage.sessions["odd"])
    assert not any("<!" in text for text in story.raw)
    assert any("&lt;!channel&gt;" in text for text in story.raw)
    assert f"{workflows.FIRST_LINE}\n{workflows.SECOND_LINE}" in story.text


@pytest.mark.parametrize("kind", ["ok", "resumed", "killed", "running"])
async def test_one_that_did_not_fail_tells_no_error(stage: Stage, bot: Asker, kind: str) -> None:
    told = "\n".join((await bot.ask(stage.sessions[kind])).body)
    assert "Failed task" not in told
    assert "could not be read" not in told


@pytest.mark.parametrize("kind", ["resumed", "failed twice"])
async def test_an_earlier_attempt_has_its_own_story(stage: Stage, bot: Asker, kind: str) -> None:
    first, last = await stage.attempts(stage.sessions[kind])
    story = await bot.ask(f"attempt:{first['id']}")
    tells_of(story, first, 2)
    told = "\n".join(story.body)
    assert "input file is missing" in told
    for each in (first, last):
        word = {"error": "failed"}.get(truth.status(each), truth.status(each))
        assert f"{word} · attempt {each['index']} · id {each['id']} · ended" in told


async def test_a_retry_s_name_is_told_and_a_secret_among_its_params_is_not(stage: Stage, bot: Asker) -> None:
    story = await bot.ask(stage.sessions["failed twice"])
    assert f"retry name `{RETRY_NAME}`" in "\n".join(story.body)
    assert PARAMS["api_token"] not in json.dumps(story.payload)
    assert params_of(story)["店"] == PARAMS["店"]


async def test_a_pasted_link_opens_the_session(stage: Stage, address: Address, bot: Asker) -> None:
    session_id = stage.sessions["boom"]
    link = f"{address.url}/sessions/{session_id}"
    for words in (link, f"<{link}>", f"<{link}|boom>", f"#{session_id}"):
        assert (await bot.ask(words)).fields["Session id"] == f"`{session_id}`"


async def test_a_row_s_details_open_its_story(stage: Stage, bot: Asker) -> None:
    page = await bot.ask(f"failed {stage.homes['longer name'].words}")
    (value,) = [block["accessory"]["value"] for block in page.payload["blocks"] if "accessory" in block]
    story = await bot.ask(value.removeprefix("sessions "))
    assert story.fields["Session id"] == f"`{stage.sessions['longer name']}`"


async def test_an_id_that_the_server_does_not_have_is_said_to_be_none(stage: Stage, bot: Asker) -> None:
    for words in ("999999999999", "attempt:999999999999"):
        assert "There is no" in (await bot.ask(words)).text
