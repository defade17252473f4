"""Ctrl-C in the terminal of the demo while its page is open in a browser."""

import asyncio
import fcntl
import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.demo import PATIENCE_MS

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc"),
]

ROOT = Path(__file__).parents[2]
HIDDEN = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
ENDS_WITHIN = 5.0
LISTENS, LOOPBACK = "0A", "0100007F"
"""As /proc/net/tcp has them."""


@dataclass
class Terminal:
    """A terminal in which the demo runs as its one foreground job."""

    demo: subprocess.Popen[bytes]
    ours: int
    said: bytes = b""

    async def until(self, wanted: str) -> re.Match[str]:
        """Read on until it has said this."""
        while not (found := re.search(wanted, self.said.decode())):
            self.said += await asyncio.wait_for(asyncio.to_thread(os.read, self.ours, 65536), 30)
        return found

    async def ctrl_c(self) -> int:
        """The code it ends with; all it said is read."""
        os.write(self.ours, b"\x03")
        code = await asyncio.to_thread(self.demo.wait, ENDS_WITHIN)
        os.set_blocking(self.ours, False)
        try:
            while more := os.read(self.ours, 65536):
                self.said += more
        except OSError:
            pass  # there is nothing more
        return code

    def processes(self) -> list[int]:
        """Those of this terminal's session: the demo, and whatever it started."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                session = path.read_text().rpartition(")")[2].split()[3]
            except OSError:
                continue  # it has just ended
            if session == str(self.demo.pid):
                found.append(int(path.parent.name))
        return found


@contextmanager
def terminal() -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env=environ,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C reaches it
    )
    try:
        yield Terminal(demo, ours)
    finally:
        demo.kill()
        demo.wait()
        os.close(ours)
        os.close(theirs)


def listening(process: int) -> list[str]:
    """The addresses that a process listens on, as `0100007F:1F90`; IPv6 ones as `[…]`."""
    sockets = {os.readlink(path) for path in Path(f"/proc/{process}/fd").iterdir()}
    found = []
    for table, shape in (("tcp", "{}"), ("tcp6", "[{}]")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == LISTENS and f"socket:[{rest[5]}]" in sockets:
                found.append(shape.format(local))
    return found


async def opened(chromium: Browser, url: str) -> Page:
    page = await chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(url)
    await page.get_by_role("log", name="#data-alerts").wait_for()
    return page


@pytest.mark.parametrize("busy", [False, True], ids=["at rest", "while a slow answer is under way"])
async def test_ctrl_c_ends_it_with_the_page_open(chromium: Browser, busy: bool) -> None:
    with terminal() as shell:
        url = (await shell.until(r"Open (http://127\.0\.0\.1:\d+/\S*)"))[1]
        page = await opened(chromium, url)
        addresses = listening(shell.demo.pid)
        assert len(addresses) >= 3
        assert [each for each in addresses if not each.startswith(f"{LOOPBACK}:")] == []
        if busy:
            await page.get_by_role("button", name="Account slow", exact=True).click()
            composer = page.get_by_role("textbox", name="Message")
            await composer.fill("/sessions failed")
            await composer.press("Enter")
            await expect(composer).to_have_value("")
        assert await shell.ctrl_c() in (0, 130)
        assert shell.processes() == []
        lines = [line for line in shell.said.decode().replace("^C", "").splitlines() if line.strip()]
        assert [line for line in lines if not line.startswith("Open ")] == []
        await page.close()
