"""Slack over Socket Mode: one connection that is looked after until the bot ends."""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import SlackError, SlackRefusedToken
from bot.slack.trouble import FOREIGN, translate

log = logging.getLogger("lookout.slack")

AGAIN_SECONDS = 10.0
"""Between tries to open a connection: apps.connections.open may be a tier 1 method, so never in a tight loop."""


class Socket:
    """The connection. The SDK reconnects by itself once it has been connected."""

    def __init__(self, app: AsyncApp, app_token: str, web: AsyncWebClient) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._handler: AsyncSocketModeHandler | None = None
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect. Raises SlackRefusedToken when the app-level token is refused; while Slack cannot be
        reached the connection is tried for in the background."""
        try:
            await self._connect()
        except SlackRefusedToken:
            raise
        except SlackError as error:
            log.warning("%s Trying again every %.0f s.", error, AGAIN_SECONDS)
            self._opening = asyncio.create_task(self._keep_opening())

    async def _keep_opening(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            try:
                return await self._connect()
            except SlackError as error:
                log.warning("%s Trying again every %.0f s.", error, AGAIN_SECONDS)

    async def _connect(self) -> None:
        try:
            opened = await self._web.apps_connections_open(app_token=self._app_token)
        except FOREIGN as error:
            raise translate(error, "opening the Socket Mode connection", "SLACK_APP_TOKEN") from error
        handler = AsyncSocketModeHandler(
            self._app,
            self._app_token,
            logger=logging.getLogger("lookout.socket"),
            web_client=self._web,
            proxy=self._web.proxy,
        )
        handler.client.wss_uri = str(opened["url"])
        self._handler = handler
        await handler.connect_async()  # type: ignore[no-untyped-call]

    async def connected(self) -> bool:
        return self._handler is not None and bool(await self._handler.client.is_connected())

    async def close(self) -> None:
        """Hang up: what was not acknowledged yet is delivered to another replica, or shown as failed."""
        if self._opening is not None:
            self._opening.cancel()
        if self._handler is not None:
            await self._handler.close_async()  # type: ignore[no-untyped-call]
