"""Several states in words, and the sentence about one session that list and story share."""

from collections.abc import Iterable
from datetime import timedelta

from bot.blocks.footer import Freshness
from bot.blocks.human import duration, listed
from bot.blocks.states import ORDER, word
from bot.core.model import FINISHED, UNFINISHED, Attempt, Status

_GROUPS = {FINISHED: "finished", UNFINISHED: "unfinished"}


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
    if attempt.status.finished:
        return f"ended, unknown when; started {fresh.moment(attempt.created_at)}{usually}"
    since = f"{word(attempt.status)} since {fresh.moment(attempt.created_at)}"
    return f"{since}, for {duration(fresh.now - attempt.created_at)}{usually}"
