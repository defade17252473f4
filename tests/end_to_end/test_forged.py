"""Requests that Slack did not send: 4xx, whatever they look like, and never a word in a channel."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.staging import Stage, failing, header, staged


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged("http", tmp_path, failing(2)) as stage:
        yield stage


OLD, FUTURE = str(int(time.time()) - 301), str(int(time.time()) + 3600)
TIMESTAMPS = [
    *(None, "", " ", "0", OLD, FUTURE),
    *("soon", "12.5", "-1", "1e9", "²", "١٧٣٢٤٥٦٧٨٩", "zeit-ü", "9" * 18, "9" * 5000),
]
SIGNATURES = [
    *(None, "", "v0=", "v0=abc", "v1=" + "0" * 64, "v0=" + "0" * 64),
    *("v0=é", "署名", "x" * 4000),
]


async def test_a_wrong_timestamp(http: Stage) -> None:
    for timestamp in TIMESTAMPS:
        assert 400 <= await http.slack.forge(timestamp=timestamp) < 500, timestamp


async def test_a_wrong_signature(http: Stage) -> None:
    for signature in SIGNATURES:
        assert 400 <= await http.slack.forge(signature=signature) < 500, signature


async def test_no_headers_at_all(http: Stage) -> None:
    assert 400 <= await http.slack.forge(signature=None, timestamp=None, content_type="") < 500


BODIES = [
    *(b"", b"{", b"[1]", b"null", b'"text"', b"{" * 5000),
    *(b"payload={", b"payload=[]", b"payload=7", b"\xff\xfe"),
]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "", "é/ü"])
async def test_an_odd_body(http: Stage, content_type: str) -> None:
    for body in BODIES:
        status = await http.slack.forge(body, signature="v0=" + "0" * 64, content_type=content_type)
        assert 400 <= status < 500, body


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "", "é/ü"])
async def test_an_odd_body_that_is_signed(http: Stage, content_type: str) -> None:
    for body in BODIES[:-1]:  # nobody can sign what is no text
        assert 400 <= await http.slack.forge(body, content_type=content_type) < 500, body


async def test_it_is_one_line_in_the_log_and_changes_nothing(
    http: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    body = b"command=%2Fsessions&text=failed&team_id=T0LOOKOUT&user_id=U0ANA&channel_id=C0SALES&trigger_id=1"
    assert await http.slack.forge(body, signature="v0=" + "0" * 64) == 401
    [line] = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert line.exc_info is None
    assert http.asked("/api/attempts") == []
    # and does not make the real one a duplicate
    assert await http.slack.forge(body) == 200


async def test_a_body_over_a_megabyte_is_too_large(http: Stage) -> None:
    assert await http.slack.forge(b"x" * 1_000_001) == 413
    assert await http.slack.forge(b"x" * 1_048_000, signature=None) == 413
    assert 400 <= await http.slack.forge(b"x" * 900_000, signature="v0=1") < 413


PATHS = [
    ("GET", "/", 404),
    ("POST", "/slack/event", 404),
    ("POST", "/slack/events/", 404),
    ("GET", "/slack/events", 405),
    ("PUT", "/slack/events", 405),
    ("DELETE", "/healthz", 405),
    ("POST", "/readyz", 405),
    ("GET", "/healthz", 200),
    ("HEAD", "/readyz", 200),
]


async def test_paths_and_methods(http: Stage) -> None:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{http.bot.port}") as session:
        for method, path, status in PATHS:
            async with session.request(method, path) as answer:
                assert answer.status == status, (method, path)


WIRE = [
    b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nnothing",
    b"Content-Encoding: deflate\r\nContent-Length: 7\r\n\r\nnothing",
    b"Content-Encoding: odd\r\nContent-Length: 7\r\n\r\nnothing",
    b"Content-Length: -1\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\nnothing\r\n0\r\n\r\n",
    b"X-Slack-Signature: \xff\xfe\r\nX-Slack-Request-Timestamp: \xff\r\nContent-Length: 0\r\n\r\n",
    b"X-Slack-Signature: v0=1\r\nX-Slack-Signature: v0=2\r\nContent-Length: 0\r\n\r\n",
    b"Content-Type: text/plain; charset=no-such\r\nContent-Length: 2\r\n\r\nhi",
]


async def test_odd_requests_on_the_wire(http: Stage, caplog: pytest.LogCaptureFixture) -> None:
    for head in WIRE:
        reader, writer = await asyncio.open_connection("127.0.0.1", http.bot.port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head)
        status = (await reader.readline()).split()[1]
        writer.close()
        assert b"400" <= status < b"500", head
    assert all(each.exc_info is None for each in caplog.records if each.levelno >= logging.WARNING)


async def test_what_slack_signs_is_taken(http: Stage) -> None:
    assert await http.slack.verify()
    assert header(await http.ask("/sessions failed")).startswith("2 failed")
