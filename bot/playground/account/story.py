"""What has just happened in the account when it is opened: told around one instant, the anchor (Unix
seconds).

A nightly pipeline that just broke (it is night somewhere) and the report that requires it; one cause shared
by several workflows; a job that flaps; slow runs, one of them failed; old sessions retried just now, one
recovered, one not; kills by a person, and one that is still canceling; runs that wait. All else goes well
for a while, so that the newest failures are the story's.
"""

from collections.abc import Callable, Iterator
from random import Random

from bot.playground.account.calendar import BUCKET, Calendar
from bot.playground.account.catalog import Plan
from bot.playground.account.fate import DAY, HOUR, Fate, Twist, again

Key = tuple[int, int]
MINUTE = 60
LOAD = 2100  # seconds
BREAKS = 1950  # seconds after which the load fails
SINCE_NIGHTFALL = 70 * 60  # seconds from the nightly pipeline's begin to the anchor, about
SHARED = (("orders_hourly", 1), ("segment_export", 1), ("sessionize", 1))
"""What fails of the nightly load's cause, too: workflows, and how many of their last runs."""
CALM_BEFORE, CALM_AFTER = 5 * HOUR // 2, 3 * HOUR // 2


def tell(
    seed: int, plans: tuple[Plan, ...], calendar: Calendar, anchor: int, usual: Callable[[Plan], float]
) -> dict[Key, Twist]:
    """Twists by (bucket, position). `usual` gives the seconds that a run of a plan takes."""
    runs = _Runs(plans, calendar, anchor)
    twists: dict[Key, Twist] = {}
    twists |= _calm(plans, calendar, anchor, usual)
    twists |= _flapping(runs, anchor)
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


def _calm(
    plans: tuple[Plan, ...], calendar: Calendar, anchor: int, usual: Callable[[Plan], float]
) -> dict[Key, Twist]:
    """Around the anchor whatever a story does not tell of works; what runs each minute goes on as it is."""
    twists: dict[Key, Twist] = {}
    for bucket in range((anchor - CALM_BEFORE) // BUCKET, (anchor + CALM_AFTER) // BUCKET):
        for place, (second, number) in enumerate(calendar.fires(bucket)):
            plan, created = plans[number], bucket * BUCKET + second
            if plan.kind != "live":
                length = int(usual(plan) * (0.85 + created % 97 / 300))
                twists[bucket, place] = Twist(_worked(created, length))
    return twists


def _flapping(runs: _Runs, anchor: int) -> dict[Key, Twist]:
    """Of its runs each third fails, the last one too."""
    ended = [(key, created) for key, created in runs.of("fx_rates", DAY) if created <= anchor - 5 * MINUTE]
    return {
        key: Twist(_failed(created, 95, "http_503") if turn % 3 == 0 else _worked(created, 150))
        for turn, (key, created) in enumerate(ended)
    }


def _just_broke(runs: _Runs, anchor: int) -> dict[Key, Twist]:
    """The last load failed, and with it the report after it; all before went well."""
    twists: dict[Key, Twist] = {}
    broken = anchor
    for turn, (key, created) in enumerate(runs.of("nightly_load", 10 * DAY)):
        twists[key] = Twist(_worked(created, LOAD + turn * 17))
        if turn == 0:
            broken = created
            twists[key] = Twist(
                _failed(created, min(BREAKS, max(60, (anchor - created) // 2)), "missing_table")
            )
    for key, created in runs.of("nightly_report", 10 * DAY):
        twists[key] = Twist(_failed(created, 300, "requires") if created > broken else _worked(created, 900))
    return twists


def _shared_cause(runs: _Runs, anchor: int) -> dict[Key, Twist]:
    """The last runs of these failed of what the nightly load fails of. (Of one the very last run waits.)"""
    twists: dict[Key, Twist] = {}
    for name, count in SHARED:
        waits = 1 if name == BLOCKED else 0
        ended = [run for run in runs.of(name, DAY) if run[1] <= anchor - 3 * MINUTE or waits]
        for key, created in ended[waits : waits + count]:
            twists[key] = Twist(_failed(created, 40 + created % 90, "missing_table"))
    return twists


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
    """One runs since long before its usual time, one failed after such a time; one is queued, one blocked."""
    twists = {}
    for name, age, make in _NOW:
        for key, created in runs.of(name, DAY):
            if created <= anchor - age:
                twists[key] = Twist(make(created, anchor))
                break
    return twists


def _slow(created: int, anchor: int) -> Fate:
    return Fate(created, created, created + 1, anchor + 2 * HOUR, "success")


def _slowly_failed(created: int, anchor: int) -> Fate:
    return _failed(created, anchor - 28 * MINUTE - created, "timeout")


def _queued(created: int, anchor: int) -> Fate:
    return Fate(created, created, anchor + 150, anchor + 700, "success", "queued")


def _blocked(created: int, anchor: int) -> Fate:
    return Fate(created, created, anchor + 240, anchor + 900, "success", "blocked")


BLOCKED = "segment_export"
_NOW: tuple[tuple[str, int, Callable[[int, int], Fate]], ...] = (
    ("import_google_ads", HOUR, _slow),
    ("profile_sync", 75 * MINUTE, _slowly_failed),
    ("profile_sync", 0, _queued),
    (BLOCKED, 0, _blocked),
)


def _old_retries(runs: _Runs, anchor: int, rng: Random) -> dict[Key, Twist]:
    """Sessions of days ago that were retried today: one recovered, one failed again, one runs now."""
    twists = {}
    told = (
        ("uriage_daily", 2, anchor - 40 * 60, 900, "success", "japanese"),
        ("attribution_model", 3, anchor - 65 * MINUTE, 1800, "error", "presto_memory"),
        ("train_model", 1, anchor - 600, 3 * HOUR, "success", "python"),
    )
    for name, days, at, length, outcome, cause in told:
        for turn, (key, created) in enumerate(runs.of(name)):
            if turn == days:
                retry = again(at, length, outcome, cause, rng)  # type: ignore[arg-type]
                twists[key] = Twist(_failed(created, 700, cause), (retry,))
    return twists
