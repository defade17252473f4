"""The bot in a process of its own, which does nothing else: what is measured is the bot alone.

The process takes orders on standard input and answers on standard output, a JSON line each. It ends with its
input.
"""

import asyncio
import cProfile
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.local import Local, Own
from benchmarks.reckoned import computed
from bot import logs
from bot.app import running, spare_the_collector
from bot.mirror.feed import Looked
from bot.mirror.mirror import Mirror
from bot.mirror.refresh import Refresh
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
POLL = 0.25
BREATH = 0.001
"""Seconds that the watcher of the event loop sleeps between looks at the clock."""


@dataclass(frozen=True, slots=True)
class State:
    """The bot's process: memory in MiB, now and at its highest; in seconds the longest time that the event
    loop was held while it was watched, by the clock and by what the loop's thread itself computed; looks so
    far; how far the copy goes."""

    memory: float
    peak: float
    held: float
    computed: float
    looks: int
    ready: bool
    filled: bool


@dataclass(slots=True)
class Lookout:
    """The bot's handle on this side."""

    _process: asyncio.subprocess.Process

    async def state(self) -> State:
        return State(**await self._told("state"))

    async def until(self, what: str) -> State:
        """Once it is `ready`, or its copy `filled`."""
        return State(**await self._told("until", what))

    async def watch(self, *, on: bool) -> None:
        """Watch from now on how long the event loop is held, or no more; it costs a little itself."""
        await self._told("watch", on)

    async def leisure(self, a_second: float) -> None:
        """How many requests that are not urgent may be sent in a second."""
        await self._told("leisure", a_second)

    async def local(self, questions: int) -> list[Own]:
        """The bot's own part of so many questions."""
        return [Own(*each) for each in await self._told("local", questions)]

    async def digest(self, end: int) -> tuple[float, dict[str, Any]]:
        """One digest of the day up to an instant of Unix time: seconds, and what it tells."""
        seconds, told = await self._told("digest", end)
        return seconds, told

    async def profile(self, path: str) -> None:
        """Profile until asked again."""
        await self._told("profile", path)

    async def _told(self, order: str, given: Any = None) -> Any:
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(json.dumps([order, given]).encode() + b"\n")
        return await _line(self._process)


@asynccontextmanager
async def lookout(environ: Mapping[str, str]) -> AsyncIterator[Lookout]:
    """Starts the bot with these settings, and ends it. Raises RuntimeError where it ended by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, json.dumps(dict(environ))),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _line(process)
        yield Lookout(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> Any:
    line = await process.stdout.readline() if process.stdout is not None else b""
    if not line:
        raise RuntimeError("The bot's process has ended.")
    return json.loads(line)


# The other side


@dataclass(slots=True)
class _Measured:
    """What may be asked of the process."""

    mirror: Mirror
    local: Local
    looks: int = 0
    held: float = 0.0
    computed: float = 0.0
    watcher: asyncio.Task[None] | None = None
    profiler: cProfile.Profile | None = None
    _look: Any = field(init=False)

    def __post_init__(self) -> None:
        self._look = self.mirror.upkeep.refresh.look
        self.mirror.upkeep.refresh = Refresh(self._counted)

    def _counted(self) -> Coroutine[Any, Any, Looked]:
        self.looks += 1
        return self._noted()

    async def _noted(self) -> Looked:
        looked: Looked = await self._look()
        self.local.refreshed = Own.now()
        return looked

    async def take(self, order: str, given: Any) -> Any:
        match order:
            case "state":
                return asdict(await self._state())
            case "until":
                while not getattr(state := await self._state(), given):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(POLL)
                return asdict(state)
            case "watch":
                await self._watch(on=given)
            case "leisure":
                self.mirror.upkeep.filling.leisure.rate = given
            case "local":
                return [astuple(await self.local.question()) for _ in range(given)]
            case "digest":
                return await computed(self.mirror, given)
            case "profile":
                self._profile(given)
        return None

    async def _state(self) -> State:
        now, peak = memory()
        progress = await self.mirror.copy.progress()
        filled = progress.holds_from(self.mirror.now() - self.mirror.rules.kept)
        ready = await self.mirror.upkeep.is_ready()
        return State(now, peak, self.held, self.computed, self.looks, ready, filled)

    async def _watch(self, *, on: bool) -> None:
        if self.watcher is not None:
            self.watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self.watcher
        self.watcher = asyncio.create_task(self._watching()) if on else None
        if on:
            self.held = self.computed = 0.0

    async def _watching(self) -> None:
        while True:
            before, computed = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BREATH)
            self.held = max(self.held, time.perf_counter() - before - BREATH)
            self.computed = max(self.computed, time.thread_time() - computed)

    def _profile(self, path: str) -> None:
        if self.profiler is None:
            self.profiler = cProfile.Profile()
            self.profiler.enable()
        else:
            self.profiler.disable()
            self.profiler.dump_stats(path)
            self.profiler = None


def memory() -> tuple[float, float]:
    """Resident memory of this process in MiB: now, and at its highest."""
    status = Path("/proc/self/status")
    if not status.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return peak, peak
    told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    now, peak = (int(told[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak


async def _serve(environ: Mapping[str, str]) -> None:
    settings = Settings.for_run(environ)
    logs.configure(settings.log_format, settings.log_level)
    heard, loop = asyncio.StreamReader(), asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(heard), sys.stdin)
    async with running(settings) as bot:
        spare_the_collector()
        assert bot.mirror is not None  # noqa: S101
        measured = _Measured(bot.mirror, Local(bot.mirror, settings.site))
        _say("runs")
        while line := await heard.readline():
            _say(await measured.take(*json.loads(line)))
        await measured.take("watch", False)
        await bot.drain()


def _say(what: Any) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
