"""Asking the API: the one place that knows httpx.

httpx bounds each read but not the whole, so a body is read chunk by chunk against a deadline and a cap, and
the stream is left when they are reached. A request is not cancelled while anything else helps: httpx 0.28 can
lose a place in its pool by that. Only a server that drips its headers is cut off so, and then the httpx
client is replaced, as it is after repeated timeouts of the pool.
"""

import asyncio
import logging
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isinf
from types import TracebackType
from typing import Self, TypeVar

import httpx

from bot.api import wire
from bot.api.endpoints import Endpoints
from bot.api.recent import Recent
from bot.api.retry import RULES, Rules, wait_before_next
from bot.api.troubles import unconnected
from bot.api.wire import Account, Answer, Reader, Request
from bot.core.errors import ApiError, NotFound, SettingsError, TooManyRequests, Unreachable, Unreadable
from bot.core.patience import Clock, Patience

log = logging.getLogger("lookout.api")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for a request as a whole and for its connection, decoded bytes of an answer, requests at once.

    `a_pool` is how many of them share one httpx client. `grace` is how long after its deadline a request that
    can't be left otherwise is cancelled; `quiet` for how long the same trouble is not logged again; after so
    many `pool_timeouts` an httpx client is replaced.
    """

    request: float = 20.0
    connect: float = 5.0
    body: int = 64 * 1024 * 1024
    at_once: int = 48
    a_pool: int = 1
    grace: float = 0.5
    quiet: float = 1.0
    pool_timeouts: int = 3


BOUNDS = Bounds()


@dataclass(slots=True)
class Stats:
    """What became of the requests so far; times in UTC. An unknown id (404) is an answer, not a failure.

    `date` is the server's own clock, as its last good answer told it in HTTP's words.
    """

    requests: int = 0
    failures: int = 0
    last_good: datetime | None = None
    date: str | None = None
    last_trouble: str | None = None
    last_trouble_at: datetime | None = None
    recent: Recent = field(default_factory=Recent)


def make_http(connections: int = 10, trusted: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """HTTPS_PROXY and SSL_CERT_FILE are obeyed, redirects are not. `trusted` saves reading certificates anew.

    Connections stay open between questions: cold ones triple the time of an answer.
    """
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=900
    )
    verify = trusted or httpx.create_ssl_context()
    return httpx.AsyncClient(
        verify=verify, limits=limits, http2=False, trust_env=True, follow_redirects=False
    )


def http_maker() -> Callable[[], httpx.AsyncClient]:
    trusted = httpx.create_ssl_context()
    return lambda: make_http(trusted=trusted)


class _NotAsked(Unreachable):
    """No request was made: the time for it was up, or the bot ends. No failure of the account."""

    passing = False


@dataclass(slots=True)
class _Pool:
    """An httpx client, entered by each that uses it; once it has been given up, the last one closes it."""

    http: httpx.AsyncClient
    users: int = 0
    timeouts: int = 0
    retired: bool = False

    async def __aenter__(self) -> httpx.AsyncClient:
        self.users += 1
        return self.http

    async def __aexit__(self, *_: object) -> None:
        self.users -= 1
        if self.retired and not self.users:
            await self.http.aclose()


class _Pools:
    """As many httpx clients as it takes, each for a few requests at once.

    httpcore looks at each connection of a pool for each other one whenever a request begins or ends: among
    forty that costs more than all else of a request together, among eight still a quarter of it.
    """

    def __init__(self, make: Callable[[], httpx.AsyncClient], a_pool: int) -> None:
        self._make, self._a_pool = make, a_pool
        self._pools = [_Pool(make())]
        self.closed = False

    def free(self) -> _Pool:
        """The first with room: its connections are the warmest."""
        for pool in self._pools:
            if pool.users < self._a_pool:
                return pool
        self._pools.append(_Pool(self._make()))
        return self._pools[-1]

    def replace(self, pool: _Pool) -> None:
        """Give one up for what comes; the last request that is under way closes it."""
        if pool in self._pools and not self.closed:
            pool.retired = True
            self._pools[self._pools.index(pool)] = _Pool(self._make())

    async def aclose(self) -> None:
        self.closed = True
        for pool in self._pools:
            pool.retired = True
            await pool.http.aclose()


class _Sent:
    """A request's turn to be sent: over once it is on its way, or its connection is only being made.

    Of twenty that are made side by side none is on its way before all of them are, and so all answers come at
    the end: one after the other, answers come while others are still being sent.
    """

    ENDS = frozenset({"connection.connect_tcp.started", "http11.send_request_body.complete"})
    """Names of httpcore's trace."""

    def __init__(self, turns: asyncio.Lock) -> None:
        self._turns, self._mine = turns, False

    async def __aenter__(self) -> Self:
        await self._turns.acquire()
        self._mine = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over()

    async def trace(self, name: str, _: object) -> None:
        if name in self.ENDS:
            self._over()

    def _over(self) -> None:
        if self._mine:
            self._mine = False
            self._turns.release()


