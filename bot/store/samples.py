"""The last 20 successes of each workflow, kept beside it: usual durations cost nothing when asked for."""

import json
from collections.abc import Iterable

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Attempt
from bot.core.statistics import SAMPLE, pace_of
from bot.store.rows import chunks
from bot.store.tables import workflows

Success = tuple[int, int, int]
"""When it finished (Unix time), the attempt, and how long it took in seconds."""


def merged(sample: Iterable[Success], more: Iterable[Success]) -> list[Success]:
    """The last 20 of both, newest first: the same in whatever order they come."""
    return sorted({*sample, *more}, reverse=True)[:SAMPLE]


async def learn(connection: AsyncConnection, successes: Iterable[tuple[int, Attempt]]) -> None:
    """Take in successes (workflow, attempt) that have an end, inside the transaction that writes them."""
    more: dict[int, list[Success]] = {}
    for workflow, attempt in successes:
        if attempt.finished_at is not None and attempt.ran is not None:
            success = int(attempt.finished_at.timestamp()), attempt.id, int(attempt.ran.total_seconds())
            more.setdefault(workflow, []).append(success)
    changes = []
    for some in chunks(more):
        rows = await connection.execute(
            select(workflows.c.id, workflows.c.sample).where(workflows.c.id.in_(some))
        )
        for row in rows:
            before = [(at, attempt, seconds) for at, attempt, seconds in json.loads(row.sample)]
            after = merged(before, more[row.id])
            if after != before:
                known = pace_of([seconds for _, _, seconds in after])
                changes.append(
                    {
                        "which": row.id,
                        "sample": json.dumps(after, separators=(",", ":")),
                        "usual": known.usual.total_seconds() if known else None,
                        "ninetieth": known.ninetieth.total_seconds() if known else None,
                        "slow_after": known.slow_after.total_seconds() if known else None,
                    }
                )
    if changes:
        names = ("sample", "usual", "ninetieth", "slow_after")
        change = update(workflows).where(workflows.c.id == bindparam("which"))
        await connection.execute(change.values({name: bindparam(name) for name in names}), changes)
