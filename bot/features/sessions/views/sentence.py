"""The sentence about one session that list and story share."""

from datetime import timedelta

from bot.blocks.footer import Freshness
from bot.blocks.human import duration
from bot.blocks.states import word
from bot.core.model import Attempt


def when(attempt: Attempt, fresh: Freshness, usual: timedelta | None) -> str:
    """`ended 14:02 after 12 min (usually 14 min)`, `running since 14:02, for 12 min`; plain text."""
    usually = f" (usually {duration(usual)})" if usual is not None else ""
    if attempt.finished_at and attempt.ran is not None:
        return f"ended {fresh.moment(attempt.finished_at)} after {duration(attempt.ran)}{usually}"
    if attempt.status.finished:
        return f"ended, unknown when; started {fresh.moment(attempt.created_at)}{usually}"
    since = f"{word(attempt.status)} since {fresh.moment(attempt.created_at)}"
    return f"{since}, for {duration(fresh.now - attempt.created_at)}{usually}"
