"""`python -m bot demo` as a person starts and ends it."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.demo.browser import graphical

ROOT = Path(__file__).parent.parent
DEMO = [sys.executable, "-m", "bot", "demo"]
ENVIRON = {
    name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
}


@contextmanager
def at_a_terminal(*options: str) -> Iterator[subprocess.Popen[str]]:
    """The demo with a terminal on standard input."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*DEMO, *options],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=ENVIRON,
    ) as demo:
        try:
            yield demo
        finally:
            demo.kill()
            os.close(ours)
            os.close(theirs)


def address(demo: subprocess.Popen[str]) -> str:
    assert demo.stdout is not None
    line = demo.stdout.readline()
    found = re.match(r"Open (http://127\.0\.0\.1:\d+/\S*)", line)
    assert found, line
    return found[1]


async def test_it_says_what_to_open_and_ends_with_ctrl_c_while_the_page_is_open() -> None:
    with at_a_terminal() as demo:
        url = address(demo)
        async with ClientSession() as session:
            async with session.get(url) as answer:
                assert answer.status == 200
            ws = await session.ws_connect(url.replace("/?", "/live?"))
            await ws.send_json({"type": "hello", "user": ""})
            assert "state" in await ws.receive_str(timeout=10)
            demo.send_signal(signal.SIGINT)
            _, errors = demo.communicate(timeout=5)
        assert demo.returncode in (0, 130)
        assert errors == ""


async def test_ctrl_c_ends_it_at_once_while_answers_are_under_way() -> None:
    with at_a_terminal() as demo:
        url = address(demo)
        async with (
            ClientSession() as session,
            session.ws_connect(url.replace("/?", "/live?")) as ws,
        ):
            await ws.send_json({"type": "hello", "user": ""})
            asked = {"act": "send", "channel": "C0ALERTS", "text": "/sessions failed"}
            acts: list[dict[str, str]] = [{"act": "panel", "do": "api_slow"}, {"act": "home"}, asked]
            for number, act in enumerate(acts):
                await ws.send_json({"type": "act", "id": number, **act})
            while json.loads(await ws.receive_str(timeout=10)).get("id") != number:
                pass
            demo.send_signal(signal.SIGINT)
            _, errors = demo.communicate(timeout=5)
        assert demo.returncode in (0, 130)
        assert "Traceback" not in errors


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with at_a_terminal() as first:
        port = address(first).split(":")[2].split("/")[0]
        second = subprocess.run(
            [*DEMO, "--account-only", "--port", port],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=ENVIRON,
            timeout=30,
        )
        with at_a_terminal("--port", port) as third:
            _, errors = third.communicate(timeout=30)
    assert second.returncode == third.returncode == 1
    assert errors == second.stderr
    assert re.fullmatch(rf"--port {port} cannot be listened on \(.*\): choose another one\.\n", errors)


def test_without_a_terminal_lines_are_read_and_answered() -> None:
    typed = "/sessions failed\nNext\nhello\n/digests add\n"
    demo = subprocess.run(
        DEMO, input=typed, capture_output=True, text=True, cwd=ROOT, env=ENVIRON, timeout=60
    )
    assert (demo.returncode, demo.stderr) == (0, "")
    assert "> /sessions failed\nLookout (only visible to you):\n" in demo.stdout
    assert "page 1 of" in demo.stdout
    assert "page 2 of" in demo.stdout
    assert "has no button hello" in demo.stdout
    assert "A dialog opened, “New digest”." in demo.stdout
    assert "Open http" not in demo.stdout


SCREEN = {"DISPLAY": ":0"}
DESK = {"DISPLAY": ":0", "XDG_CURRENT_DESKTOP": "GNOME"}
Found = webbrowser.BaseBrowser


def finding(**known: Found) -> Callable[..., Found]:
    """As webbrowser.get: `default` without a name."""

    def find(name: str | None = None) -> Found:
        found = known.get((name or "default").replace("-", "_"))
        if found is None:
            raise webbrowser.Error("could not locate runnable browser")
        return found

    return find


FIREFOX = webbrowser.Mozilla("firefox")
XDG = webbrowser.BackgroundBrowser("xdg-open")
W3M = webbrowser.GenericBrowser("w3m")


@pytest.mark.parametrize(
    ("environ", "platform", "find", "opened"),
    [
        ({}, "linux", finding(default=FIREFOX), None),
        (SCREEN, "linux", finding(default=FIREFOX), FIREFOX),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", finding(default=FIREFOX), FIREFOX),
        ({}, "darwin", finding(default=FIREFOX), FIREFOX),
        ({"SSH_CONNECTION": "1"}, "darwin", finding(default=FIREFOX), None),
        (SCREEN, "linux", finding(), None),
        (SCREEN, "linux", finding(default=W3M), None),
        (SCREEN, "linux", finding(default=webbrowser.GenericBrowser("/usr/bin/lynx %s")), None),
        (SCREEN, "linux", finding(default=webbrowser.BackgroundBrowser("/usr/bin/www-browser")), None),
        (SCREEN, "linux", finding(default=W3M, firefox=FIREFOX), FIREFOX),
        ({**SCREEN, "BROWSER": "w3m"}, "linux", finding(default=W3M, firefox=FIREFOX), None),
        (DESK, "linux", finding(default=XDG), XDG),
        (SCREEN, "linux", finding(default=XDG), None),
        (SCREEN, "linux", finding(default=XDG, firefox=FIREFOX), FIREFOX),
    ],
)
def test_a_browser_is_opened_where_there_is_a_screen_and_never_in_the_terminal(
    environ: dict[str, str], platform: str, find: Callable[..., Found], opened: Found | None
) -> None:
    assert graphical(environ, platform, find) is opened
