"""The composition root: from settings to a running bot, one `async with` stack."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs, web
from bot.answering import REAL, Answering, Times, answering, this_process
from bot.api.client import Client
from bot.commands import slash_commands
from bot.core.errors import ApiError, SlackError, SlackRefusedToken, StoreError, Unauthorized
from bot.core.patience import Patience
from bot.dispatch import Dispatch
from bot.features.digests.places import Places
from bot.features.digests.runs import DigestRuns
from bot.mirror.duty import RENEW_EVERY
from bot.mirror.mirror import Mirror
from bot.mirror.upkeep import Upkeep
from bot.outbox.outbox import Outbox
from bot.settings import Settings
from bot.slack.channel import Channels
from bot.slack.duplicates import Duplicates
from bot.slack.http import SignedHttp
from bot.slack.identity import Identity
from bot.slack.listeners import Listeners, bolt_app
from bot.slack.perform import Performer
from bot.slack.socket import Socket
from bot.slack.work import Work
from bot.ticker import Wake, ticking
from bot.version import own_version

log = logging.getLogger("lookout")

DRAIN_SECONDS = 14.0
"""How long answers under way may take to end after SIGTERM; the process is gone within 15."""
ACK_SECONDS = 3.0
"""How long deliveries may take to be acknowledged: Slack waits no longer."""
PRUNE_EVERY = timedelta(hours=1)
FILL_EVERY = timedelta(seconds=15)
DIAGNOSE_EVERY = timedelta(seconds=5)
SWEEP_EVERY = timedelta(minutes=10)
"""How often it is seen whether a sweep is due."""
DIGESTS_EVERY = timedelta(seconds=3)
POST_EVERY = timedelta(seconds=1)
OUTBOX_SECONDS = 5.0
"""How long posts under way may take to end; what has not by then is looked up at the next start."""
FIRST_LOOK_SECONDS = 5.0
FIRST_MEETING_SECONDS = 10.0
"""How long the start waits for Slack and the account before it goes on without them."""

SLACK_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)


async def run(environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT, and finish what is under way then.

    Raises LookoutError for what ends it before.
    """
    settings = Settings.for_run(environ)
    logs.configure(settings.log_format, settings.log_level)
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with AsyncExitStack() as stack:
        stopped = asyncio.create_task(stop.wait())
        start = asyncio.create_task(stack.enter_async_context(running(settings)))
        await asyncio.wait({start, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not start.done():
            start.cancel()
            await asyncio.wait({start})
            return 0
        bot = start.result()
        spare_the_collector()
        on_port = f" on port {bot.port}" if bot.port else ""
        log.info("Lookout %s runs (%s%s)", own_version(), bot.mode, on_port)
        await until_stopped(stopped, bot)
        log.info("Lookout ends: finishing what is under way")
        await bot.drain()
    return 0


def spare_the_collector() -> None:
    """What the start has made stays to the end: Python's collector need not go through it again and again,
    which would hold the event loop for a tenth of a second each time."""
    gc.collect()
    gc.freeze()


async def until_stopped(stopped: asyncio.Task[Literal[True]], bot: "Bot") -> None:
    """Raises SlackRefusedToken where Slack, reached at last, refuses a token."""
    if bot.meeting is not None:
        await asyncio.wait({stopped, bot.meeting}, return_when=asyncio.FIRST_COMPLETED)
        if bot.meeting.done():
            bot.meeting.result()
    await stopped


@dataclass(slots=True)
class Bot:
    """A running bot. `port` is the web server's, None where there is none; `meeting` ends once Slack has been
    reached."""

    mode: str
    work: Work
    identity: Identity
    socket: Socket | None = None
    port: int | None = None
    meeting: asyncio.Task[None] | None = None
    started: bool = False
    mirror: Mirror | None = None
    runs: DigestRuns | None = None
    outbox: Outbox | None = None

    async def unready(self) -> str:
        """Why it cannot answer everything exactly yet, "" when it can."""
        trouble = await self.trouble()
        if trouble or self.mirror is None:
            return trouble
        try:
            return "" if await self.mirror.upkeep.is_ready() else "the last 24 h are being read"
        except StoreError as error:
            return str(error)

    async def trouble(self) -> str:
        """Why it is not ready to answer, "" when it is."""
        if self.work.draining:
            return "shutting down"
        if not self.started:
            return "starting"
        if self.socket is not None and not await self.socket.connected():
            return "Socket Mode has no connection"
        return ""

    async def meet(self) -> None:
        """Learn who we are, and connect. Raises SlackRefusedToken, SlackError."""
        await self.identity.home()
        if self.socket is not None:
            await self.socket.open()

    async def drain(self) -> None:
        """Take nothing new, then finish the answers under way."""
        self.work.draining = True
        if self.meeting is not None:
            self.meeting.cancel()
        clock = asyncio.get_running_loop().time
        end = clock() + DRAIN_SECONDS
        await self.work.acknowledged(ACK_SECONDS)
        if self.socket is not None:
            await self.socket.close()
        await self.work.finish(end - clock())


@asynccontextmanager
async def running(settings: Settings, times: Times = REAL) -> AsyncIterator[Bot]:
    """A bot that answers in Slack; while Slack or the account cannot be reached it runs all the same.

    Raises SlackRefusedToken, Unauthorized, SettingsError, StoreError at start.
    """
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
        bot = Bot(mode, Work(), Identity(reads, times.clock))
        channels = Channels(posts)
        parts = await stack.enter_async_context(
            answering(
                settings,
                database=settings.database_url,
                slack=mode,
                slack_trouble=bot.trouble,
                times=times,
                keeps=True,
                channels=channels,
            )
        )
        stack.push_async_callback(bot.work.finish, 0.0)  # no answer outlives the database
        dispatch = Dispatch(parts.features, bot.identity.person, prefix=settings.slack_command_prefix)
        performer = Performer(posts, session, times.sleep)
        listeners = Listeners(dispatch, performer, bot.work, Duplicates(times.clock))
        app = bolt_app(posts, token, secret(settings.slack_signing_secret) or None)
        listeners.register(app, slash_commands(settings.slack_command_prefix))
        bot.runs, bot.outbox = telling(parts, channels, times)
        stack.push_async_callback(bot.outbox.stop, OUTBOX_SECONDS)
        wakes = [
            Wake("prune asks", PRUNE_EVERY, lambda: parts.asks.prune(times.now())),
            *mirror_wakes(parts.mirror.upkeep, settings.poll_seconds),
            Wake("digests", DIGESTS_EVERY, bot.runs.run),
            Wake("outbox", POST_EVERY, bot.outbox.wake),
            Wake("prune digests", PRUNE_EVERY, lambda: parts.digests.digests.prune(times.now())),
            Wake("prune posts", PRUNE_EVERY, lambda: parts.digests.posts.prune(times.now())),
        ]
        if settings.slack_app_token:
            bot.socket = Socket(app, secret(settings.slack_app_token), reads, bot.work, times.ping)
            stack.push_async_callback(bot.socket.close)
            wakes.append(Wake("Socket Mode", timedelta(seconds=times.watch), bot.socket.watch))
        await parts.mirror.upkeep.hold()  # or else another process has it
        await stack.enter_async_context(ticking(*wakes))
        bot.mirror = parts.mirror
        await open_web(settings, bot, app, stack)
        await meet_both(bot, parts.client, times, stack)
        bot.started = True
        yield bot


def mirror_wakes(upkeep: Upkeep, poll_seconds: float) -> list[Wake]:
    """What keeps the copy up with the account."""
    return [
        Wake("lease", RENEW_EVERY, upkeep.hold),
        Wake("tick", timedelta(seconds=poll_seconds), upkeep.tick),
        Wake("fill", FILL_EVERY, upkeep.fill, at_once=True),
        Wake("diagnose", DIAGNOSE_EVERY, upkeep.diagnose),
        Wake("sweep", SWEEP_EVERY, upkeep.sweep),
        Wake("prune the mirror", PRUNE_EVERY, upkeep.prune),
    ]


def telling(parts: Answering, channels: Channels, times: Times) -> tuple[DigestRuns, Outbox]:
    """What tells digests when they fall due, and what posts them."""
    command = parts.digests
    runs = DigestRuns(
        maker=command.maker,
        digests=command.digests,
        posts=command.posts,
        places=command.drafts.places or Places(channels, command.digests, times.now),
        declared=command.drafts.declared,
        now=times.now,
        lasting=not command.drafts.forgets,
        ours=parts.mirror.upkeep.duty.ours,
        prefix=command.prefix,
    )
    outbox = Outbox(command.posts, channels, this_process(), times.now, times.clock, runs.lost)
    return runs, outbox


async def open_web(settings: Settings, bot: Bot, app: AsyncApp, stack: AsyncExitStack) -> None:
    """The web server: it takes signed requests; in Socket Mode only for who asks how the bot is."""
    take = None
    if bot.socket is None:
        take = SignedHttp(app, secret(settings.slack_signing_secret), bot.work).take
    if take is not None or settings.port_given:
        runner = await stack.enter_async_context(web.serving(web.web_app(bot.unready, take), settings.port))
        bot.port = int(runner.addresses[0][1])


async def meet_both(bot: Bot, client: Client, times: Times, stack: AsyncExitStack) -> None:
    """A token or key that is refused ends the start; who cannot be reached is tried again, or when asked."""
    tried = asyncio.Event()
    bot.meeting = asyncio.create_task(keep_meeting(bot, times, tried))
    stack.push_async_callback(cancelled, bot.meeting)
    first = asyncio.create_task(tried.wait())
    stack.push_async_callback(cancelled, first)
    await look_at_account(client, times.clock)
    await asyncio.wait(
        {bot.meeting, first}, timeout=FIRST_MEETING_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    if bot.meeting.done():
        bot.meeting.result()


async def keep_meeting(bot: Bot, times: Times, tried: asyncio.Event) -> None:
    """Until Slack has been reached. Raises SlackRefusedToken."""
    while True:
        try:
            return await bot.meet()
        except SlackRefusedToken:
            raise
        except SlackError as error:
            log.warning("%s Trying again every %.0f s.", error, times.again)
        tried.set()
        await asyncio.sleep(times.again)


async def look_at_account(client: Client, clock: Callable[[], float]) -> None:
    """Raises Unauthorized where the key is refused."""
    try:
        await client.sessions(page_size=1, patience=Patience(clock, total=FIRST_LOOK_SECONDS))
    except Unauthorized:
        raise
    except ApiError as error:
        log.warning("%s The bot goes on and tries again when asked.", error)


async def cancelled(task: asyncio.Task[Any]) -> None:
    """End a task; what it raised was told by whoever waited for it."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def secret(value: object) -> str:
    """A setting's secret in the clear, "" where it is not set: only for the one call that needs it."""
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal()) if reveal else ""
