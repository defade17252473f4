"""The server: an `Account` on loopback, and `serve` for the command line."""

import asyncio
import gzip
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Self
from weakref import WeakSet

from aiohttp import web

from bot.playground.account.answers import HTML, Answer, Asked, Reader, envelope, in_json, page_of_500
from bot.playground.account.auth import AnyKey, Auth, Open
from bot.playground.account.clock import Clock
from bot.playground.account.faults import Fault, Faults, spoil
from bot.playground.account.history import History
from bot.playground.account.lifelike import Lifelike
from bot.playground.account.routes import answer
from bot.playground.account.truth import Seen, truth
from bot.playground.account.wire import Flavour

NEVER = 365 * 86400.0  # seconds
KEPT = 20_000  # requests in the log


@dataclass(frozen=True, slots=True)
class Logged:
    """A request as it came: raw path, decoded query, the clock's time, scheme of the Authorization."""

    method: str
    path: str
    query: Mapping[str, str]
    at: datetime
    scheme: str | None


class Account:
    """A server of one account's history, on 127.0.0.1.

    latency: seconds from a request to its answer, which is read when half of them are over; more where the
    answering itself takes more.
    connection_cost: seconds more for the first request of each connection. idle_close: seconds after which an
    idle connection is closed without a word (Digdag: 60), None is never. auth: any TD1 key for hosted, open
    for digdag. Everything but the history can be changed while it runs.
    """

    def __init__(
        self,
        history: History,
        *,
        clock: Clock | None = None,
        flavour: Flavour = "hosted",
        auth: Auth | None = None,
        latency: float = 0.0,
        connection_cost: float = 0.0,
        idle_close: float | None = None,
        port: int = 0,
        most: int = 100,
    ) -> None:
        self.history = history
        self.clock = clock if clock is not None else Clock()
        self.flavour: Flavour = flavour
        self.auth: Auth = auth if auth is not None else (AnyKey() if flavour == "hosted" else Open())
        self.latency = latency
        self.connection_cost = connection_cost
        self.most = most
        self.faults = Faults()
        self.log: deque[Logged] = deque(maxlen=KEPT)
        self.url = ""
        self.requests = 0
        self.connections = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self._idle_close = NEVER if idle_close is None else idle_close
        self._port = port
        self._known: WeakSet[asyncio.BaseTransport] = WeakSet()
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            keepalive_timeout=self._idle_close,
            shutdown_timeout=1.0,
            handle_signals=False,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def truth(self, since: datetime | None = None) -> dict[int, Seen]:
        """What whoever reads this account knows now if they know all; see `truth`."""
        return truth(self.history, self.clock.now(), since, self.flavour)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._serve(request)
        finally:
            self.in_flight -= 1

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.log.append(_logged(request, self.clock.now()))
        faults = self.faults.strike(request.raw_path.partition("?")[0])
        slow = sum(fault.seconds for fault in faults if fault.kind == "slow")
        begun, ahead = time.monotonic(), self._first(request) + slow
        await self._wait(ahead + self.latency / 2)
        for fault in faults:
            if fault.kind in ("silent", "drop", "drip"):
                return await self._misbehave(request, fault)
        given = self._answer(request, faults)
        response = self._response(request, given)
        await self._wait(begun + ahead + self.latency - time.monotonic())
        if any(fault.kind == "cut" for fault in faults):
            return await _cut(request, given)
        return response

    def _first(self, request: web.Request) -> float:
        """The cost of a connection, at its first request."""
        transport = request.transport
        if transport is None or transport in self._known:
            return 0.0
        self._known.add(transport)
        self.connections += 1
        return self.connection_cost

    async def _wait(self, seconds: float) -> bool:
        """Waits, or returns early when the server closes; says whether it closes."""
        if seconds <= 0:
            return self._closing.is_set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        return self._closing.is_set()

    def _answer(self, request: web.Request, faults: list[Fault]) -> Answer:
        given = self._refusal(request)
        if given is None:
            given = self._read(request, faults)
        for fault in faults:
            given = _struck(given, fault)
        return given

    def _refusal(self, request: web.Request) -> Answer | None:
        """What those who may not read are told; `/api/version` asks for nothing."""
        if request.path == "/api/version":
            return None
        match self.auth.check(request.headers.get("Authorization")):
            case "in":
                return None
            case "missing":
                return envelope(401, "Missing Authorization header")
            case "wrong":
                return envelope(401, "unauthorized")
            case "forbidden":
                return envelope(403, "Access denied")
            case "crash":
                return page_of_500()

    def _read(self, request: web.Request, faults: list[Fault]) -> Answer:
        kinds = {fault.kind for fault in faults}
        path = request.raw_path.partition("?")[0]
        if "only_sessions" in kinds and path.removesuffix("/") != "/api/sessions":
            return Answer(404)
        query = dict(request.query)
        if "ignore_last_id" in kinds:
            query.pop("last_id", None)
        reader = Reader(self.history, self.clock.now(), self.flavour, self.most)
        return answer(reader, Asked(request.method, path, query, request.headers.get("Accept")))

    def _response(self, request: web.Request, given: Answer) -> web.Response:
        headers = {"Date": format_datetime(self.clock.now(), usegmt=True), **given.headers}
        body = given.body
        if given.kind is not None:
            headers.setdefault("Content-Type", given.kind)
        if body and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, compresslevel=1, mtime=0)
        response = web.Response(status=given.status, body=body, headers=headers)
        if given.status == 200 and given.rows is not None:
            response.enable_chunked_encoding()  # as a real server sends its JSON
        return response

    async def _misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "silent":
            await self._closing.wait()
        if fault.kind == "drip":
            await self._drip(request, fault.seconds)
        return _hang_up(request)

    async def _drip(self, request: web.Request, every: float) -> None:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        with suppress(ConnectionError):
            while not await self._wait(every):
                await response.write(b" ")


