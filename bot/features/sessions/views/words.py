"""The words for states, and the sentences about one session that list and story share."""

from collections.abc import Iterable
from datetime import timedelta

from bot.blocks.footer import Freshness
from bot.blocks.human import duration, listed
from bot.core.model import FINISHED, UNFINISHED, Attempt, Status

ORDER = (
    Status.ERROR,
    Status.KILLED,
    Status.SUCCESS,
    Status.RUNNING,
    Status.QUEUED,
    Status.BLOCKED,
    Status.CANCELING,
)
"""The worst first, then as a session goes: the order of menus and counts."""

_EMOJI = {
    Status.ERROR: "🔴",
    Status.KILLED: "⚫",
    Status.SUCCESS: "🟢",
    Status.RUNNING: "🔵",
    Status.QUEUED: "⚪",
    Status.BLOCKED: "🟡",
    Status.CANCELING: "🟠",
}
_GROUPS = {FINISHED: "finished", UNFINISHED: "unfinished"}


def word(status: Status) -> str:
    """The word that people type for a status: the API's, but `failed` for `error`."""
    return "failed" if status is Status.ERROR else status.value


def state(status: Status, shown: str | None = None) -> str:
    """`🔴 failed`: a colour never stands without its word."""
    return f"{_EMOJI[status]} {shown or word(status)}"


def words(statuses: Iterable[Status]) -> str:
    """`failed`, `failed or killed`, `unfinished`; empty for none and for all of them."""
    asked = frozenset(statuses)
    if not asked or asked == frozenset(Status):
        return ""
    return _GROUPS.get(asked) or listed([word(status) for status in ORDER if status in asked], "or")


def when(attempt: Attempt, fresh: Freshness, usual: timedelta | None) -> str:
    """`ended 14:02 after 12 min (usually 14 min)`, `running since 14:02, for 12 min`; plain text."""
    usually = f" (usually {duration(usual)})" if usual is not None else ""
    if attempt.finished_at and attempt.ran is not None:
        return f"ended {fresh.moment(attempt.finished_at)} after {duration(attempt.ran)}{usually}"
    since = f"{word(attempt.status)} since {fresh.moment(attempt.created_at)}"
    return f"{since}, for {duration(fresh.now - attempt.created_at)}{usually}"
