"""What a real Digdag answered, the account's `digdag` flavour answers in an equal situation, key by key.

From each recorded answer a history is written that mirrors it; the same request must then give the same body.
"""

import json
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.playground.account import Account, Auth, Basic, Clock, Open, Task, Written

TLS = ssl.create_default_context()  # made once: it takes 50 ms
RECORDINGS = Path(__file__).parents[2] / "recordings"
ENDPOINT = re.compile(
    r"/api/(sessions|attempts|projects|workflows|version|nope)"
    r"(/[^/]+(/(attempts|tasks|retries|sessions|workflows)(/[^/]+)?)?)?|/api/project"
)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEADERS = {  # the headers themselves were not recorded
    "auth-401-wrong": "Basic " + b64encode(b"lookout:wrong").decode(),
    "auth-200": "Basic " + b64encode(b"lookout:secret").decode(),
    "auth-500-malformed": "Basic",
    "auth-500-td1": "TD1 1/abc",
}


def recorded() -> Iterator[Any]:
    for path in sorted(RECORDINGS.glob("*.json")):
        conversation = json.loads(path.read_text())
        for place, step in enumerate(conversation.get("steps", [conversation])):
            request, response = step["request"], step["response"]
            asked = request["method"] in ("GET", "HEAD", "OPTIONS") or response["status"] == 405
            if asked and ENDPOINT.fullmatch(request["path"]):
                yield pytest.param(path.stem, request, response, id=f"{path.stem}-{place}")


@pytest.mark.parametrize(("name", "request_", "response"), list(recorded()))
async def test_it_answers_as_the_real_server(name: str, request_: Any, response: Any) -> None:
    history = mirror(request_, response)
    most = 4 if "small-max" in name else 100
    async with Account(history, clock=at_noon(), flavour="digdag", auth=auth(name), most=most) as account:
        given = await ask(account, name, request_)
    assert given.status_code == response["status"]
    for header in ("content-type", "content-encoding", "allow"):
        assert given.headers.get(header) == response["headers"].get(header)
    assert ("content-length" in given.headers) == ("content-length" in response["headers"])
    wanted = response["body"]
    if wanted is None:
        assert given.content == b""
    elif given.headers["content-type"].startswith("text/html"):
        assert given.text.startswith("<html>")
    elif given.headers["content-type"].startswith("text/plain"):
        assert given.text == wanted
    else:
        assert shape(given.json()) == shape(wanted)
        assert without_digests(given.json()) == without_digests(wanted)


async def ask(account: Account, name: str, request: Any) -> httpx.Response:
    headers = {"Accept": "text/plain"} if name == "accept-406" else {}
    if name in HEADERS:
        headers["Authorization"] = HEADERS[name]
    async with httpx.AsyncClient(verify=TLS) as client:
        url = httpx.URL(account.url + request["path"]).copy_merge_params(request["query"] or {})
        return await client.request(request["method"], url, headers=headers)


def at_noon() -> Clock:
    clock = Clock()
    clock.freeze(NOW)
    return clock


def auth(name: str) -> Auth:
    return Basic("lookout", "secret") if name.startswith("auth-") else Open()


def shape(value: Any) -> Any:
    """Keys in their order, kinds of values, and the forms of texts that have one."""
    match value:
        case dict():
            return [(key, shape(each)) for key, each in value.items()]
        case list():
            return [shape(each) for each in value]
        case str():
            return next((form for form, pattern in FORMS.items() if re.fullmatch(pattern, value)), "text")
        case _:
            return type(value).__name__


FORMS = {
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "session time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d",
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "number": r"\d+",
    "digest": r"[A-Za-z0-9+/]{22}==",
}


def without_digests(value: Any) -> Any:
    """The same without checksums, and the id of a revision, which is nowhere else in the API."""
    if isinstance(value, dict):
        return {key: without_digests(each) for key, each in value.items() if key != "archiveMd5"}
    if isinstance(value, list):
        return [without_digests(each) for each in value]
    return re.sub(r"in revision id=\d+", "in revision", value) if isinstance(value, str) else value


