"""The account's server: pages, who may read, time, connections."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tdworkflow.client import Client

from bot.playground.account import Account, AnyKey, Auth, Basic, Clock, Forbidden, Key, Written, serve

TLS = ssl.create_default_context()  # made once: it takes 50 ms
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RECORDINGS = Path(__file__).parents[2] / "recordings"
KEY = {"Authorization": "TD1 1/abc"}


def frozen(at: datetime = NOW) -> Clock:
    clock = Clock()
    clock.freeze(at)
    return clock


@asynccontextmanager
async def opened(history: Written, **options: Any) -> AsyncIterator[tuple[Account, httpx.AsyncClient]]:
    async with (
        Account(history, clock=frozen(), **options) as account,
        httpx.AsyncClient(verify=TLS, base_url=account.url, headers=KEY) as client,
    ):
        yield account, client


async def ids(client: httpx.AsyncClient, path: str, **query: Any) -> list[int]:
    rows = (await client.get(path, params=query)).raise_for_status().json()
    return [int(row["id"]) for row in next(iter(rows.values()))]


def five() -> Written:
    history = Written()
    for _ in range(5):
        history.run()
    return history


async def test_pages_go_down_by_last_id() -> None:
    async with opened(five()) as (_, client):
        assert await ids(client, "/api/sessions", page_size=2) == [5, 4]
        assert await ids(client, "/api/sessions", page_size=2, last_id=4) == [3, 2]
        assert await ids(client, "/api/sessions", last_id=1) == []
        assert await ids(client, "/api/sessions", last_id=0) == []
        assert await ids(client, "/api/sessions", last_id=10**18) == [5, 4, 3, 2, 1]
        assert await ids(client, "/api/sessions", page_size=0) == []


async def test_a_retried_session_moves_up_in_the_attempt_list_but_not_in_the_session_list() -> None:
    history = five()
    history.retry(2)
    async with opened(history) as (_, client):
        assert await ids(client, "/api/sessions") == [5, 4, 3, 2, 1]
        assert await ids(client, "/api/attempts") == [6, 5, 4, 3, 1]
        assert await ids(client, "/api/attempts", include_retried="1") == [6, 5, 4, 3, 1]
        assert await ids(client, "/api/attempts", include_retried="true") == [6, 5, 4, 3, 2, 1]
        assert await ids(client, "/api/sessions/2/attempts") == [6, 2]
        assert await ids(client, "/api/attempts/6/retries") == [2, 6]
        session = (await client.get("/api/sessions/2")).json()
        assert session["lastAttempt"]["id"] == "6"


async def test_runs_can_be_added_while_it_serves() -> None:
    history = Written()
    async with opened(history) as (_, client):
        assert await ids(client, "/api/sessions") == []
        history.run()
        assert await ids(client, "/api/sessions") == [1]


async def test_a_row_is_seen_from_its_commit_on_even_below_others() -> None:
    history = Written()
    history.run(created=NOW, visible=NOW + timedelta(seconds=5))
    history.run(created=NOW)
    async with opened(history) as (account, client):
        assert await ids(client, "/api/attempts") == [2]
        assert (await client.get("/api/attempts/1")).status_code == 404
        account.clock.move(timedelta(seconds=5))
        assert await ids(client, "/api/attempts") == [2, 1]


@pytest.mark.parametrize(
    ("outcome", "hosted", "digdag"),
    [
        ("blocked", "blocked", "running"),
        ("queued", "queued", "running"),
        ("running", "running", "running"),
        ("canceling", "canceling", "running"),
        ("success", "success", "success"),
        ("error", "error", "error"),
        ("killed", "killed", "killed"),
    ],
)
async def test_hosted_knows_seven_statuses_and_digdag_four(outcome: str, hosted: str, digdag: str) -> None:
    history = Written()
    history.run(outcome=outcome)
    async with opened(history) as (account, client):
        assert (await client.get("/api/attempts/1")).json()["status"] == hosted
        assert (await client.get("/api/sessions/1")).json()["lastAttempt"]["status"] == hosted
        account.flavour = "digdag"
        assert (await client.get("/api/attempts/1")).json()["status"] == digdag
        assert "status" not in (await client.get("/api/sessions/1")).json()["lastAttempt"]


async def test_time_brings_an_attempt_from_the_queue_to_its_end() -> None:
    history = Written()
    start, end = NOW + timedelta(minutes=1), NOW + timedelta(minutes=3)
    history.run(created=NOW, started=start, finished=end, outcome="killed", cancel=NOW + timedelta(minutes=2))
    seen = []
    async with opened(history) as (account, client):
        for _ in range(4):
            seen.append((await client.get("/api/attempts/1")).json()["status"])
            account.clock.move(timedelta(minutes=1))
    assert seen == ["queued", "running", "canceling", "killed"]


async def test_what_waits_can_be_cancelled_and_ended_later() -> None:
    history = Written()
    waiting = history.run(outcome="queued")
    async with opened(history) as (_, client):
        history.cancel(waiting, NOW)
        assert (await client.get("/api/attempts/1")).json()["status"] == "canceling"
        history.finish(waiting, NOW, "error", "no luck")
        assert (await client.get("/api/attempts/1")).json()["status"] == "error"
        tasks = (await client.get("/api/attempts/1/tasks")).json()["tasks"]
        assert [task["error"]["message"] for task in tasks if task["error"]] == ["no luck"]


async def test_a_deleted_project_is_gone_by_name_and_id_while_its_sessions_stay_and_its_name_lives_on() -> (
    None
):
    history = Written()
    old = history.project("shop")
    history.run(old)
    history.delete_project(old, NOW - timedelta(hours=1))
    async with opened(history) as (_, client):
        assert (await client.get("/api/attempts", params={"project": "shop"})).status_code == 404
        assert (await client.get("/api/projects/1")).status_code == 404
        assert await ids(client, "/api/projects", name="shop") == []
        assert await ids(client, "/api/sessions") == [1]
        history.run(history.project("shop", created=NOW))
        assert await ids(client, "/api/projects", name="shop") == [2]
        assert await ids(client, "/api/attempts", project="shop") == [2]
        assert await ids(client, "/api/attempts") == [2, 1]


async def test_workflows_are_listed_as_last_pushed_and_found_by_name() -> None:
    history = Written()
    home = history.project("shop")
    history.workflow(home, "load")
    history.workflow(home, "send")
    history.workflow(home, "load", revision="rev-0002")
    async with opened(history) as (_, client):
        assert await ids(client, "/api/workflows") == [2, 3]
        assert await ids(client, "/api/workflows", order="desc", count=1) == [3]
        assert await ids(client, "/api/workflows", last_id=2) == [3]
        assert await ids(client, "/api/workflows", name_pattern="sho") == []
        assert await ids(client, "/api/workflows", name_pattern="sho", search_project_name="true") == [2, 3]
        assert await ids(client, "/api/projects/1/workflows", name="load") == [3]
        assert (await client.get("/api/projects/1/workflows/load")).json()["revision"] == "rev-0002"
        assert (await client.get("/api/workflows/1")).json()["revision"] == "rev-0001"


async def test_an_unknown_order_is_refused_in_the_real_servers_words() -> None:
    async with opened(five()) as (_, client):
        answer = await client.get("/api/workflows", params={"order": "zzz"})
    assert answer.status_code == 400
    assert answer.json() == {"message": "parameter 'order' must be either 'asc' or 'desc'", "status": 400}


async def test_a_negative_count_is_none_to_digdag_and_an_error_to_postgresql() -> None:
    history = Written()
    for name in ("shop", "crm"):
        history.run(name)
    async with opened(history, flavour="digdag") as (account, client):
        assert await ids(client, "/api/projects", count=-1) == [1, 2]
        assert await ids(client, "/api/workflows", count=-1) == [1, 2]
        assert await ids(client, "/api/workflows", count=0) == []
        account.flavour = "hosted"
        assert (await client.get("/api/projects", params={"count": -1})).status_code == 500
        assert (await client.get("/api/workflows", params={"count": -1})).status_code == 500


@pytest.mark.parametrize(
    "path", ["/api/sessions", "/api/sessions/2", "/api/attempts", "/api/attempts/2/tasks", "/api/projects/1"]
)
async def test_a_slash_at_the_end_changes_nothing(path: str) -> None:
    async with opened(five()) as (account, client):
        plain, slashed = await client.get(path), await client.get(f"{path}/")
        assert slashed.status_code == 200
        assert slashed.content == plain.content
        assert (await client.get(f"{path}//")).status_code == 404
        account.faults.only_sessions()
        assert (await client.get(f"{path}/")).status_code == (200 if path == "/api/sessions" else 404)


async def test_the_tasks_of_a_failed_run_are_those_of_a_real_one() -> None:
    recorded = json.loads((RECORDINGS / "tasks-fail.json").read_text())["response"]["body"]["tasks"]
    history = Written()
    history.run(outcome="error", error="boom")
    async with opened(history, flavour="digdag") as (_, client):
        tasks = (await client.get("/api/attempts/1/tasks")).json()["tasks"]
    assert [told(task) for task in tasks] == [told(task) for task in recorded]


def told(task: dict[str, Any]) -> list[Any]:
    same = [task[key] for key in ("state", "isGroup", "error", "cancelRequested")]
    return [*same, list(task), task["startedAt"] is None, len(task["upstreams"]), task["parentId"] is None]


@pytest.mark.parametrize(
    ("auth", "header", "status"),
    [
        (AnyKey(), None, 401),
        (AnyKey(), "TD1 1/anything", 200),
        (AnyKey(), "Basic abc", 401),
        (Key("1/abc"), "TD1 1/abc", 200),
        (Key("1/abc"), "TD1 1/other", 401),
        (Forbidden(), "TD1 1/abc", 403),
        (Basic("me", "secret"), "Basic bWU6c2VjcmV0", 200),
        (Basic("me", "secret"), "Basic bWU6d3Jvbmc=", 401),
        (Basic("me", "secret"), "TD1 1/abc", 500),
        (Basic("me", "secret"), None, 401),
    ],
)
async def test_who_may_read(auth: Auth, header: str | None, status: int) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with (
        Account(Written(), auth=auth) as account,
        httpx.AsyncClient(verify=TLS, base_url=account.url) as client,
    ):
        assert (await client.get("/api/sessions", headers=headers)).status_code == status
        assert (await client.get("/api/nope", headers=headers)).status_code == (
            404 if status == 200 else status
        )
        assert (await client.get("/api/version")).status_code == 200


async def test_the_log_tells_what_was_asked_and_never_a_key() -> None:
    async with opened(five()) as (account, client):
        await client.get("/api/attempts", params={"page_size": 3})
        (line,) = account.log
    assert (line.method, line.path, line.query, line.at) == ("GET", "/api/attempts", {"page_size": "3"}, NOW)
    assert line.scheme == "TD1"
    assert "abc" not in repr(line)


async def test_a_connection_costs_once_and_an_answer_each_time() -> None:
    loop = asyncio.get_running_loop()
    async with opened(five(), latency=0.02, connection_cost=0.05) as (account, client):
        start = loop.time()
        await client.get("/api/sessions")
        first = loop.time() - start
        await client.get("/api/sessions")
        second = loop.time() - start - first
    assert first >= 0.07
    assert second >= 0.02
    assert account.connections == 1


async def test_an_idle_connection_is_closed_without_a_word() -> None:
    async with Account(Written(), auth=AnyKey(), idle_close=0.05) as account:
        port = int(account.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/version HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert b"200 OK" in answer
    assert b"onnection:" not in answer


async def test_serve_says_where_it_is_once_it_answers_and_ends_when_told() -> None:
    until, said = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(serve(0, 50, "hosted", until, say=said.set_result))
    async with asyncio.timeout(5):
        line = await said
    url = line.removeprefix("Account at ").strip()
    async with httpx.AsyncClient(verify=TLS, base_url=url, headers=KEY) as client:
        assert len(await ids(client, "/api/sessions")) >= 50
    until.set()
    async with asyncio.timeout(5):
        await running


async def test_tdworkflow_reads_it() -> None:
    history = Written()
    history.run(outcome="error", pool=7, params={"day": "2026-11-24"})
    history.retry(1, outcome="success")
    history.run("other", "hourly", outcome="running")
    async with opened(history) as (account, _):
        await asyncio.to_thread(_read_with_tdworkflow, account.url)


def _read_with_tdworkflow(url: str) -> None:
    client = Client(endpoint=url.removeprefix("http://"), apikey="1/abc", scheme="http")
    try:
        assert [project.name for project in client.projects()] == ["shop-data", "other"]
        assert [session.id for session in client.sessions()] == [2, 1]
        assert [attempt.status for attempt in client.attempts(include_retried=True)] == [
            "running",
            "success",
            "error",
        ]
        assert [attempt.id for attempt in client.attempts(project="shop-data")] == [2]
        assert [attempt.index for attempt in client.retried_attempts(2)] == [1, 2]
        assert client.attempt(1).params == {"day": "2026-11-24"}
        assert [task.state for task in client.attempt_tasks(1)][:3] == ["group_error", "success", "error"]
        assert [workflow.name for workflow in client.workflows()] == ["nightly", "hourly"]
        assert [each.id for each in client.session_attempts(1)] == [2, 1]
    finally:
        client.http.close()
