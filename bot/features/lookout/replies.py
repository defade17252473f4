"""`/lookout`, answered: help, the bot's own state, and the nearest command for what is none."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot.api.client import Client
from bot.blocks.answers import Suggestion, suggestions
from bot.blocks.help import all_help
from bot.commands import COMMANDS, UMBRELLA, split
from bot.core.action_ids import Press, question
from bot.core.errors import ApiError, StoreError
from bot.core.patience import Clock, Patience
from bot.core.people import Asking
from bot.core.query import shown
from bot.core.reply import Reply, Say
from bot.core.standing import MirrorStanding
from bot.features.lookout.views import Standing, status_message
from bot.features.lookout.words import WORDS
from bot.mirror.mirror import Mirror
from bot.mirror.standing import mirror_standing
from bot.store.asks import Asks

FOR_A_LOOK = 5.0
"""Seconds that `status` asks the account for."""


@dataclass(frozen=True, slots=True)
class About:
    """What does not change while the bot runs."""

    version: str
    started_at: datetime
    account: str
    slack: str
    database: str


@dataclass(frozen=True, slots=True)
class Lookout:
    """`slack_trouble` tells what is wrong with the connection to Slack, "" where all is well."""

    about: About
    client: Client
    asks: Asks
    mirror: Mirror
    slack_trouble: Callable[[], Awaitable[str]]
    now: Callable[[], datetime]
    clock: Clock
    prefix: str = ""

    async def asked(self, words: str, asking: Asking) -> Reply:
        match words.casefold():
            case "" | "help":
                return Say(all_help(COMMANDS, self.prefix))
            case "status":
                return Say(status_message(await self._standing(asking)))
            case _:
                return Say(suggestions(*nearest_command(words)))

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        return await self.asked(press.words, asking)

    async def _standing(self, asking: Asking) -> Standing:
        account_trouble, took = await self._look()
        database_trouble, kept, copied = await self._kept()
        stats, about = self.client.stats, self.about
        return Standing(
            now=self.now(),
            zone=asking.person.zone,
            version=about.version,
            started_at=about.started_at,
            account=about.account,
            account_trouble=account_trouble,
            answered_in=took,
            last_good_at=stats.last_good,
            requests=stats.requests,
            failures=stats.failures,
            slack=about.slack,
            slack_trouble=await self.slack_trouble(),
            database=about.database,
            database_trouble=database_trouble,
            asks=kept,
            copied=copied,
        )

    async def _look(self) -> tuple[str, float | None]:
        """Ask the account for its newest session: what is wrong with it, or how many seconds it took."""
        began = self.clock()
        try:
            await self.client.sessions(page_size=1, patience=Patience(self.clock, total=FOR_A_LOOK))
        except ApiError as error:
            return str(error), None
        return "", self.clock() - began

    async def _kept(self) -> tuple[str, int | None, MirrorStanding | None]:
        """What is wrong with the database, or how many asks it keeps and how the copy in it stands."""
        try:
            return "", await self.asks.count(), await mirror_standing(self.mirror)
        except StoreError as error:
            return str(error), None, None


def nearest_command(typed: str) -> tuple[str, list[Suggestion]]:
    """A sentence and its button: the nearest command, else what was typed as a search."""
    first, _, rest = typed.strip().removeprefix("/").partition(" ")
    names = [*(row.name for row in COMMANDS), *WORDS]
    near = get_close_matches(first.casefold(), names, n=1, cutoff=0.5)
    meant = f"{near[0]} {rest}".strip() if near else f"sessions {typed.strip().removeprefix('/')}"
    name, words = split(meant)
    sentence = f"I don't know {shown(first)}. Did you mean {shown(meant)}?"
    return sentence, [Suggestion(meant, question(name or UMBRELLA, words))]
