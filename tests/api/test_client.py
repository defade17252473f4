"""The client against a real socket that behaves: what is sent, what is read, what is counted."""

import asyncio
import logging
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from bot.api.client import Bounds, Client, make_http
from bot.api.sites import Access, Site, self_hosted
from bot.api.wire import Account
from bot.core.errors import NotFound, SettingsError
from bot.core.patience import Patience
from tests.api.loopback import Serve, reply

KEY = "1/" + "ab" * 20
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROJECT = {"id": "1", "name": "shop"}
ATTEMPT = {
    "id": "7",
    "index": 1,
    "project": PROJECT,
    "workflow": {"id": "3", "name": "load"},
    "sessionId": "5",
    "sessionTime": "2026-01-11T00:00:00+00:00",
    "status": "error",
    "done": True,
    "createdAt": "2026-11-24T03:00:00Z",
    "params": {"a": 1},
}
SESSION = {**ATTEMPT, "id": "5", "lastAttempt": ATTEMPT}


def client(url: str, access: Access | None = None, bounds: Bounds | None = None) -> Client:
    account = Account(self_hosted(url), access or Access())
    return Client(account, bounds=bounds or Bounds(), now=lambda: NOW)


def patience() -> Patience:
    return Patience(time.monotonic, total=5)


async def test_each_endpoint_is_asked_and_read(serve: Serve) -> None:
    task = {"id": "1", "fullName": "+w", "state": "error"}
    server = await serve(
        reply({"sessions": [SESSION]}),
        reply(SESSION),
        reply({"attempts": [ATTEMPT]}),
        reply({"attempts": [ATTEMPT]}),
        reply(ATTEMPT),
        reply({"tasks": [task]}),
        reply({"attempts": [ATTEMPT]}),
        reply({"projects": [PROJECT]}),
        reply({"workflows": [{**PROJECT, "project": PROJECT}]}),
    )
    p = patience()
    async with client(server.url) as api:
        assert [row.id for row in (await api.sessions(9, 5, patience=p)).rows] == [5]
        session = await api.session(5, patience=p)
        assert session.last is not None
        assert session.last.params == {"a": 1}
        assert [row.id for row in (await api.session_attempts(5, 9, patience=p)).rows] == [7]
        page = await api.attempts(9, project="売上 集計", workflow="a&b+c", patience=p)
        assert page.rows[0].params == {}
        assert (await api.attempt(7, patience=p)).params == {"a": 1}
        assert [row.full_name for row in (await api.tasks(7, patience=p)).rows] == ["+w"]
        assert [row.id for row in (await api.retries(7, patience=p)).rows] == [7]
        assert [row.name for row in (await api.projects("shop", last_id=0, patience=p)).rows] == ["shop"]
        assert [row.name for row in (await api.workflows("sh", 4, patience=p)).rows] == ["shop"]
    assert server.log == [
        "GET /api/sessions?last_id=9&page_size=5",
        "GET /api/sessions/5",
        "GET /api/sessions/5/attempts?last_id=9&page_size=100",
        "GET /api/attempts?project=%E5%A3%B2%E4%B8%8A+%E9%9B%86%E8%A8%88&workflow=a%26b%2Bc"
        "&include_retried=true&last_id=9&page_size=100",
        "GET /api/attempts/7",
        "GET /api/attempts/7/tasks",
        "GET /api/attempts/7/retries",
        "GET /api/projects?name=shop&last_id=0&count=100",
        "GET /api/workflows?name_pattern=sh&last_id=4&count=100",
    ]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("access", "header"),
    [
        (Access.key(KEY), f"td1 {KEY}"),
        (Access.basic("etl", "pass"), "basic zxrsonbhc3m="),
        (Access(), None),
    ],
)
async def test_requests_are_signed_as_the_settings_say(
    serve: Serve, access: Access, header: str | None
) -> None:
    server = await serve(reply({"sessions": []}))
    async with client(server.url, access) as api:
        await api.sessions(patience=patience())
    assert server.headers[0].get("authorization") == header
    assert server.headers[0]["accept"] == "application/json"


