"""Rows of the API in both flavours: `hosted` (the official OpenAPI) and `digdag` (as 0.10.5.1 writes them).

Digdag writes absent values as null and its keys in one order; hosted may leave absent optionals out.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from bot.playground.account.model import Attempt, Project, Task, Workflow

Flavour = Literal["hosted", "digdag"]
Row = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """`2023-08-18T06:52:33Z`: UTC, whole seconds."""
    if at is None:
        return None
    return f"{(at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()[:19]}Z"


def session_row(last: Attempt, now: datetime, flavour: Flavour) -> Row:
    """RestSession with its last attempt."""
    session = last.session
    return {
        "id": str(session.id),
        "project": {"id": str(session.project.id), "name": session.project.name},
        "workflow": _workflow_ref(last, flavour),
        "sessionUuid": session.uuid,
        "sessionTime": session.time.isoformat(timespec="seconds"),
        "lastAttempt": _inner(last, now, flavour),
    }


def _workflow_ref(attempt: Attempt, flavour: Flavour) -> Row:
    if attempt.workflow_id is not None:
        return {"name": attempt.session.workflow, "id": str(attempt.workflow_id)}
    return {"name": attempt.session.workflow} | ({"id": None} if flavour == "digdag" else {})


def _inner(attempt: Attempt, now: datetime, flavour: Flavour) -> Row:
    row = {"id": str(attempt.id), "retryAttemptName": attempt.retry_name, **_run(attempt, now)}
    if flavour == "digdag":
        return row
    row["status"] = attempt.status(now)
    row["poolId"] = None if attempt.pool is None else str(attempt.pool)
    return _present(row)


def _run(attempt: Attempt, now: datetime) -> Row:
    done = attempt.done(now)
    return {
        "done": done,
        "success": done and attempt.outcome == "success",
        "cancelRequested": attempt.cancel_requested(now),
        "params": attempt.params,
        "createdAt": instant(attempt.created),
        "finishedAt": instant(attempt.finished) if done else None,
    }


def attempt_row(attempt: Attempt, now: datetime, flavour: Flavour) -> Row:
    """RestSessionAttempt; hosted always states `retryAttemptName`, null on first attempts."""
    session = attempt.session
    row = {
        "status": _plain_status(attempt, now) if flavour == "digdag" else attempt.status(now),
        "id": str(attempt.id),
        "index": attempt.index,
        "project": {"id": str(session.project.id), "name": session.project.name},
        "workflow": _workflow_ref(attempt, flavour),
        "sessionId": str(session.id),
        "sessionUuid": session.uuid,
        "sessionTime": session.time.isoformat(timespec="seconds"),
        "retryAttemptName": attempt.retry_name,
        **_run(attempt, now),
    }
    if flavour == "digdag":
        return row
    if attempt.pool is not None:
        row["poolId"] = str(attempt.pool)
    if row["finishedAt"] is None:
        del row["finishedAt"]
    return row


def _plain_status(attempt: Attempt, now: datetime) -> str:
    """Digdag knows four words: what waits or is being canceled is `running`."""
    return attempt.outcome if attempt.done(now) else "running"


def task_row(task: Task, flavour: Flavour) -> Row:
    """RestTask; `isGroup` is the key that real servers send, hosted ones too."""
    row = {
        "id": str(task.id),
        "fullName": task.name,
        "parentId": None if task.parent is None else str(task.parent),
        "config": task.config,
        "upstreams": [str(number) for number in task.upstreams],
        "state": task.state,
        "cancelRequested": task.cancel_requested,
        "exportParams": task.export,
        "storeParams": task.store,
        "stateParams": task.states,
        "updatedAt": instant(task.updated),
        "retryAt": instant(task.retry_at),
        "startedAt": instant(task.started),
        "error": task.error,
        "isGroup": task.group,
    }
    return row if flavour == "digdag" else _present(row)


def project_row(project: Project, flavour: Flavour) -> Row:
    """RestProject; a deleted one is never listed, so `deletedAt` is always empty."""
    row = {
        "id": str(project.id),
        "name": project.name,
        "revision": project.revision,
        "createdAt": instant(project.created),
        "updatedAt": instant(project.updated),
        "deletedAt": None,
        "archiveType": "db" if flavour == "digdag" else "s3",
        "archiveMd5": b64encode(uuid5(NAMESPACE_URL, f"{project.id}/{project.revision}").bytes).decode(),
    }
    return row if flavour == "digdag" else _present(row | {"metadata": []})


def workflow_row(workflow: Workflow) -> Row:
    """RestWorkflowDefinition, the same in both flavours."""
    return {
        "id": str(workflow.id),
        "name": workflow.name,
        "project": {"id": str(workflow.project.id), "name": workflow.project.name},
        "revision": workflow.revision,
        "timezone": workflow.zone,
        "config": workflow.config,
    }


def _present(row: Mapping[str, Any]) -> Row:
    return {key: value for key, value in row.items() if value is not None}
