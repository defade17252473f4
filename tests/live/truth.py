"""What a server's own rows say, read by rules of the tests: the bot's code is not asked."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]


def status(attempt: Row) -> str:
    if attempt["done"]:
        return "success" if attempt["success"] else "killed" if attempt["cancelRequested"] else "error"
    return "canceling" if attempt["cancelRequested"] else "running"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str | None) -> str:
    """`2026-11-24T03:26:54Z`, as the csv writes it; empty for none."""
    return f"{instant(text).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if text else ""


def session_time(attempt: Row) -> str:
    """`2026-11-22 05:00 +09:00`, in its own offset."""
    day, _, rest = attempt["sessionTime"].partition("T")
    offset = rest[8:]
    return f"{day} {rest[:5]} {'UTC' if offset == '+00:00' else offset}"


def failed_task(tasks: Iterable[Row]) -> Row | None:
    """The task whose error is the attempt's: of each name the newest copy, hooks last, then the earliest."""
    newest = {task["fullName"]: task for task in sorted(tasks, key=lambda task: int(task["id"]))}
    failed = [task for task in newest.values() if task["state"] == "error" and task["error"]]
    return min(failed, key=in_order, default=None)


def in_order(task: Row) -> tuple[bool, str, int]:
    return "^error" in task["fullName"], task["updatedAt"], int(task["id"])


def error(task: Row | None) -> str:
    return str(task["error"]["message"]) if task else ""


def ids(attempts: Iterable[Row]) -> set[str]:
    return {attempt["sessionId"] for attempt in attempts}
