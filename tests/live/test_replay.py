"""What the live tests push and start is what a real server takes: their client against its recordings."""

from typing import Any

import pytest
import yaml

from . import workflows
from .digdag import Digdag, NotTaken, Started, archive
from .recorded import RECORDINGS, conversation, keys, recorded, workflows_in
from .replay import Pretend, Script, replayed, serving
from .staging import staged

TAKEN = [
    *("attempt-put-200", "attempt-put-retry-all-200", "attempt-put-resume-200", "attempt-put-retry-success"),
    *("attempt-put-params-with-unicode", "attempt-put-retry-name-japanese"),
    *("attempt-put-same-session-409", "attempt-put-same-instant-409", "attempt-put-resume-again-409"),
    *("attempt-put-resume-no-retry-name-409", "attempt-kill-200", "attempt-kill-409", "attempt-kill-404"),
    *("attempt-put-unknown-workflow-404", "attempt-put-resume-success-400"),
    *("project-push", "project-push-second-revision", "project-push-409-revision"),
    *(
        "life-error-resume-success",
        "life-kill-wait",
        "life-kill-shell",
        "life-two-revisions",
        "life-parallel",
    ),
    *("life-project-deleted", "life-error-hook", "life-group-retry"),
]


@pytest.mark.parametrize("name", TAKEN)
async def test_the_client_says_what_was_recorded_and_understands_the_answer(name: str) -> None:
    steps = [step for step in conversation(name) if "/logs/" not in step["request"]["path"]]
    script = Script(list(steps))
    async with replayed(script) as client:
        for step in steps:
            assert await said(client, step["request"]) == understood(step)
    assert script.steps == []


async def said(client: Digdag, request: Any) -> Any:
    """A recorded request, made by the client; the number of a refusal."""
    path, body, query = request["path"], request["body"], request["query"]
    try:
        match [request["method"], *path.split("/")[2:]]:
            case ["PUT", "attempts"]:
                retry, resume = body.get("retryAttemptName"), body.get("resume")
                return await client.start(
                    body["workflowId"], body["sessionTime"], body["params"], retry=retry, resume=resume
                )
            case ["PUT", "projects"]:
                return await client.push(query["project"], workflows.MAIN, query["revision"])
            case ["POST", "attempts", attempt, "kill"]:
                return await client.kill(attempt)
            case ["DELETE", "projects", project]:
                return await client.delete(project)
        return await client.get(path, **query)
    except NotTaken as refusal:
        return refusal.status


def understood(step: Any) -> Any:
    """What the client must make of a recorded answer."""
    status, body, method = step["response"]["status"], step["response"]["body"], step["request"]["method"]
    match method, step["request"]["path"]:
        case "PUT", "/api/attempts" if status in {200, 409}:
            return Started(body, new=status == 200)
        case "POST", _ if status in {200, 409}:
            return status == 200
        case "DELETE", _:
            return status == 200
    return body if status == 200 else status


async def test_a_request_that_was_not_recorded_is_told() -> None:
    async with replayed(Script(conversation("attempt-put-200"))) as client:
        with pytest.raises(NotTaken, match="599"):
            await client.start("28", "2026-09-01T00:00:00Z")


async def test_a_free_slot_is_waited_for() -> None:
    full, free = conversation("attempt-put-limit-400"), conversation("attempt-put-200")
    again = [{**full[0], "response": free[0]["response"]}]
    script = Script([*full, *full, *again])
    async with replayed(script) as client:
        body = full[0]["request"]["body"]
        started = await client.start(body["workflowId"], body["sessionTime"], body["params"])
    assert started == Started(free[0]["response"]["body"], new=True)
    assert script.steps == []


async def test_the_whole_stage_is_taken_without_a_refusal() -> None:
    """Whatever is pushed, started, retried, killed and deleted before the live tests look."""
    played = Pretend(slots=4)
    async with serving(played) as address, staged(address, pause=0) as stage:
        ends = {kind: (await stage.attempts(each))[-1] for kind, each in stage.sessions.items()}
    assert ends["resumed"]["status"] == "success"
    assert ends["failed twice"]["status"] == "error"
    assert ends["failed twice"]["index"] == 2
    assert ends["killed"]["cancelRequested"]
    assert not ends["running"]["done"]
    assert ends["used before"]["project"]["name"] == ends["used again"]["project"]["name"]
    assert ends["used before"]["project"]["id"] != ends["used again"]["project"]["id"]


async def test_the_stage_is_cleared_whatever_happens() -> None:
    played = Pretend()
    async with serving(played) as address:
        with pytest.raises(ZeroDivisionError):
            async with staged(address, pause=0):
                raise ZeroDivisionError
    assert played.deleted == played.projects.keys()
    assert all(row["done"] or row["cancelRequested"] for row in played.attempts.values())


async def test_a_stage_that_could_not_be_set_is_cleared_too() -> None:
    """A server whose slots are all taken for longer than one waits."""
    played = Pretend(slots=0)
    async with serving(played) as address:
        with pytest.raises(AssertionError, match="a free slot"):
            async with staged(address, pause=0, patience=0.2):
                pytest.fail("nothing could be started")
    assert played.deleted == played.projects.keys() != set()


def test_the_workflows_use_nothing_that_was_not_recorded() -> None:
    """Operators and options that a real server has run; `timezone` is in each row of its workflows."""
    known = {key for name in sorted(RECORDINGS.glob("*workflow*.json")) for key in keys_in(name.stem)}
    known |= {key for row in recorded("project-workflows").body["workflows"] for key in row}
    pushed = [*workflows.MAIN.values(), *workflows.ODD.values(), workflows.STUBBORN]
    used = {key for text in pushed for key in keys(yaml.safe_load(text)) if not key.startswith("+")}
    assert used <= known


def keys_in(name: str) -> set[str]:
    return {key for step in conversation(name) for key in keys(step["response"]["body"])}


def test_an_archive_holds_the_workflows_as_they_are() -> None:
    files = {**workflows.MAIN, **workflows.ODD}
    assert workflows_in(archive(files)) == files
