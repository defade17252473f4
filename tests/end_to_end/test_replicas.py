"""Two replicas on one PostgreSQL: one keeps the copy up, both answer; what befalls one the other outlives."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.end_to_end.process import Run, World, world
from tests.postgresql import Server

TAKEOVER_SECONDS = 20.0


@dataclass
class Both:
    """Two replicas, whose processes the lease tells apart."""

    database: str
    runs: dict[int, Run]

    async def holder(self) -> int | None:
        """The process that has the lease; None for nobody."""
        query = "SELECT holder FROM leases WHERE until > clock_timestamp() AND holder <> ''"
        async with await psycopg.AsyncConnection.connect(self.database) as connection:
            row = await (await connection.execute(query)).fetchone()
        return int(row[0].split(":")[1]) if row else None

    async def until(self) -> float:
        """When the lease ends, in Unix time."""
        async with await psycopg.AsyncConnection.connect(self.database) as connection:
            row = await (await connection.execute("SELECT extract(epoch FROM until) FROM leases")).fetchone()
        assert row is not None
        return float(row[0])

    def other(self, pid: int) -> int:
        (rest,) = self.runs.keys() - {pid}
        return rest


async def within(seconds: float, condition: Callable[[], Awaitable[bool]]) -> float:
    """Until it holds; gives after how many seconds."""
    begun = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - of another process: nothing tells
            await asyncio.sleep(0.1)
    return time.monotonic() - begun


@asynccontextmanager
async def both(place: World, database: str) -> AsyncIterator[Both]:
    async with AsyncExitStack() as stack:
        runs = [
            await stack.enter_async_context(place.running(DATABASE_URL=database, POLL_SECONDS="1"))
            for _ in range(2)
        ]
        yield Both(database, {run.process.pid: run for run in runs})


def reaches(place: World, run: Run) -> None:
    """Slack delivers to this one from now on."""
    place.slack.deliver_to(f"http://127.0.0.1:{run.port}/slack/events")


async def answers(place: World) -> str:
    """What someone in Slack is told."""
    delivery = await place.slack.command("ana", "#data-alerts", "/sessions failed")
    assert delivery.ok, delivery
    return (await place.slack.next_message(user="ana", timeout=20)).text


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[World]:
    async with world("http", tmp_path) as made:
        yield made


async def holds(pair: Both, pid: int) -> bool:
    return await pair.holder() == pid


@pytest.mark.long
async def test_who_is_killed_is_followed_within_20_s(place: World, postgresql: Server) -> None:
    async with both(place, postgresql.new_database()) as pair:
        first = await pair.holder()
        assert first is not None
        second = pair.other(first)
        pair.runs[first].process.kill()
        await within(TAKEOVER_SECONDS, lambda: holds(pair, second))
        asked = place.account.requests
        reaches(place, pair.runs[second])
        assert "3 failed" in await answers(place)
        assert place.account.requests > asked


@pytest.mark.long
async def test_who_is_stopped_is_followed_and_does_no_harm_when_it_wakes(
    place: World, postgresql: Server
) -> None:
    async with both(place, postgresql.new_database()) as pair:
        first = await pair.holder()
        assert first is not None
        second = pair.other(first)
        pair.runs[first].process.send_signal(signal.SIGSTOP)
        await within(TAKEOVER_SECONDS, lambda: holds(pair, second))
        pair.runs[first].process.send_signal(signal.SIGCONT)
        before = await pair.until()

        async def renewed() -> bool:
            assert await pair.holder() == second
            return await pair.until() > before + 5

        await within(TAKEOVER_SECONDS, renewed)
        reaches(place, pair.runs[first])
        assert "3 failed" in await answers(place)
        pair.runs[second].process.kill()
        await within(TAKEOVER_SECONDS, lambda: holds(pair, first))


async def test_at_a_graceful_end_the_other_takes_over(place: World, postgresql: Server) -> None:
    async with both(place, postgresql.new_database()) as pair:
        first = await pair.holder()
        assert first is not None
        second = pair.other(first)
        pair.runs[first].process.terminate()
        assert await pair.runs[first].ended() == 0
        await within(TAKEOVER_SECONDS, lambda: holds(pair, second))
        reaches(place, pair.runs[second])
        assert "3 failed" in await answers(place)
