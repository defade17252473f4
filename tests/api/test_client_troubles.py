"""The client against sockets that misbehave: each becomes one of our errors, in time, with a sentence."""

import asyncio
import gzip
import json
import logging
import socket
import ssl
import time
from collections.abc import Iterator

import httpx
import pytest

from bot.api.client import Bounds, Client, make_http
from bot.api.retry import Rules
from bot.api.sites import HOSTED, Access, self_hosted
from bot.api.troubles import unconnected
from bot.api.wire import Account
from bot.core.errors import ApiError, ServerFailed, Unreachable, Unreadable
from bot.core.patience import Patience
from tests.api.loopback import Act, Serve, drip, hang, raw, reply

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CUT = HEAD + b"Content-Length: 500\r\n\r\n" + b'{"sessions": ['
CUT_CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b'e\r\n{"sessions": [\r\n'
NO_GZIP = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
BOUNDS = Bounds(body=1000)
HASTY = Bounds(request=0.3, body=1000, grace=0.1)
"""For servers that never come to an end; what does answer may take its time, on a busy machine too."""
LONG = 15.0
"""Seconds that nothing takes unless a bound is not kept."""
ONCE = Rules(tries=1)


def client(url: str, bounds: Bounds = BOUNDS, rules: Rules = ONCE, connections: int = 40) -> Client:
    account = Account(self_hosted(url), Access())
    return Client(account, http=lambda: make_http(connections), bounds=bounds, rules=rules)


def patience(total: float = 60) -> Patience:
    return Patience(time.monotonic, total=total)


async def error(api: Client, waiting: Patience | None = None) -> ApiError:
    with pytest.raises(ApiError) as raised:
        await api.sessions(patience=waiting or patience())
    return raised.value


@pytest.mark.parametrize(
    ("act", "kind", "sentence"),
    [
        pytest.param(raw(CUT), Unreadable, "broke off in the middle", id="cut body"),
        pytest.param(raw(CUT_CHUNKED), Unreadable, "broke off in the middle", id="cut chunked body"),
        pytest.param(raw(HEAD + b"\r\n" + b'{"sess'), Unreadable, "broken JSON", id="cut without a length"),
        pytest.param(raw(b""), Unreachable, "dropped the connection", id="dropped at once"),
        pytest.param(
            raw(b"HTTP/1.1 200"), Unreachable, "dropped the connection", id="dropped in the headers"
        ),
        pytest.param(
            raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), Unreachable, "dropped the conn", id="another protocol"
        ),
        pytest.param(raw(NO_GZIP), Unreadable, "can't be unpacked", id="broken gzip"),
        pytest.param(reply(b"<h1>x</h1>", kind="text/html"), Unreadable, "a web page", id="html"),
        pytest.param(reply(b"<h1>x</h1>", 502, "text/html"), ServerFailed, "failed (502)", id="html 502"),
        pytest.param(reply(b"x" * 1001), Unreadable, "more than 1,000 bytes", id="too long"),
        pytest.param(reply({"sessions": {}}), Unreadable, "no sessions", id="another shape"),
        pytest.param(reply(b"", 302), Unreadable, "another address", id="redirect"),
        pytest.param(hang, Unreachable, "did not answer in time", id="no answer"),
        pytest.param(
            drip(HEAD + b"Content-Length: 9999\r\n\r\n", b" "),
            Unreachable,
            "did not answer in time",
            id="drip",
        ),
        pytest.param(drip(HEAD, b"X: y\r\n"), Unreachable, "did not answer in time", id="dripping headers"),
    ],
)
async def test_each_trouble_becomes_an_error_with_a_sentence(
    serve: Serve, act: Act, kind: type[ApiError], sentence: str
) -> None:
    server = await serve(act)
    began = time.monotonic()
    async with client(server.url, HASTY if "in time" in sentence else BOUNDS) as api:
        trouble = await error(api)
        assert api.stats.failures == 1
    assert time.monotonic() - began < LONG
    assert type(trouble) is kind
    assert sentence in str(trouble)
    assert f"127.0.0.1:{server.port}" in str(trouble)
    assert "<" not in str(trouble)


async def test_a_bomb_is_left_at_the_cap_of_decoded_bytes(serve: Serve) -> None:
    server = await serve(reply(gzip.compress(b" " * 10_000_000), Content_Encoding="gzip"))
    async with client(server.url) as api:
        assert "more than 1,000 bytes" in str(await error(api))


async def test_a_refused_connection_is_said_to_be_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        port = taken.getsockname()[1]
        async with client(f"http://127.0.0.1:{port}") as api:
            trouble = await error(api)
    assert str(trouble) == (
        f"Digdag at 127.0.0.1:{port} refused the connection: is it running, and is WORKFLOW_URL right?"
    )
    assert trouble.lasting


async def test_plain_http_where_tls_is_asked_for_is_said() -> None:
    def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with client(f"https://127.0.0.1:{port}") as api:
            trouble = await error(api)
    assert "does not speak TLS: is WORKFLOW_URL right about https and the port?" in str(trouble)


def untrusted() -> ssl.SSLCertVerificationError:
    refusal = ssl.SSLCertVerificationError(1, "certificate verify failed")
    refusal.verify_message = "self-signed certificate"
    return refusal


