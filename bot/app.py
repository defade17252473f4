"""The composition root: from settings to a running bot, one `async with` stack."""

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs, web
from bot.api.client import Client
from bot.api.wire import Account
from bot.commands import slash_commands
from bot.core.errors import ApiError, SlackError, SlackRefusedToken, Unauthorized
from bot.core.patience import Patience
from bot.dispatch import Dispatch, Feature
from bot.features.lookout.replies import About, Lookout
from bot.features.sessions.desk import Desk
from bot.features.sessions.replies import Sessions
from bot.mirror.scan import Scan
from bot.settings import Settings
from bot.slack.duplicates import Duplicates
from bot.slack.http import SignedHttp
from bot.slack.identity import Identity
from bot.slack.listeners import Listeners, bolt_app
from bot.slack.perform import Performer
from bot.slack.socket import Socket
from bot.slack.work import Work
from bot.store import store as stores
from bot.store.asks import Asks
from bot.ticker import Wake, ticking
from bot.version import own_version

log = logging.getLogger("lookout")

DRAIN_SECONDS = 15.0
"""How long answers under way may take to end after SIGTERM."""
PRUNE_EVERY = timedelta(hours=1)
FIRST_LOOK_SECONDS = 5.0

SLACK_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)


def now_utc() -> datetime:
    return datetime.now(UTC)


Time = tuple[Callable[[], datetime], Callable[[], float]]
REAL_TIME: Time = (now_utc, time.monotonic)
"""The present in UTC, and a monotonic clock in seconds."""


@dataclass(frozen=True, slots=True)
class Answering:
    """All that answers questions, without Slack."""

    features: Mapping[str, Feature]
    client: Client
    asks: Asks


@asynccontextmanager
async def answering(
    settings: Settings,
    *,
    database: str,
    slack: str,
    slack_trouble: Callable[[], Awaitable[str]],
    times: Time = REAL_TIME,
) -> AsyncIterator[Answering]:
    """The features over the account and a database. Raises SettingsError and StoreError for the database."""
    now, clock = times
    site = settings.site
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            stores.open_store(database, stores.Account(site.api, settings.owner))
        )
        client = await stack.enter_async_context(Client(Account(site, settings.access), now=now, clock=clock))
        asks = Asks(store)
        about = About(own_version(), now(), site.name, slack, store.address.name)
        desk = Desk(Scan(client, now), client, asks, site, now, clock)
        features: dict[str, Feature] = {
            "sessions": Sessions(desk, settings.slack_command_prefix),
            "lookout": Lookout(about, client, asks, slack_trouble, now, clock, settings.slack_command_prefix),
        }
        yield Answering(features, client, asks)


async def run(environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT; what is under way then is finished. Raises LookoutError for what ends it."""
    settings = Settings.for_run(environ)
    logs.configure(settings.log_format, settings.log_level)
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with running(settings) as bot:
        log.info("Lookout %s runs (%s)", own_version(), bot.mode)
        await stop.wait()
        log.info("Lookout ends: finishing what is under way")
        await bot.drain()
    return 0


@dataclass(slots=True)
class Bot:
    """A running bot. `port` is the web server's, None where there is none."""

    mode: str
    work: Work
    identity: Identity
    socket: Socket | None = None
    port: int | None = None

    async def trouble(self) -> str:
        """Why it is not ready to answer, "" when it is."""
        if self.work.draining:
            return "shutting down"
        if self.socket is not None and not await self.socket.connected():
            return "Socket Mode has no connection"
        return ""

    async def drain(self) -> None:
        """Take nothing new, then finish the answers under way."""
        self.work.draining = True
        if self.socket is not None:
            await self.socket.close()
        await self.work.drain(DRAIN_SECONDS)


@asynccontextmanager
async def running(settings: Settings, times: Time = REAL_TIME) -> AsyncIterator[Bot]:
    """A bot that answers in Slack. Raises SlackRefusedToken, Unauthorized, SettingsError, StoreError at start."""
    token = secret(settings.slack_bot_token)
    mode = "Socket Mode" if settings.slack_app_token else "signed HTTP"
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=SLACK_TIMEOUT, trust_env=True)
        )
        reads = AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session)
        posts = AsyncWebClient(
            token=token, base_url=settings.slack_api_url, session=session, retry_handlers=[]
        )
        bot = Bot(mode, Work(), Identity(reads, times[1]))
        parts = await stack.enter_async_context(
            answering(
                settings, database=settings.database_url, slack=mode, slack_trouble=bot.trouble, times=times
            )
        )
        await check_tokens(bot.identity, parts.client, times[1])
        dispatch = Dispatch(parts.features, bot.identity.person, prefix=settings.slack_command_prefix)
        listeners = Listeners(dispatch, Performer(posts, session), bot.work, Duplicates(times[1]))
        app = bolt_app(posts, token, secret(settings.slack_signing_secret) or None)
        listeners.register(app, slash_commands(settings.slack_command_prefix))
        await stack.enter_async_context(
            ticking(Wake("prune asks", PRUNE_EVERY, lambda: parts.asks.prune(times[0]())))
        )
        await open_door(settings, bot, app, reads, stack)
        yield bot


async def open_door(
    settings: Settings, bot: Bot, app: AsyncApp, reads: AsyncWebClient, stack: AsyncExitStack
) -> None:
    """Socket Mode's connection, or the web server that takes signed requests."""
    take = None
    if settings.slack_app_token:
        bot.socket = Socket(app, secret(settings.slack_app_token), reads)
        stack.push_async_callback(bot.socket.close)
        await bot.socket.open()
    else:
        take = SignedHttp(app).take
    if take is not None or settings.port_given:
        runner = await stack.enter_async_context(web.serving(web.web_app(bot.trouble, take), settings.port))
        bot.port = int(runner.addresses[0][1])


async def check_tokens(identity: Identity, client: Client, clock: Callable[[], float]) -> None:
    """A token or key that is refused ends the start; a Slack or an account that cannot be reached does not."""
    try:
        await identity.home()
    except SlackRefusedToken:
        raise
    except SlackError as error:
        log.warning("%s The bot goes on and tries again when asked.", error)
    try:
        await client.sessions(page_size=1, patience=Patience(clock, total=FIRST_LOOK_SECONDS))
    except Unauthorized:
        raise
    except ApiError as error:
        log.warning("%s The bot goes on and tries again when asked.", error)


def secret(value: object) -> str:
    """A setting's secret in the clear, "" where it is not set: only for the one call that needs it."""
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal()) if reveal else ""
