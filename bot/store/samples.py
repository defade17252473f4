"""The last 20 successes of each workflow, kept beside it: usual durations cost nothing when asked for."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from bot.core.model import Attempt
from bot.core.statistics import SAMPLE, pace_of
from bot.store.rows import chunks
from bot.store.tables import workflows

Success = tuple[int, int, int]
"""When it finished (Unix time), the attempt, and how long it took in seconds."""


def merged(sample: Iterable[Success], more: Iterable[Success]) -> list[Success]:
    """The last 20 of both, newest first: the same in whatever order they come."""
    return sorted({*sample, *more}, reverse=True)[:SAMPLE]


def learn(
    connection: Connection, successes: Iterable[tuple[int, Attempt]], floors: dict[int, Success]
) -> None:
    """Take in successes (workflow, attempt) that have an end, inside the transaction that writes them.

    `floors` is the caller's, to be handed in again: by workflow the oldest of a full sample. Samples only
    become newer, so what is older changes nothing, and a long history costs no more than its newest part.
    """
    more: dict[int, list[Success]] = {}
    for workflow, attempt in successes:
        if attempt.finished_at is not None and attempt.ran is not None:
            success = int(attempt.finished_at.timestamp()), attempt.id, int(attempt.ran.total_seconds())
            if workflow not in floors or success > floors[workflow]:
                more.setdefault(workflow, []).append(success)
    changes = []
    for some in chunks(more):
        rows = connection.execute(select(workflows.c.id, workflows.c.sample).where(workflows.c.id.in_(some)))
        for row in rows:
            before = [(at, attempt, seconds) for at, attempt, seconds in json.loads(row.sample)]
            if len(before) == SAMPLE:
                floors[row.id] = before[-1]  # as it was committed: what is written now may be rolled back
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
        connection.execute(change.values({name: bindparam(name) for name in names}), changes)
