"""The demo as a page: served on loopback until it is ended, opened where there is a screen."""

import asyncio
import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import PurePath
from zoneinfo import ZoneInfo

from bot.demo.panel import DemoPanel
from bot.demo.stage import stage
from bot.playground.account.wire import Flavour
from bot.playground.page import Page

TEXT_BROWSERS = frozenset({"www-browser", "lynx", "links", "links2", "elinks", "w3m", "browsh", "carbonyl"})
DESKTOPS = ("x-www-browser", "firefox", "google-chrome", "chromium", "chromium-browser")


async def browse(zone: ZoneInfo | None, sessions: int, flavour: Flavour, port: int) -> None:
    """Serve the page, say where, and open it. Raises OSError where the port is taken."""
    async with stage(zone, sessions, flavour) as on:
        panel = DemoPanel(on.clock, on.history, on.account.faults, on.slack)
        async with Page(on.slack, panel, port=port) as page:
            sys.stdout.write(f"Open {page.url} in a browser: Lookout on a simulated account. Ctrl-C ends.\n")
            sys.stdout.flush()
            if (controller := graphical(os.environ, sys.platform, webbrowser.get)) is not None:
                # in a thread that nobody waits for: some browsers come back only when they are closed
                threading.Thread(target=controller.open, args=(page.url,), daemon=True).start()
            await asyncio.Event().wait()


def graphical(
    environ: Mapping[str, str], platform: str, find: Callable[..., webbrowser.BaseBrowser]
) -> webbrowser.BaseBrowser | None:
    """The browser to open the page with; None where there is no screen, or only a browser for terminals."""
    if not has_screen(environ, platform):
        return None
    for name in (None, *DESKTOPS):
        try:
            found = find(name)
        except webbrowser.Error:
            continue
        if name is None and environ.get("BROWSER"):
            return found if is_graphical(found, environ) else None
        if is_graphical(found, environ):
            return found
    return None


def has_screen(environ: Mapping[str, str], platform: str) -> bool:
    if platform in ("darwin", "win32", "cygwin"):
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def is_graphical(controller: webbrowser.BaseBrowser, environ: Mapping[str, str]) -> bool:
    """Not one that takes over the terminal. Without a desktop `xdg-open` may end up in such a one."""
    name = PurePath(str(getattr(controller, "name", ""))).name
    if name in TEXT_BROWSERS or (name == "xdg-open" and not environ.get("XDG_CURRENT_DESKTOP")):
        return False
    in_terminal = isinstance(controller, webbrowser.GenericBrowser)
    return not in_terminal or isinstance(controller, webbrowser.BackgroundBrowser)