async def test_a_path_before_api_is_kept(serve: Serve) -> None:
    server = await serve(reply({"sessions": []}))
    async with client(server.url + "/digdag/") as api:
        await api.sessions(patience=patience())
    assert server.log == ["GET /digdag/api/sessions?page_size=100"]


async def test_requests_and_troubles_are_counted(serve: Serve) -> None:
    server = await serve(reply({"sessions": []}), reply({"message": "gone"}, 404), reply({}, 403))
    async with client(server.url, Access.key(KEY)) as api:
        assert (api.stats.requests, api.stats.last_good) == (0, None)
        await api.sessions(patience=patience())
        assert (api.stats.requests, api.stats.failures, api.stats.last_good) == (1, 0, NOW)
        with pytest.raises(NotFound):
            await api.session(5, patience=patience())
        assert (api.stats.requests, api.stats.failures, api.stats.last_trouble) == (2, 0, None)
        with pytest.raises(Exception, match="TD_API_KEY"):
            await api.session(5, patience=patience())
        assert (api.stats.requests, api.stats.failures, api.stats.last_trouble_at) == (3, 1, NOW)
        assert "TD_API_KEY" in str(api.stats.last_trouble)
    assert KEY not in repr(api.stats) + repr(api.account)


async def test_odd_rows_are_told_in_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = await serve(reply({"attempts": [ATTEMPT, {}]}))
    async with client(server.url) as api:
        assert (await api.attempts(patience=patience())).odd == 1
    assert caplog.messages == ["/api/attempts: 1 of 2 rows could not be read: set aside"]


async def test_a_good_answer_renews_the_patience(serve: Serve) -> None:
    server = await serve(reply({"sessions": []}))
    waiting = Patience(time.monotonic, silence=30)
    async with client(server.url) as api:
        await api.sessions(patience=waiting)
    assert waiting.answered


async def test_no_more_requests_are_under_way_than_allowed(serve: Serve) -> None:
    under_way, most, go_on = 0, 0, asyncio.Event()
    answer = reply({"sessions": []})

    async def count(writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 4:
            go_on.set()
        await go_on.wait()
        under_way -= 1
        await answer(writer)

    server = await serve(count)
    async with client(server.url, bounds=Bounds(at_once=4)) as api:
        await asyncio.gather(*(api.sessions(patience=patience()) for _ in range(12)))
    assert most == 4
    assert len(server.log) == 12


async def test_the_log_names_paths_and_no_secrets(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "lookout")
    server = await serve(reply({"message": f"key {KEY} is bad"}, 400))
    async with client(server.url, Access.key(KEY)) as api:
        with pytest.raises(Exception, match="redacted"):
            await api.sessions(patience=patience())
    ours = [record for record in caplog.records if record.name == "lookout.api"]
    assert [record.exc_info for record in ours] == [None]
    assert "/api/sessions: Digdag at 127.0.0.1" in ours[0].getMessage()
    assert KEY not in ours[0].getMessage()


def test_an_address_that_no_request_can_be_made_to_is_refused_at_once() -> None:
    odd = Site("x", "http://dig\x00dag", "http://x", hosted=False, setting="WORKFLOW_URL")
    with pytest.raises(SettingsError, match="WORKFLOW_URL"):
        Client(Account(odd, Access()))


async def test_connections_are_kept_for_the_next_question() -> None:
    async with make_http() as http:
        assert not http.follow_redirects


PROXIED = """
import asyncio, time
from bot.api.client import Client
from bot.api.sites import Access, hosted
from bot.api.wire import Account
from bot.core.errors import Unreachable
from bot.core.patience import Patience

async def main():
    async with Client(Account(hosted("us01"), Access.key("1/a"))) as api:
        try:
            await api.sessions(patience=Patience(time.monotonic, total=0.2))
        except Unreachable as error:
            print(error)

asyncio.run(main())
"""


async def test_https_proxy_is_obeyed(serve: Serve) -> None:
    proxy = await serve(reply(b"", 403))
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", PROXIED],
        env={"HTTPS_PROXY": proxy.url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert proxy.log[0] == "CONNECT api-workflow.treasuredata.com:443"
    assert done.stdout == (
        "The proxy did not let the bot through to Treasure Workflow (us01): look at HTTPS_PROXY.\n"
    )
