"""The API without a network: requests to make, answers to read. Nothing here waits or reads a clock.

Endpoints and parameters: Treasure Workflow's OpenAPI description; Digdag's rs/SessionResource,
AttemptResource, ProjectResource and WorkflowResource. Lists of sessions and attempts go down (`last_id`: ids
below it), those of projects and workflows up (ids above it). A page has 100 rows at most: to ask for more is
a 400.
"""

import json
import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from pydantic_core import from_json

from bot.api import wire_rows
from bot.api.wire_errors import Account, Answer, check, paused, stranger
from bot.core.errors import OddItem, Unreadable
from bot.core.model import Attempt, Page, Project, Session, Task, Workflow, odd_number

__all__ = ["PAGE_SIZE", "Account", "Answer", "Reader", "Request", "check", "paused"]

PAGE_SIZE = 100

Row = TypeVar("Row")
Value = TypeVar("Value")
Reader = Callable[[Answer, Account], Value]
"""Reads a success into a value; raises Unreadable (an item of its own that is odd: OddItem)."""

_HALF_A_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Request:
    """A GET: `path` below the server's address, `query` in order, not yet encoded."""

    path: str
    query: tuple[tuple[str, str], ...] = ()


def _request(path: str, **query: str | int | bool | None) -> Request:
    return Request(path, tuple((name, _plain(value)) for name, value in query.items() if value is not None))


def unsized(request: Request) -> Request:
    """The same list without `page_size`: a page has 100 rows then, even where the largest is smaller."""
    return Request(request.path, tuple(each for each in request.query if each[0] != "page_size"))


def _plain(value: str | int | bool) -> str:
    """`true`, not `1`: the server reads `1` as false."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def list_sessions(last_id: int | None = None, page_size: int = PAGE_SIZE) -> Request:
    return _request("/api/sessions", last_id=last_id, page_size=page_size)


def get_session(session_id: int) -> Request:
    return _request(f"/api/sessions/{session_id}")


def list_session_attempts(session_id: int, last_id: int | None = None, page_size: int = PAGE_SIZE) -> Request:
    return _request(f"/api/sessions/{session_id}/attempts", last_id=last_id, page_size=page_size)


def list_attempts(
    last_id: int | None = None,
    page_size: int = PAGE_SIZE,
    *,
    include_retried: bool = True,
    project: str | None = None,
    workflow: str | None = None,
) -> Request:
    """`project` and `workflow` are exact names; the server ignores a workflow without a project.

    Without `include_retried` only the last attempt of each session is listed.
    """
    return _request(
        "/api/attempts",
        project=project,
        workflow=workflow,
        include_retried=True if include_retried else None,
        last_id=last_id,
        page_size=page_size,
    )


def get_attempt(attempt_id: int) -> Request:
    return _request(f"/api/attempts/{attempt_id}")


def list_tasks(attempt_id: int) -> Request:
    return _request(f"/api/attempts/{attempt_id}/tasks")


def list_retries(attempt_id: int) -> Request:
    """All attempts of that attempt's session, itself included, by index."""
    return _request(f"/api/attempts/{attempt_id}/retries")


def list_projects(
    name: str | None = None,
    name_pattern: str | None = None,
    last_id: int | None = None,
    count: int = PAGE_SIZE,
) -> Request:
    """`name` is exact (an empty list if unknown), `name_pattern` a part of names."""
    return _request("/api/projects", name=name, name_pattern=name_pattern, last_id=last_id, count=count)


def list_workflows(
    name_pattern: str | None = None,
    search_project_name: bool | None = None,
    last_id: int | None = None,
    count: int = PAGE_SIZE,
) -> Request:
    """The newest revisions of live projects' workflows; `name_pattern` is a part of names.

    With `search_project_name` the pattern is held against names of projects too.
    """
    return _request(
        "/api/workflows",
        name_pattern=name_pattern,
        search_project_name=search_project_name,
        last_id=last_id,
        count=count,
    )


