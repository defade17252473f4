"""Why an attempt failed: which task's error is the one to show.

Measured on Digdag: `error` is set only on the task that failed itself; its groups become `group_error` with
an empty one. `_retry` groups insert copies of their tasks, with the same full names and larger ids, and what
the older copies wrote stays, even in an attempt that succeeds. A failed task is `planned` while its own
`_error` tasks run.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.model import Task
from bot.core.redact import redact_params

_HANDLERS = ("^error", "^failure-alert")
_LAST = datetime.max.replace(tzinfo=UTC)


def root_errors(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks that failed themselves, the one to show first; more than one where branches ran side by side.

    Of one full name only the newest copy counts, whatever its state. What failed in an `_error` handler is
    named only where nothing else failed. Failed tasks come before those whose handlers still run, then the
    earliest, then the smallest id.
    """
    newest: dict[str, Task] = {}
    for task in tasks:
        if task.full_name not in newest or newest[task.full_name].id < task.id:
            newest[task.full_name] = task
    failed = [task for task in newest.values() if task.error and task.state in {"error", "planned"}]
    causes = [task for task in failed if not _handles(task)] or failed
    return tuple(sorted(causes, key=_rank))


def _handles(task: Task) -> bool:
    return any(part in task.full_name for part in _HANDLERS)


def _rank(task: Task) -> tuple[bool, datetime, int]:
    return task.state != "error", task.updated_at or _LAST, task.id


def error_text(task: Task) -> str:
    """The whole text of a task's error, secrets masked; "" where it has none. It may have many lines.

    Without a message: whatever else an operator wrote, and the first frame of the stack trace if that is all.
    """
    error = redact_params(task.error)
    message = error.pop("message", None)
    if isinstance(message, str) and message.strip():
        return message.strip()
    return _other_words(error if message in (None, "") else {"message": message, **error})


def _other_words(error: Mapping[str, Any]) -> str:
    words = [f"{name}: {value}" for name, value in error.items() if name != "stacktrace"]
    return "\n".join(words) or str(error.get("stacktrace") or "").split(",")[0].strip()


def first_line(text: str) -> str:
    """The first line that says something, its blanks folded; "" where none does."""
    return next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
