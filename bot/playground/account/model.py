"""What an account holds: projects, workflows, sessions, attempts, tasks. Times are aware, UTC unless said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Status = Literal["blocked", "queued", "running", "canceling", "success", "error", "killed"]
Outcome = Literal["success", "error", "killed"]
Waiting = Literal["blocked", "queued"]


@dataclass(frozen=True, slots=True)
class Project:
    """A project; its name may be used again by a new one once it is deleted."""

    id: int
    name: str
    created: datetime
    updated: datetime
    revision: str
    deleted: datetime | None = None

    def alive(self, now: datetime) -> bool:
        return self.created <= now and (self.deleted is None or self.deleted > now)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One revision of a workflow: its id changes with each push of its project."""

    id: int
    name: str
    project: Project
    revision: str
    zone: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """A (project, workflow name, session time); `time` has the workflow's own offset."""

    id: int
    project: Project
    workflow: str
    time: datetime
    uuid: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a session, past and future; what is seen of it at an instant is asked with that instant.

    `created` is what `createdAt` says, `visible` when its row was committed (ids become visible out of
    order). `started` ends the wait as `waiting`. `cancel` is when a kill was asked for. `finished` is None
    where it never ends. `superseded` is when the session's next attempt became visible. `cause` is known to
    its history alone.
    """

    id: int
    index: int
    session: Session
    workflow_id: int | None
    created: datetime
    visible: datetime
    started: datetime
    finished: datetime | None
    outcome: Outcome
    waiting: Waiting = "queued"
    cancel: datetime | None = None
    superseded: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    retry_name: str | None = None
    pool: int | None = None
    cause: str | None = None

    def done(self, now: datetime) -> bool:
        return self.finished is not None and self.finished <= now

    def cancel_requested(self, now: datetime) -> bool:
        return self.cancel is not None and self.cancel <= now

    def last(self, now: datetime) -> bool:
        """Whether it is its session's last attempt at that instant."""
        return self.superseded is None or self.superseded > now

    def status(self, now: datetime) -> Status:
        """The hosted API's word for it."""
        if self.done(now):
            return self.outcome
        if self.cancel_requested(now):
            return "canceling"
        return self.waiting if self.started > now else "running"


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands at the instant it was asked for; `state` as in Digdag's TaskStateCode."""

    id: int
    name: str
    parent: int | None
    state: str
    updated: datetime
    started: datetime | None = None
    retry_at: datetime | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    upstreams: tuple[int, ...] = ()
    group: bool = False
    cancel_requested: bool = False
    export: Mapping[str, Any] = field(default_factory=dict)
    store: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)
