"""What the server answers to a request: pure, from a history at an instant.

The rules are those measured on Digdag 0.10.5.1: ids and numbers that are none give 404 with an empty body, an
unknown thing 404 with an envelope, a page that is too big 400, a deleted project 404 while its sessions stay
listed.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from bot.playground.account.history import EVERY, History, Wanted
from bot.playground.account.model import Attempt, Project
from bot.playground.account.wire import (
    Flavour,
    Row,
    attempt_row,
    project_row,
    session_row,
    task_row,
    workflow_row,
)

JSON = "application/json"
HTML = "text/html;charset=UTF-8"
LONG = 2**63 - 1
INT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; `path` is the raw one (quoted), `query` decoded."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    accept: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` is the content type, None where there is no body. `rows` is the JSON before it became bytes."""

    status: int
    body: bytes = b""
    kind: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: Any = None


class Refused(Exception):
    """Carries the answer of a request that cannot be served."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def in_json(rows: Any, status: int = 200) -> Answer:
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, JSON, rows=rows)


def envelope(status: int, message: str) -> Answer:
    return in_json({"message": message, "status": status}, status)


def page_of_500(what: str = "java.lang.NullPointerException") -> Answer:
    """The HTML page with a stack trace that a real server sends, shortened."""
    html = (
        '<html><head><title>ERROR</title></head><body><div class="header"><div class="error-div"></div>'
        f'<div class="error-text-div">Error processing request</div></div><pre>{what}\n'
        "\tat io.digdag.server.AuthRequestFilter.filter(AuthRequestFilter.java:47)\n"
        "\tat java.base/java.lang.Thread.run(Thread.java:840)\n</pre></body></html>"
    )
    return Answer(500, html.encode(), HTML)


def not_found(what: str) -> Refused:
    return Refused(envelope(404, f"Resource does not exist: {what}"))


def number(text: str | None, default: int, most: int = LONG) -> int:
    """A number as Java reads it; anything else is 404 with an empty body."""
    if text is None:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", text) or not -most - 1 <= int(text) <= most:
        raise Refused(Answer(404))
    return int(text)


@dataclass(frozen=True, slots=True)
class Reader:
    """Answers from one history at one instant. `most` is the largest page."""

    history: History
    now: datetime
    flavour: Flavour
    most: int = 100

    def sessions(self, query: Mapping[str, str], wanted: Wanted = EVERY) -> Row:
        below, size = self._page(query)
        found = self.history.sessions(self.now, below, wanted)
        return {"sessions": [session_row(last, self.now, self.flavour) for last in islice(found, size)]}

    def session(self, query: Mapping[str, str], text: str) -> Row:
        return session_row(self._session(text)[-1], self.now, self.flavour)

    def session_attempts(self, query: Mapping[str, str], text: str) -> Row:
        below, size = self._page(query)
        found = [attempt for attempt in reversed(self._session(text)) if attempt.id < below]
        return self._attempts(islice(found, size))

    def attempts(self, query: Mapping[str, str]) -> Row:
        below, size = self._page(query)
        wanted = EVERY
        if "project" in query:
            project = self._named(query["project"])
            wanted = Wanted(project.id, query.get("workflow"))
        every = query.get("include_retried", "").lower() == "true"  # Boolean.valueOf: 1 is false
        read = self.history.attempts if every else self.history.last_attempts
        return self._attempts(islice(read(self.now, below, wanted), size))

    def attempt(self, query: Mapping[str, str], text: str) -> Row:
        return attempt_row(self._attempt(text), self.now, self.flavour)

    def tasks(self, query: Mapping[str, str], text: str) -> Row:
        tasks = self.history.tasks(self._attempt(text), self.now)
        return {"tasks": [task_row(task, self.flavour) for task in tasks]}

    def retries(self, query: Mapping[str, str], text: str) -> Row:
        session = self._attempt(text).session
        return self._attempts(self.history.session(session.id, self.now))

    def projects(self, query: Mapping[str, str]) -> Row:
        after, count = number(query.get("last_id"), 0, INT), self._count(query)
        name, part = query.get("name"), query.get("name_pattern", "")
        found = (
            project_row(project, self.flavour)
            for project in self._alive()
            if project.id > after and part in project.name and name in (None, project.name)
        )
        return {"projects": list(islice(found, count))}

    def project(self, query: Mapping[str, str], text: str) -> Row:
        return project_row(self._project(text), self.flavour)

    def project_by_name(self, query: Mapping[str, str]) -> Row:
        return project_row(self._named(query.get("name", "")), self.flavour)

    def project_sessions(self, query: Mapping[str, str], text: str) -> Row:
        return self.sessions(query, Wanted(self._project(text).id, query.get("workflow")))

    def project_workflows(self, query: Mapping[str, str], text: str) -> Row:
        project, name = self._project(text), query.get("name")
        found = self.history.workflows(self.now)
        rows = [
            workflow_row(each)
            for each in found
            if each.project.id == project.id and name in (None, each.name)
        ]
        return {"workflows": rows}

    def project_workflow(self, query: Mapping[str, str], text: str, name: str) -> Row:
        project = self._project(text)
        for each in self.history.workflows(self.now):
            if each.project.id == project.id and each.name == name:
                return workflow_row(each)
        raise not_found(f"workflow name={name} in revision id={project.id}")

    def workflows(self, query: Mapping[str, str]) -> Row:
        order = query.get("order", "asc")
        if order not in ("asc", "desc"):
            raise Refused(envelope(400, "parameter 'order' must be either 'asc' or 'desc'"))
        descending = order == "desc"
        last, count = number(query.get("last_id"), LONG if descending else 0), self._count(query)
        part, wide = query.get("name_pattern", ""), query.get("search_project_name", "").lower() == "true"
        found = [
            each
            for each in self.history.workflows(self.now)
            if (each.id < last if descending else each.id > last)
            and (part in each.name or (wide and part in each.project.name))
        ]
        found.sort(key=lambda each: each.id, reverse=descending)
        return {"workflows": [workflow_row(each) for each in found[:count]]}

    def workflow(self, query: Mapping[str, str], text: str) -> Row:
        found = self.history.definition(number(text, 0), self.now)
        if found is None:
            raise not_found(f"workflow id={number(text, 0)}")
        return workflow_row(found)

    def version(self, query: Mapping[str, str]) -> Row:
        return {"version": "0.10.5.1"}

    def _page(self, query: Mapping[str, str]) -> tuple[int, int | None]:
        below, size = number(query.get("last_id"), LONG), number(query.get("page_size"), 100, INT)
        if "page_size" in query and size > self.most:
            raise Refused(envelope(400, _too_big(size, self.most)))
        # Without page_size a page has 100 rows even where the server's own limit is smaller.
        return below, self._limit(size)

    def _count(self, query: Mapping[str, str]) -> int | None:
        return self._limit(number(query.get("count"), 100, INT))

    def _limit(self, rows: int) -> int | None:
        """How many rows a LIMIT lets through; None is all."""
        if rows >= 0:
            return rows
        if self.flavour == "digdag":
            return None  # H2 reads a negative LIMIT as none
        raise Refused(page_of_500("org.postgresql.util.PSQLException: ERROR: LIMIT must not be negative"))

    def _attempts(self, found: Iterable[Attempt]) -> Row:
        return {"attempts": [attempt_row(attempt, self.now, self.flavour) for attempt in found]}

    def _session(self, text: str) -> list[Attempt]:
        found = self.history.session(number(text, 0), self.now)
        if not found:
            raise not_found(f"session id={number(text, 0)}")
        return found

    def _attempt(self, text: str) -> Attempt:
        found = self.history.attempt(number(text, 0), self.now)
        if found is None:
            raise not_found(f"session attempt id={number(text, 0)}")
        return found

    def _alive(self) -> list[Project]:
        return [each for each in self.history.projects(self.now) if each.alive(self.now)]

    def _named(self, name: str) -> Project:
        for project in self._alive():
            if project.name == name:
                return project
        raise not_found(f"project name={name}")

    def _project(self, text: str) -> Project:
        wanted = number(text, 0, INT)
        for project in self.history.projects(self.now):
            if project.id == wanted and project.alive(self.now):
                return project
            if project.id == wanted and project.deleted is not None:
                at = project.deleted.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                raise Refused(envelope(404, f"Project id={wanted} is already deleted at {at}"))
        raise not_found(f"project id={wanted}")


def _too_big(size: int, most: int) -> str:
    return (
        f"Your specified page_size is Optional.of({size}), but it is larger than MAX_PAGE_SIZE: {most}. "
        f"You must specify page_size with a number which is smaller than {most}."
    )
