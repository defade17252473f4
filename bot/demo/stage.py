"""Account, Slack and bot, each on loopback, and their one clock."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.answering import Times
from bot.app import Bot, running
from bot.demo.clock import DemoClock
from bot.manifest import manifest_yaml
from bot.playground.account.added import Added
from bot.playground.account.lifelike import Lifelike
from bot.playground.account.server import Account
from bot.playground.account.wire import Flavour
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.people import User, default_users
from bot.settings import Settings

SESSIONS = 2000
START_SECONDS = 30.0
AT_FULL_SPEED = 1000.0
"""Requests a second."""
END_SECONDS = 1.0
"""For answers under way at the end: nobody reads them any more."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`history` is the account's truth; runs can be added to it."""

    clock: DemoClock
    history: Added
    account: Account
    slack: LocalSlack


@asynccontextmanager
async def stage(
    zone: ZoneInfo | None,
    sessions: int,
    flavour: Flavour,
    account_port: int = 0,
    *,
    start: datetime | None = None,
) -> AsyncIterator[Stage]:
    """The bot is connected; its data go with the context. Time begins at `start`, by default at the present.

    Raises OSError where the port is taken.
    """
    clock = DemoClock(start)
    history = Added(Lifelike(sessions=sessions, anchor=clock.time()))
    people = tuple(in_zone(user, zone) for user in default_users())
    with tempfile.TemporaryDirectory(prefix="lookout-demo-") as folder:
        async with (
            Account(history, clock=clock.clock, flavour=flavour, port=account_port) as account,
            LocalSlack(manifest_yaml(), clock=clock, users=people) as slack,
            running(
                Settings.for_run(environ(account, slack, Path(folder))),
                Times(now=clock.time, clock=clock.monotonic),
            ) as bot,
        ):
            try:
                await slack.wait_for(lambda: slack.sockets.pick(), START_SECONDS)
                await grown_up(bot)
                yield Stage(clock, history, account, slack)
            finally:
                bot.work.draining = True
                await bot.work.finish(END_SECONDS)


async def grown_up(bot: Bot) -> None:
    """As after its first minutes: all is copied, and why what failed has been read.

    The account is our own and near: it need not be treated gently.
    """
    if bot.mirror is not None:
        bot.mirror.upkeep.diagnosis.leisure.rate = AT_FULL_SPEED
        await bot.mirror.upkeep.fill()
        await bot.mirror.upkeep.diagnose()


def environ(account: Account, slack: LocalSlack, folder: Path) -> dict[str, str]:
    """The settings that a deployment would have."""
    return {
        "WORKFLOW_URL": account.url,
        "TD_API_KEY": "1/0000000000000000000000000000000000000000",
        "CONSOLE_URL": "https://console.example.com",
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "DATABASE_URL": f"sqlite:///{folder / 'lookout.db'}",
    }


def in_zone(user: User, zone: ZoneInfo | None) -> User:
    return replace(user, tz=zone.key) if zone is not None and user.name == "ana" else user
