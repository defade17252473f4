"""A lifelike history with runs of one's own on top: what someone makes happen while it is watched."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bot.playground.account.history import EVERY, Wanted
from bot.playground.account.lifelike import Lifelike
from bot.playground.account.model import Attempt, Outcome, Project, Session, Task, Workflow

SPACE = UUID("0d6b4f0e-77c1-4c57-9b5a-3e6b8a9c2f10")


class Added:
    """A History. Rows of both are listed together, by id; the ids of the own ones fit in with their time."""

    def __init__(self, base: Lifelike) -> None:
        self._base = base
        self._attempts: dict[int, Attempt] = {}
        self._sessions: dict[int, list[int]] = {}

    # Adding

    def run(
        self,
        project: str,
        workflow: str,
        *,
        at: datetime,
        took: timedelta,
        outcome: Outcome = "success",
        cause: str | None = None,
    ) -> Attempt:
        """A new session of a workflow that there is; `cause` is a key of `errors.MESSAGES`.

        Raises LookupError where there is no such workflow.
        """
        found = self._workflow(project, workflow, at)
        number = _free(self._base.spare_ids(at)[0], self._sessions)
        time = at.replace(microsecond=0).astimezone(ZoneInfo(found.zone))
        session = Session(number, found.project, workflow, time, str(uuid5(SPACE, str(number))))
        self._sessions[number] = []
        return self._add(session, found.id, at, took, outcome, cause)

    def retry(
        self,
        attempt: Attempt,
        *,
        at: datetime,
        took: timedelta,
        outcome: Outcome = "success",
        cause: str | None = None,
    ) -> Attempt:
        """A further attempt of a session that was added here."""
        last = self._attempts[self._sessions[attempt.session.id][-1]]
        self._attempts[last.id] = replace(last, superseded=at)
        session = attempt.session
        found = self._workflow(session.project.name, session.workflow, at)
        return self._add(session, found.id, at, took, outcome, cause)

    def _workflow(self, project: str, workflow: str, at: datetime) -> Workflow:
        for found in self._base.workflows(at):
            if (found.project.name, found.name) == (project, workflow):
                return found
        raise LookupError(f"no workflow {project} / {workflow}")

    def _add(
        self,
        session: Session,
        workflow_id: int,
        at: datetime,
        took: timedelta,
        outcome: Outcome,
        cause: str | None,
    ) -> Attempt:
        index = len(self._sessions[session.id]) + 1
        attempt = Attempt(
            id=_free(self._base.spare_ids(at)[1], self._attempts),
            index=index,
            session=session,
            workflow_id=workflow_id,
            created=at,
            visible=at,
            started=at,
            finished=at + took,
            outcome=outcome,
            retry_name=f"retry-{index - 1}" if index > 1 else None,
            cause=cause,
        )
        self._attempts[attempt.id] = attempt
        self._sessions[session.id].append(attempt.id)
        return attempt

    # Reading

    def attempts(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        own = (
            each for each in self._down(self._attempts.values(), _attempt_id, below) if each.visible <= now
        )
        fitting = (each for each in own if wanted.fits(each))
        return merge(fitting, self._base.attempts(now, below, wanted), key=lambda each: -each.id)

    def last_attempts(
        self, now: datetime, below: int | None = None, wanted: Wanted = EVERY
    ) -> Iterator[Attempt]:
        return (each for each in self.attempts(now, below, wanted) if each.last(now))

    def sessions(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        lasts = [found[-1] for number in self._sessions if (found := self.session(number, now))]
        own = (each for each in self._down(lasts, _session_id, below) if wanted.fits(each))
        return merge(own, self._base.sessions(now, below, wanted), key=lambda each: -each.session.id)

    def _down(
        self, rows: Iterable[Attempt], key: Callable[[Attempt], int], below: int | None
    ) -> list[Attempt]:
        """Those below, highest first; a list, so that runs may be added meanwhile."""
        return sorted((each for each in rows if below is None or key(each) < below), key=key, reverse=True)

    def attempt(self, number: int, now: datetime) -> Attempt | None:
        own = self._attempts.get(number)
        if own is not None:
            return own if own.visible <= now else None
        return self._base.attempt(number, now)

    def session(self, number: int, now: datetime) -> list[Attempt]:
        if number in self._sessions:
            found = (self._attempts[each] for each in self._sessions[number])
            return [each for each in found if each.visible <= now]
        return self._base.session(number, now)

    def tasks(self, attempt: Attempt, now: datetime) -> list[Task]:
        return self._base.tasks(attempt, now)

    def error(self, attempt: Attempt) -> str | None:
        return self._base.error(attempt)

    def projects(self, now: datetime) -> list[Project]:
        return self._base.projects(now)

    def workflows(self, now: datetime) -> list[Workflow]:
        return self._base.workflows(now)

    def definition(self, number: int, now: datetime) -> Workflow | None:
        return self._base.definition(number, now)


def _attempt_id(attempt: Attempt) -> int:
    return attempt.id


def _session_id(attempt: Attempt) -> int:
    return attempt.session.id


def _free(number: int, taken: Iterable[int]) -> int:
    """The first id from here on that is not taken."""
    known = set(taken)
    while number in known:
        number += 1
    return number
