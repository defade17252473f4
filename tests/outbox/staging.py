"""An outbox between a database and a local Slack, its time moved by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.message import Message
from bot.outbox.outbox import Outbox
from bot.playground.slack import LocalSlack, SteppedClock
from bot.playground.slack import Message as Shown
from bot.slack.channel import Channels
from bot.store.posts import Post, PostKey, Posts
from bot.store.store import Account, open_store

SCOPES = "chat:write, im:write, im:history, channels:read, channels:history, groups:read, groups:history"
HERE, THERE, ELSEWHERE, OLD, SECRET = "C0ALERTS", "C0PARTNERS", "C0SALES", "C0OLD", "C0SECRET"
OWNER = Account("http://127.0.0.1:65432")


def manifest(scopes: str = SCOPES) -> str:
    return f"""
display_information: {{name: Lookout}}
features:
  app_home: {{messages_tab_enabled: true}}
  bot_user: {{display_name: Lookout}}
oauth_config: {{scopes: {{bot: [{scopes}]}}}}
settings: {{socket_mode_enabled: true}}
"""


def channels(api_url: str, session: aiohttp.ClientSession) -> Channels:
    web = AsyncWebClient(token=LocalSlack.bot_token, base_url=api_url, session=session, retry_handlers=[])
    return Channels(web)


def key(occasion: int = 1) -> PostKey:
    return PostKey("digest", "morning", str(occasion))


@dataclass
class Stage:
    """One process's outbox. `told` is what `lost` was told."""

    slack: LocalSlack
    clock: SteppedClock
    outbox: Outbox
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def posts(self) -> Posts:
        return self.outbox.posts

    async def plan(self, occasion: int = 1, channel: str = HERE, **payload: Any) -> None:
        message = Message(f"Number {occasion}")
        assert await self.posts.plan(key(occasion), channel, message, payload, self.now())

    async def want(self, text: str, occasion: int = 1) -> None:
        assert await self.posts.want(key(occasion), Message(text), {})

    async def get(self, occasion: int = 1) -> Post:
        post = await self.posts.get(key(occasion))
        assert post is not None
        return post

    async def turn(self, seconds: float = 0.0) -> None:
        """So much later, what is due then."""
        self.clock.move(seconds)
        await self.outbox.run()

    async def turns(self, number: int, seconds: float = 1.0) -> None:
        for _ in range(number):
            await self.turn(seconds)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def shown(self, channel: str = HERE) -> list[Shown]:
        """What the bot has said there."""
        return [one for one in self.slack.messages(channel) if one.via == "chat.postMessage"]

    def texts(self, channel: str = HERE) -> list[str]:
        return [one.text for one in self.shown(channel)]

    def asked(self, method: str) -> int:
        return len(self.slack.calls_of(method))


@asynccontextmanager
async def staged(
    database: str = "sqlite://",
    scopes: str = SCOPES,
    *,
    slack: LocalSlack | None = None,
    clock: SteppedClock | None = None,
    holder: str = "one",
) -> AsyncIterator[Stage]:
    """With `slack` and its `clock`: another process beside the one that made them."""
    clock = clock or SteppedClock()
    async with (
        LocalSlack(manifest(scopes), clock=clock) as own,
        open_store(database, OWNER) as store,
        aiohttp.ClientSession() as session,
    ):
        slack = slack or own
        outbox = Outbox(
            Posts(store),
            channels(slack.api_url, session),
            holder,
            now=lambda: datetime.fromtimestamp(clock.now(), UTC),
            clock=clock.now,
        )
        stage = Stage(slack, clock, outbox)

        async def lost(post: Post, sentence: str) -> None:
            stage.told.append((post.key.occasion, sentence))

        outbox.lost = lost
        yield stage
        await outbox.stop(5)


MINUTE = timedelta(minutes=1).total_seconds()
