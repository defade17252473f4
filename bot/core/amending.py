"""What a query has found, after a few sessions have gone on. Pure.

Most of what happens in a moment begins or succeeds, and changes no more of a list of failed sessions than how
many others there are: to find it all again would take longer than everything else of an answer.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.finding import Found, Seen, Span, in_order
from bot.core.model import UNFINISHED, Attempt, Status
from bot.core.query import Query


@dataclass(frozen=True, slots=True)
class Move:
    """A session's last attempt as it stands now; `before` is its status until then, None where the session
    is new. Neither had the session ended before, nor was another attempt its last."""

    before: Status | None
    after: Attempt


def amended(found: Found, query: Query, span: Span, moves: Iterable[Move]) -> Found | None:
    """What the query would find now, everywhere; None where more of it may be different than its counts.

    `found` is for a query without places and shapes.
    """
    moves = tuple(moves)
    if span.end is not None or span.days is not None or span.whenever or query.by_workflow:
        return None
    wanted = query.statuses or frozenset(Status)
    shown = {row.last.key for row in (*found.rows, *found.rest) if isinstance(row, Seen)}
    if any(
        move.before in wanted or move.after.status in wanted or (_ended(move) and move.after.key in shown)
        for move in moves
    ):
        return None
    if any(move.before and not span.holds(move.after) for move in moves):
        return None  # it may have been the last one of its project
    inside = [move for move in moves if span.holds(move.after)]
    counts = Counter(found.counts)
    counts.update(move.after.status for move in inside)
    counts.subtract(move.before for move in inside if move.before)
    projects = in_order({*found.projects, *(move.after.project for move in inside)})
    return replace(found, counts=dict(counts), offered=dict(counts), projects=projects)


def _ended(move: Move) -> bool:
    """An end is part of its workflow's history: of usual durations and failures in a row."""
    return move.after.status not in UNFINISHED
