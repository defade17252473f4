"""Who is let in: the page's own address and origin alone, and whoever holds the key."""

import asyncio

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.playground.page import Page
from bot.playground.page.server import KINDS, STATIC
from bot.playground.slack import LocalSlack
from tests.playground.page.conftest import ALERTS, AtPage, live

OUTSIDE = ("", ".", "..", "%2e%2e", "..%2fserver.py", "%2fetc%2fpasswd", "%00", "App.js", "app.js/")
FONT = "/static/lato-latin-400-normal.woff2"
PATHS = ("/", "/static/app.js", "/static/app.css", FONT, "/favicon.svg", "/live", "/files/F1", "/nothing")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/static/app.js", "text/javascript"),
        ("/static/app.css", "text/css"),
        ("/favicon.svg", "image/svg+xml"),
    ],
)
async def test_the_page_is_served_under_a_strict_policy(
    page: Page, session: ClientSession, path: str, kind: str
) -> None:
    async with session.get(page.address + path) as answer:
        assert (answer.status, answer.content_type) == (200, kind)
        assert (await answer.text()).startswith("this is ")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["localhost:{port}", "evil.test", "evil.test:{port}", "127.0.0.1", "127.0.0.1:1", ""]
)
async def test_another_host_name_is_refused_whatever_the_origin(
    page: Page, session: ClientSession, path: str, host: str
) -> None:
    named = host.format(port=page.address.rpartition(":")[2])
    for headers in ({"Host": named}, {"Host": named, "Origin": f"http://{named}"}):
        async with session.get(page.address + path, headers=headers) as answer:
            assert 400 <= answer.status < 500


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["null", "http://127.0.0.1:1", "http://evil.test", "https://{own}", ""])
async def test_another_origin_is_refused(page: Page, session: ClientSession, path: str, origin: str) -> None:
    headers = {"Origin": origin.format(own=page.address.removeprefix("http://"))}
    key = page.url.partition("?")[2]
    async with session.get(f"{page.address}{path}?{key}", headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    "origin", ["null", "http://127.0.0.1:1", "http://localhost:{port}", "http://evil.test"]
)
async def test_a_websocket_of_another_page_is_refused_even_with_the_key(
    page: Page, session: ClientSession, origin: str
) -> None:
    named = origin.format(port=page.address.rpartition(":")[2])
    with pytest.raises(WSServerHandshakeError) as refused:
        await session.ws_connect(live(page), headers={"Origin": named})
    assert refused.value.status == 403


@pytest.mark.parametrize("query", ["", "?key=", "?key=wrong", "?key=é"])
async def test_without_the_key_nothing_is_told(page: Page, session: ClientSession, query: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await session.ws_connect(f"{page.address}/live{query}")
    assert refused.value.status == 403
    async with session.get(f"{page.address}/files/F1{query}") as answer:
        assert answer.status == 403


async def test_the_page_s_own_origin_connects(page: Page, session: ClientSession) -> None:
    async with session.ws_connect(live(page), headers={"Origin": page.address}) as ws:
        assert (await AtPage(ws).hello("U0ANA"))["me"] == "U0ANA"


@pytest.mark.parametrize(
    "frame", ["not json", "[]", '{"type":"act","id":1,"act":"home"}', '{"type":"hello"}']
)
async def test_a_frame_that_is_not_understood_ends_the_connection(
    page: Page, session: ClientSession, frame: str
) -> None:
    async with session.ws_connect(live(page)) as ws:
        await ws.send_str(frame)
        closed = await ws.receive(timeout=5)
        assert (closed.type, closed.data) == (WSMsgType.CLOSE, 1008)


async def test_a_file_is_for_download(
    page: Page, session: ClientSession, client: AsyncWebClient, slack: LocalSlack
) -> None:
    await client.files_upload_v2(channel=ALERTS, content=b"a,b\n", filename="säle.csv")
    (message,) = slack.messages(ALERTS)
    key = page.url.partition("?")[2]
    async with session.get(f"{page.address}/files/{message.files[0]}?{key}") as answer:
        assert await answer.read() == b"a,b\n"
        assert answer.content_type == "text/plain"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''s%C3%A4le.csv"


async def test_its_end_is_quick_with_pages_open(slack: LocalSlack, session: ClientSession) -> None:
    async with asyncio.timeout(3):
        async with Page(slack) as page:
            ws = await session.ws_connect(live(page))
            await AtPage(ws).hello("U0ANA")
        closed = await ws.receive()
    assert (closed.type, closed.data) == (WSMsgType.CLOSE, 1001)


async def test_the_local_slack_takes_nothing_from_a_browser(
    slack: LocalSlack, session: ClientSession
) -> None:
    for headers in ({"Origin": "http://evil.test"}, {"Host": "evil.test"}):
        async with session.post(slack.api_url + "api.test", headers=headers) as answer:
            assert answer.status == 403


async def test_every_built_file_is_served_and_nothing_else(slack: LocalSlack, session: ClientSession) -> None:
    async with Page(slack) as page:
        for file in STATIC.iterdir():
            async with session.get(f"{page.address}/static/{file.name}") as answer:
                assert answer.status == 200, file.name
                assert answer.content_type == KINDS[file.suffix]
                assert await answer.read() == file.read_bytes()
        for name in OUTSIDE:
            url = URL(f"{page.address}/static/{name}", encoded=True)
            async with session.get(url) as answer:
                assert answer.status == 404, name
