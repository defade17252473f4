"""The words of a query, as a value.

A `Query` is what was asked, not yet resolved: `when` is a window in words ("24h", "since monday") that
`core.window` cuts for an instant and a zone; `places` are names as typed that `core.names` matches.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.model import Status


class Shape(StrEnum):
    RETRIED = "retried"
    SLOW = "slow"
    STUCK = "stuck"


class Sort(StrEnum):
    NEWEST = "newest"
    DURATION = "duration"
    NAME = "name"


class Side(StrEnum):
    """Which names a pattern is held against."""

    ANY = "any"
    PROJECT = "project"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True)
class Place:
    """`sales` (side any), `project:sales`, `workflow:"daily load"`, or `sales/daily_*` (two patterns).

    A pattern with `*` is a glob over the whole name; without, it is matched by `core.names`' cascade.
    """

    project: str | None = None
    workflow: str | None = None
    either: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One `/sessions` list."""

    statuses: frozenset[Status] = frozenset()
    when: str = "24h"
    session_days: str | None = None
    places: tuple[Place, ...] = ()
    shapes: frozenset[Shape] = frozenset()
    by_workflow: bool = False
    sort: Sort = Sort.NEWEST
    limit: int | None = None
    here: bool = False
    csv: bool = False
