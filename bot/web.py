"""The web server: `/slack/events` (signed HTTP mode), `/healthz`, `/readyz`."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.core.errors import SettingsError
from bot.slack.http import HttpAnswer

LARGEST_BODY = 1_000_000
"""Bytes; Slack's own deliveries are far smaller."""
LAST_SECONDS = 0.5
"""How long a request that is not through yet (an upload that drips) may hold up the end."""

Take = Callable[[dict[str, str], bytes], Awaitable[HttpAnswer]]
Ready = Callable[[], Awaitable[str]]
"""Why the bot is not ready, "" when it is."""


def web_app(ready: Ready, take: Take | None) -> web.Application:
    """The routes; without `take` (Socket Mode) there is no /slack/events."""
    app = web.Application(client_max_size=LARGEST_BODY)

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        reason = await ready()
        return web.Response(text=f"{reason or 'ready'}\n", status=503 if reason else 200)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    if take is not None:
        app.router.add_post("/slack/events", slack_events(take))
    return app


def slack_events(take: Take) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except web.RequestPayloadError:  # not packed as its headers say
            return web.Response(status=400, text="unreadable body")
        answer = await take(dict(request.headers), body)
        kind = answer.headers.get("content-type", "text/plain").split(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=kind)

    return handle


def foreseen(record: logging.LogRecord) -> bool:
    """What is no HTTP, or not packed as it says, is told in one line: aiohttp logs a traceback."""
    if record.exc_info and isinstance(record.exc_info[1], (HttpProcessingError, web.RequestPayloadError)):
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args = "refused a request that is no sound HTTP", ()
        record.exc_info = None
    return True


def quiet_logger() -> logging.Logger:
    logger = logging.getLogger("lookout.web")
    logger.addFilter(foreseen)
    return logger


@asynccontextmanager
async def serving(app: web.Application, port: int, host: str = "0.0.0.0") -> AsyncIterator[web.AppRunner]:  # noqa: S104
    """The server, bound; port 0 takes a free one.

    Raises SettingsError when the port is taken.
    """
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, shutdown_timeout=LAST_SECONDS, logger=quiet_logger()
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsError(
                f"PORT {port} cannot be listened on ({error.strerror}): choose another one."
            ) from error
        yield runner
    finally:
        await runner.cleanup()
