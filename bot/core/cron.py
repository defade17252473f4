"""Times that come again: a cron's five fields, the instants at which it comes, and the cron in words.

`cronsim` walks the calendar by the wall clock alone; which instants those are is settled here. As in Debian's
cron, a fixed time (neither minute nor hour begins with `*`) comes once: where the clock leaves it out, at the
end of the gap, and where it is twice, the first time. Any other comes whenever the wall clock shows it.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.core.query import shown
from bot.core.typed import fold

FIELDS = (
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31"),
    ("month", "1 to 12, or jan to dec"),
    ("day of the week", "0 to 7 (0 and 7 are Sunday), or sun to sat"),
)
TIMES = "`every weekday at 9`, `mondays 08:30`, `every 15 minutes` or `0 9 * * 1-5`"

_T = TypeVar("_T")
_SECOND = timedelta(seconds=1)
_SOME_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 - the wall clock, of no zone
_ORDINALS = {"1": "1st", "2": "2nd", "3": "3rd"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NUMBERS = {str(day): day for day in range(8)} | {day.upper(): at % 7 for at, day in enumerate(_DAYS, 1)}
_WHOLE_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True)
class Unclear:
    """What could not be understood is named, with what would be. Words stand in backticks, not escaped."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Cron:
    """`expression` has five fields with single blanks between, and comes (`five_fields` sees to both)."""

    expression: str
    zone: ZoneInfo

    def after(self, at: datetime) -> Iterator[datetime]:
        """When it comes, strictly after `at` (aware), in UTC."""
        local = at.astimezone(self.zone)
        start = _wall(local) - _repeated(local)
        return (instant for instant in self._instants(start, forward=True) if instant > at)

    def latest(self, at: datetime) -> datetime:
        """When it came last, at `at` (aware) or before, in UTC."""
        local = at.astimezone(self.zone)
        start = _wall(local) + _repeated(local) + _SECOND
        return next(instant for instant in self._instants(start, forward=False) if instant <= at)

    def before(self, at: datetime) -> datetime:
        """When it came last before `at` (aware), in UTC."""
        return self.latest(at - timedelta.resolution)

    @property
    def words(self) -> str:
        """`Mon–Fri 09:00`, `every 15 minutes`; what is not said so simply, in cronsim's words."""
        minute, hour, day, month, weekday = self.expression.split()
        if (day, month) == ("*", "*"):
            rhythm, days, times = _rhythm(minute, hour), _day_words(weekday), _times(minute, hour)
            if rhythm and weekday == "*":
                return rhythm
            if days and times:
                return f"{days} {times}"
        said = CronSim(self.expression, _SOME_DAY).explain()
        return re.sub(r"(?<!1)([123])th\b", lambda found: _ORDINALS[found[1]], said)

    def _instants(self, start: datetime, *, forward: bool) -> Iterator[datetime]:
        """In order from a wall time on, each once. A time that is twice waits until its second turn comes."""
        sign, waiting, said = (1 if forward else -1), list[int](), None
        fixed = not any(field.startswith("*") for field in self.expression.split()[:2])
        for wall in CronSim(self.expression, start, reverse=not forward):
            instants = self._shown_next(wall)[:1] if fixed else self._shown(wall)
            turns = [sign * int(instant.timestamp()) for instant in instants]
            for turn in turns:
                heapq.heappush(waiting, turn)
            while turns and waiting and waiting[0] <= min(turns):
                if (turn := heapq.heappop(waiting)) != said:
                    yield datetime.fromtimestamp(sign * turn, UTC)
                said = turn

    def _shown(self, wall: datetime) -> tuple[datetime, ...]:
        """The instants at which clocks show it: none in a gap, two where they are set back."""
        first, second = (wall.replace(tzinfo=self.zone, fold=turn).astimezone(UTC) for turn in (0, 1))
        if first == second:
            return (first,)
        return tuple(turn for turn in (first, second) if _wall(turn.astimezone(self.zone)) == wall)

    def _shown_next(self, wall: datetime) -> tuple[datetime, ...]:
        """As `_shown`; where a gap leaves it out, the instant at which that ends."""
        while not (shown := self._shown(wall)):
            wall += timedelta(minutes=1)
        return shown


