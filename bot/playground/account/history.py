"""What a server of an account reads from: one Protocol, a computed history and a written one behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.playground.account.model import Attempt, Project, Task, Workflow


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows of one project, or of one workflow (by name) of it; None is any."""

    project: int | None = None
    workflow: str | None = None

    def fits(self, attempt: Attempt) -> bool:
        session = attempt.session
        if self.project is not None and session.project.id != self.project:
            return False
        return self.workflow is None or session.workflow == self.workflow


EVERY = Wanted()
DISORDER = timedelta(minutes=10)  # ids and times of creation may differ in order by less


class History(Protocol):
    """The truth about an account at any instant `now`; what is not visible at `now` is never given.

    Nothing here changes by being asked, so tests and benchmarks compute what they expect from the same
    functions.
    """

    def attempts(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        """All attempts with an id below `below`, highest id first."""
        ...

    def last_attempts(
        self, now: datetime, below: int | None = None, wanted: Wanted = EVERY
    ) -> Iterator[Attempt]:
        """The last attempt of each session, highest attempt id first."""
        ...

    def sessions(self, now: datetime, below: int | None = None, wanted: Wanted = EVERY) -> Iterator[Attempt]:
        """The last attempt of each session with a session id below `below`, highest session id first."""
        ...

    def attempt(self, number: int, now: datetime) -> Attempt | None: ...

    def session(self, number: int, now: datetime) -> list[Attempt]:
        """All attempts of one session, oldest first; empty for an unknown one."""
        ...

    def tasks(self, attempt: Attempt, now: datetime) -> list[Task]:
        """Tasks by id; empty before the attempt has started."""
        ...

    def error(self, attempt: Attempt) -> str | None:
        """What the failing task of an attempt that ends in error says."""
        ...

    def projects(self, now: datetime) -> list[Project]:
        """All projects ever made up to then, deleted ones too, lowest id first."""
        ...

    def workflows(self, now: datetime) -> list[Workflow]:
        """The latest revision of each workflow of live projects, lowest id first."""
        ...

    def definition(self, number: int, now: datetime) -> Workflow | None:
        """Any revision, of deleted projects too."""
        ...


def created_within(
    history: History, begin: datetime, end: datetime, now: datetime, *, every: bool = False
) -> list[Attempt]:
    """Last attempts, or `every` one, seen at `now` and created in [begin, end); highest id first."""
    found = []
    for each in history.attempts(now) if every else history.last_attempts(now):
        if each.created < begin - DISORDER:
            break
        if begin <= each.created < end:
            found.append(each)
    return found
