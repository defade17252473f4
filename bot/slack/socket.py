"""Slack over Socket Mode: one connection that is looked after until the bot ends."""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.redact import redact
from bot.slack.trouble import FOREIGN, translate
from bot.slack.work import Work

log = logging.getLogger("lookout.slack")

PING_SECONDS = 10.0
"""Between pings, and before a broken connection is opened anew; `apps.connections.open` may be a tier 1
method, so never in a tight loop."""


class Link(SocketModeClient):
    """The SDK's connection, but for its habit to try the same address for ever: each works only once."""

    async def connect(self) -> None:
        while not self.closed:
            try:
                async with asyncio.timeout(max(self.ping_interval, 1.0)):
                    await super().connect()  # type: ignore[no-untyped-call] # the SDK leaves it untyped
                    return
            except TimeoutError:
                self.wss_uri = None


class Socket:
    """Once it has been open the SDK reconnects by itself. `ping` is in seconds."""

    def __init__(
        self, app: AsyncApp, app_token: str, web: AsyncWebClient, work: Work, ping: float = PING_SECONDS
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._work = work
        self._ping = ping
        self._link: Link | None = None
        self._lost = 0

    async def open(self) -> None:
        """Connect. Raises SlackRefusedToken when the app-level token is refused, SlackError when Slack cannot
        be reached."""
        try:
            opened = await self._web.apps_connections_open(app_token=self._app_token)
        except FOREIGN as error:
            raise translate(error, "opening the Socket Mode connection", "SLACK_APP_TOKEN") from error
        self._link = Link(
            self._app_token,
            logger=quiet_logger(),
            web_client=self._web,
            proxy=self._web.proxy,
            ping_interval=self._ping,
        )
        self._link.wss_uri = str(opened["url"])
        self._link.socket_mode_request_listeners.append(self._take)
        await self._link.connect()

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """While the bot ends nothing is acknowledged: it was not taken."""
        if not self._work.draining:
            await self._work.take(self._acknowledge(client, request))

    async def _acknowledge(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        answer = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, answer, 0.0)

    async def watch(self) -> None:
        """To be called now and then: a connection that the SDK does not bring back is opened afresh.

        Raises SlackRefusedToken, SlackError.
        """
        if self._link is None or self._work.draining:
            return
        if await self.connected():
            self._lost = 0
            return
        self._lost += 1
        log.warning("Socket Mode has no connection")
        if self._lost > 1:
            self._lost = 0
            await self.close()
            await self.open()

    async def connected(self) -> bool:
        return self._link is not None and bool(await self._link.is_connected())

    async def close(self) -> None:
        """Hang up: what was not acknowledged yet is delivered to another replica, or shown as failed."""
        if self._link is not None:
            await self._link.close()  # type: ignore[no-untyped-call] # the SDK leaves it untyped


def quiet_logger() -> logging.Logger:
    logger = logging.getLogger("lookout.socket")
    logger.addFilter(one_line)
    return logger


def one_line(record: logging.LogRecord) -> bool:
    """The SDK logs each lost connection with a traceback; a connection that is lost is foreseen."""
    message = redact(" ".join(record.getMessage().split()))
    if record.exc_info and isinstance(record.exc_info[1], FOREIGN):
        record.exc_info = None
    record.msg, record.args = message, ()
    return True
