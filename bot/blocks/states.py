"""The words for states, with their colours: the same wherever a session is shown."""

from collections.abc import Iterable

from bot.blocks.human import listed
from bot.core.model import FINISHED, UNFINISHED, Status

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
