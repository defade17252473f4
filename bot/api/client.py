"""Asking the API: the one place that knows httpx.

httpx bounds each read but not the whole, so a body is read chunk by chunk against a deadline and a cap, and the
stream is left when they are reached. A request is never cancelled while anything else helps: httpx 0.28 can lose the
connection's place in its pool by that. Only a server that drips its headers is cut off so, and then the httpx client is
replaced, as it is after repeated timeouts of the pool.
"""

import asyncio
import logging
import random
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import httpx

from bot.api import wire
from bot.api.retry import Rules, wait_before_next
from bot.api.wire import PAGE_SIZE, Account, Answer, Reader, Request
from bot.core.errors import ApiError, NotFound, TooManyRequests, Unreachable, Unreadable
from bot.core.model import Attempt, Page, Project, Session, Task, Workflow
from bot.core.patience import Clock, Patience

log = logging.getLogger("lookout.api")

Value = TypeVar("Value")
MakeHttp = Callable[[], httpx.AsyncClient]


def make_http(connections: int = 40) -> httpx.AsyncClient:
    """HTTPS_PROXY and SSL_CERT_FILE are obeyed. Connections are kept warm: cold ones triple an answer's time."""
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=900
    )
    return httpx.AsyncClient(limits=limits, http2=False, trust_env=True, follow_redirects=False)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for one request as a whole and for its connection, decoded bytes of an answer, requests at once.

    `grace` is how long after its deadline a request that can't be left otherwise is cancelled.
    """

    request: float = 20.0
    connect: float = 5.0
    body: int = 64 * 1024 * 1024
    at_once: int = 32
    grace: float = 0.5


@dataclass(slots=True)
class Stats:
    """What became of the requests so far; times in UTC. An unknown id (404) is an answer, not a failure."""

    requests: int = 0
    failures: int = 0
    last_good: datetime | None = None
    last_trouble: str | None = None
    last_trouble_at: datetime | None = None


@dataclass(slots=True)
class _Pool:
    """An httpx client, who uses it, and whether it has been replaced: the last user then closes it."""

    http: httpx.AsyncClient
    users: int = 0
    retired: bool = False


class Client:
    """The read endpoints as methods; each takes the `patience` of the answer that it is asked for.

    All raise ApiError. Passing failures are retried as `retry.Rules` say; a 429 pauses all requests until its
    `Retry-After` has passed. Use it as an async context, or call `aclose`.
    """

    def __init__(
        self,
        account: Account,
        *,
        http: MakeHttp = make_http,
        bounds: Bounds = Bounds(),
        rules: Rules = Rules(),
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], datetime] = partial(datetime.now, UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.account = account
        self.stats = Stats()
        self._bounds, self._rules = bounds, rules
        self._clock, self._sleep, self._now, self._chance = clock, sleep, now, chance
        self._make_http = http
        self._pool = _Pool(http())
        self._slots = asyncio.Semaphore(bounds.at_once)
        self._paused_until = clock()
        self._pool_timeouts = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._pool.http.aclose()

    # The endpoints

    async def sessions(
        self,
        last_id: int | None = None,
        page_size: int = PAGE_SIZE,
        *,
        patience: Patience,
        with_params: bool = False,
    ) -> Page[Session]:
        """Sessions, newest id first, those below `last_id`."""
        read = partial(wire.read_sessions, with_params=with_params)
        return await self._page(wire.list_sessions(last_id, page_size), read, patience)

    async def session(self, session_id: int, *, patience: Patience) -> Session:
        return await self._ask(wire.get_session(session_id), wire.read_session, patience)

    async def session_attempts(
        self,
        session_id: int,
        last_id: int | None = None,
        page_size: int = PAGE_SIZE,
        *,
        patience: Patience,
        with_params: bool = False,
    ) -> Page[Attempt]:
        """The attempts of one session, newest id first, those below `last_id`."""
        read = partial(wire.read_attempts, with_params=with_params)
        return await self._page(wire.list_session_attempts(session_id, last_id, page_size), read, patience)

    async def attempts(
        self,
        last_id: int | None = None,
        page_size: int = PAGE_SIZE,
        *,
        patience: Patience,
        include_retried: bool = True,
        project: str | None = None,
        workflow: str | None = None,
        with_params: bool = False,
    ) -> Page[Attempt]:
        """Attempts, newest id first, those below `last_id`; names are exact, an unknown project is NotFound."""
        request = wire.list_attempts(
            last_id, page_size, include_retried=include_retried, project=project, workflow=workflow
        )
        return await self._page(request, partial(wire.read_attempts, with_params=with_params), patience)

    async def attempt(self, attempt_id: int, *, patience: Patience) -> Attempt:
        return await self._ask(wire.get_attempt(attempt_id), wire.read_attempt, patience)

    async def tasks(self, attempt_id: int, *, patience: Patience) -> Page[Task]:
        """All tasks of an attempt; none where it has not started."""
        return await self._page(wire.list_tasks(attempt_id), wire.read_tasks, patience)

    async def retries(
        self, attempt_id: int, *, patience: Patience, with_params: bool = False
    ) -> Page[Attempt]:
        """All attempts of that attempt's session, itself included, by index."""
        read = partial(wire.read_attempts, with_params=with_params)
        return await self._page(wire.list_retries(attempt_id), read, patience)

    async def projects(
        self,
        name: str | None = None,
        name_pattern: str | None = None,
        last_id: int | None = None,
        *,
        patience: Patience,
    ) -> Page[Project]:
        """Projects, smallest id first, those above `last_id`; `name` is exact, `name_pattern` a part."""
        return await self._page(wire.list_projects(name, name_pattern, last_id), wire.read_projects, patience)

    async def workflows(
        self,
        name_pattern: str | None = None,
        last_id: int | None = None,
        *,
        patience: Patience,
        search_project_name: bool | None = None,
    ) -> Page[Workflow]:
        """Workflows of live projects in their newest revision, smallest id first, those above `last_id`."""
        request = wire.list_workflows(name_pattern, search_project_name, last_id)
        return await self._page(request, wire.read_workflows, patience)

    # One question: tries, waits, the account of them

    async def _page(self, request: Request, read: Reader[Page[Value]], patience: Patience) -> Page[Value]:
        page = await self._ask(request, read, patience)
        if page.odd:
            log.warning(
                "%s: %d of %d rows could not be read and were set aside", request.path, page.odd, page.size
            )
        return page

    async def _ask(self, request: Request, read: Reader[Value], patience: Patience) -> Value:
        began, tries = self._clock(), 0
        while True:
            tries += 1
            try:
                value = read(await self._answer(request, patience), self.account)
            except ApiError as error:
                wait = self._troubled(request, error, tries, began, patience)
                if wait is None:
                    raise
            else:
                patience.good()
                self.stats.last_good = self._now()
                return value
            await self._sleep(wait)

    def _troubled(
        self, request: Request, error: ApiError, tries: int, began: float, patience: Patience
    ) -> float | None:
        """Count and log a failure; seconds to wait before the next try, None to give up."""
        if isinstance(error, NotFound):
            log.debug("%s: %s", request.path, error)
            return None
        self.stats.failures += 1
        self.stats.last_trouble, self.stats.last_trouble_at = str(error), self._now()
        since, chance = self._clock() - began, self._chance()
        wait = wait_before_next(
            error, tries=tries, since=since, patience=patience, chance=chance, rules=self._rules
        )
        if isinstance(error, TooManyRequests):
            self._pause(error.retry_after if error.retry_after is not None else wait)
        level, then = (
            (logging.WARNING, "given up") if wait is None else (logging.INFO, f"again in {wait:.1f} s")
        )
        log.log(level, "%s: %s (%s)", request.path, error, then)
        return wait

    def _pause(self, seconds: float | None) -> None:
        self._paused_until = max(self._paused_until, self._clock() + (seconds or 0.0))

    async def _answer(self, request: Request, patience: Patience) -> Answer:
        """One try, in its turn: a success, or an ApiError."""
        async with self._turn(patience):
            await self._sit_out_pause(patience)
            left = min(patience.left(), self._bounds.request)
            if left <= 0:
                raise Unreachable(f"{self.account.name} was not asked any more: the time for it was up.")
            self.stats.requests += 1
            answer = await self._exchange(request, left, patience)
        wire.check(answer, self.account, self._now())
        return answer

    @asynccontextmanager
    async def _turn(self, patience: Patience) -> AsyncIterator[None]:
        """A place among the requests at once; waiting for it is bounded too."""
        left = patience.left()
        try:
            async with asyncio.timeout(left if left < float("inf") else None):
                await self._slots.acquire()
        except TimeoutError:
            raise Unreachable("Too much is being asked at once. Try again in a moment.") from None
        try:
            yield
        finally:
            self._slots.release()

    async def _sit_out_pause(self, patience: Patience) -> None:
        while (wait := self._paused_until - self._clock()) > 0:
            if wait >= patience.left():
                sentence = (
                    f"{self.account.name} takes no more requests for now (429). Try again in {wait:.0f} s."
                )
                raise TooManyRequests(sentence, wait)
            await self._sleep(wait)

    # One request over httpx

    async def _exchange(self, request: Request, left: float, patience: Patience) -> Answer:
        try:
            async with asyncio.timeout(left + self._bounds.grace), self._lease() as http:
                return await self._stream(http, request, left, patience)
        except TimeoutError:
            self._replace_pool()
            raise self._too_slow() from None

    async def _stream(
        self, http: httpx.AsyncClient, request: Request, left: float, patience: Patience
    ) -> Answer:
        deadline = self._clock() + left
        begun = False
        try:
            async with http.stream(
                "GET",
                self.account.site.api + request.path,
                params=request.query,
                headers=self._headers(),
                timeout=httpx.Timeout(left, connect=min(left, self._bounds.connect)),
            ) as response:
                begun = True
                body = await self._body(response, deadline, patience)
                headers = {name.lower(): value for name, value in response.headers.items()}
        except httpx.HTTPError as error:
            raise self._translated(error, begun) from error
        self._pool_timeouts = 0
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
                raise Unreadable(
                    f"{self.account.name} sent more than {self._bounds.body >> 20} MB in one answer."
                )
            if self._clock() >= deadline or patience.left() <= 0:
                raise self._too_slow()
        return bytes(body)

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[httpx.AsyncClient]:
        pool = self._pool
        pool.users += 1
        try:
            yield pool.http
        finally:
            pool.users -= 1
            if pool.retired and not pool.users:
                await pool.http.aclose()

    def _replace_pool(self) -> None:
        self._pool_timeouts = 0
        self._pool.retired = True
        self._pool = _Pool(self._make_http())

    def _too_slow(self) -> Unreachable:
        return Unreachable(f"{self.account.name} did not answer in time. Try again in a moment.")

    def _translated(self, error: httpx.HTTPError, begun: bool) -> ApiError:
        """httpx's error as one of ours; `begun` once the answer's headers were there."""
        name, again = self.account.name, "Try again in a moment."
        match error:
            case httpx.PoolTimeout():
                self._pool_timeouts += 1
                if self._pool_timeouts >= 3:
                    self._replace_pool()
                return self._too_slow()
            case httpx.TimeoutException():
                return self._too_slow()
            case httpx.DecodingError():
                return Unreadable(f"{name} sent an answer that can't be unpacked. {again}")
            case httpx.ProxyError():
                return _lasting(
                    Unreachable(f"The proxy before {name} did not let the bot through: look at HTTPS_PROXY.")
                )
            case httpx.ConnectError():
                return self._unconnected(error)
            case _ if begun:
                return Unreadable(f"{name} broke off in the middle of its answer. {again}")
            case _:
                return Unreachable(f"{name} dropped the connection without an answer. {again}")

    def _unconnected(self, error: httpx.ConnectError) -> ApiError:
        site = self.account.site
        for cause in _causes(error):
            match cause:
                case socket.gaierror():
                    return _lasting(
                        Unreachable(
                            f"The host of {site.name} can't be found: look at {site.setting} and the network."
                        )
                    )
                case ssl.SSLCertVerificationError():
                    return _lasting(
                        Unreachable(
                            f"The certificate of {site.name} is not trusted ({cause.verify_message}): SSL_CERT_FILE names a file of authorities that are."
                        )
                    )
                case ssl.SSLError():
                    return _lasting(
                        Unreachable(
                            f"{site.name} does not speak TLS as it should: is {site.setting} right about https and the port?"
                        )
                    )
                case ConnectionRefusedError():
                    return _lasting(
                        Unreachable(
                            f"{site.name} refused the connection: is it running, and is {site.setting} right?"
                        )
                    )
        return Unreachable(f"{site.name} can't be reached: look at {site.setting} and the network.")


def _lasting(error: ApiError) -> ApiError:
    error.lasting = True
    return error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """All that led to an error: causes, contexts, members of groups."""
    if error is None:
        return
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _causes(member)
    yield from _causes(error.__cause__ or error.__context__)