@pytest.mark.parametrize(
    ("cause", "sentence", "lasting"),
    [
        (
            socket.gaierror(-2, "Name or service not known"),
            "The host of Treasure Workflow (jp01) can't be found: look at TD_SITE and the network.",
            True,
        ),
        (
            untrusted(),
            "The certificate of Treasure Workflow (jp01) is not trusted (self-signed certificate): "
            "SSL_CERT_FILE names authorities.",
            True,
        ),
        (
            ExceptionGroup("all", [ConnectionRefusedError(), OSError()]),
            "Treasure Workflow (jp01) refused the connection: is it running, and is TD_SITE right?",
            True,
        ),
        (
            OSError(113, "No route to host"),
            "Treasure Workflow (jp01) can't be reached: look at TD_SITE and the network.",
            False,
        ),
    ],
)
def test_why_no_connection_came_about_is_found_among_the_causes(
    cause: Exception, sentence: str, lasting: bool
) -> None:
    middle = OSError("All connection attempts failed")
    middle.__cause__ = cause
    outer = httpx.ConnectError("x")
    outer.__context__ = middle
    trouble = unconnected(outer, HOSTED["jp01"])
    assert (str(trouble), trouble.lasting) == (sentence, lasting)


@pytest.mark.parametrize("act", [hang, drip(HEAD + b"\r\n", b" "), drip(HEAD, b"X: y\r\n")])
async def test_an_answer_ends_when_its_patience_does(serve: Serve, act: Act) -> None:
    server = await serve(act)
    began = time.monotonic()
    async with client(server.url, Bounds(grace=0.1), Rules()) as api:
        await error(api, patience(total=0.3))
    assert 0.2 < time.monotonic() - began < LONG


async def test_misbehaving_answers_leave_the_pool_as_it_was(serve: Serve) -> None:
    acts = [drip(HEAD + b"Content-Length: 9999\r\n\r\n", b" "), raw(CUT), drip(HEAD, b"X: y\r\n"), hang]
    server = await serve(*acts * 2, reply({"sessions": []}))
    async with client(server.url, Bounds(grace=0.1), connections=2) as api:
        for _ in acts * 2:
            await error(api, patience(total=0.3))
        assert (await api.sessions(patience=patience())).rows == ()


def held(let_go: asyncio.Event) -> Act:
    """No answer until it is let go."""

    async def act(writer: asyncio.StreamWriter) -> None:
        await let_go.wait()
        await reply({"sessions": []})(writer)

    return act


async def test_after_repeated_timeouts_of_the_pool_a_new_one_takes_over(serve: Serve) -> None:
    let_go = asyncio.Event()
    server = await serve(held(let_go), reply({"sessions": []}))
    async with client(server.url, Bounds(a_pool=8, pool_timeouts=2), connections=1) as api:
        stuck = asyncio.create_task(api.sessions(patience=patience()))
        await server.first.wait()
        await asyncio.gather(error(api, patience(total=0.2)), error(api, patience(total=0.2)))
        assert (await api.sessions(patience=patience())).rows == ()
        assert not stuck.done()
        let_go.set()
        assert (await stuck).rows == ()


async def test_connections_are_made_side_by_side() -> None:
    """A server that takes connections and never greets: none waits for another's."""
    third = asyncio.Event()

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.append(writer)
        if len(open_ones) == 3:
            third.set()

    open_ones: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(f"https://127.0.0.1:{port}") as api:
        asking = [asyncio.create_task(error(api, patience(total=LONG))) for _ in range(3)]
        async with asyncio.timeout(LONG):
            await third.wait()
        assert not any(task.done() for task in asking)
        for writer in open_ones:
            writer.close()
        await asyncio.gather(*asking)


async def test_who_waits_too_long_for_a_turn_is_told_so(serve: Serve) -> None:
    let_go = asyncio.Event()
    server = await serve(held(let_go))
    async with client(server.url, Bounds(at_once=1)) as api:
        first = asyncio.create_task(api.sessions(patience=patience()))
        await server.first.wait()
        assert "Too much is being asked at once" in str(await error(api, patience(total=0.1)))
        let_go.set()
        await first
    assert len(server.log) == 1


async def test_who_still_asks_when_the_bot_ends_gets_an_error(serve: Serve) -> None:
    server = await serve(hang)
    api = client(server.url, Bounds(), Rules())
    asking = asyncio.create_task(error(api))
    await server.first.wait()
    await api.aclose()
    assert isinstance(await asking, Unreachable | Unreadable)
    assert isinstance(await error(api), Unreachable)
    assert len(server.log) == 1


async def test_many_equal_troubles_are_one_line_in_the_log(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "lookout")
    server = await serve(reply(b"<h1>x</h1>", 500, "text/html"))
    async with client(server.url, Bounds(quiet=LONG)) as api:
        await asyncio.gather(*(error(api) for _ in range(10)))
    ours = [record for record in caplog.records if record.name == "lookout.api"]
    assert len(ours) == 1
    assert ours[0].exc_info is None
    assert ours[0].getMessage().endswith("failed (500). Try again in a moment. (given up)")


def bodies() -> Iterator[bytes]:
    """Every way to cut a good answer short."""
    whole = json.dumps({"sessions": [{"id": 1}]}).encode()
    for end in range(len(whole)):
        yield whole[:end]


async def test_an_answer_cut_anywhere_is_never_taken_for_whole(serve: Serve) -> None:
    acts = [raw(HEAD + b"\r\n" + body) for body in bodies()]
    server = await serve(*acts)
    async with client(server.url) as api:
        for _ in acts:
            assert isinstance(await error(api), Unreadable)
