"""The demo by lines: commands and the names of buttons in, answers out as text."""

import asyncio
import sys
import threading
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.blocks.message import Message
from bot.blocks.terminal import rendered
from bot.demo.stage import stage
from bot.playground.account.wire import Flavour
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.values import Message as Posted
from bot.playground.slack.values import View

CHANNEL = "data-alerts"
ANSWER_SECONDS = 30.0
HELLO = """Lookout on a simulated account: you are Ana in #data-alerts. Type a command, for example

    /sessions failed
    /sessions slow today
    /lookout help

or what a button of the last answer says (Next, Details, Details 3, Share in channel). Ctrl-D ends."""


async def converse(zone: ZoneInfo | None, sessions: int, flavour: Flavour, port: int) -> None:
    """Type, and see the answers, to the end of standard input. Raises OSError where the port is taken."""
    async with stage(zone, sessions, flavour, port) as on:
        say(HELLO)
        await Talk(on.slack, "ana").through(await lines())


@dataclass
class Talk:
    """One person's side of the conversation, line by line."""

    slack: LocalSlack
    user: str
    last: Posted | None = None

    async def through(self, typed: asyncio.StreamReader) -> None:
        while line := (await typed.readline()).decode("utf-8", "replace"):
            if line.strip():
                await self.line(line.strip())

    async def line(self, text: str) -> None:
        say(f"> {text}")
        try:
            await self.act(text)
        except CannotDo as error:
            say(f"{error}. A command begins with a slash: /lookout help\n")
        except TimeoutError:
            say("No answer came.\n")

    async def act(self, text: str) -> None:
        """A command, or the press of a button on the last answer."""
        before = self.last
        if text.startswith("/"):
            delivery = await self.slack.command(self.user, CHANNEL, text)
        elif before is None:
            raise CannotDo(f"there is no answer yet with a button {text}")
        else:
            delivery = await self.slack.press(self.user, before, action_id=action_of(before, text))
        if delivery.outcome != "ok":
            raise TimeoutError
        found: Posted | View = await self.slack.wait_for(lambda: self.came(before), ANSWER_SECONDS)
        if isinstance(found, Posted):
            self.last = found
            self.show(found)
        else:
            self.leave(found)

    def came(self, before: Posted | None) -> Posted | View | None:
        return self.news(before) or self.slack.dialog(self.user)

    def leave(self, dialog: View) -> None:
        """Lines fill no dialog in."""
        title = dialog.body["title"]["text"]
        say(f"A dialog opened, “{title}”. Lines fill none in: type its words instead, as help tells.\n")
        self.slack.close_dialog(dialog)

    def news(self, before: Posted | None) -> Posted | None:
        """What came or changed since `before`, newest first."""
        seen = self.slack.messages(CHANNEL, self.user)
        fresh = [
            one
            for one in seen
            if before is None
            or one.ts > before.ts
            or (one.key == before.key and one.version > before.version)
        ]
        return fresh[-1] if fresh else None

    def show(self, message: Posted) -> None:
        private = " (only visible to you)" if message.is_ephemeral else ""
        say(f"Lookout{private}:\n{rendered(Message(message.text, message.blocks))}\n")


def action_of(message: Posted, typed: str) -> str:
    """The action of the button that says `typed`, or of the third that says it for `Details 3`."""
    words, _, number = typed.rpartition(" ")
    name, place = (words, int(number)) if words and number.isdigit() else (typed, 1)
    named = [one for one in buttons(message) if one["text"]["text"].casefold() == name.casefold()]
    if not 0 < place <= len(named):
        raise CannotDo(f"the last answer has no button {typed}")
    return str(named[place - 1]["action_id"])


def buttons(message: Posted) -> list[dict]:  # type: ignore[type-arg]
    elements = [
        one for block in message.blocks for one in [*block.get("elements", ()), block.get("accessory") or {}]
    ]
    return [one for one in elements if one.get("type") == "button"]


async def lines() -> asyncio.StreamReader:
    """Standard input as a stream; a file or terminal is read in a thread, for no loop can wait for those."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()

    def pump() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(reader.feed_data, line)
        loop.call_soon_threadsafe(reader.feed_eof)

    threading.Thread(target=pump, daemon=True).start()
    return reader


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
