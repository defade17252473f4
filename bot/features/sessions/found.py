"""From what a query found to what an answer shows. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.core.finding import Flow, Seen
from bot.core.model import Status
from bot.core.query import Pattern, Place, Query
from bot.core.statistics import is_stuck, success_rate
from bot.core.words import words
from bot.features.sessions.views import Group, Row


def judged(seen: Seen, now: datetime, url: str | None) -> Row:
    """The session with what its workflow's history says of it."""
    return Row(
        last=seen.last,
        url=url,
        usual=seen.pace.usual if seen.pace else None,
        streak=seen.streak,
        attempts=seen.last.index,
        error=seen.error,
        slow=seen.pace is not None and seen.pace.is_slow(seen.last, now),
        stuck=is_stuck(seen.last, now),
    )


def grouped(flows: Iterable[Flow], query: Query) -> tuple[Group, ...]:
    """A row for each workflow, those that fail most first."""
    return tuple(sorted((group(flow, query) for flow in flows), key=worst_first))


def worst_first(each: Group) -> tuple[int, str, str]:
    return -each.counts.get(Status.ERROR, 0), each.project.casefold(), each.workflow


def group(flow: Flow, query: Query) -> Group:
    """One workflow's row; its Details asks the same question of it alone, session by session."""
    newest = flow.newest
    place = Place(project=Pattern(newest.project), workflow=Pattern(newest.workflow))
    return Group(
        project=newest.project,
        workflow=newest.workflow,
        last=newest.status,
        words=words(replace(query, places=(place,), by_workflow=False, here=False)),
        counts=flow.counts,
        ended_at=flow.ended.finished_at if flow.ended else None,
        rate=success_rate(flow.counts),
        streak=flow.streak,
    )
