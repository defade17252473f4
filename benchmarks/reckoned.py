"""One digest of a day, computed, and its numbers so that they can be compared."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.digest import Key, Period, Reckoning, Tally
from bot.core.patience import Patience
from bot.core.query import Query
from bot.mirror.mirror import Mirror
from bot.mirror.past import Told, past

ZONE = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def day_to(end: int) -> Period:
    """The day up to an instant of Unix time."""
    at = datetime.fromtimestamp(end, UTC)
    return Period(at - DAY, at)


async def computed(mirror: Mirror, end: int) -> tuple[float, dict[str, Any]]:
    """One digest of the day up to `end`: seconds, and what it tells. Raises RuntimeError, and what `past`
    raises."""
    begun = time.perf_counter()
    told = await past(mirror, Query(), day_to(end), ZONE, Patience(mirror.clock, silence=60.0))
    if not isinstance(told, Told):
        raise RuntimeError("A digest without words was misread.")
    return time.perf_counter() - begun, numbers(told.reckoning)


def numbers(reckoning: Reckoning) -> dict[str, Any]:
    """What can be compared, as JSON tells it."""
    return {
        "now": _parts(reckoning.now),
        "before": _parts(reckoning.before),
        "failed": list(reckoning.failed),
        "still broken": _keys(each.workflow for each in reckoning.still_broken),
        "new": _keys(each.workflow for each in reckoning.new),
        "recovered": _keys(each.workflow for each in reckoning.recovered),
        "flapping": _keys(each.workflow for each in reckoning.flapping),
        "slower": sorted(each.attempt for each in reckoning.slower),
        "days": [[day.isoformat(), count] for day, count in reckoning.days],
    }


def _parts(tally: Tally) -> list[int]:
    return [tally.success, tally.failed, tally.killed]


def _keys(workflows: Iterable[Key]) -> list[list[Any]]:
    return [list(key) for key in sorted(workflows)]
