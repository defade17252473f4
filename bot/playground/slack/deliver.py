"""Deliveries to the app: signed HTTP or Socket Mode, with Slack's 3 seconds for the acknowledgement."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

import aiohttp

from bot.playground.slack import limits as most
from bot.playground.slack.clock import Clock
from bot.playground.slack.errors import SlackError
from bot.playground.slack.sockets import Sockets
from bot.playground.slack.values import Delivery, Json

T = TypeVar("T")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_ENVELOPES = {"command": "slash_commands", "event": "events_api"}
_ANSWERED = {"command", "submission", "options"}


@dataclass(frozen=True)
class Answer:
    """What the app answered: HTTP status (200 for a socket's ack), body, and `x-slack-no-retry`."""

    status: int
    body: Any
    no_retry: bool = False


@dataclass(frozen=True)
class Posted:
    """A request as it went over HTTP, to be sent again byte for byte."""

    body: bytes
    headers: Mapping[str, str]


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's `v0=` signature (docs.slack.dev/authentication/verifying-requests-from-slack)."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Courier:
    """Brings payloads to the app: over HTTP once `request_url` is set, through a socket otherwise."""

    def __init__(self, clock: Clock, sockets: Sockets, secret: str) -> None:
        self._clock, self._sockets, self._secret = clock, sockets, secret
        self._session: aiohttp.ClientSession | None = None
        self.request_url: str | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def http(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A connection of its own for each delivery: an app that was restarted is met afresh.
            fresh = aiohttp.TCPConnector(force_close=True)
            timeout = aiohttp.ClientTimeout(total=None)
            self._session = aiohttp.ClientSession(connector=fresh, timeout=timeout)
        return self._session

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Delivery:
        """Send and wait for the acknowledgement; never raises for what the app does."""
        if self.request_url is not None:
            raw = self._posted(kind, payload, retry, reason)
            return await self._timed(kind, payload, "http", retry, raw, self.post(raw))
        envelope = _envelope(kind, payload, retry, reason)
        return await self._by_socket(kind, payload, retry, envelope)

    async def repeat(self, delivery: Delivery) -> Delivery:
        """The same bytes once more, as when Slack (or someone in between) sends twice."""
        kind, payload, raw = delivery.kind, delivery.payload, delivery.raw
        if isinstance(raw, Posted):
            return await self._timed(kind, payload, "http", delivery.retry, raw, self.post(raw))
        return await self._by_socket(kind, payload, delivery.retry, raw)

    async def _by_socket(self, kind: str, payload: Json, retry: int, envelope: Json) -> Delivery:
        socket = self._sockets.pick()
        if socket is None:
            now = self._clock.now()
            return Delivery(
                kind, payload, "no socket", "dispatch_failed", None, None, 0.0, now, retry, envelope
            )

        async def acknowledged() -> Answer:
            return Answer(200, await (await self._sockets.send(socket, envelope)))

        try:
            return await self._timed(kind, payload, socket.name, retry, envelope, acknowledged())
        finally:
            self._sockets.forget(envelope["envelope_id"])

    async def _timed(
        self, kind: str, payload: Json, via: str, retry: int, raw: Any, work: Coroutine[Any, Any, Answer]
    ) -> Delivery:
        at, begun = self._clock.now(), time.monotonic()
        answer = None
        try:
            answer = await within(self._clock, most.ACK_SECONDS, work)
            outcome = _outcome(answer)
        except (aiohttp.ClientError, ConnectionError, SlackError):
            outcome = "dispatch_failed"
        spent = time.monotonic() - begun
        status, body = (answer.status, answer.body) if answer else (None, None)
        no_retry = answer is not None and answer.no_retry
        return Delivery(kind, payload, via, outcome, status, body, spent, at, retry, raw, no_retry)

    def _posted(self, kind: str, payload: Json, retry: int, reason: str) -> Posted:
        if kind == "event":
            body, content_type = json.dumps(payload).encode(), JSON
        elif kind == "command":
            body, content_type = urlencode(payload).encode(), FORM
        else:
            body, content_type = urlencode({"payload": json.dumps(payload)}).encode(), FORM
        retried = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        return Posted(body, {**self.signed(body), "Content-Type": content_type, **retried})

    def signed(self, body: bytes) -> dict[str, str]:
        # The machine's time, also under a moved clock: whoever verifies compares with the machine's time.
        timestamp = str(int(time.time()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def post(self, raw: Posted) -> Answer:
        """POST to the app as it stands; a body that says it is JSON is read as such."""
        if self.request_url is None:
            raise SlackError("dispatch_failed")
        async with self.http().post(self.request_url, data=raw.body, headers=raw.headers) as response:
            text = await response.text()
            no_retry = response.headers.get("x-slack-no-retry") == "1"
            body = json.loads(text) if text and response.content_type == JSON else text or None
            return Answer(response.status, body, no_retry)


def _outcome(answer: Answer | None) -> str:
    if answer is None:
        return "operation_timeout"
    return "ok" if 200 <= answer.status < 300 else "dispatch_failed"


def _envelope(kind: str, payload: Json, retry: int, reason: str) -> Json:
    retried = {"retry_attempt": retry, "retry_reason": reason} if kind == "event" else {}
    return {
        "envelope_id": str(uuid.uuid4()),
        "type": _ENVELOPES.get(kind, "interactive"),
        "accepts_response_payload": kind in _ANSWERED,
        "payload": payload,
        **retried,
    }


async def within(clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of `work`, or None when the clock has gone on by `seconds` before it was there."""
    doing = asyncio.ensure_future(work)
    bell = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({doing, bell}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        for one in (doing, bell):
            one.cancel()
        await asyncio.gather(doing, bell, return_exceptions=True)
