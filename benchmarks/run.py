"""The measuring itself, in the order in which one thing needs the other."""

import asyncio
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import asking, comparison, digest, filling
from benchmarks.asking import Asked
from benchmarks.comparison import Read
from benchmarks.digest import Digested
from benchmarks.filling import Filled
from benchmarks.local import Own
from benchmarks.stage import Stage, on, present
from benchmarks.truth import Wrong, compared
from bot.playground.account.apart import Apart, Distance

LATENCY, CONNECTION = 0.15, 0.3
IDLE_CLOSE = 20.0
"""Seconds after which the account closes idle connections where they are to be cold; polls come sooner."""
LOCAL_QUESTIONS = 60
SHORT = timedelta(days=2)

ON_ONE_COPY = ("warm", "burst", "minute", "memory", "digest", "local")
QUIET = ("cold", "polling")
NAMES = ("fill", *ON_ONE_COPY, *QUIET, "many-open", "comparison")


@dataclass(slots=True)
class Measured:
    """All that was measured; None is what was not wanted. Memory is in MiB, `local` in seconds."""

    trip: float = 0.0
    filled: Filled | None = None
    a_page: float = 0.0
    warm: Asked | None = None
    burst: Asked | None = None
    minute: Asked | None = None
    peak: float = 0.0
    grown: float | None = None
    digest: Digested | None = None
    local: tuple[list[Own], list[Own]] | None = None
    cold: Asked | None = None
    polls: float | None = None
    many_open: Asked | None = None
    loop: Read | None = None
    direct: Read | None = None


@dataclass(slots=True)
class Run:
    """One run: `wanted` are the names of what to measure; what that needs is done as well."""

    wanted: frozenset[str]
    folder: Path
    distance: Distance = field(default_factory=lambda: Distance(datetime.now(UTC).replace(microsecond=0)))
    found: Measured = field(default_factory=Measured)

    async def measure(self) -> None:
        database = self.folder / "lookout.db"
        async with present(self.distance) as account:
            self.found.trip = await asking.round_trip(account)
            if self._wants("comparison"):
                say("the list of sessions, and the feed, read for one question")
                self.found.loop = await comparison.loop_over_sessions(account)
                self.found.direct = await comparison.direct(account)
            if self._wants("fill", *ON_ONE_COPY, *QUIET):
                await self._fill(account, database)
            if self._wants(*ON_ONE_COPY):
                await self._on_one_copy(account, database)
        if self._wants(*QUIET):
            await self._quiet(database)
        if self._wants("many-open"):
            await self._many_open()

    def _wants(self, *names: str) -> bool:
        return not self.wanted.isdisjoint(names)

    async def _fill(self, account: Apart, database: Path) -> None:
        say("the first fill")
        async with on(account, database) as stage:
            self.found.filled = await filling.fill(stage)
            if self._wants(*ON_ONE_COPY, *QUIET):
                say("the rest of 15 days")
                await filling.whole(stage)
            self.found.peak = (await stage.bot.state()).peak
            await account.far(LATENCY, CONNECTION)
        if self._wants("fill"):
            say("one request at a time")
            self.found.a_page = await filling.one_at_a_time(account, self.folder)
        filling.diagnose_all(database)

    async def _on_one_copy(self, account: Apart, database: Path) -> None:
        async with on(account, database) as stage:
            await stage.until("ready")
            say("questions, on warm connections")
            self.found.warm = await asking.questions(stage)
            if self._wants("burst", "memory"):  # so many at once take their room once
                say("50 commands within a second")
                self.found.burst = await asking.crowd(stage, 50, 1.0)
                await asyncio.sleep(2)
            before = (await stage.bot.state()).memory
            if self._wants("minute", "memory"):
                say("10 commands a second for a minute")
                self.found.minute = await asking.crowd(stage, 600, 60.0)
            state = await stage.bot.state()
            self.found.peak = max(self.found.peak, state.peak)
            self.found.grown = state.memory - before
            if self._wants("digest"):
                self.found.digest = await self._digest(stage)
        if self._wants("local"):
            short = self.folder / "short.db"
            shutil.copy(database, short)
            filling.only_lately(short, SHORT)
            self.found.local = await self._local(account, database), await self._local(account, short)

    async def _digest(self, stage: Stage) -> Digested:
        say("a digest of a day")
        end = int(datetime.now(UTC).timestamp())
        await asyncio.sleep(digest.SETTLED)
        told = (await stage.bot.digest(end))[1]
        await stage.bot.watch(on=True)
        seconds = [(await stage.bot.digest(end))[0] for _ in range(digest.TIMES)]
        await stage.bot.watch(on=False)
        state = await stage.bot.state()
        counted = digest.counted(stage.database, end)
        say("the same, read from the account")
        await stage.account.far(0.0, 0.0)
        took, read = await digest.read_in_full(stage.account, end)
        await stage.account.far(LATENCY, CONNECTION)
        return Digested(seconds, state.held, state.computed, told, counted, read, took)

    async def _local(self, account: Apart, database: Path) -> list[Own]:
        say("the bot's own part of questions")
        async with on(account, database) as stage:
            await stage.until("ready")
            await stage.bot.local(2)
            return await stage.bot.local(LOCAL_QUESTIONS)

    async def _quiet(self, database: Path) -> None:
        say("questions after a quiet time")
        async with present(replace(self.distance, idle_close=IDLE_CLOSE)) as account:
            filling.serves(database, account.url)
            async with on(account, database) as stage:
                await stage.until("ready")
                self.found.cold, self.found.polls = await asking.after_quiet(stage)

    async def _many_open(self) -> None:
        say("300 attempts open")
        near = replace(self._crowded(), latency=0.0, connection_cost=0.0)
        database = self.folder / "crowded.db"
        async with present(near) as account, on(account, database) as stage:
            await stage.until("ready")
            await account.far(LATENCY, CONNECTION)
            self.found.many_open = await asking.questions(stage)

    def _crowded(self) -> Distance:
        return replace(self.distance, open_attempts=300)

    def verdicts(self) -> "Verdicts":
        """Everything against the truth, on two processors."""
        say("all of it against the truth")
        found = self.found
        series = [found.warm, found.burst, found.minute, found.cold]
        told = [list(each.told) if each else [] for each in series]
        told += [[read.told] if read else [] for read in (found.loop, found.direct)]
        with ProcessPoolExecutor(2) as processes:
            copy = found.filled.copy if found.filled else None
            one = processes.submit(compared, self.distance, told, copy)
            many = list(found.many_open.told) if found.many_open else []
            other = processes.submit(compared, self._crowded(), [many]) if many else None
            (warm, burst, minute, cold, loop, direct), exact = one.result()
            many_open = other.result()[0][0] if other else Wrong()
            return Verdicts(warm, burst, minute, cold, loop, direct, exact, many_open)


@dataclass(frozen=True, slots=True)
class Verdicts:
    warm: Wrong
    burst: Wrong
    minute: Wrong
    cold: Wrong
    loop: Wrong
    direct: Wrong
    fill: Wrong
    many_open: Wrong


def say(line: str) -> None:
    sys.stderr.write(f"… {line}\n")
    sys.stderr.flush()
