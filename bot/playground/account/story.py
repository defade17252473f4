"""What has just happened in the account when it is opened: told around one instant, the anchor (Unix
seconds).

A nightly pipeline that just broke (it is night somewhere) and the report that requires it; one cause shared
by several workflows; a slow run; old sessions retried just now, one recovered, one not; kills by a person,
and one that is still canceling; runs that wait. (A flapping job is in the catalog.)
"""

from collections.abc import Callable, Iterator
from random import Random

from bot.playground.account.calendar import BUCKET, Calendar
from bot.playground.account.catalog import Plan
from bot.playground.account.fate import DAY, HOUR, Fate, Twist, again

Key = tuple[int, int]
LOAD = 2100  # seconds
SINCE_NIGHTFALL = 70 * 60  # seconds from the nightly pipeline's begin to the anchor, about
SHARED = ("orders_hourly", "segment_export", "sessionize", "bot_filter", "import_google_ads")


def tell(seed: int, plans: tuple[Plan, ...], calendar: Calendar, anchor: int) -> dict[Key, Twist]:
    """Twists by (bucket, position)."""
    runs = _Runs(plans, calendar, anchor)
    twists: dict[Key, Twist] = {}
    twists |= _shared_cause(runs, anchor)
    twists |= _just_broke(runs, anchor)
    twists |= _kills(runs, anchor)
    twists |= _slow_and_waiting(runs, anchor)
    twists |= _old_retries(runs, anchor, Random(f"{seed}/story"))
    return twists


def nightfall(anchor: int) -> int:
    """When the nightly pipeline begins, to the five minutes: it has failed half an hour before the anchor."""
    return (anchor - SINCE_NIGHTFALL) // BUCKET * BUCKET


class _Runs:
    """Runs of a workflow before the anchor, newest first."""

    def __init__(self, plans: tuple[Plan, ...], calendar: Calendar, anchor: int) -> None:
        self._numbers = {plan.name: number for number, plan in enumerate(plans)}
        self._calendar = calendar
        self._anchor = anchor

    def of(self, name: str, since: int = 5 * DAY) -> Iterator[tuple[Key, int]]:
        """Keys and times of creation, down to `since` seconds before the anchor."""
        number, last = self._numbers[name], self._anchor // BUCKET
        for bucket in range(last, last - since // BUCKET, -1):
            for place, (second, plan) in reversed(list(enumerate(self._calendar.fires(bucket)))):
                created = bucket * BUCKET + second
                if plan == number and created <= self._anchor:
                    yield (bucket, place), created


def _failed(created: int, length: int, cause: str) -> Fate:
    return Fate(created, created, created + 1, created + length, "error", cause=cause)


def _worked(created: int, length: int) -> Fate:
    return Fate(created, created, created + 1, created + length, "success")


def _just_broke(runs: _Runs, anchor: int) -> dict[Key, Twist]:
    """The last load failed, and with it the report after it; all before went well."""
    twists: dict[Key, Twist] = {}
    broken = anchor
    for turn, (key, created) in enumerate(runs.of("nightly_load")):
        twists[key] = Twist(_worked(created, LOAD + turn * 17))
        if turn == 0:
            broken = created
            twists[key] = Twist(
                _failed(created, min(LOAD, max(60, (anchor - created) // 2)), "missing_table")
            )
    for key, created in runs.of("nightly_report"):
        twists[key] = Twist(_failed(created, 300, "requires") if created > broken else _worked(created, 900))
    return twists


def _shared_cause(runs: _Runs, anchor: int) -> dict[Key, Twist]:
    """For two hours, up to the nightly load that failed of it, too, these failed of the same thing."""
    return {
        key: Twist(_failed(created, 40 + created % 90, "missing_table"))
        for name in SHARED
        for key, created in runs.of(name, DAY)
        if anchor - 2.75 * HOUR <= created <= anchor - 0.75 * HOUR
    }


def _kills(runs: _Runs, anchor: int) -> dict[Key, Twist]:
    """Of a person's last queries one is being canceled and three were killed."""
    twists = {}
    for turn, (key, created) in enumerate(runs.of("adhoc_query", DAY)):
        if turn == 0:
            end, cancel = anchor + 900, max(created + 1, anchor - 120)
            twists[key] = Twist(Fate(created, created, created + 1, end, "killed", cancel=cancel))
        elif turn < 4:
            end = min(created + 1500, anchor - 60)
            twists[key] = Twist(
                Fate(created, created, created + 1, end, "killed", cancel=max(created + 1, end - 20))
            )
    return twists


def _slow_and_waiting(runs: _Runs, anchor: int) -> dict[Key, Twist]:
    """One runs since long before its usual time, one is queued, one blocked."""
    twists = {}
    for name, age, make in _NOW:
        for key, created in runs.of(name, DAY):
            if created <= anchor - age:
                twists[key] = Twist(make(created, anchor))
                break
    return twists


def _slow(created: int, anchor: int) -> Fate:
    return Fate(created, created, created + 1, anchor + 2 * HOUR, "success")


def _queued(created: int, anchor: int) -> Fate:
    return Fate(created, created, anchor + 150, anchor + 700, "success", "queued")


def _blocked(created: int, anchor: int) -> Fate:
    return Fate(created, created, anchor + 240, anchor + 900, "error", "blocked", cause="s3")


_NOW: tuple[tuple[str, int, Callable[[int, int], Fate]], ...] = (
    ("import_google_ads", HOUR, _slow),
    ("profile_sync", 0, _queued),
    ("segment_export", 0, _blocked),
)


def _old_retries(runs: _Runs, anchor: int, rng: Random) -> dict[Key, Twist]:
    """Sessions of days ago that were retried today: one recovered, one failed again, one runs now."""
    twists = {}
    told = (
        ("uriage_daily", 2, anchor - 40 * 60, 900, "success", "japanese"),
        ("attribution_model", 3, anchor - 2 * HOUR, 1800, "error", "presto_memory"),
        ("train_model", 1, anchor - 600, 3 * HOUR, "success", "python"),
    )
    for name, days, at, length, outcome, cause in told:
        for turn, (key, created) in enumerate(runs.of(name)):
            if turn == days:
                retry = again(at, length, outcome, cause, rng)  # type: ignore[arg-type]
                twists[key] = Twist(_failed(created, 700, cause), (retry,))
    return twists
