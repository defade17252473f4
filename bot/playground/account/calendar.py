"""When workflows run: their schedules as tables of one UTC day, in buckets of five minutes."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.account.catalog import Plan

BUCKET = 300  # seconds
DAY = 86400 // BUCKET  # buckets
TABLES = 32  # kept at once
KEPT_DAYS = 512

Fire = tuple[int, int]  # second within the bucket, number of the plan
Table = tuple[tuple[Fire, ...], ...]
Key = tuple[int, tuple[int, ...]]  # weekday (Monday is 0), offsets of the zones at the day's start and end


class Calendar:
    """The runs of each bucket (number = Unix time // 300), the same whenever it is asked.

    `live_from` is the bucket from which plans of the kind `live` run, each minute.
    """

    def __init__(self, seed: int, plans: tuple[Plan, ...], live_from: int | None) -> None:
        self._plans = plans
        self._live_from = live_from
        self._delays = [Random(f"{seed}/delay/{number}").randrange(1, 40) for number in range(len(plans))]
        self._seed = seed
        self._zones = sorted({plan.zone for plan in plans})
        self._lives = [number for number, plan in enumerate(plans) if plan.kind == "live"]
        self._tables: OrderedDict[Key, Table] = OrderedDict()
        self._days: OrderedDict[int, Key] = OrderedDict()
        self._known: OrderedDict[tuple[Key, frozenset[int]], frozenset[int]] = OrderedDict()
        self._same: dict[Fire, Fire] = {}  # tables share their rows: most are the same each day

    def fires(self, bucket: int) -> tuple[Fire, ...]:
        """In the order in which they are created; the position in it names a session."""
        day, place = divmod(bucket, DAY)
        found = self._tables[self._key(day)][place]
        if self._is_live(bucket):
            return tuple(sorted(found + self._live()))
        return found

    def runs(self, bucket: int, numbers: frozenset[int]) -> bool:
        """Whether any of these plans runs in a bucket."""
        day, place = divmod(bucket, DAY)
        if self._is_live(bucket) and not numbers.isdisjoint(self._lives):
            return True
        return place in self._places(self._key(day), numbers)

    def _places(self, key: Key, numbers: frozenset[int]) -> frozenset[int]:
        """The buckets of such a day in which any of these plans runs."""
        found = self._known.get((key, numbers))
        if found is None:
            table = self._tables[key]
            found = frozenset(
                place for place, fires in enumerate(table) if any(number in numbers for _, number in fires)
            )
            self._known[key, numbers] = found
            _shrink(self._known, TABLES * 4)
        return found

    def _is_live(self, bucket: int) -> bool:
        return self._live_from is not None and bucket >= self._live_from

    def _live(self) -> tuple[Fire, ...]:
        return tuple(
            (minute * 60 + self._delays[number], number) for minute in range(5) for number in self._lives
        )

    def longest(self, bucket: int) -> int:
        """The most runs that a bucket of this day may hold."""
        return max(len(place) for place in self._tables[self._key(bucket // DAY)]) + 5

    def _key(self, day: int) -> Key:
        """What makes a day's table: the weekday and the zones' offsets; sees to it that it is there."""
        key = self._days.get(day)
        if key is None or key not in self._tables:
            start = datetime.fromtimestamp(day * 86400, UTC)
            both = (start, start + timedelta(days=1))
            key = self._days[day] = (
                start.weekday(),
                tuple(_offset(zone, at) for at in both for zone in self._zones),
            )
            _shrink(self._days, KEPT_DAYS)
            if key not in self._tables:
                self._tables[key] = self._made(start)
                _shrink(self._tables, TABLES)
        return key

    def _made(self, start: datetime) -> Table:
        table: list[list[Fire]] = [[] for _ in range(DAY)]
        for number, plan in enumerate(self._plans):
            for second in self._seconds(number, plan, start):
                fire = (second % BUCKET, number)
                table[second // BUCKET].append(self._same.setdefault(fire, fire))
        return tuple(tuple(sorted(place)) for place in table)

    def _seconds(self, number: int, plan: Plan, start: datetime) -> list[int]:
        """When its runs are created on a UTC day, in seconds; on the minute, and a little later."""
        delay = self._delays[number]
        match plan.kind:
            case "minutes":
                return [minute * 60 + delay for minute in range(plan.minute % plan.every, 1440, plan.every)]
            case "hourly":
                return [hour * 3600 + plan.minute * 60 + delay for hour in range(24)]
            case "adhoc":
                rng = Random(f"{self._seed}/adhoc/{number}/{start.weekday()}")
                return sorted(rng.sample(range(86400), plan.every))
            case "daily" | "weekdays":
                return [second + delay for second in _local_runs(plan, start)]
            case "live":
                return []


def _local_runs(plan: Plan, start: datetime) -> list[int]:
    """The seconds of a UTC day at which the minute of a local day falls, on workdays alone for `weekdays`."""
    found = []
    for shift in (-1, 0, 1):
        day = (start + timedelta(days=shift)).date()
        at = datetime(day.year, day.month, day.day, *divmod(plan.minute, 60), tzinfo=ZoneInfo(plan.zone))
        second = int(at.timestamp() - start.timestamp())
        if 0 <= second < 86400 and (plan.kind == "daily" or day.weekday() < 5):
            found.append(second)
    return found


def _offset(zone: str, at: datetime) -> int:
    """Minutes east of UTC."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60


def _shrink(kept: OrderedDict[Any, Any], most: int) -> None:
    """Lets go of what was kept first."""
    while len(kept) > most:
        kept.popitem(last=False)


def session_time(plan: Plan, created: int) -> datetime:
    """The session time of a run created at this Unix time, in the workflow's zone.

    Digdag: `daily>` gives the start of the local day, `hourly>` that of the hour, the others the planned
    minute.
    """
    local = datetime.fromtimestamp(created, ZoneInfo(plan.zone))
    match plan.kind:
        case "daily":
            return local.replace(hour=0, minute=0, second=0)
        case "hourly":
            return local.replace(minute=0, second=0)
        case "adhoc":
            return local
        case "minutes" | "weekdays" | "live":
            return local.replace(second=0)


def neighbours(plan: Plan, at: datetime) -> dict[str, str]:
    """The params that a schedule gives its runs."""
    if plan.kind == "adhoc":
        return {}
    step = timedelta(minutes={"minutes": plan.every, "hourly": 60, "live": 1}.get(plan.kind, 1440))
    return {
        "last_session_time": (at - step).isoformat(timespec="seconds"),
        "next_session_time": (at + step).isoformat(timespec="seconds"),
    }
