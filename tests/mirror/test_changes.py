"""Who follows the numbers of changes sees every end once, whatever happens to who keeps the copy."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.core.model import UNFINISHED, Status
from bot.core.patience import Patience
from bot.mirror.rules import RULES
from bot.playground.account import Account, Clock
from bot.playground.account.restless import restless
from bot.store.attempts import Attempts
from bot.store.store import Account as Owner
from bot.store.store import open_store
from tests.mirror.keeping import BEGIN, DAY, Time, differences, mirrored
from tests.postgresql import Server

ROOT = Path(__file__).parents[2]
TURN_SECONDS = 60.0


@dataclass
class Worker:
    """A process that keeps the copy up, and how many turns it has made."""

    process: asyncio.subprocess.Process
    turns: int = 0
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for _ in self.process.stdout:
            self.turns += 1
            self._bell.set()
        self._bell.set()

    async def turn(self, more: int) -> None:
        """Until it has made so many more."""
        until = self.turns + more
        async with asyncio.timeout(TURN_SECONDS):
            while self.turns < until:
                assert self.process.returncode is None, "it ended by itself"
                self._bell.clear()
                await self._bell.wait()


@asynccontextmanager
async def worker(database: str, account: Account, *how: str) -> AsyncIterator[Worker]:
    """Killed at the end, wherever it is then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.mirror.worker", database, account.url, *how),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    one = Worker(process)
    listening = asyncio.create_task(one.listen())
    try:
        yield one
    finally:
        assert process.returncode is None, "it ended by itself"
        process.kill()
        await process.wait()
        await listening


@dataclass
class Reader:
    """Reads the changes from where it was."""

    copy: Attempts
    cursor: int = 0
    read: list[tuple[int, Status]] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)

    async def on(self, most: int) -> bool:
        changes = await self.copy.changed(self.cursor, most)
        for number, attempt, status in changes:
            if number == self.cursor:
                self.twice.append(number)
            self.cursor = number
            self.read.append((attempt, status))
        return len(changes) == most


@dataclass
class Chaos:
    """Workers on one database, a reader beside them, and an account in which much happens."""

    account: Account
    database: str
    how: tuple[str, ...]
    chance: Random

    async def live(self, workers: int, steps: int, reader: Reader) -> None:
        async with AsyncExitStack() as stack:
            lives = [await stack.enter_async_context(AsyncExitStack()) for _ in range(workers)]
            alive = [await self._born(life) for life in lives]
            for _ in range(steps):
                self.account.clock.move(timedelta(seconds=self.chance.randrange(900)))
                self._weather()
                await self.chance.choice(alive).turn(self.chance.randrange(4))
                await reader.on(self.chance.randrange(1, 40))
                if self.chance.random() < 0.2:
                    victim = self.chance.randrange(workers)
                    await lives[victim].aclose()
                    alive[victim] = await self._born(lives[victim])

    async def _born(self, life: AsyncExitStack) -> Worker:
        return await life.enter_async_context(worker(self.database, self.account, *self.how))

    def _weather(self) -> None:
        if self.chance.random() < 0.3:
            self.account.faults.clear()
            if self.chance.random() < 0.4:
                self.account.faults.storm(failing=0.1, cut=0.05, dropped=0.05, too_many=0.02, slow=0.1)
            if self.chance.random() < 0.1:  # a proxy's
                self.account.faults.status(404, "/api/attempts", share=0.3)


async def wrong(seed: int, database: str, *how: str, workers: int, steps: int) -> list[str]:
    """After so many steps of chaos, what a reader saw otherwise than once, and what of the copy is not so."""
    clock = Clock(BEGIN + DAY / 2)
    clock.freeze()
    history = restless(seed, BEGIN, BEGIN + 2 * DAY, sessions=3000)
    async with (
        Account(history, clock=clock) as account,
        open_store(database, Owner(account.url)) as store,
    ):
        reader = Reader(Attempts(store))
        await Chaos(account, database, how, Random(seed)).live(workers, steps, reader)
        account.faults.clear()
        time = Time(clock)
        async with mirrored(account, time, database, replace(RULES, wave=10_000)) as kept:
            await kept.mirror.upkeep.filling.run()
            await kept.mirror.upkeep.feed.look(Patience(time.monotonic, total=600))
            found = await differences(account, kept.mirror, clock.now() - RULES.exact)
        while await reader.on(100):
            pass
        return found + await misread(account, reader)


async def misread(account: Account, reader: Reader) -> list[str]:
    began = (await reader.copy.progress()).began_at
    assert began is not None
    seen: dict[int, list[Status]] = {}
    for attempt, status in reader.read:
        seen.setdefault(attempt, []).append(status)
    found, news = [f"{number} was given twice" for number in reader.twice], 0
    for number, one in account.truth(began - 8 * DAY).items():
        status, ended = Status(str(one.status)), one.finished or one.created
        times = seen.get(number, []).count(status)
        if status in UNFINISHED:
            continue
        if ended < began and number in seen:
            found.append(f"{number} is history, and was told")
        if ended >= began:
            news += 1
            if times != 1:
                found.append(f"{number} {status} was told {times} times")
    assert news > 40, "too little happened"
    return found


async def test_every_end_is_told_once_by_two_processes(postgresql: Server) -> None:
    assert await wrong(1, postgresql.new_database(), workers=2, steps=15) == []


async def test_every_end_is_told_once_by_one_process_on_a_file(tmp_path: Path) -> None:
    assert await wrong(2, f"sqlite:///{tmp_path / 'lookout.db'}", workers=1, steps=15) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 7))
async def test_every_end_is_told_once_for_long(seed: int, database: str) -> None:
    workers = 1 if database.startswith("sqlite") else 2
    assert await wrong(seed, database, workers=workers, steps=100) == []


@pytest.mark.long
async def test_without_the_lock_ends_are_lost(postgresql: Server) -> None:
    for seed in range(10):
        if await wrong(seed, postgresql.new_database(), "free", workers=2, steps=40):
            return
    pytest.fail("nothing was lost all the same")
