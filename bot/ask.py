"""`python -m bot ask`: the same road as in Slack, ending in the terminal."""

import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from zoneinfo import ZoneInfo

from bot import logs
from bot.answering import Answering, answering
from bot.blocks.terminal import rendered
from bot.blocks.text import unescape
from bot.core.errors import SettingsError, StoreError
from bot.core.people import Caller, Person
from bot.core.reply import Dialog, FieldErrors, File, Home, Nothing, Redraw, Reply, Say
from bot.dispatch import Dispatch
from bot.settings import Settings
from bot.slack.channel import connected

log = logging.getLogger("lookout")
TERMINAL = Caller("terminal")


async def ask(question: str, environ: Mapping[str, str], *, zone: ZoneInfo | None, as_json: bool) -> int:
    """Answer one question; 0 for any answer, 1 where it could not be had. Raises SettingsError."""
    settings = Settings.for_ask(environ)
    logs.configure(settings.log_format, settings.log_level)
    async with opened(settings) as parts:
        dispatch = Dispatch(parts.features, asker(zone), prefix=settings.slack_command_prefix, hurried=False)
        return shown(await dispatch.asked(question, TERMINAL), as_json)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Answering]:
    """The parts on the database, or in memory where it cannot be used: a question needs none."""
    async with AsyncExitStack() as stack:
        token, channels = settings.slack_bot_token, None
        if token is not None:
            door = connected(token.get_secret_value(), settings.slack_api_url)
            channels = await stack.enter_async_context(door)
        on = partial(answering, settings, slack="not asked", slack_trouble=no_trouble, channels=channels)
        try:
            parts = await stack.enter_async_context(on(database=settings.database_url))
        except (SettingsError, StoreError) as error:
            print(f"{error} Going on in memory.", file=sys.stderr)
            parts = await stack.enter_async_context(on(database="sqlite://"))
        yield parts


async def no_trouble() -> str:
    return ""


def asker(zone: ZoneInfo | None) -> Callable[[Caller], Awaitable[Person]]:
    async def who(caller: Caller) -> Person:
        return Person(caller.user, "you", zone or ZoneInfo("UTC"))

    return who


def shown(reply: Reply, as_json: bool) -> int:
    match reply:
        case Say(message, _, True):
            print(unescape(message.text), file=sys.stderr)
            return 1
        case Say(message) | Redraw(message):
            print(json.dumps(message.payload(), ensure_ascii=False) if as_json else rendered(message))
        case File(message, _, content):
            print(unescape(message.text), file=sys.stderr)
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
        case Dialog(typed=typed):
            print(f"Type it: {typed}", file=sys.stderr)
            return 1
        case Home() | FieldErrors() | Nothing():
            pass
    return 0
