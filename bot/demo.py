"""`python -m bot demo`: the whole bot on a simulated account and a local Slack. No account is needed.

What is typed goes to the local Slack as a person's command, from there to the bot over Socket Mode, and back
as its own Web API calls: nothing here knows what an answer looks like.
"""

import asyncio
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import logs
from bot.app import running
from bot.blocks.message import Message
from bot.blocks.terminal import rendered
from bot.core.errors import SettingsError
from bot.manifest import manifest_yaml
from bot.playground.account.clock import Clock
from bot.playground.account.lifelike import Lifelike
from bot.playground.account.server import Account, serve
from bot.playground.account.wire import Flavour
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.people import User, default_users
from bot.playground.slack.values import Message as Posted
from bot.settings import Settings

CHANNEL = "data-alerts"
SESSIONS = 2000
ANSWER_SECONDS = 30.0
HELLO = """Lookout on a simulated account: you are Ana in #data-alerts. Type a command, for example

    /sessions failed
    /sessions slow today
    /lookout help

or what a button of the last answer says (Next, Details, Details 3, Share in channel). Ctrl-D ends."""


async def account_only(port: int, sessions: int | None, flavour: Flavour) -> int:
    """Serve the simulated account alone until SIGTERM or Ctrl-C. Raises SettingsError for a taken port."""
    try:
        await serve(port, sessions or SESSIONS, flavour, stopped())
    except OSError as error:
        raise SettingsError(
            f"--port {port} cannot be listened on ({error.strerror}): choose another one."
        ) from error
    return 0


async def demo(zone: ZoneInfo | None, sessions: int | None, flavour: Flavour, port: int) -> int:
    """Type, and see the answers; ends with standard input, SIGTERM or Ctrl-C."""
    logs.configure("text", "WARNING")
    stop = stopped()
    async with stage(zone, sessions or SESSIONS, flavour, port) as slack:
        talk = Talk(slack, "ana")
        print(HELLO, flush=True)
        talking = asyncio.create_task(talk.through(await lines()))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({talking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (talking, stopping):
            task.cancel()
        await asyncio.gather(talking, stopping, return_exceptions=True)
        if talking.done() and not talking.cancelled() and (error := talking.exception()):
            raise error
    return 0


@asynccontextmanager
async def stage(
    zone: ZoneInfo | None, sessions: int, flavour: Flavour, port: int
) -> AsyncIterator[LocalSlack]:
    """Account, Slack and bot, each on loopback; the bot's data go with the context."""
    clock = Clock()
    history = Lifelike(sessions=sessions, anchor=clock.now())
    people = tuple(in_zone(user, zone) for user in default_users())
    with tempfile.TemporaryDirectory(prefix="lookout-demo-") as folder:
        async with (
            Account(history, clock=clock, flavour=flavour, port=port) as account,
            LocalSlack(manifest_yaml(), users=people) as slack,
            running(Settings.for_run(environ(account, slack, Path(folder)))) as _,
        ):
            await slack.wait_for(lambda: slack.sockets.pick(), ANSWER_SECONDS)
            yield slack


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


@dataclass
class Talk:
    """One person's side of the conversation, line by line."""

    slack: LocalSlack
    user: str
    last: Posted | None = None

    async def through(self, typed: asyncio.StreamReader) -> None:
        prompt = sys.stdin.isatty()
        while True:
            if prompt:
                print("> ", end="", flush=True)
            line = (await typed.readline()).decode("utf-8", "replace")
            if not line:
                return
            if line.strip():
                await self.line(line.strip(), echo=not prompt)

    async def line(self, text: str, *, echo: bool) -> None:
        if echo:
            print(f"> {text}")
        try:
            await self.act(text)
        except CannotDo as error:
            print(f"{error}. A command begins with a slash: /lookout help\n", flush=True)
        except TimeoutError:
            print("No answer came.\n", flush=True)

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
        self.last = await self.slack.wait_for(lambda: self.news(before), ANSWER_SECONDS)
        self.show(self.last)

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
        print(f"Lookout{private}:\n{rendered(Message(message.text, message.blocks))}\n", flush=True)


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


def stopped() -> asyncio.Event:
    """Set by SIGTERM and Ctrl-C."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    return stop