# The mirror: a history in which the recorded answer is right.


def mirror(request: Any, response: Any) -> Written:
    history, body = Written(), response["body"]
    if response["status"] == 200 and isinstance(body, dict):
        for key in ("projects", "workflows", "sessions", "attempts"):
            for row in sorted(body.get(key, []), key=lambda row: int(row["id"])):
                write(history, row)
        write(history, body)
    elif isinstance(body, dict):
        deleted(history, body["message"])
    around(history, request, response)
    return history


def write(history: Written, row: dict[str, Any]) -> None:
    match row:
        case {"lastAttempt": last}:
            write_attempt(history, row, last, int(row["id"]), None)
        case {"sessionId": session}:
            write_attempt(history, row, row, int(session), row["index"])
        case {"timezone": zone, "config": config}:
            home = project(history, row["project"])
            number, revision = int(row["id"]), row["revision"]
            history.workflow(home, row["name"], id=number, zone=zone, config=config, revision=revision)
        case {"archiveType": _, "revision": revision}:
            created, updated = time(row["createdAt"]), time(row["updatedAt"])
            number = int(row["id"])
            history.project(row["name"], id=number, created=created, updated=updated, revision=revision)


def project(history: Written, row: dict[str, str]) -> Any:
    for found in history.projects(NOW):
        if found.id == int(row["id"]):
            return found
    return history.project(row["name"], id=int(row["id"]))


def write_attempt(
    history: Written, row: dict[str, Any], run: dict[str, Any], session: int, index: int | None
) -> None:
    outcome = "success" if run["success"] else "killed" if run["cancelRequested"] else "error"
    waits = "canceling" if run["cancelRequested"] else "running"
    given = {
        "id": int(run["id"]),
        "index": index,
        "created": time(run["createdAt"]),
        "finished": time(run["finishedAt"]),
        "outcome": outcome if run["done"] else waits,
        "params": run["params"],
        "retry_name": run["retryAttemptName"],
        "workflow_id": int(row["workflow"]["id"]),
    }
    earlier = history.session(session, NOW)
    if earlier:
        history.retry(earlier[-1], **given)
        return
    at = datetime.fromisoformat(row["sessionTime"])
    home, name = project(history, row["project"]), row["workflow"]["name"]
    history.run(home, name, session_id=session, session_time=at, uuid=row["sessionUuid"], **given)


def around(history: Written, request: Any, response: Any) -> None:
    """What must be there for a request to be answered: its project, or the attempt of the tasks."""
    path, query, found = request["path"].split("/"), request["query"] or {}, response["status"] == 200
    projects = history.projects(NOW)
    if "project" in query and found and not projects:
        history.project(query["project"])
    if (
        path[2] == "projects"
        and len(path) > 4
        and not projects
        and "project id" not in str(response["body"]).lower()
    ):
        history.project("shop-data", id=int(path[3]))
    if path[-1] == "tasks" and found:
        history.run(id=int(path[3]), tasks=[task(row) for row in response["body"]["tasks"]])


def task(row: dict[str, Any]) -> Task:
    return Task(
        id=int(row["id"]),
        name=row["fullName"],
        parent=None if row["parentId"] is None else int(row["parentId"]),
        state=row["state"],
        updated=time(row["updatedAt"]) or NOW,
        started=time(row["startedAt"]),
        retry_at=time(row["retryAt"]),
        config=row["config"],
        upstreams=tuple(int(number) for number in row["upstreams"]),
        group=row["isGroup"],
        cancel_requested=row["cancelRequested"],
        export=row["exportParams"],
        store=row["storeParams"],
        states=row["stateParams"],
        error=row["error"],
    )


def deleted(history: Written, message: str) -> None:
    match = re.fullmatch(r"Project id=(\d+) is already deleted at (.+)", message)
    if match is not None:
        home = history.project("old-shop", id=int(match[1]))
        history.delete_project(home, datetime.fromisoformat(match[2]))


def time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
