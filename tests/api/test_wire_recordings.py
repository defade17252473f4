"""What a real Digdag answered is read to the right values.

`readings.json` tells for each recorded answer what it says: for an attempt its id, session, index, status,
flags (d done, s success, c cancel requested), project, workflow, session time, uuid, created, finished, retry
name and params; for tasks their number, the states, how many are groups, those with an error and those to be
retried.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.api import wire
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account, Answer
from bot.core.errors import ApiError, BadRequest, NotFound, ServerFailed, Unauthorized
from bot.core.model import Attempt, Page, Project, Session, Task, Workflow

RECORDINGS = Path(__file__).parents[1] / "recordings"
READINGS: dict[str, Any] = json.loads((Path(__file__).parent / "readings.json").read_text(encoding="utf-8"))
DIGDAG = Account(self_hosted("http://digdag.example.com:65432"), Access())
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ERRORS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    404: NotFound,
    406: BadRequest,
    500: ServerFailed,
}


def recorded() -> Iterator[tuple[str, str, Answer]]:
    """Every recorded GET of an endpoint that is read: its name, path and answer."""
    for file in sorted(RECORDINGS.glob("*.json")):
        conversation = json.loads(file.read_text(encoding="utf-8"))
        for place, step in enumerate(conversation.get("steps", [conversation])):
            request, response = step["request"], step["response"]
            if request["method"] == "GET" and reader(request["path"]):
                answer = Answer(response["status"], response["headers"], body(response["body"]))
                yield f"{file.stem}/{place}", request["path"], answer


def body(recorded: Any) -> bytes:
    if recorded is None:
        return b""
    return (recorded if isinstance(recorded, str) else json.dumps(recorded)).encode()


def reader(path: str) -> Any:
    """What reads an answer to this path."""
    match path.removeprefix("/api/").split("/"):
        case ["sessions"]:
            return wire.read_sessions
        case ["sessions", _]:
            return wire.read_session
        case ["attempts"] | ["sessions", _, "attempts"] | ["attempts", _, "retries"]:
            return wire.read_attempts
        case ["attempts", _]:
            return wire.read_attempt
        case ["attempts", _, "tasks"]:
            return wire.read_tasks
        case ["projects"]:
            return wire.read_projects
        case ["workflows"]:
            return wire.read_workflows
        case _:
            return None


def told(value: Any) -> Any:
    """A value in the words of `readings.json`."""
    match value:
        case Page(rows=rows) if rows and isinstance(rows[0], Task):
            return told_tasks(rows)
        case Page(rows=rows):
            return [told(row) for row in rows]
        case Session(last=Attempt() as last):
            assert (value.id, value.project_id, value.project) == (
                last.session_id,
                last.project_id,
                last.project,
            )
            assert (value.workflow, value.workflow_id) == (last.workflow, last.workflow_id)
            assert (value.session_time, value.session_uuid) == (last.session_time, last.session_uuid)
            return told(last)
        case Attempt():
            return told_attempt(value)
        case Project(id, name, revision, created, updated, deleted):
            return [id, name, revision, zulu(created), zulu(updated), zulu(deleted)]
        case Workflow(id, name, project_id, project, revision, zone):
            return [id, name, project_id, project, revision, zone]
    raise AssertionError(value)


def told_attempt(it: Attempt) -> list[Any]:
    flags = zip("dsc", (it.done, it.success, it.cancel_requested), strict=True)
    return [
        *(it.id, it.session_id, it.index, it.status.value, "".join(letter for letter, on in flags if on)),
        *(
            it.project_id,
            it.project,
            it.workflow_id,
            it.workflow,
            it.session_time.isoformat(),
            it.session_uuid,
        ),
        *(zulu(it.created_at), zulu(it.finished_at), it.retry_attempt_name, it.params),
    ]


def told_tasks(tasks: tuple[Task, ...]) -> list[Any]:
    return [
        len(tasks),
        dict(sorted(Counter(task.state for task in tasks).items())),
        sum(task.is_group for task in tasks),
        [[task.id, task.full_name, zulu(task.updated_at)] for task in tasks if task.error],
        [[task.id, zulu(task.retry_at)] for task in tasks if task.retry_at],
    ]


def zulu(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    assert moment.tzinfo is UTC
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(("name", "path", "answer"), [pytest.param(*it, id=it[0]) for it in recorded()])
def test_a_recorded_answer_is_read_to_what_it_says(name: str, path: str, answer: Answer) -> None:
    if answer.status != 200:
        assert READINGS[name] == [answer.status]
        with pytest.raises(ERRORS[answer.status]) as raised:
            wire.check(answer, DIGDAG, NOW)
        assert "<" not in str(raised.value)
        return
    wire.check(answer, DIGDAG, NOW)
    value = reader(path)(answer, DIGDAG)
    if isinstance(value, Page):
        assert (value.odd, value.size) == (0, len(value.rows))
        assert value.lowest_id == min((row.id for row in value.rows), default=None)
        assert value.highest_id == max((row.id for row in value.rows), default=None)
    if isinstance(value, Page) and not value.rows:
        assert READINGS[name] in ([], [0, {}, 0, [], []])
        return
    assert told(value) == READINGS[name]


def test_every_reading_has_its_recording() -> None:
    assert {name for name, _, _ in recorded()} == set(READINGS)
    assert len(READINGS) > 200
