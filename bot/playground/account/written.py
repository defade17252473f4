"""A history that is written down run by run: for tests, and for what a playground adds while it runs."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from bot.playground.account.history import EVERY, Wanted
from bot.playground.account.model import Attempt, Outcome, Project, Session, Task, Workflow
from bot.playground.account.tasks import plain_tree

T0 = datetime(2026, 11, 24, tzinfo=UTC)
SPACE = UUID("6f1f9c50-5b0e-4c0e-9d5c-0c7a4d5b9a11")
As = Literal["success", "error", "killed", "running", "queued", "blocked", "canceling"]


class Written:
    """Runs as told. Ids count up from 1 unless given; times default to one run a minute from `start`."""

    def __init__(self, start: datetime = T0) -> None:
        self._start = start
        self._projects: dict[int, Project] = {}
        self._workflows: dict[int, Workflow] = {}
        self._sessions: dict[int, list[int]] = {}
        self._attempts: dict[int, Attempt] = {}
        self._tasks: dict[int, list[Task]] = {}
        self._order: list[int] = []  # attempt ids, ascending
        self._session_order: list[int] = []
        self._newest = start

    # Writing

    def project(
        self,
        name: str,
        *,
        id: int | None = None,  # noqa: A002
        created: datetime | None = None,
        updated: datetime | None = None,
        revision: str = "rev-0001",
    ) -> Project:
        """A new project, also where a deleted one had this name."""
        number = id if id is not None else max(self._projects, default=0) + 1
        at = created if created is not None else self._start - timedelta(days=30)
        project = Project(number, name, at, updated if updated is not None else at, revision)
        self._projects[number] = project
        return project

    def delete_project(self, project: Project, at: datetime) -> Project:
        """Its sessions stay listed; by id and name it is gone from `at` on."""
        deleted = replace(self._projects[project.id], deleted=at)
        self._projects[project.id] = deleted
        return deleted

    def workflow(
        self,
        project: Project | str,
        name: str,
        *,
        id: int | None = None,  # noqa: A002
        zone: str = "UTC",
        config: Mapping[str, Any] | None = None,
        revision: str = "rev-0001",
    ) -> Workflow:
        """A workflow, or a new revision of it (a later id)."""
        number = id if id is not None else max(self._workflows, default=0) + 1
        given = config if config is not None else {"+step": {"echo>": "hi"}}
        workflow = Workflow(number, name, self._project(project), revision, zone, given)
        self._workflows[number] = workflow
        return workflow

    def run(
        self,
        project: Project | str = "shop-data",
        workflow: str = "nightly",
        *,
        session_time: datetime | None = None,
        session_id: int | None = None,
        uuid: str | None = None,
        **attempt: Any,
    ) -> Attempt:
        """A new session with its first attempt; what else can be given is what `retry` takes."""
        home = self._project(project)
        number = session_id if session_id is not None else _next(self._session_order)
        created = self._when(attempt.pop("created", None))
        at = session_time if session_time is not None else created.replace(microsecond=0)
        unique = uuid if uuid is not None else str(uuid5(SPACE, str(number)))
        session = Session(number, home, workflow, at, unique)
        self._sessions[number] = []
        insort(self._session_order, number)
        return self._add(session, created=created, **attempt)

    def retry(self, attempt: Attempt | int, **given: Any) -> Attempt:
        """A further attempt of the session of `attempt`.

        Keywords: `created`, `visible` (default: created), `started` (created), `waiting`, `took` or
        `finished` (60 s), `outcome` (any status; an unfinished one never ends), `cancel`, `error` (message),
        `tasks`, `params`, `retry_name`, `pool`, `workflow_id` (the latest revision's), `id`, `index` (counts
        up).
        """
        session = self._attempts[attempt if isinstance(attempt, int) else attempt.id].session
        created = self._when(given.pop("created", None))
        name = given.pop("retry_name", f"retry-{len(self._sessions[session.id])}")
        return self._add(session, created=created, retry_name=name, **given)

    def finish(
        self, attempt: Attempt, at: datetime, outcome: Outcome = "success", error: str | None = None
    ) -> Attempt:
        """An unfinished attempt ends at `at`, started or not."""
        found = self._attempts[attempt.id]
        cancel = found.cancel if outcome != "killed" else found.cancel or at
        started, cause = (
            min(found.started, at),
            error or found.cause or ("boom" if outcome == "error" else None),
        )
        return self._keep(
            replace(found, started=started, finished=at, outcome=outcome, cause=cause, cancel=cancel)
        )

    def cancel(self, attempt: Attempt, at: datetime) -> Attempt:
        """Someone asks to kill it: canceling until it is finished."""
        return self._keep(replace(self._attempts[attempt.id], cancel=at))

    def _project(self, project: Project | str) -> Project:
        if isinstance(project, Project):
            return self._projects[project.id]
        for found in reversed(self._projects.values()):
            if found.name == project and found.deleted is None:
                return found
        return self.project(project)

    def _when(self, created: datetime | None) -> datetime:
        at = created if created is not None else self._newest + timedelta(minutes=1)
        self._newest = max(self._newest, at)
        return at

    def _add(
        self,
        session: Session,
        *,
        created: datetime,
        id: int | None = None,  # noqa: A002
        index: int | None = None,
        visible: datetime | None = None,
        started: datetime | None = None,
        took: timedelta = timedelta(seconds=60),
        finished: datetime | None = None,
        outcome: As = "success",
        waiting: Literal["queued", "blocked"] = "queued",
        cancel: datetime | None = None,
        error: str | None = None,
        tasks: Iterable[Task] | None = None,
        params: Mapping[str, Any] | None = None,
        retry_name: str | None = None,
        pool: int | None = None,
        workflow_id: int | None = None,
    ) -> Attempt:
        ended = outcome in ("success", "error", "killed")
        if outcome in ("queued", "blocked"):
            started = datetime.max.replace(tzinfo=UTC)
        if outcome in ("killed", "canceling") and cancel is None:
            cancel = finished or created + took if ended else created
        attempt = Attempt(
            id=id if id is not None else _next(self._order),
            index=index if index is not None else len(self._sessions[session.id]) + 1,
            session=session,
            workflow_id=workflow_id if workflow_id is not None else self._revision(session),
            created=created,
            visible=visible if visible is not None else created,
            started=started if started is not None else created,
            finished=(finished or created + took) if ended else None,
            outcome=outcome if ended else "success",  # type: ignore[arg-type]
            waiting="blocked" if outcome == "blocked" else waiting,
            cancel=cancel,
            params=params if params is not None else {},
            retry_name=retry_name,
            pool=pool,
            cause=error if error is not None else ("boom" if outcome == "error" else None),
        )
        self._supersede(session, attempt.visible)
        if tasks is not None:
            self._tasks[attempt.id] = list(tasks)
        self._sessions[session.id].append(attempt.id)
        insort(self._order, attempt.id)
        return self._keep(attempt)

    def _revision(self, session: Session) -> int:
        mine = [
            each.id
            for each in self._workflows.values()
            if each.project.id == session.project.id and each.name == session.workflow
        ]
        return max(mine) if mine else self.workflow(session.project, session.workflow).id

    def _supersede(self, session: Session, at: datetime) -> None:
        earlier = self._sessions[session.id]
        if earlier:
            self._keep(replace(self._attempts[earlier[-1]], superseded=at))

    def _keep(self, attempt: Attempt) -> Attempt:
        self._attempts[attempt.id] = attempt
        return attempt

    # Reading

    def attempts(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        for number in _down(self._order, below):
            each = self._attempts[number]
            if each.visible <= now and wanted.fits(each):
                yield each

    def last_attempts(
        self, now: datetime, below: int | None = None, wanted: Wanted = EVERY
    ) -> Iterator[Attempt]:
        return (each for each in self.attempts(now, below, wanted) if each.last(now))

    def sessions(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        for number in _down(self._session_order, below):
            found = self.session(number, now)
            if found and wanted.fits(found[-1]):
                yield found[-1]

    def attempt(self, number: int, now: datetime) -> Attempt | None:
        found = self._attempts.get(number)
        return found if found is not None and found.visible <= now else None

    def session(self, number: int, now: datetime) -> list[Attempt]:
        found = (self._attempts[each] for each in self._sessions.get(number, []))
        return [each for each in found if each.visible <= now]

    def tasks(self, attempt: Attempt, now: datetime) -> list[Task]:
        if attempt.id in self._tasks:
            return list(self._tasks[attempt.id])
        return plain_tree(attempt, now, self.error(attempt))

    def error(self, attempt: Attempt) -> str | None:
        return attempt.cause if attempt.outcome == "error" else None

    def projects(self, now: datetime) -> list[Project]:
        return [
            self._projects[number]
            for number in sorted(self._projects)
            if self._projects[number].created <= now
        ]

    def workflows(self, now: datetime) -> list[Workflow]:
        newest: dict[tuple[int, str], Workflow] = {}
        for number in sorted(self._workflows):
            each = self._workflows[number]
            if self._projects[each.project.id].alive(now):
                newest[each.project.id, each.name] = each
        return sorted(newest.values(), key=lambda each: each.id)

    def definition(self, number: int, now: datetime) -> Workflow | None:
        return self._workflows.get(number)


def _next(order: list[int]) -> int:
    return order[-1] + 1 if order else 1


def _down(order: list[int], below: int | None) -> list[int]:
    """Those below, highest first; a copy, so that runs may be added meanwhile."""
    end = len(order) if below is None else bisect_left(order, below)
    return order[:end][::-1]
