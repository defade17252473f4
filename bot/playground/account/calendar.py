"""When workflows run: their schedules as tables of one UTC day, in buckets of five minutes."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.playground.account.catalog import Plan

BUCKET = 300  # seconds
DAY = 86400 // BUCKET  # buckets
TABLES = 32  # kept at once

Fire = tuple[int, int]  # second within the bucket, number of the plan
Table = tuple[tuple[Fire, ...], ...]


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
        self._tables: OrderedDict[tuple[int, tuple[int, ...]], Table] = OrderedDict()
        self._days: OrderedDict[int, Table] = OrderedDict()

    def fires(self, bucket: int) -> tuple[Fire, ...]:
        """In the order in which they are created; the position in it names a session."""
        day, place = divmod(bucket, DAY)
        table = self._days.get(day)
        if table is None:
            table = self._days[day] = self._table(day)
            if len(self._days) > TABLES * 4:
                self._days.popitem(last=False)
        found = table[place]
        if self._live_from is not None and bucket >= self._live_from:
            return tuple(sorted(found + self._live()))
        return found

    def _live(self) -> tuple[Fire, ...]:
        live = [number for number, plan in enumerate(self._plans) if plan.kind == "live"]
        return tuple((minute * 60 + self._delays[number], number) for minute in range(5) for number in live)

    def numbers(self, bucket: int) -> frozenset[int]:
        """The plans that run in a bucket."""
        return frozenset(number for _, number in self.fires(bucket))

    def longest(self, bucket: int) -> int:
        """The most runs that a bucket of this day may hold."""
        return max(len(place) for place in self._table(bucket // DAY)) + 5

    def _table(self, day: int) -> Table:
        noon = datetime.fromtimestamp(day * 86400 + 43200, UTC)
        offsets = tuple(int(_offset(zone, noon).total_seconds()) // 60 for zone in self._zones)
        key = (noon.weekday(), offsets)
        if key not in self._tables:
            self._tables[key] = self._made(noon.weekday(), dict(zip(self._zones, offsets, strict=True)))
            if len(self._tables) > TABLES:
                self._tables.popitem(last=False)
        return self._tables[key]

    def _made(self, weekday: int, offsets: dict[str, int]) -> Table:
        table: list[list[Fire]] = [[] for _ in range(DAY)]
        for number, plan in enumerate(self._plans):
            for second in self._seconds(number, plan, weekday, offsets[plan.zone]):
                table[second // BUCKET].append((second % BUCKET, number))
        return tuple(tuple(sorted(place)) for place in table)

    def _seconds(self, number: int, plan: Plan, weekday: int, offset: int) -> list[int]:
        """When its runs are created on a UTC day, in seconds; on the minute, and a little later."""
        delay = self._delays[number]
        match plan.kind:
            case "minutes":
                return [minute * 60 + delay for minute in range(plan.minute % plan.every, 1440, plan.every)]
            case "hourly":
                return [hour * 3600 + plan.minute * 60 + delay for hour in range(24)]
            case "adhoc":
                rng = Random(f"{self._seed}/adhoc/{number}/{weekday}")
                return sorted(rng.sample(range(86400), plan.every))
            case "daily" | "weekdays":
                days, minute = divmod(plan.minute - offset, 1440)
                local = (weekday - days) % 7
                return [] if plan.kind == "weekdays" and local > 4 else [minute * 60 + delay]
            case "live":
                return []


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


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
