"""Projects with a history of every kind, made on a server for a while: they succeed, fail, hang, are killed
and are retried; one is deleted, and one's name is used again."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from . import workflows
from .digdag import Address, Digdag, Row, digdag

RETRY_NAME = "もう一度 & again"
PARAMS: Row = {"ok": False, "api_token": "tok-0123456789abcdef", "店": "大阪 <1>"}


@dataclass(frozen=True, slots=True)
class Home:
    """A project on the server, and the ids of its workflows by name."""

    id: str
    name: str
    workflows: dict[str, str]

    @property
    def words(self) -> str:
        """What one types to ask for it alone."""
        text = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'project:"{text}"'


@dataclass(slots=True)
class Stage:
    """What stands on the server. `sessions` are their ids by what they were made for.

    `first` and `second` are days (in UTC), a few before today, that the sessions are for.
    """

    server: Digdag
    suffix: str
    first: datetime
    second: datetime
    homes: dict[str, Home] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    async def attempts(self, session_id: str) -> list[Row]:
        """All attempts of a session as the server tells them, oldest first."""
        rows: list[Row] = (await self.server.get(f"/api/sessions/{session_id}/attempts"))["attempts"]
        return rows[::-1]

    async def tasks(self, attempt_id: str) -> list[Row]:
        rows: list[Row] = (await self.server.get(f"/api/attempts/{attempt_id}/tasks"))["tasks"]
        return rows

    async def lasts(self, *kinds: str) -> dict[str, Row]:
        """The last attempts of all sessions in these projects, by session id, as the server tells them."""
        ids = {self.homes[kind].id for kind in kinds}
        each = [(await self.attempts(session_id))[-1] for session_id in self.sessions.values()]
        return {row["sessionId"]: row for row in each if row["project"]["id"] in ids}


@asynccontextmanager
async def staged(address: Address, *, pause: float = 0.3, patience: float = 60.0) -> AsyncIterator[Stage]:
    """The stage, set; it is cleared at the end, also where setting it failed."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    async with digdag(address, pause=pause, patience=patience) as server:
        suffix = secrets.token_hex(4)
        stage = Stage(server, suffix, today - timedelta(days=3), today - timedelta(days=2))
        await push_all(stage)
        await play(stage)
        await leave_names(stage)
        yield stage


async def push_all(stage: Stage) -> None:
    name = f"lookout-live-{stage.suffix}"
    odd = f'売上 <!channel> & "重要" :x: _{stage.suffix}_'
    await home(stage, "main", name, workflows.MAIN)
    await home(stage, "longer name", f"{name}-more", {"boom": workflows.BOOM})
    await home(stage, "odd", odd, workflows.ODD)
    await home(stage, "gone", f"old-{stage.suffix}-gone", {"boom": workflows.BOOM})
    await home(stage, "used before", f"old-{stage.suffix}-again", {"boom": workflows.BOOM})


async def home(stage: Stage, kind: str, name: str, files: dict[str, str]) -> Home:
    row = await stage.server.push(name, files)
    stage.homes[kind] = Home(row["id"], row["name"], await stage.server.workflows(row["id"]))
    return stage.homes[kind]


async def play(stage: Stage) -> None:
    """All that end by themselves are started first and run side by side."""
    main, first, second = "main", stage.first, stage.second
    for workflow in ("ok", "boom", "exit3", "hooked", "sides", "caller", "rounds"):
        await start(stage, workflow, main, workflow, first)
    await start(stage, "boom again", main, "boom", second)
    await start(stage, "next day in Tokyo", main, "tokyo", first + timedelta(hours=20))
    await start(stage, "resumed", main, "flaky", first, PARAMS)
    await start(stage, "failed twice", main, "flaky", second, PARAMS)
    await start(stage, "longer name", "longer name", "boom", first)
    await start(stage, "odd", "odd", next(iter(workflows.ODD)), first)
    await start(stage, "gone", "gone", "boom", first)
    await start(stage, "used before", "used before", "boom", first)
    for session_id in stage.sessions.values():
        await stage.server.done((await stage.attempts(session_id))[-1]["id"])
    await mend(stage)
    await hang(stage)


async def start(
    stage: Stage, kind: str, project: str, workflow: str, at: datetime, params: Row | None = None
) -> Row:
    started = await stage.server.start(stage.homes[project].workflows[workflow], at.isoformat(), params)
    assert started.new
    stage.sessions[kind] = started.attempt["sessionId"]
    return started.attempt


async def mend(stage: Stage) -> None:
    """One failed session is resumed and succeeds, another is retried and fails again."""
    server, flaky = stage.server, stage.homes["main"].workflows["flaky"]
    (failed,) = await stage.attempts(stage.sessions["resumed"])
    resumed = await server.start(
        flaky,
        failed["sessionTime"],
        {"ok": True},
        retry=f"resume-{stage.suffix}",
        resume={"mode": "failed", "attemptId": failed["id"]},
    )
    retried = await server.start(flaky, stage.second.isoformat(), PARAMS, retry=RETRY_NAME)
    assert resumed.new
    assert retried.new
    await server.done(resumed.attempt["id"])
    await server.done(retried.attempt["id"])


async def hang(stage: Stage) -> None:
    """One that hangs is killed, one goes on."""
    killed = await start(stage, "killed", "main", "hang", stage.first)
    await stage.server.reached(killed["id"], "retry_waiting")
    assert await stage.server.kill(killed["id"])
    await stage.server.done(killed["id"])
    running = await start(stage, "running", "main", "hang", stage.second)
    await stage.server.reached(running["id"], "retry_waiting")


async def leave_names(stage: Stage) -> None:
    """One project is deleted, another as well, but a new one takes its name."""
    for kind in ("gone", "used before"):
        assert await stage.server.delete(stage.homes[kind].id)
    name = stage.homes["used before"].name
    await home(stage, "used again", name, {"boom": workflows.BOOM})
    again = await start(stage, "used again", "used again", "boom", stage.first)
    await stage.server.done(again["id"])
