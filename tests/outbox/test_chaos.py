"""Whatever is killed, dropped, limited or away: each post stands in its channel once, in its last version."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.playground.slack import Broken, Change, Drop, LocalSlack, Message, RateLimited, Refuse
from bot.playground.slack.faults import Fault
from tests.outbox.staging import manifest
from tests.outbox.worker import PLACES, digest
from tests.postgresql import Server
from tests.store.test_open_store import sql

ROOT = Path(__file__).parents[2]
DONE_SECONDS = 400.0
AGAIN = "was said more than once"
WRITING = ("chat.postMessage", "chat.update")
METHODS = (*WRITING, "conversations.history")
FAULTS: tuple[Fault, ...] = (
    Drop(after=True),
    Drop(after=True),
    Drop(after=False),
    Broken(503, after=True),
    Broken(500, after=False),
    Refuse("internal_error"),
)
AWAY: tuple[Fault, ...] = (Drop(after=False), Broken())


def payload(message: Message) -> dict[str, Any]:
    """What a post tells of itself."""
    found: dict[str, Any] = (message.metadata or {}).get("event_payload", {})
    return found


@dataclass
class Deaths:
    """How many processes were killed: `unsettled` between Slack's taking a post and its being settled."""

    unsettled: int = 0
    editing: int = 0
    elsewhere: int = 0

    @property
    def all(self) -> int:
        return self.unsettled + self.editing + self.elsewhere


@dataclass
class Chaos:
    """Kills whoever speaks to Slack, by chance and at the worst moments, until there were enough `deaths`.

    `least` are to be unsettled, and a quarter as many editing; `most` are elsewhere.
    """

    slack: LocalSlack
    database: str
    chance: Random
    least: int
    most: int
    forgetful: bool = False
    deaths: Deaths = field(default_factory=Deaths)
    living: set[int] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    fork: asyncio.subprocess.Process | None = None

    def heard(self, change: Change) -> None:
        """Called by Slack before it answers: who is killed now never hears that it was taken."""
        kind, chance = change.what, self.chance.random()
        if kind == "posted" and (self.deaths.unsettled < self.least or chance < 0.3):
            self.deaths.unsettled += self.kill(self.speaker(change.subject))
        elif kind == "edited" and self.deaths.editing < self.least / 4 and chance < 0.5:
            self.deaths.editing += self.kill(self.speaker(change.subject))
        elif self.deaths.elsewhere >= self.most:
            self.slack.behave()
        elif kind == "call" and chance < 0.2:
            self.deaths.elsewhere += self.kill(self.chance.choice([*self.living, 0]))
        elif kind == "call" and chance < 0.23:
            self.slack.misbehave("*", self.chance.choice(AWAY), times=8)
        elif kind == "call" and chance < 0.25:
            self.slack.misbehave(self.chance.choice(METHODS), RateLimited(1))

    def speaker(self, message: Message) -> int:
        """The process whose post it is: it has the claim. 0: it is dead, and its database lost."""
        occasion = payload(message).get("occasion")
        try:
            ((holder,),) = sql(self.database, f"SELECT claimed_by FROM posts WHERE occasion = '{occasion}'")  # noqa: S608
        except (sqlite3.OperationalError, ValueError):
            if not self.forgetful:
                raise
            return 0
        return int(str(holder or 0))

    def kill(self, process: int) -> bool:
        if process not in self.living:
            return False
        os.kill(process, signal.SIGKILL)
        self.living.remove(process)
        if self.forgetful:
            for file in Path(self.database.removeprefix("sqlite:///")).parent.glob("lookout.db*"):
                file.unlink()
        self.bear()
        return True

    def bear(self) -> None:
        """Another life."""
        assert self.fork is not None
        assert self.fork.stdin is not None
        self.fork.stdin.write(b"\n")

    async def listen(self) -> None:
        assert self.fork is not None
        assert self.fork.stdout is not None
        async for told in self.fork.stdout:
            word, process, *more = told.decode().split(maxsplit=2)
            if word == "born":
                self.living.add(int(process))
            elif word == "done":
                self.done.set()
            else:
                self.living.discard(int(process))
                self.failed.append(" ".join(more))
                self.done.set()


