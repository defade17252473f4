"""The bot as `python -m bot ask` opens it, and its answers read as a person would."""

import asyncio
import html
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.answering import Answering
from bot.ask import TERMINAL, asker, opened
from bot.core.reply import File, Redraw, Reply, Say
from bot.dispatch import Dispatch
from bot.settings import Settings

from .digdag import Address

ROOT = Path(__file__).parents[2]
ZONE = "Asia/Kathmandu"
"""Where the asker is: a zone that nothing else is in."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask … --json` prints, and its parts. Texts are without Slack's escapes."""

    payload: dict[str, Any]

    @property
    def text(self) -> str:
        return html.unescape(self.payload["text"])

    @property
    def header(self) -> str:
        """The header block's text, which the first line of `text` repeats; a story's is its title."""
        return next(seen(block["text"]) for block in self.payload["blocks"] if block["type"] == "header")

    @property
    def rows(self) -> dict[str, str]:
        """The rows of a list by session id, in their order."""
        sections = [block for block in self.payload["blocks"] if "accessory" in block]
        return {block["accessory"]["value"].partition("#")[2]: seen(block["text"]) for block in sections}

    @property
    def fields(self) -> dict[str, str]:
        pairs = [seen(each) for block in self.payload["blocks"] for each in block.get("fields", ())]
        return {label.strip("*"): value for label, _, value in (pair.partition("\n") for pair in pairs)}

    @property
    def body(self) -> list[str]:
        """All texts of sections and of the small print."""
        return [seen(text) for block in self.payload["blocks"] for text in texts(block)]

    @property
    def raw(self) -> list[str]:
        """All texts that Slack shows, as they are sent."""
        return [self.payload["text"], *shown(self.payload["blocks"])]

    @property
    def elements(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What can be pressed: its words, its block's id, itself."""
        actions = [block for block in self.payload["blocks"] if block["type"] == "actions"]
        each = [(element, block.get("block_id", "")) for block in actions for element in block["elements"]]
        return [(seen(element.get("text") or element["placeholder"]), at, element) for element, at in each]

    def options(self, menu: str) -> list[str]:
        """The options of a menu by its placeholder."""
        return next(
            [seen(option["text"]) for option in element["options"]]
            for words, _, element in self.elements
            if words == menu
        )


def texts(block: dict[str, Any]) -> list[dict[str, Any]]:
    if block["type"] == "context":
        return list(block["elements"])
    return [block["text"]] if block["type"] == "section" and "text" in block else []


def shown(value: Any) -> list[str]:
    """The `text` of each text object, wherever it stands."""
    if isinstance(value, list):
        return [text for each in value for text in shown(each)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + [text for each in value.values() for text in shown(each)]


def seen(text: dict[str, Any]) -> str:
    return html.unescape(text["text"])


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks in this process, on the road that `ask` walks."""

    dispatch: Dispatch

    async def ask(self, words: str) -> Answer:
        reply = await self.dispatch.asked(f"/sessions {words}", TERMINAL)
        assert isinstance(reply, Say)
        return answer(reply)

    async def csv(self, words: str) -> str:
        reply = await self.dispatch.asked(f"/sessions csv {words}", TERMINAL)
        assert isinstance(reply, File), reply
        return reply.content.decode()

    async def press(self, message: Answer, words: str) -> Answer:
        value, block = next(
            (element["value"], at) for label, at, element in message.elements if label == words
        )
        return answer(await self.dispatch.pressed(value, block, TERMINAL))

    async def all_rows(self, words: str) -> dict[str, str]:
        """The rows of all pages, turned one by one."""
        page = await self.ask(words)
        rows = dict(page.rows)
        while any(label == "Next" for label, _, _ in page.elements):
            page = await self.press(page, "Next")
            assert not rows.keys() & page.rows.keys()
            rows |= page.rows
        return rows


def answer(reply: Reply) -> Answer:
    assert isinstance(reply, Say | Redraw)
    assert not (isinstance(reply, Say) and reply.failed), reply.message.text
    return Answer(reply.message.payload())


@asynccontextmanager
async def asker_on(address: Address) -> AsyncIterator[Asker]:
    settings = Settings.for_ask({**address.environ, "DATABASE_URL": "sqlite://"})
    async with opened(settings) as parts:
        yield asker_of(parts)


def asker_of(parts: Answering) -> Asker:
    """One who waits for all of the answer."""
    return Asker(Dispatch(parts.features, asker(ZoneInfo(ZONE)), hurried=False))


@dataclass(frozen=True, slots=True)
class Printed:
    status: int
    out: str
    err: str

    @property
    def answer(self) -> Answer:
        return Answer(json.loads(self.out))


async def typed(address: Address, folder: Path, *arguments: str) -> Printed:
    """`python -m bot ask …` as its own process, its database in a folder of the test."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "ask", *arguments),
        cwd=ROOT,
        env={**kept, **address.environ, "DATABASE_URL": f"sqlite:///{folder / 'lookout.db'}"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return Printed(process.returncode, out.decode(), err.decode())
