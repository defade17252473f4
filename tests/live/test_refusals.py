"""The replay refuses what a real server refuses, in its words: both get the same requests."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from . import workflows
from .digdag import Digdag, archive, digdag
from .recorded import Given, envelope, recorded
from .replay import Pretend, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

START = {"workflowId": "", "sessionTime": "2026-02-01T00:00:00Z", "params": {}}
JSON, GZIP = {"Content-Type": "application/json"}, {"Content-Type": "application/gzip"}
PUSH = {"project": f"lookout-live-{uuid4().hex[:8]}-refused", "revision": "1"}
FILES = archive({"ok": workflows.OK})


def start(without: str = "", **changes: object) -> dict[str, Any]:
    """A start whose `workflowId` is put in where it is empty."""
    body = {**START, **changes}
    return {"json": {key: value for key, value in body.items() if key != without}}


async def chunks() -> AsyncIterator[bytes]:
    yield FILES


STARTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown workflow": (start(workflowId="999999999"), "unknown-workflow-404"),
    "names alone": (start("workflowId", projectName="p", workflowName="w"), "by-name-400"),
    "no session time": (start("sessionTime"), "no-session-time-400"),
    "no params": (start("params"), "no-params-400"),
    "no zone": (start(sessionTime="2026-02-01T00:00:00"), "no-zone-400"),
    "an empty retry name": (start(retryAttemptName=""), "empty-retry-name-400"),
    "a long retry name": (start(retryAttemptName="r" * 256), "long-retry-name-400"),
    "an unknown mode": (
        start(retryAttemptName="x", resume={"mode": "zzz", "attemptId": "1"}),
        "resume-bad-mode-400",
    ),
    "a resume that is a text": (start(retryAttemptName="x", resume="failed"), "resume-malformed"),
    "no content type": ({"content": b"{}"}, "no-content-type-400"),
    "plain text": ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, "text-plain-400"),
    "no JSON": ({"content": b'{"workflowId":', "headers": JSON}, "bad-json-400"),
    "an empty body": ({"content": b"", "headers": JSON}, "empty-body-500"),
}
RESTEASY = recorded("attempt-put-text-plain-400")
LENGTH = envelope(400, "Content-Length header doesn't match with uploaded data size")
PUSHES: dict[str, tuple[dict[str, Any], Given]] = {
    "chunks": ({"params": PUSH, "content": chunks, "headers": GZIP}, LENGTH),
    "another type": (
        {"params": PUSH, "content": FILES, "headers": {"Content-Type": "application/octet-stream"}},
        RESTEASY,
    ),
    "no type": ({"params": PUSH, "content": FILES}, RESTEASY),
    "no archive": (
        {"params": PUSH, "content": b"hello", "headers": GZIP},
        envelope(400, "Input is not in the .gz format"),
    ),
    "no revision": (
        {"params": {"project": PUSH["project"]}, "content": FILES, "headers": GZIP},
        envelope(400, "revision= is required"),
    ),
    "a name of a task that is not ASCII": (
        {"params": PUSH, "content": archive({"a": "+取り込み:\n  echo>: a\n"}), "headers": GZIP},
        recorded("project-push-400-task-name"),
    ),
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that has a workflow which could be started."""

    client: Digdag
    workflow_id: str


@pytest_asyncio.fixture(params=["replay", "live"], scope="session", loop_scope="session")
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    async with AsyncExitStack() as stack:
        if request.param == "live":
            address = request.getfixturevalue("address")
        else:
            address = await stack.enter_async_context(serving(Pretend()))
        client = await stack.enter_async_context(digdag(address))
        project = await client.push(f"lookout-live-{uuid4().hex[:8]}", {"ok": workflows.OK})
        yield Server(client, (await client.workflows(project["id"]))["ok"])


@pytest.mark.parametrize("what", STARTS)
async def test_a_start_is_refused_for(server: Server, what: str) -> None:
    sent, name = STARTS[what]
    if sent.get("json", {}).get("workflowId") == "":
        sent = {"json": sent["json"] | {"workflowId": server.workflow_id}}
    refused_alike(await server.client.http.put("/api/attempts", **sent), recorded(f"attempt-put-{name}"))


@pytest.mark.parametrize("what", PUSHES)
async def test_a_push_is_refused_for(server: Server, what: str) -> None:
    sent, wanted = PUSHES[what]
    content = sent["content"]() if callable(sent["content"]) else sent["content"]
    refused_alike(await server.client.http.put("/api/projects", **{**sent, "content": content}), wanted)
    assert await server.client.get("/api/projects", name=PUSH["project"]) == {"projects": []}


def refused_alike(given: httpx.Response, wanted: Given) -> None:
    assert given.status_code == wanted.status
    if isinstance(wanted.body, str):
        assert given.headers["content-type"].startswith("text/html")
    else:
        assert given.json()["status"] == wanted.status
        assert words(given.json()["message"]) == words(wanted.body["message"])


def words(message: str) -> str:
    """The sentence, without what it quotes of the request and without places in it."""
    head = message.partition(" [Source:")[0].partition("\n")[0]
    return re.sub(r"\d{4}-\S+|id=\d+|\{\},ISO resolved to .*", "…", head)
