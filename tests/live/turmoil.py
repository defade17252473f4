"""Much that happens at once on a server: starts side by side, retries of old sessions, kills, failures."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, islice

from . import truth, workflows
from .digdag import Address, Digdag, Row, digdag

FILES = {**workflows.MAIN, "stubborn": workflows.STUBBORN}
ENDING = ("ok", "boom", "ok", "sides", "flaky", "hooked", "ok", "rounds", "caller", "exit3", "tokyo", "ok")
"""Workflows that end by themselves, the quick ones more often."""
HANDS = 10
"""Requests side by side: ids then become visible out of order."""


@dataclass(slots=True)
class Turmoil:
    """A project on a server; `ids` are the attempts that were started in it.

    `day` is the first session time; each start takes the next minute, so no two are of one session.
    """

    server: Digdag
    project: Row
    workflows: dict[str, str]
    day: datetime
    ids: set[int] = field(default_factory=set)
    minutes: Callable[[], int] = field(default_factory=lambda: count().__next__)

    @property
    def name(self) -> str:
        return str(self.project["name"])

    async def start(self, workflow: str) -> Row:
        at = self.day + timedelta(minutes=self.minutes())
        started = await self.server.start(self.workflows[workflow], at.isoformat(), {"ok": False})
        assert started.new
        self.ids.add(int(started.attempt["id"]))
        return started.attempt

    async def again(self, attempt: Row, name: str, resume: Row | None = None) -> Row:
        """A retry of the attempt's session."""
        workflow = self.workflows[attempt["workflow"]["name"]]
        started = await self.server.start(
            workflow, attempt["sessionTime"], {"ok": True}, retry=name, resume=resume
        )
        assert started.new
        self.ids.add(int(started.attempt["id"]))
        return started.attempt

    async def many(self, number: int) -> None:
        await side_by_side(self.start(workflow) for workflow in islice(cycle(ENDING), number))

    async def retries(self, attempts: Iterable[Row], name: str) -> None:
        await side_by_side(self.again(attempt, name) for attempt in attempts)

    async def resumes(self, attempts: Iterable[Row], name: str) -> None:
        """Only what failed runs again."""
        await side_by_side(
            self.again(each, name, {"mode": "failed", "attemptId": each["id"]}) for each in attempts
        )

    async def kills(self, number: int) -> None:
        """Killed as soon as started, while they wait, and while a command runs that goes on to its end."""
        how = cycle([("hang", ()), ("hang", ("retry_waiting",)), ("stubborn", ("running",))])
        await side_by_side(self.kill(workflow, states) for workflow, states in islice(how, number))

    async def kill(self, workflow: str, states: tuple[str, ...]) -> None:
        attempt = await self.start(workflow)
        if states:
            await self.server.reached(attempt["id"], *states)
        assert await self.server.kill(attempt["id"])

    async def rows(self) -> list[Row]:
        """All attempts of the project, newest first."""
        return list((await feed(self.server, project=self.name)).values())

    async def quiet(self, *still: Row) -> list[Row]:
        """All attempts of the project, once all have ended but those that run `still`."""

        async def ended() -> list[Row] | None:
            rows = await self.rows()
            running = {row["id"] for row in rows if not row["done"]}
            return rows if running <= {row["id"] for row in still} else None

        rows = await self.server.until(ended, "the end of all attempts")
        self.server.unfinished -= {row["id"] for row in rows if row["done"]}
        return rows


@asynccontextmanager
async def turmoil(address: Address) -> AsyncIterator[Turmoil]:
    async with digdag(address, pause=0.2, patience=240.0) as server:
        project = await server.push(f"lookout-live-{secrets.token_hex(4)}-mirror", FILES)
        day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
        yield Turmoil(server, project, await server.workflows(project["id"]), day)


async def side_by_side(works: Iterable[Awaitable[object]]) -> None:
    """All of them, `HANDS` at a time."""
    left = iter(works)

    async def hand() -> None:
        for work in left:
            await work

    async with asyncio.TaskGroup() as hands:
        for _ in range(HANDS):
            hands.create_task(hand())


async def feed(server: Digdag, since: datetime | None = None, **query: str) -> dict[int, Row]:
    """Every attempt, retried ones too, newest first, down to the page that ends before `since`."""
    rows: dict[int, Row] = {}
    below: dict[str, str] = {}
    while True:
        answer = await server.get("/api/attempts", include_retried="true", **query, **below)
        page: list[Row] = answer["attempts"]
        rows |= {int(row["id"]): row for row in page}
        if not page or (since is not None and truth.instant(page[-1]["createdAt"]) < since):
            return rows
        below = {"last_id": page[-1]["id"]}


async def head(server: Digdag) -> list[Row]:
    """The newest attempts."""
    rows: list[Row] = (await server.get("/api/attempts", include_retried="true"))["attempts"]
    return rows