class Client(Endpoints):
    """The account, asked over HTTP. Use it as an async context, or call `aclose`.

    Passing failures are retried as `rules` say; a 429 pauses all requests until its `Retry-After` has passed.
    `clock` counts seconds, `now` is the present in UTC. Raises SettingsError for an address that httpx won't
    take.
    """

    def __init__(
        self,
        account: Account,
        *,
        http: Callable[[], httpx.AsyncClient] | None = None,
        bounds: Bounds = BOUNDS,
        rules: Rules = RULES,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        try:
            httpx.URL(account.site.api)
        except httpx.InvalidURL:
            raise SettingsError(f"{account.site.setting} is no address that can be asked.") from None
        self.account = account
        self.stats = Stats()
        self._bounds, self._rules = bounds, rules
        self._clock, self._sleep, self._now, self._chance = clock, sleep, now, chance
        self._pools = _Pools(http or http_maker(), bounds.a_pool)
        self._slots = asyncio.Semaphore(bounds.at_once)
        self._paused_until = clock()
        self._logged: tuple[str, float] | None = None
        self._sending = asyncio.Lock()
        self._reading = asyncio.Lock()
        """One answer is read in a turn of the event loop: sixteen that come at once would hold it up."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; who is still asking gets an ApiError."""
        await self._pools.aclose()

    async def ask(self, request: Request, read: Reader[Value], patience: Patience) -> Value:
        """Make the request, again while there is hope and patience, and read its answer. Raises ApiError."""
        began, tries = self._clock(), 0
        while True:
            tries += 1
            if patience.turn is not None:
                await patience.turn()
            try:
                answer = await self._answer(request, patience)
                async with self._reading:
                    value = read(answer, self.account)
                    await asyncio.sleep(0)
            except ApiError as error:
                wait = self._wait_after(error, tries, began, patience)
                self._troubled(request, error, wait)
                if wait is None:
                    raise
            else:
                patience.good()
                self.stats.last_good = self._now()
                return value
            await self._sleep(wait)

    def _wait_after(self, error: ApiError, tries: int, began: float, patience: Patience) -> float | None:
        """Seconds until the next try, None to give up. A 429 holds for all."""
        since, chance = self._clock() - began, self._chance()
        wait = wait_before_next(
            error, tries=tries, since=since, patience=patience, chance=chance, rules=self._rules
        )
        if isinstance(error, TooManyRequests):
            pause = error.retry_after if error.retry_after is not None else wait
            self._paused_until = max(self._paused_until, self._clock() + (pause or 0.0))
        return wait

    def _troubled(self, request: Request, error: ApiError, wait: float | None) -> None:
        """Count a failure and log it, the same one not again and again: thirty requests fail as one."""
        if isinstance(error, NotFound | _NotAsked):
            log.debug("%s: %s", request.path, error)
            return
        self.stats.failures += 1
        self.stats.last_trouble, self.stats.last_trouble_at = str(error), self._now()
        then = "given up" if wait is None else "asking again"
        said, now = f"{error} ({then})", self._clock()
        repeated = self._logged and self._logged[0] == said and now - self._logged[1] < self._bounds.quiet
        level = logging.DEBUG if repeated else logging.WARNING if wait is None else logging.INFO
        log.log(level, "%s: %s", request.path, said)
        if not repeated:
            self._logged = said, now

    async def _answer(self, request: Request, patience: Patience) -> Answer:
        """One try, in its turn: a success, or an ApiError."""
        async with self._turn(patience):
            await self._sit_out_pause(patience)
            left = min(patience.left(), self._bounds.request)
            if left <= 0 or self._pools.closed:
                raise _NotAsked(f"{self.account.name} was not asked any more: the time for it was up.")
            self.stats.requests += 1
            self.stats.recent.note(self._clock())
            answer = await self._exchange(request, left, patience)
        wire.check(answer, self.account, self._now())
        self.stats.date = answer.headers.get("date")
        return answer

    @asynccontextmanager
    async def _turn(self, patience: Patience) -> AsyncIterator[None]:
        """A place among the requests at once; the wait for it is bounded too."""
        left = patience.left()
        try:
            async with asyncio.timeout(None if isinf(left) else left):
                await self._slots.acquire()
        except TimeoutError:
            raise _NotAsked("Too much is being asked at once. Try again in a moment.") from None
        try:
            yield
        finally:
            self._slots.release()

    async def _sit_out_pause(self, patience: Patience) -> None:
        while (wait := self._paused_until - self._clock()) > 0:
            if wait >= patience.left():
                raise wire.paused(self.account, wait)
            await self._sleep(wait + self._chance() * self._rules.first)  # not all in the same instant

    async def _exchange(self, request: Request, left: float, patience: Patience) -> Answer:
        pool = self._pools.free()
        try:
            async with asyncio.timeout(left + self._bounds.grace), pool as http:
                answer = await self._stream(http, request, left, patience)
        except TimeoutError:
            self._pools.replace(pool)
            raise self._too_slow() from None
        except httpx.PoolTimeout:
            pool.timeouts += 1
            if pool.timeouts >= self._bounds.pool_timeouts:
                self._pools.replace(pool)
            raise self._too_slow() from None
        pool.timeouts = 0
        return answer

    async def _stream(
        self, http: httpx.AsyncClient, request: Request, left: float, patience: Patience
    ) -> Answer:
        deadline, begun = self._clock() + left, False
        try:
            async with (
                _Sent(self._sending) as sent,
                http.stream(
                    "GET",
                    self.account.site.api + request.path,
                    params=request.query,
                    headers=self._headers(),
                    timeout=httpx.Timeout(left, connect=min(left, self._bounds.connect)),
                    extensions={"trace": sent.trace},
                ) as response,
            ):
                begun = True
                body = await self._body(response, deadline, patience)
        except httpx.PoolTimeout:
            raise
        except httpx.HTTPError as error:
            raise self._translated(error, begun) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body)

    def _headers(self) -> dict[str, str]:
        headers = {"accept": "application/json", "user-agent": "lookout"}
        if self.account.access.header is not None:
            headers["authorization"] = self.account.access.header
        return headers

    async def _body(self, response: httpx.Response, deadline: float, patience: Patience) -> bytes:
        """The decoded body. Raises Unreachable past the deadline, Unreadable past the cap."""
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._bounds.body:
                raise Unreadable(f"{self.account.name} sent more than {self._bounds.body:,} bytes at once.")
            if self._clock() >= deadline or patience.left() <= 0:
                raise self._too_slow()
        return bytes(body)

    def _too_slow(self) -> Unreachable:
        return Unreachable(f"{self.account.name} did not answer in time. Try again in a moment.")

    def _translated(self, error: httpx.HTTPError, begun: bool) -> ApiError:
        """httpx's error as one of ours; `begun` once the answer's headers were there."""
        name, again = self.account.name, "Try again in a moment."
        match error:
            case httpx.TimeoutException():
                return self._too_slow()
            case httpx.DecodingError():
                return Unreadable(f"{name} sent an answer that can't be unpacked. {again}")
            case httpx.ProxyError():
                return Unreachable(f"The proxy did not let the bot through to {name}: look at HTTPS_PROXY.")
            case httpx.ConnectError():
                return unconnected(error, self.account.site)
            case _ if begun:
                return Unreadable(f"{name} broke off in the middle of its answer. {again}")
            case _:
                return Unreachable(f"{name} dropped the connection without an answer. {again}")
