"""A lifelike account in a process of its own, some way off: for benchmarks, whose event loop it leaves alone.

The process takes orders on standard input and answers on standard output, a JSON line each. It ends with its
input.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from bot.playground.account.clock import Clock
from bot.playground.account.lifelike import Lifelike
from bot.playground.account.server import Account
from bot.playground.account.wire import Flavour

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Distance:
    """An account and how far away it is; in seconds.

    `anchor` (aware) is its present when it opens; from there it runs in real time, or stands still where it
    is `frozen`. Each answer takes `latency` more (one round trip), the first one of a connection
    `connection_cost` on top (TCP and TLS: two more). Idle connections are closed after `idle_close`, without
    a word.
    """

    anchor: datetime
    seed: int = 1
    sessions: int = 1_000_000
    per_day: int | None = 20_000
    open_attempts: int | None = 150
    flavour: Flavour = "hosted"
    latency: float = 0.15
    connection_cost: float = 0.3
    idle_close: float | None = 60.0
    frozen: bool = False

    def history(self) -> Lifelike:
        """The same one as the process serves: the truth to compare with."""
        return Lifelike(
            self.seed,
            self.sessions,
            self.per_day,
            anchor=self.anchor,
            open_attempts=self.open_attempts,
        )

    def text(self) -> str:
        return json.dumps(asdict(self) | {"anchor": self.anchor.isoformat()})

    @classmethod
    def of(cls, text: str) -> Self:
        given = json.loads(text)
        return cls(**given | {"anchor": datetime.fromisoformat(given["anchor"])})


@dataclass(frozen=True, slots=True)
class Counts:
    """What the process has done since the last `reset`: `cpu` in seconds. `memory` is its highest, in MiB."""

    requests: int
    connections: int
    most_in_flight: int
    cpu: float
    memory: float


@dataclass(slots=True)
class Apart:
    """The account's handle on this side."""

    url: str
    _process: asyncio.subprocess.Process

    async def counts(self) -> Counts:
        return Counts(**await self._told("counts"))

    async def reset(self) -> None:
        """Counts from zero; open connections stay known."""
        await self._told("reset")

    async def now(self) -> datetime:
        """The account's present."""
        return datetime.fromisoformat(await self._told("now"))

    async def move(self, by: timedelta) -> datetime:
        """Moves its clock; gives the new present."""
        return datetime.fromisoformat(await self._told("move", by.total_seconds()))

    async def storm(self, **shares: Any) -> None:
        """See `Faults.storm`."""
        await self._told("storm", shares)

    async def clear(self) -> None:
        """All faults end."""
        await self._told("clear")

    async def far(self, latency: float, connection_cost: float) -> None:
        """Another distance, in seconds."""
        await self._told("far", [latency, connection_cost])

    async def _told(self, order: str, given: Any = None) -> Any:
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(json.dumps([order, given]).encode() + b"\n")
        return await _line(self._process)


@asynccontextmanager
async def apart(distance: Distance) -> AsyncIterator[Apart]:
    """Starts the process, and ends it. Raises RuntimeError where it ended by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, distance.text()),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Apart(await _line(process), process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> Any:
    line = await process.stdout.readline() if process.stdout is not None else b""
    if not line:
        raise RuntimeError("The account's process has ended.")
    return json.loads(line)


# The other side


@dataclass(slots=True)
class _Orders:
    """What may be asked of the process; `cpu` is what it had used at the last reset."""

    account: Account
    cpu: float = 0.0

    def take(self, order: str, given: Any) -> Any:
        account = self.account
        match order:
            case "counts":
                return asdict(self._counts())
            case "reset":
                account.requests = account.connections = account.most_in_flight = 0
                self.cpu = time.process_time()
            case "move":
                account.clock.move(timedelta(seconds=given))
            case "storm":
                account.faults.storm(**given)
            case "clear":
                account.faults.clear()
            case "far":
                account.latency, account.connection_cost = given
        return account.clock.now().isoformat()

    def _counts(self) -> Counts:
        account = self.account
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cpu = time.process_time() - self.cpu
        return Counts(account.requests, account.connections, account.most_in_flight, cpu, memory)


async def _serve(distance: Distance) -> None:
    clock = Clock(distance.anchor)
    if distance.frozen:
        clock.freeze(distance.anchor)
    async with Account(
        distance.history(),
        clock=clock,
        flavour=distance.flavour,
        latency=distance.latency,
        connection_cost=distance.connection_cost,
        idle_close=distance.idle_close,
    ) as account:
        orders, heard = _Orders(account), asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(heard), sys.stdin)
        _say(account.url)
        while line := await heard.readline():
            _say(orders.take(*json.loads(line)))


def _say(what: Any) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(Distance.of(sys.argv[1])))