@asynccontextmanager
async def forks(chaos: Chaos, count: int, how: str) -> AsyncIterator[None]:
    """The process whose forks do it all."""
    chaos.fork = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.outbox.worker", chaos.database, chaos.slack.api_url, str(count), how),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    listening = asyncio.create_task(chaos.listen())
    try:
        yield
    finally:
        for process in chaos.living:
            os.kill(process, signal.SIGKILL)
        assert chaos.fork.stdin is not None
        chaos.fork.stdin.close()
        await chaos.fork.wait()
        await listening


async def after(
    seed: int, database: str, *, count: int, least: int, most: int, workers: int = 1, how: str = ""
) -> tuple[Deaths, list[str]]:
    """How many were killed while so many posts were said, and what is in the channels otherwise than once."""
    async with LocalSlack(manifest(), burst=1_000_000, tiers=False) as slack:
        chance = Random(seed)
        slack.faults.storm(chance, 0.2, FAULTS, METHODS)
        chaos = Chaos(slack, database, chance, least, most, forgetful=how == "forgetful")
        slack.watch(chaos.heard)
        async with forks(chaos, count, how):
            for _ in range(workers):
                chaos.bear()
            async with asyncio.timeout(DONE_SECONDS):
                await chaos.done.wait()
        return chaos.deaths, chaos.failed + differences(slack, database, count)


def differences(slack: LocalSlack, database: str, count: int) -> list[str]:
    shown = [one for place in PLACES for one in slack.messages(place)]
    said = [(one, payload(one)) for one in shown]
    times = Counter(str(told.get("occasion")) for _, told in said)
    wrong = [f"{n} was never said" for n in range(count) if not times[str(n)]]
    wrong += [f"{n} {AGAIN}, {times[str(n)]} times" for n in range(count) if times[str(n)] > 1]
    wrong += [f"{occasion} was not asked for" for occasion in times.keys() - {*map(str, range(count))}]
    for one, told in said:
        if one.text != digest(int(told["occasion"])).text or "pending" in told:
            wrong.append(f"{one.text!r} is not the last version")
    known = sql(database, "SELECT occasion, ts FROM posts")
    if {(str(told["occasion"]), one.ts) for one, told in said} != set(known):
        wrong.append("the database knows otherwise")
    return wrong


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'lookout.db'}"


async def test_each_is_said_once_by_one_process_on_a_file(file: str) -> None:
    deaths, wrong = await after(1, file, count=12, least=4, most=3)
    assert wrong == []
    assert deaths.unsettled >= 4


async def test_each_is_said_once_by_two_processes(postgresql: Server) -> None:
    deaths, wrong = await after(2, postgresql.new_database(), count=12, least=4, most=3, workers=2)
    assert wrong == []
    assert deaths.unsettled >= 4


async def test_each_is_said_once_though_the_database_is_lost_at_each_death(file: str) -> None:
    deaths, wrong = await after(3, file, count=9, least=4, most=4, how="forgetful")
    assert wrong == []
    assert deaths.unsettled >= 4


async def test_without_looking_into_the_channel_some_are_said_twice(file: str) -> None:
    _, wrong = await after(4, file, count=9, least=4, most=2, how="blind")
    assert any(AGAIN in one for one in wrong), wrong


@pytest.mark.long
async def test_each_is_said_once_after_a_hundred_deaths(database: str) -> None:
    workers = 1 if database.startswith("sqlite") else 2
    deaths, wrong = await after(5, database, count=100, least=50, most=60, workers=workers)
    assert wrong == []
    assert deaths.all >= 100, deaths
    assert deaths.unsettled >= 30


@pytest.mark.long
async def test_each_is_said_once_though_a_hundred_databases_are_lost(file: str) -> None:
    deaths, wrong = await after(6, file, count=60, least=50, most=60, how="forgetful")
    assert wrong == []
    assert deaths.all >= 100, deaths
    assert deaths.unsettled >= 30


@pytest.mark.long
@pytest.mark.parametrize("how", ["", "blind"])
async def test_it_is_the_look_into_the_channel_that_keeps_them_single(how: str, postgresql: Server) -> None:
    database = postgresql.new_database()
    _, wrong = await after(7, database, count=40, least=20, most=20, workers=2, how=how)
    assert any(AGAIN in one for one in wrong) is (how == "blind"), wrong