def _struck(given: Answer, fault: Fault) -> Answer:
    match fault.kind:
        case "status":
            bare = (
                page_of_500() if fault.status == 500 else envelope(fault.status, f"Simulated {fault.status}")
            )
            return replace(bare, headers=fault.headers)
        case "html":
            return _page(fault.status)
        case "empty":
            return Answer(fault.status)
        case "content_type":
            return replace(given, headers={**given.headers, **fault.headers})
        case "broken_json":
            return replace(given, body=given.body[: len(given.body) // 2])
        case "odd_row":
            return in_json(spoil(given.rows, fault), given.status) if given.rows is not None else given
        case _:
            return given


def _page(status: int) -> Answer:
    if status == 500:
        return page_of_500()
    page = f"<!DOCTYPE html><html><head><title>{status}</title></head><body>Please sign in</body></html>"
    return Answer(status, page.encode(), HTML)


async def _cut(request: web.Request, given: Answer) -> web.StreamResponse:
    """Half a body under the length of the whole, then the end of the connection."""
    length = max(len(given.body), 2)
    headers = {"Content-Type": given.kind or "application/json", "Content-Length": str(length)}
    response = web.StreamResponse(status=given.status, headers=headers)
    await response.prepare(request)
    await response.write(given.body[: length // 2])
    return _hang_up(request, response)


def _hang_up(request: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response if response is not None else web.Response(status=500)


def _logged(request: web.Request, at: datetime) -> Logged:
    header = request.headers.get("Authorization")
    scheme = None if header is None else header.partition(" ")[0]
    return Logged(request.method, request.raw_path.partition("?")[0], dict(request.query), at, scheme)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def serve(
    port: int,
    sessions: int,
    flavour: Flavour,
    until: asyncio.Event,
    *,
    seed: int = 1,
    say: Callable[[str], None] = _print,
) -> None:
    """A lifelike account that starts at the present and runs in real time, until `until` is set.

    Says one line once its port is open (0 is any free one). Takes any TD1 key (hosted), or anyone (digdag).
    Raises OSError where the port is taken.
    """
    clock = Clock()
    history = Lifelike(seed, sessions=sessions, anchor=clock.now())
    async with Account(history, clock=clock, flavour=flavour, idle_close=60.0, port=port) as account:
        say(f"Account at {account.url}")
        await until.wait()