class Unread(Exception):
    """Carries the sentence of an `Unclear` out of the depths of a parser."""


def clear(value: _T | Unclear) -> _T:
    if isinstance(value, Unclear):
        raise Unread(value.sentence)
    return value


def five_fields(fields: Sequence[str]) -> str | Unclear:
    """A cron's expression: five fields that it can be read from, of a time that comes."""
    typed = " ".join(fields)
    if len(fields) != len(FIELDS):
        names = ", ".join(name for name, _ in FIELDS)
        count = f"{len(fields)} field{'s' * (len(fields) != 1)}"
        return Unclear(f"{shown(typed)} has {count}, and a cron has five fields: {names}.")
    for at, field in enumerate(fields):
        for term in field.split(","):
            if not _sound(at, term):
                return _unsound(at, term or field)
    expression = fold(typed).upper()
    try:
        next(CronSim(expression, _SOME_DAY))
    except (CronSimError, StopIteration):
        return Unclear(f"{shown(typed)} is a time that never comes: no such day is in the calendar.")
    return expression


def _sound(at: int, term: str) -> bool:
    """Whether a cron's field (0 is the minute) can hold this."""
    fields = ["*"] * len(FIELDS)
    fields[at] = fold(term)
    try:
        CronSim(" ".join(fields), _SOME_DAY)
    except (CronSimError, ValueError):  # a number of thousands of digits is a ValueError
        return False
    return True


def _unsound(at: int, term: str) -> Unclear:
    name, takes = FIELDS[at]
    upwards = ". Ranges go upwards" if "-" in fold(term) else ""
    return Unclear(f"{shown(term)} is no {name}: cron takes {takes}{upwards}.")


def _wall(local: datetime) -> datetime:
    return local.replace(tzinfo=None, fold=0, microsecond=0)


def _repeated(local: datetime) -> timedelta:
    """By how much clocks are set back where this wall time is twice; else nothing."""
    first, second = (local.replace(fold=turn).astimezone(UTC) for turn in (0, 1))
    return max(second - first, timedelta())


def _rhythm(minute: str, hour: str) -> str:
    """`every 15 minutes`, `every hour at :30`; empty where it is neither."""
    minutes, hours = _step(minute, 60), _step(hour, 24)
    if minutes and hours == 1:
        return f"every {minutes} minutes" if minutes > 1 else "every minute"
    if hours and minute.isdecimal():
        past = f" at :{int(minute):02}" if int(minute) else ""
        return (f"every {hours} hours" if hours > 1 else "every hour") + past
    return ""


def _step(field: str, whole: int) -> int:
    """The step of `*` (1) or `*/15`, where the whole is a multiple of it; else 0."""
    found = re.fullmatch(r"\*(?:/(\d+))?", field)
    step = int(found[1] or 1) if found else 0
    return step if step and step < whole and whole % step == 0 else 0


def _times(minute: str, hour: str) -> str:
    """`09:00, 18:00`; empty where there are not few."""
    hours = hour.split(",")
    if not minute.isdecimal() or not all(each.isdecimal() for each in hours) or len(hours) > 4:
        return ""
    return ", ".join(f"{each:02}:{int(minute):02}" for each in sorted({int(each) for each in hours}))


def _day_words(field: str) -> str:
    """`Mon–Fri`, `Mon, Thu`, `Mondays`, `every day`; empty where the field says more than days."""
    found = [_day_run(term) for term in field.split(",")]
    days = sorted({day for run in found for day in run})
    if not all(found) or len(days) == len(_DAYS):
        return "every day" if field == "*" else ""
    if len(days) == 1:
        return _WHOLE_DAYS[days[0]]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{_DAYS[days[0]]}–{_DAYS[days[-1]]}"
    return ", ".join(_DAYS[day] for day in days)


def _day_run(term: str) -> list[int]:
    """Days of `1-5` or `MON`, Monday being 0; none where it is neither."""
    first, _, last = term.partition("-")
    start, end = _NUMBERS.get(first), _NUMBERS.get(last or first)
    return [] if start is None or end is None else [(day - 1) % 7 for day in range(start, end + 1)]
