"""What answers questions: the features over an account and a database, without Slack."""

import asyncio
import os
import platform
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.api.client import Client
from bot.api.wire import Account
from bot.asking.desk import Desk
from bot.dispatch import Feature
from bot.features.digests.drafts import NOT_HERE, NOT_NOW, Drafts
from bot.features.digests.making import Maker
from bot.features.digests.parts import Parts
from bot.features.digests.places import Places
from bot.features.digests.replies import DigestsCommand
from bot.features.home.replies import HomeTab
from bot.features.lookout.replies import About, Lookout
from bot.features.sessions.replies import Sessions
from bot.features.workflows.replies import Workflows
from bot.mirror.leisure import A_SECOND, Leisure
from bot.mirror.mirror import Mirror, make_mirror
from bot.mirror.rules import Rules
from bot.settings import Settings
from bot.slack.channel import Channels
from bot.slack.socket import PING_SECONDS
from bot.store import store as stores
from bot.store.address import Address
from bot.store.asks import Asks
from bot.store.digests import Digest, Digests
from bot.store.lease import Lease
from bot.store.posts import Posts
from bot.version import own_version

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Times:
    """Time as the bot knows it: the present in UTC, a monotonic clock in seconds, how it waits.

    In seconds: after how long a Slack that could not be reached is tried `again`, between pings of its
    connection, and between looks at whether there still is one. `leisure` is how many requests a second what
    is not urgent may send.
    """

    now: Callable[[], datetime] = now_utc
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    again: float = 10.0
    ping: float = PING_SECONDS
    watch: float = 30.0
    leisure: float = A_SECOND


REAL = Times()


@dataclass(frozen=True, slots=True)
class Answering:
    """All that answers questions, without Slack."""

    features: Mapping[str, Feature]
    client: Client
    asks: Asks
    mirror: Mirror
    digests: DigestsCommand


def digests_of(
    settings: Settings, store: stores.Store, mirror: Mirror, channels: Channels | None, times: Times
) -> DigestsCommand:
    """`/digests`, with those that the settings declare."""
    kept = Digests(store)
    declared = tuple(
        Digest(
            name=each.name,
            cron=each.when,
            zone=each.zone.key if each.zone else "UTC",
            channel=each.address,
            place=each.address,
            made_at=NEVER,
            words=each.words,
            quiet=each.quiet,
            declared=True,
        )
        for each in settings.digests
    )
    places = Places(channels, kept, times.now) if channels else None
    prefix, forgotten = settings.slack_command_prefix, forgets(store.address, settings)
    drafts = Drafts(kept, places, declared, times.now, prefix, forgotten)
    maker = Maker(mirror, kept, times.clock)
    parts = Parts(maker, kept, drafts)
    return DigestsCommand(maker, kept, Posts(store), drafts, parts, times.now, prefix)


def forgets(address: Address, settings: Settings) -> str:
    """Why nothing that is made by command would outlive the process, "" where it would."""
    if address.server is not None:
        return ""
    if address.file is None:
        return NOT_NOW
    return NOT_HERE if settings.ephemeral_disk else ""


def this_process() -> str:
    """A name that no other process has, and that tells where it runs."""
    return f"{platform.node() or 'here'}:{os.getpid()}:{secrets.token_hex(3)}"


@asynccontextmanager
async def answering(
    settings: Settings,
    *,
    database: str,
    slack: str,
    slack_trouble: Callable[[], Awaitable[str]],
    times: Times = REAL,
    keeps: bool = False,
    channels: Channels | None = None,
) -> AsyncIterator[Answering]:
    """The features over the account and a database, whose copy of the account this process `keeps` or not.

    Raises SettingsError and StoreError for the database.
    """
    now, clock = times.now, times.clock
    site = settings.site
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            stores.open_store(database, stores.Account(site.api, settings.owner))
        )
        client = await stack.enter_async_context(Client(Account(site, settings.access), now=now, clock=clock))
        asks = Asks(store)
        about = About(own_version(), now(), site.name, slack, store.address.name)
        mirror = make_mirror(
            client,
            store,
            now=now,
            clock=clock,
            keeps=keeps,
            leisure=Leisure(clock, times.sleep, times.leisure),
            rules=Rules(kept=timedelta(days=settings.mirror_days)),
            lease=Lease(store, "mirror", this_process()),
        )
        stack.push_async_callback(mirror.upkeep.stop)
        stack.push_async_callback(asks.settle)
        desk = Desk(mirror, client, asks, site, now, clock)
        digests = digests_of(settings, store, mirror, channels, times)
        features: dict[str, Feature] = {
            "home": HomeTab(mirror, site, now, clock, settings.slack_command_prefix),
            "sessions": Sessions(desk, settings.slack_command_prefix),
            "workflows": Workflows(desk, settings.slack_command_prefix),
            "digests": digests,
            "lookout": Lookout(
                about, client, asks, mirror, slack_trouble, now, clock, settings.slack_command_prefix
            ),
        }
        yield Answering(features, client, asks, mirror, digests)
