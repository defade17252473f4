"""The bot as a process of its own: `python -m bot run`."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.manifest import manifest_yaml
from bot.playground.account import Account, Clock
from bot.playground.account.auth import Auth
from bot.playground.slack import LocalSlack
from tests.end_to_end.staging import NOW, failing, settings

ROOT = Path(__file__).parents[2]
START_SECONDS = 20.0


@dataclass
class Run:
    """A run of the bot, and all that it has written to standard error so far."""

    process: asyncio.subprocess.Process
    said: str = ""
    port: int = 0
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Take down what it says, until it ends."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said += line.decode()
            self._bell.set()
        self._bell.set()

    async def says(self, pattern: str) -> re.Match[str]:
        """The first place where it says so; TimeoutError tells what it said instead."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while (found := re.search(pattern, self.said)) is None:
                    self._bell.clear()
                    await self._bell.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"it never said {pattern!r} but:\n{self.said}") from None

    async def ended(self, seconds: float = START_SECONDS) -> int:
        async with asyncio.timeout(seconds):
            return await self.process.wait()


@asynccontextmanager
async def run(environ: dict[str, str], folder: Path) -> AsyncIterator[Run]:
    """`python -m bot run` with these settings alone."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        env=kept | {"PYTHONPATH": str(ROOT)} | environ,
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    one = Run(process)
    listening = asyncio.create_task(one.listen())
    try:
        yield one
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate() if listening.done() else await process.wait()
        await listening


@dataclass
class World:
    mode: str
    slack: LocalSlack
    account: Account
    folder: Path

    def environ(self) -> dict[str, str]:
        return settings(self.mode, self.slack, self.account.url, self.folder)

    @asynccontextmanager
    async def running(self, **environ: str) -> AsyncIterator[Run]:
        """The bot, once it runs and Slack can deliver to it."""
        async with run(self.environ() | environ, self.folder) as one:
            await one.says("Lookout .* runs")
            if self.mode == "http":
                one.port = int((await one.says(r"on port (\d+)"))[1])
                self.slack.deliver_to(f"http://127.0.0.1:{one.port}/slack/events")
            else:
                await self.slack.wait_for(lambda: bool(self.slack.sockets.open))
            yield one


@asynccontextmanager
async def world(mode: str, folder: Path, auth: Auth | None = None) -> AsyncIterator[World]:
    """A Slack, and an account in real time with three sessions that failed half an hour ago."""
    clock = Clock()
    history = failing(3, since=clock.now() - NOW)
    async with LocalSlack(manifest_yaml()) as slack, Account(history, clock=clock, auth=auth) as account:
        yield World(mode, slack, account, folder)
