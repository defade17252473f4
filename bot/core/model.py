"""What the account holds, as frozen values: projects, workflows, sessions, attempts, tasks.

Ids are integers (the API writes them as decimal strings). `created_at`, `finished_at` and the like are aware
datetimes in UTC with whole seconds; `session_time` keeps the workflow's own offset.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")

MARGIN = timedelta(minutes=10)
"""Attempts' ids are given at insert and seen at commit: creation times follow ids only to within this."""


class Status(StrEnum):
    """An attempt's status, in the API's words."""

    BLOCKED = "blocked"
    QUEUED = "queued"
    RUNNING = "running"
    CANCELING = "canceling"
    SUCCESS = "success"
    ERROR = "error"
    KILLED = "killed"

    @property
    def finished(self) -> bool:
        return self in FINISHED


FINISHED = frozenset({Status.SUCCESS, Status.ERROR, Status.KILLED})
UNFINISHED = frozenset(Status) - FINISHED


@dataclass(frozen=True, slots=True)
class Attempt:
    """One execution of a session, with the session, workflow and project it belongs to.

    `index` counts a session's attempts from 1, so the last one's is their number; it is None where the server
    does not say (`GET /api/sessions`). `workflow_id` changes with every push: `key` is what stays.
    `canceling_since` is when it was first seen canceling, where that was remembered.
    """

    id: int
    session_id: int
    project_id: int
    project: str
    workflow: str
    session_time: datetime
    status: Status
    created_at: datetime
    finished_at: datetime | None = None
    index: int | None = None
    workflow_id: int | None = None
    session_uuid: str | None = None
    retry_attempt_name: str | None = None
    pool_id: str | None = None
    done: bool = False
    success: bool = False
    cancel_requested: bool = False
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    canceling_since: datetime | None = None

    @property
    def key(self) -> tuple[int, str]:
        """What identifies its workflow over pushes: (project id, workflow name)."""
        return self.project_id, self.workflow

    @property
    def ran(self) -> timedelta | None:
        """From creation to end; None while it has not ended."""
        return self.finished_at - self.created_at if self.finished_at else None

    @property
    def ended_at(self) -> datetime | None:
        """Its end; where a finished one tells none (the field is optional), its creation, the earliest that
        it can be. None while it has not ended."""
        return self.finished_at or (self.created_at if self.status.finished else None)


@dataclass(frozen=True, slots=True)
class Session:
    """A planned run of a workflow; `last` is its newest attempt (the API may leave it out)."""

    id: int
    project_id: int
    project: str
    workflow: str
    session_time: datetime
    workflow_id: int | None = None
    session_uuid: str | None = None
    last: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A step of an attempt. `error` is empty for one that did not fail itself (containers, canceled ones)."""

    id: int
    full_name: str
    state: str
    parent_id: int | None = None
    is_group: bool = False
    cancel_requested: bool = False
    started_at: datetime | None = None
    updated_at: datetime | None = None
    retry_at: datetime | None = None
    upstreams: tuple[int, ...] = ()
    error: Mapping[str, Any] = field(default_factory=dict, hash=False)
    config: Mapping[str, Any] = field(default_factory=dict, hash=False)
    export_params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    store_params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    state_params: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Project:
    id: int
    name: str
    revision: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow's definition in one revision of its project; `timezone` is an IANA name."""

    id: int
    name: str
    project_id: int
    project: str
    revision: str | None = None
    timezone: str | None = None


_AT_ONE_PLACE = 1000


def odd_number(below: int, place: int = _AT_ONE_PLACE - 1) -> int:
    """A number below 0 for an odd row whose own id can't be read: it stands above the row with the id `below`
    (0: nothing is below it), as number `place` of such rows, from 0 up."""
    return -(below * _AT_ONE_PLACE + place + 1)


def below_odd(number: int) -> int:
    """The id of the row below: what `odd_number` was given."""
    return -(number + 1) // _AT_ONE_PLACE


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one answer in the server's order, and how many odd ones were set aside.

    `size` counts the rows as sent, odd ones included; `lowest_id` is the smallest id seen among them (odd
    rows included where their id can be read): the next page's `last_id`; `highest_id` is that of lists that
    ascend (projects, workflows). None on an empty page. `odd_ids` are those of odd rows: pages that overlap
    show such a row twice. One whose own id can't be read has a number of ours (`odd_number`), by the next row
    below it that has one; where none has, the next page begins with it, and it counts there.
    """

    rows: tuple[Row, ...]
    size: int = 0
    odd: int = 0
    lowest_id: int | None = None
    highest_id: int | None = None
    odd_ids: frozenset[int] = frozenset()
