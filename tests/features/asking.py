"""A person at the bot's features over a written account: what is typed and pressed, and what comes back."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.answering import Times, answering
from bot.blocks.message import Message
from bot.core.people import Caller, Person
from bot.core.reply import File, Redraw, Reply, Say
from bot.dispatch import Dispatch
from bot.features.sessions.replies import Sessions
from bot.playground.account import Account, Clock, Written
from bot.settings import Settings

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    """One asker, `ana`, in Berlin; `now` can be moved."""

    dispatch: Dispatch
    account: Account
    sessions: Sessions
    caller: Caller = field(default_factory=lambda: Caller("ana", "T1", "C1"))

    async def ask(self, typed: str) -> Reply:
        return await self.dispatch.asked(typed, self.caller)

    async def say(self, typed: str) -> Message:
        return said(await self.ask(typed))

    async def press(self, message: Message, name: str, *, by: str = "ana", public: bool = False) -> Reply:
        """Press the button that says `name`, or (for `Details 2`) the second of them."""
        block, button = find_button(message, name)
        return await self.dispatch.pressed(
            button.get("value", ""), block, replace(self.caller, user=by, public=public)
        )

    async def choose(self, message: Message, menu: str, option: str) -> Reply:
        """Choose the option whose text begins so."""
        for block, element in elements(message):
            if element["type"] == "static_select" and element["action_id"].partition(".")[2] == menu:
                chosen = next(each for each in element["options"] if each["text"]["text"].startswith(option))
                return await self.dispatch.pressed(chosen["value"], block, self.caller)
        raise AssertionError(f"no menu {menu}")

    @property
    def asked(self) -> list[str]:
        """What the account was asked, as paths."""
        return [each.path for each in self.account.log]


@asynccontextmanager
async def at_desk(history: Written, **account: Any) -> AsyncIterator[Desk]:
    clock = Clock(NOW)
    clock.freeze()
    async with Account(history, clock=clock, **account) as server:
        settings = Settings.for_ask(
            {"WORKFLOW_URL": server.url, "TD_API_KEY": "1/abc", "CONSOLE_URL": "https://console.test"}
        )
        async with answering(
            settings,
            database="sqlite://",
            slack="none",
            slack_trouble=nothing,
            times=Times(now=clock.now),
        ) as parts:
            sessions = parts.features["sessions"]
            assert isinstance(sessions, Sessions)
            yield Desk(Dispatch(parts.features, who), server, sessions)


async def nothing() -> str:
    return ""


async def who(caller: Caller) -> Person:
    return Person(caller.user, caller.user.title(), ZoneInfo("Europe/Berlin"), team="T1")


def said(reply: Reply) -> Message:
    assert isinstance(reply, Say | Redraw | File), reply
    return reply.message


def elements(message: Message) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that can be pressed, with its block's id."""
    for block in message.blocks:
        for element in [*block.get("elements", ()), block.get("accessory")]:
            if isinstance(element, dict) and "action_id" in element:
                yield str(block.get("block_id", "")), element


def find_button(message: Message, name: str) -> tuple[str, dict[str, Any]]:
    words, _, number = name.rpartition(" ")
    label, place = (words, int(number)) if words and number.isdigit() else (name, 1)
    named = [(block, each) for block, each in elements(message) if each.get("text", {}).get("text") == label]
    return named[place - 1]


def has_button(message: Message, name: str) -> bool:
    return any(each.get("text", {}).get("text") == name for _, each in elements(message))


def header(message: Message) -> str:
    return str(message.blocks[0]["text"]["text"])


def rows(message: Message) -> list[str]:
    """The rows of a list: sections with a Details button."""
    return [block["text"]["text"] for block in message.blocks if block.get("accessory")]


def failing(count: int, project: str = "sales", workflow: str = "daily_load", **given: Any) -> Written:
    """So many failed sessions, a minute apart, the newest half an hour ago."""
    history = Written()
    for number in range(count):
        created = NOW - 30 * MINUTE - (count - number) * MINUTE
        history.run(project, workflow, created=created, outcome="error", error=f"boom {number + 1}", **given)
    return history
