"""Rows of the API's answers, read into values.

Sources: the OpenAPI description (RestSession, RestSessionAttempt, RestTask, RestProject,
RestWorkflowDefinition) and answers of a real Digdag. An optional field may be missing or null, which is the
same; fields that are not known are ignored; ids come as strings or numbers.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import Any

from bot.core.model import Attempt, Project, Session, Status, Task, Workflow

_HIGHEST = 2**63 - 1
_STATUSES = {status.value: status for status in Status}
_NOTHING: Mapping[str, Any] = {}


class Odd(ValueError):
    """A row is not what the API promises: it is set aside and counted."""


def session(row: Any, with_params: bool = True) -> Session:
    """RestSession. Its last attempt is an `Attempt` without an index, for the server does not say it here."""
    row, project, workflow = _parts(row)
    last = row.get("lastAttempt")
    number = row_id(row)
    return Session(
        id=number,
        project_id=row_id(project),
        project=_name(project),
        workflow=_name(workflow),
        session_time=_session_time(row.get("sessionTime")),
        workflow_id=_optional_id(workflow.get("id")),
        session_uuid=_text(row.get("sessionUuid")),
        last=None if last is None else _attempt(_object(last), row, number, with_params),
    )


def attempt(row: Any, with_params: bool = True) -> Attempt:
    """RestSessionAttempt."""
    row = _object(row)
    return _attempt(row, row, _id(row.get("sessionId")), with_params)


def _attempt(row: Mapping[str, Any], owner: Mapping[str, Any], session_id: int, with_params: bool) -> Attempt:
    """The attempt in `row`; its project, workflow and session time are in `owner`: its session, or itself."""
    owner, project, workflow = _parts(owner)
    status, done, success, canceled = _standing(row)
    return Attempt(
        id=row_id(row),
        session_id=session_id,
        project_id=row_id(project),
        project=_name(project),
        workflow=_name(workflow),
        session_time=_session_time(owner.get("sessionTime")),
        status=status,
        created_at=_instant(row.get("createdAt")),
        finished_at=_optional_instant(row.get("finishedAt")) if done else None,
        index=_optional_id(row.get("index")),
        workflow_id=_optional_id(workflow.get("id")),
        session_uuid=_text(owner.get("sessionUuid")),
        retry_attempt_name=_text(row.get("retryAttemptName")),
        pool_id=_text(row.get("poolId")),
        done=done,
        success=success,
        cancel_requested=canceled,
        params=_mapping(row.get("params")) if with_params else _NOTHING,
    )


def _standing(row: Mapping[str, Any]) -> tuple[Status, bool, bool, bool]:
    """Status, done, success, cancelRequested, each filled in from the others where the server says none.

    What the server says holds, unless it contradicts `done`: the flags are what it works with. A running
    attempt that was asked to cancel is canceling, whatever it is called (Digdag says `running` to the end).
    """
    said = _STATUSES.get(str(row.get("status")))
    done, success, canceled = _flag(row, "done"), _flag(row, "success"), _flag(row, "cancelRequested")
    if done is None:
        if said is None:
            raise Odd("neither done nor a status that is known")
        done = said.finished
    if success is None:
        success = done and said is Status.SUCCESS
    if canceled is None:
        canceled = said in {Status.CANCELING, Status.KILLED}
    if said is None or said.finished != done:
        said = _derived(done, success, canceled)
    if said is Status.RUNNING and canceled:
        said = Status.CANCELING
    return said, done, success, canceled


def _derived(done: bool, success: bool, canceled: bool) -> Status:
    """As Digdag does (RestSessionAttempt.getStatus): a success that was asked to cancel is a success."""
    if not done:
        return Status.CANCELING if canceled else Status.RUNNING
    if success:
        return Status.SUCCESS
    return Status.KILLED if canceled else Status.ERROR


def task(row: Any) -> Task:
    """RestTask; a real server writes `isGroup` where the description says `group`."""
    row = _object(row)
    group = row.get("isGroup", row.get("group"))
    return Task(
        id=row_id(row),
        full_name=_required_text(row.get("fullName")),
        state=intern(_required_text(row.get("state"))),
        parent_id=_optional_id(row.get("parentId")),
        is_group=group is True,
        cancel_requested=row.get("cancelRequested") is True,
        started_at=_optional_instant(row.get("startedAt")),
        updated_at=_optional_instant(row.get("updatedAt")),
        retry_at=_optional_instant(row.get("retryAt")),
        upstreams=tuple(_id(number) for number in row.get("upstreams") or ()),
        error=_mapping(row.get("error")),
        config=_mapping(row.get("config")),
        export_params=_mapping(row.get("exportParams")),
        store_params=_mapping(row.get("storeParams")),
        state_params=_mapping(row.get("stateParams")),
    )


def project(row: Any) -> Project:
    """RestProject."""
    row = _object(row)
    return Project(
        id=row_id(row),
        name=_name(row),
        revision=_text(row.get("revision")),
        created_at=_optional_instant(row.get("createdAt")),
        updated_at=_optional_instant(row.get("updatedAt")),
        deleted_at=_optional_instant(row.get("deletedAt")),
    )


def workflow(row: Any) -> Workflow:
    """RestWorkflowDefinition, without its config."""
    row = _object(row)
    owner = _object(row.get("project"))
    return Workflow(
        id=row_id(row),
        name=_name(row),
        project_id=row_id(owner),
        project=_name(owner),
        revision=_text(row.get("revision")),
        timezone=_text(row.get("timezone")),
    )


def row_id(row: Any) -> int:
    """The row's own id. Raises Odd where there is none that can be read."""
    return _id(_object(row).get("id"))


