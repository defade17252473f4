"""The real bot between a local Slack and a simulated account, on loopback."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.answering import Times
from bot.app import Bot, running
from bot.core.errors import ApiError
from bot.manifest import manifest_yaml
from bot.playground.account import Account, Clock, Written
from bot.playground.account.auth import Auth
from bot.playground.account.history import History
from bot.playground.slack import Delivery, LocalSlack, Message, User
from bot.playground.slack.clock import Clock as SlackClock
from bot.settings import Settings

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEY = "1/" + "5ec2e7" * 7
HERE = "#data-alerts"
"""A channel that the bot is a member of; in #sales it is not."""


@dataclass
class Stage:
    """`mode` is `socket` or `http`."""

    mode: str
    slack: LocalSlack
    account: Account
    bot: Bot

    async def ask(self, typed: str, user: str = "ana", channel: str = HERE) -> Message:
        """Type a command; the answer."""
        delivery = await self.slack.command(user, channel, typed)
        assert delivery.ok, delivery
        return await self.slack.next_message(user=user, timeout=20)

    async def press(self, message: Message, text: str, user: str = "ana") -> Delivery:
        return acknowledged(await self.slack.press(user, message, text=text))

    async def press_first(self, message: Message, text: str, user: str = "ana") -> Delivery:
        """The first of several buttons with these words."""
        found = next(each for each in buttons(message) if each["text"]["text"] == text)
        return acknowledged(await self.slack.press(user, message, action_id=found["action_id"]))

    async def choose(self, message: Message, menu: str, option: str, user: str = "ana") -> Delivery:
        """Choose the option that begins so."""
        action = f"sessions.{menu}"
        found = next(each for each in elements(message) if each.get("action_id") == action)
        value = next(each["value"] for each in found["options"] if each["text"]["text"].startswith(option))
        return acknowledged(await self.slack.choose(user, message, action, value))

    def asked(self, path: str = "/") -> list[str]:
        """The paths under `path` that the account was asked for, in order."""
        return [each.path for each in self.account.log if each.path.startswith(path)]


@asynccontextmanager
async def staged(
    mode: str,
    folder: Path,
    history: History,
    *,
    times: Times | None = None,
    slack_clock: SlackClock | None = None,
    users: Iterable[User] | None = None,
    auth: Auth | None = None,
    settle: bool = True,
    **environ: str,
) -> AsyncIterator[Stage]:
    """The bot on an account where it is noon of 24 November 2026; `settle`: its copy is full already."""
    clock = Clock(NOW)
    clock.freeze()
    async with (
        LocalSlack(manifest_yaml(), clock=slack_clock, users=users, tiers=False) as slack,
        Account(history, clock=clock, auth=auth) as account,
        started(mode, slack, account, folder, times, **environ) as stage,
    ):
        if settle:
            await settled(stage.bot)
            account.log.clear()
        yield stage


@asynccontextmanager
async def started(
    mode: str, slack: LocalSlack, account: Account, folder: Path, times: Times | None = None, **environ: str
) -> AsyncIterator[Stage]:
    """The bot, between a Slack and an account that are there already."""
    chosen = Settings.for_run(settings(mode, slack, account.url, folder) | environ)
    times = replace(times or Times(), now=account.clock.now, leisure=100_000.0)
    async with running(chosen, times) as bot:
        await met(mode, slack, bot)
        yield Stage(mode, slack, account, bot)


async def settled(bot: Bot) -> None:
    """The copy is full and every failure's error is known, as far as the account lets it be."""
    assert bot.mirror is not None
    with suppress(ApiError):
        await bot.mirror.upkeep.filling.run()
        await bot.mirror.upkeep.diagnosis.run()


async def met(mode: str, slack: LocalSlack, bot: Bot) -> None:
    """Slack and the bot know of each other."""
    if mode == "http":
        slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
    else:
        await slack.wait_for(lambda: bool(slack.sockets.open))


def settings(mode: str, slack: LocalSlack, account: str, folder: Path) -> dict[str, str]:
    """What a deployment sets."""
    shared = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "TD_API_KEY": KEY,
        "WORKFLOW_URL": account,
        "CONSOLE_URL": "https://console.test",
        "POLL_SECONDS": "3600",  # nothing is asked for by itself once the copy is full
        "DATABASE_URL": f"sqlite:///{folder}/lookout.db",
    }
    if mode == "socket":
        return shared | {"SLACK_APP_TOKEN": slack.app_token}
    return shared | {"SLACK_SIGNING_SECRET": slack.signing_secret, "PORT": "0"}


def failing(
    count: int, project: str = "sales", workflow: str = "daily_load", since: timedelta = timedelta()
) -> Written:
    """So many failed sessions, a minute apart, the newest half an hour ago; number N says `boom N`.

    The present is NOW, or `since` later.
    """
    history = Written()
    for number in range(1, count + 1):
        created = NOW + since - 30 * MINUTE - (count - number) * MINUTE
        history.run(project, workflow, created=created, outcome="error", error=f"boom {number}")
    return history


async def status(port: int | None, path: str) -> tuple[int, str]:
    """What the bot's web server answers to a GET."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, (await answer.text()).strip()


def acknowledged(delivery: Delivery) -> Delivery:
    assert delivery.ok, delivery
    return delivery


def header(message: Message) -> str:
    return str(message.blocks[0]["text"]["text"])


def elements(message: Message) -> list[dict[str, Any]]:
    """All that can be pressed or chosen."""
    found: list[dict[str, Any]] = []
    for block in message.blocks:
        found += block["elements"] if block["type"] == "actions" else []
        found += [block["accessory"]] if "accessory" in block else []
    return found


def buttons(message: Message) -> list[dict[str, Any]]:
    return [each for each in elements(message) if each["type"] == "button"]


def words(message: Message) -> set[str]:
    """The words on the buttons."""
    return {str(each["text"]["text"]) for each in buttons(message)}


def everything(message: Message) -> str:
    """All that a person reads: the text and the blocks."""
    return f"{message.text}\n{message.blocks}"
