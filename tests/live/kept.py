"""A copy kept up with a real server as `run` keeps it, only more often, and what is watched of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.answering import Answering, Times, answering
from bot.ask import no_trouble
from bot.core.model import Attempt, Status
from bot.mirror.mirror import Mirror
from bot.settings import Settings
from bot.store.attempts import Attempts
from bot.ticker import Wake, ticking
from tests.mirror.keeping import everything

from . import truth
from .digdag import Address, Digdag
from .turmoil import head

MOMENT = timedelta(seconds=0.3)
BACK = timedelta(seconds=10)
"""Less than a stubborn command runs."""


@dataclass(frozen=True, slots=True)
class Line:
    """An attempt as the server tells it, and as the copy holds it."""

    index: int | None
    session_id: int
    session_uuid: str | None
    session_time: str
    project_id: int
    project: str
    workflow: str
    workflow_id: int | None
    status: str
    cancel_requested: bool
    created_at: datetime
    finished_at: datetime | None
    retry_name: str | None


def told(row: truth.Row) -> Line:
    return Line(
        index=row["index"],
        session_id=int(row["sessionId"]),
        session_uuid=row["sessionUuid"],
        session_time=truth.instant(row["sessionTime"]).isoformat(),
        project_id=int(row["project"]["id"]),
        project=row["project"]["name"],
        workflow=row["workflow"]["name"],
        workflow_id=int(row["workflow"]["id"]) if row["workflow"]["id"] else None,
        status=truth.status(row),
        cancel_requested=row["cancelRequested"],
        created_at=truth.instant(row["createdAt"]),
        finished_at=truth.instant(row["finishedAt"]) if row["finishedAt"] else None,
        retry_name=row["retryAttemptName"],
    )


def held(row: Attempt) -> Line:
    return Line(
        index=row.index,
        session_id=row.session_id,
        session_uuid=row.session_uuid,
        session_time=row.session_time.isoformat(),
        project_id=row.project_id,
        project=row.project,
        workflow=row.workflow,
        workflow_id=row.workflow_id,
        status=row.status.value,
        cancel_requested=row.cancel_requested,
        created_at=row.created_at,
        finished_at=row.finished_at,
        retry_name=row.retry_attempt_name,
    )


async def copied(mirror: Mirror) -> dict[int, Line]:
    return {number: held(row) for number, row in (await everything(mirror)).items()}


@dataclass(slots=True)
class Watch:
    """Follows the numbers of changes, and the freshness of looks, over all lives of a copy.

    `stale` are attempts that had ended before a look began and did not stand so in the copy after it; `looks`
    counts the looks that were held against the server.
    """

    changes: list[tuple[int, int, Status]] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    looks: int = 0

    async def follow(self, copy: Attempts) -> None:
        above = self.changes[-1][0] if self.changes else 0
        self.changes += await copy.changed(above, 100_000)

    async def look(self, mirror: Mirror, server: Digdag) -> None:
        """What the server tells before the look, the copy knows after it."""
        if (await mirror.copy.progress()).mark is None:
            return
        ended = {int(row["id"]): told(row) for row in await head(server) if row["done"]}
        looked = await mirror.upkeep.refresh.join(60)
        copy = await copied(mirror)
        self.stale += [
            f"{number} is {line}, not {copy.get(number)}, in a look that missed {looked.unreached}"
            for number, line in ended.items()
            if copy.get(number) != line
        ]
        self.looks += 1


@asynccontextmanager
async def opened(address: Address, database: str) -> AsyncIterator[Answering]:
    """What answers over a copy, for a process that keeps it.

    It reads back less far than `run` does, so that only reading an open attempt again shows how it ended.
    """
    settings = Settings.for_ask(address.environ)
    async with answering(
        settings, database=database, slack="not asked", slack_trouble=no_trouble, times=QUICK, keeps=True
    ) as parts:
        parts.mirror.upkeep.feed.rules = replace(parts.mirror.rules, look_back=BACK, deep_back=BACK)
        yield parts


@asynccontextmanager
async def kept(mirror: Mirror) -> AsyncIterator[None]:
    """It is filled, kept up and diagnosed."""
    await mirror.upkeep.hold()
    async with ticking(
        Wake("hold", MOMENT, mirror.upkeep.hold),
        Wake("fill", timedelta(seconds=2), mirror.upkeep.fill, at_once=True),
        Wake("tick", MOMENT, mirror.upkeep.tick),
        Wake("diagnose", MOMENT, mirror.upkeep.diagnose),
    ):
        yield


@asynccontextmanager
async def watched(mirror: Mirror, watch: Watch, server: Digdag) -> AsyncIterator[None]:
    """It is kept, asked and watched, all at once."""
    async with (
        kept(mirror),
        ticking(
            Wake("look", 2 * MOMENT, lambda: watch.look(mirror, server)),
            Wake("follow", MOMENT, lambda: watch.follow(mirror.copy)),
        ),
    ):
        yield


QUICK = Times(leisure=200.0)
