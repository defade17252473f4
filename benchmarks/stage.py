"""A bot between a local Slack and an account some way off, and questions put to it as people do."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bot import Lookout, State, lookout
from bot.manifest import manifest_yaml
from bot.playground.account.apart import Apart, Distance, apart
from bot.playground.slack import LocalSlack, Message, User
from bot.playground.slack.people import BOT_USER, Channel
from bot.playground.slack.values import Change

KEY = "1/" + "5ec2e7" * 7
HERE = "#data-alerts"
QUESTION = "/sessions failed"
PEOPLE = tuple(User(f"U0P{number:03}", f"person{number}", f"Person {number}") for number in range(50))
ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One question: who sent it and when (UTC), how many seconds later it was acknowledged and answered, and
    what the answer reads."""

    person: str
    sent: datetime
    acknowledged: float
    answered: float
    text: str


@dataclass(slots=True)
class Stage:
    slack: LocalSlack
    account: Apart
    bot: Lookout
    database: Path
    _waiting: defaultdict[str | None, deque[asyncio.Future[tuple[float, Message]]]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def __post_init__(self) -> None:
        self.slack.watch(self._heard)

    def _heard(self, change: Change) -> None:
        if change.what == "posted" and change.subject.author == BOT_USER:
            waiting = self._waiting[change.subject.for_user]
            if waiting:
                waiting.popleft().set_result((time.perf_counter(), change.subject))

    async def ask(self, person: int = 0) -> Answer:
        """Raises RuntimeError where the command was not acknowledged, TimeoutError where not answered."""
        user = PEOPLE[person]
        posted: asyncio.Future[tuple[float, Message]] = asyncio.get_running_loop().create_future()
        self._waiting[user.id].append(posted)
        sent, begun = datetime.now(UTC), time.perf_counter()
        delivery = await self.slack.command(user.id, HERE, QUESTION)
        if not delivery.ok:
            raise RuntimeError(f"A command was not acknowledged: {delivery.outcome}.")
        async with asyncio.timeout(ANSWER_SECONDS):
            at, message = await posted
        return Answer(user.id, sent, delivery.latency, at - begun, message.text)

    async def until(self, what: str, seconds: float = 300.0) -> State:
        """Wait until the bot is `ready` or its copy `filled`. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await self.bot.until(what)


@asynccontextmanager
async def on(account: Apart, database: Path) -> AsyncIterator[Stage]:
    """The bot, with this database, on an account that is there already."""
    channel = Channel("C0ALERTS", "data-alerts", frozenset({BOT_USER, *(person.id for person in PEOPLE)}))
    async with LocalSlack(manifest_yaml(), users=PEOPLE, channels=(channel,), tiers=False) as slack:
        environ = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "TD_API_KEY": KEY,
            "WORKFLOW_URL": account.url,
            "DATABASE_URL": f"sqlite:///{database}",
            "LOG_LEVEL": "WARNING",
        }
        async with lookout(environ) as bot:
            await slack.wait_for(lambda: bool(slack.sockets.open))
            yield Stage(slack, account, bot, database)


@asynccontextmanager
async def present(distance: Distance) -> AsyncIterator[Apart]:
    """The account, whose clock goes as ours does."""
    async with apart(distance) as account:
        await account.move(datetime.now(UTC) - await account.now())
        yield account