def _parts(row: Any) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
    """The row, its project and its workflow."""
    row = _object(row)
    return row, _object(row.get("project")), _object(row.get("workflow"))


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Odd("no object where one is due")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    """Free-form JSON; what is no object there tells us nothing, and costs nothing either."""
    return value if isinstance(value, dict) else _NOTHING


def _id(value: Any) -> int:
    """An id: a number up to 2^63-1, or the same as decimal text."""
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdigit():
        number = int(value)
        if number <= _HIGHEST:
            return number
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _HIGHEST:
        raise Odd("no id")
    return value


def _optional_id(value: Any) -> int | None:
    return None if value in (None, "") else _id(value)


def _flag(row: Mapping[str, Any], name: str) -> bool | None:
    value = row.get(name)
    if value is not None and not isinstance(value, bool):
        raise Odd(f"{name} is neither true nor false")
    return value


def _text(value: Any) -> str | None:
    """Text, or a number where text is due (pool ids); "" is kept, for a name may be empty."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Odd("no text where it is due")


def _required_text(value: Any) -> str:
    text = _text(value)
    if text is None:
        raise Odd("a text is missing")
    return text


def _name(row: Mapping[str, Any]) -> str:
    """A name. Equal ones share their memory: thousands of sessions have tens of workflows."""
    return intern(_required_text(row.get("name")))


@lru_cache(maxsize=8192)
def _times(text: str) -> tuple[datetime, datetime]:
    """ISO 8601, cut to whole seconds: with its own offset, and in UTC. A time without a zone is UTC, as all
    of the API's own are; one of the year 1 may have no time in UTC."""
    moment = datetime.fromisoformat(text).replace(microsecond=0)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return moment, moment.astimezone(UTC)


def _both(value: Any) -> tuple[datetime, datetime]:
    try:
        return _times(_required_text(value))
    except (ValueError, OverflowError) as error:
        raise Odd("no session time") from error


def _session_time(value: Any) -> datetime:
    return _both(value)[0]


def _instant(value: Any) -> datetime:
    return _both(value)[1]


def _optional_instant(value: Any) -> datetime | None:
    return None if value in (None, "") else _instant(value)
