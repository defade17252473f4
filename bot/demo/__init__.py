"""`python -m bot demo`: the whole bot on a simulated account and a local Slack. No account is needed.

With a terminal it serves the local Slack as a page for the browser; otherwise it reads commands from standard
input. Either way all goes through the local Slack into the bot, and back as its own Web API calls.
"""

import errno
import sys
from zoneinfo import ZoneInfo

from bot import logs
from bot.core.errors import SettingsError
from bot.demo.browser import browse
from bot.demo.ending import stopped, until_stopped
from bot.demo.lines import converse
from bot.demo.stage import SESSIONS
from bot.playground.account.server import serve
from bot.playground.account.wire import Flavour


async def account_only(port: int, sessions: int | None, flavour: Flavour) -> int:
    """Serve the simulated account alone until SIGTERM or Ctrl-C. Raises SettingsError for a taken port."""
    try:
        await serve(port, sessions or SESSIONS, flavour, stopped())
    except OSError as error:
        raise port_refused(port, error) from error
    return 0


async def demo(zone: ZoneInfo | None, sessions: int | None, flavour: Flavour, port: int) -> int:
    """A page to try the bot on, or lines in and answers out; ends with SIGTERM or Ctrl-C, lines also with
    standard input. `port` is the page's, without a page the account's. Raises SettingsError for a taken one.
    """
    logs.configure("text", "WARNING")
    talk = browse if sys.stdin.isatty() else converse
    try:
        await until_stopped(talk(zone, sessions or SESSIONS, flavour, port))
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise port_refused(port, error) from error
        raise
    return 0


def port_refused(port: int, error: OSError) -> SettingsError:
    return SettingsError(f"--port {port} cannot be listened on ({error.strerror}): choose another one.")
