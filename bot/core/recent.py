"""Whether something was a moment ago, by a clock that may jump."""

from datetime import datetime, timedelta


def is_recent(since: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether `since` was less than `within` before `now`; never (None) is not, nor what a clock that was
    ahead has put after `now`."""
    return since is not None and timedelta() <= now - since < within