def read_sessions(answer: Answer, account: Account, *, with_params: bool = True) -> Page[Session]:
    return _page(answer, account, "sessions", partial(wire_rows.session, with_params=with_params))


def read_session(answer: Answer, account: Account) -> Session:
    return _item(answer, account, wire_rows.session)


def read_attempts(
    answer: Answer, account: Account, *, with_params: bool = True, known: Set[int] = frozenset()
) -> Page[Attempt]:
    """Of `/api/attempts`, `/api/sessions/{id}/attempts` and `/api/attempts/{id}/retries`.

    The rows of `known` ids are not read, but for the first and the last, which say how far the page goes:
    most of an answer's cost is theirs where little is new.
    """
    return _page(answer, account, "attempts", partial(wire_rows.attempt, with_params=with_params), known)


def read_attempt(answer: Answer, account: Account) -> Attempt:
    return _item(answer, account, wire_rows.attempt)


def read_tasks(answer: Answer, account: Account) -> Page[Task]:
    """All tasks of an attempt; none where it has not started."""
    return _page(answer, account, "tasks", wire_rows.task)


def read_projects(answer: Answer, account: Account) -> Page[Project]:
    return _page(answer, account, "projects", wire_rows.project)


def read_workflows(answer: Answer, account: Account) -> Page[Workflow]:
    return _page(answer, account, "workflows", wire_rows.workflow)


def _page(
    answer: Answer,
    account: Account,
    name: str,
    read: Callable[[Any], Row],
    known: Set[int] = frozenset(),
) -> Page[Row]:
    """The rows of an envelope. An odd row is set aside and counted; an odd envelope is Unreadable."""
    body = _json(answer, account)
    sent = body.get(name) if isinstance(body, dict) else None
    if not isinstance(sent, list):
        raise Unreadable(f"{account.name} answered with JSON that holds no {name}. Try again in a moment.")
    numbers = [_or_none(wire_rows.row_id, row) for row in sent]
    edges = {*numbers[:1], *numbers[-1:]}
    pairs = [
        (number, _or_none(read, row))
        for number, row in zip(numbers, sent, strict=True)
        if number not in known or number in edges
    ]
    rows = tuple(value for _, value in pairs if value is not None)
    odd_ids = frozenset(number for number, value in pairs if value is None and number is not None)
    if None in numbers:
        odd_ids |= _numbered(numbers)
    ids = [number for number in numbers if number is not None]
    lowest, highest = min(ids, default=None), max(ids, default=None)
    return Page(rows, len(sent), len(pairs) - len(rows), lowest, highest, odd_ids)


def _numbered(numbers: Sequence[int | None]) -> frozenset[int]:
    """Numbers for the rows of a page that have no id; see `Page.odd_ids`."""
    below, place, given = None if any(number is not None for number in numbers) else 0, 0, set[int]()
    for number in reversed(numbers):
        if number is not None:
            below, place = number, 0
        elif below is not None:
            given.add(odd_number(below, place))
            place += 1
    return frozenset(given)


def _or_none(read: Callable[[Any], Row], row: Any) -> Row | None:
    try:
        return read(row)
    except wire_rows.Odd:
        return None


def _item(answer: Answer, account: Account, read: Callable[[Any], Row]) -> Row:
    body = _json(answer, account)
    try:
        return read(body)
    except wire_rows.Odd as odd:
        raise OddItem(f"{account.name} answered with something else than was asked for ({odd}).") from odd


def _json(answer: Answer, account: Account) -> Any:
    if answer.content_type and not answer.is_json:
        raise stranger(f"{account.name} answered with {_kind(answer)} in place of JSON", account)
    try:
        if not _HALF_A_LETTER.search(answer.body):
            return from_json(answer.body)
        body = json.loads(answer.body)
        return json.loads(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{account.name} answered with broken JSON. Try again in a moment.") from error


def _kind(answer: Answer) -> str:
    return "a web page" if "html" in answer.content_type else "something else"
