"""What a perfect reader of an account knows at an instant: to hold against what a real one knows."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.playground.account.history import DISORDER, History
from bot.playground.account.model import Attempt, Status
from bot.playground.account.wire import Flavour


@dataclass(frozen=True, slots=True)
class Seen:
    """An attempt as its row tells it. Times are UTC, in whole seconds; `session_time` has its own offset.

    `status` is the hosted API's word. A Digdag server calls `running` what waits, and what is being canceled
    shows by its flag: it is `canceling` here.
    """

    id: int
    index: int
    session_id: int
    project_id: int
    project: str
    workflow: str
    workflow_id: int | None
    session_time: datetime
    status: Status
    cancel_requested: bool
    created: datetime
    finished: datetime | None
    retry_name: str | None


def truth(
    history: History, now: datetime, since: datetime | None = None, flavour: Flavour = "hosted"
) -> dict[int, Seen]:
    """All attempts that are visible at `now`, by id, highest first; with `since`, those created from then on.

    Without `since` all of the history is gone through.
    """
    found = {}
    for each in history.attempts(now):
        if since is not None and each.created < since - DISORDER:
            break
        if since is None or each.created >= since:
            found[each.id] = seen(each, now, flavour)
    return found


def seen(attempt: Attempt, now: datetime, flavour: Flavour = "hosted") -> Seen:
    session, status = attempt.session, attempt.status(now)
    if flavour == "digdag" and status in ("queued", "blocked"):
        status = "running"
    done = attempt.done(now)
    return Seen(
        id=attempt.id,
        index=attempt.index,
        session_id=session.id,
        project_id=session.project.id,
        project=session.project.name,
        workflow=session.workflow,
        workflow_id=attempt.workflow_id,
        session_time=session.time.replace(microsecond=0),
        status=status,
        cancel_requested=attempt.cancel_requested(now),
        created=_whole(attempt.created),
        finished=_whole(attempt.finished) if done and attempt.finished is not None else None,
        retry_name=attempt.retry_name,
    )


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
