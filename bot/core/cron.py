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

from bot.core.nearest import nearest_word
from bot.core.query import shown
from bot.core.typed import fold
from bot.core.vocabulary import WEEKDAYS

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


def parse_when(words: Sequence[str]) -> tuple[str, int] | Unclear:
    """The cron's expression that words begin with, and how many of them it took.

    They end where a channel, `in`, `zone`, `quiet` or `loud` begins.
    """
    try:
        return _Time(words).when()
    except Unread as unread:
        return Unclear(str(unread))


def read_when(text: str) -> str | Unclear:
    """The cron's expression that a whole text says."""
    words = text.split()
    found = parse_when(words)
    if isinstance(found, Unclear):
        return found
    return found[0] if found[1] == len(words) else not_of_the_time(words[found[1]])


def ends_time(word: str) -> bool:
    """Whether a word as typed is one that may follow a time."""
    return fold(word) in ("in", "zone", "quiet", "loud") or re.match(r"<#|#\D", word) is not None


def not_of_the_time(word: str) -> Unclear:
    """For a word behind a time that may not follow it."""
    return Unclear(f"I don't understand {shown(word)} behind the time: say it as in {TIMES}.")


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


_NAMED_DAYS = {
    **{day: number for number, day in enumerate(WEEKDAYS, 1)},
    **{f"{day}s": number for number, day in enumerate(WEEKDAYS, 1)},
    **{day[:3]: number for number, day in enumerate(WEEKDAYS, 1)},
    "tues": 2,
    "weds": 3,
    "thur": 4,
    "thurs": 4,
}
"""Monday is 1 and Sunday 7, so that a week's days are in order."""
_GROUPS = {
    **dict.fromkeys(("day", "daily", "everyday"), range(1, 8)),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), range(1, 6)),
    **dict.fromkeys(("weekend", "weekends"), range(6, 8)),
    **dict.fromkeys(("week", "weekly"), range(1, 2)),
}
_MINUTES = ("minute", "minutes", "min", "mins", "m")
_HOURS = ("hour", "hours", "h", "hourly")
_KNOWN = (*_NAMED_DAYS, *_GROUPS, *_MINUTES[:2], *_HOURS, "every")
_JOINING = frozenset({",", "&", "and"})
_SIGN = re.compile(r"[,&-]|:?\d+(?::\d+)?|[^\W\d]+|[^\s,&]")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d)|(?<=\d\d)(\d\d))?")
_NAMED_TIMES = {"noon": (12, 0), "midnight": (0, 0)}
_NO_TIME = "is no time of the day: those go like `9`, `18:30` or `9am`."
_HALVES = ("am", "pm", "h")  # `18h` is 18:00
_MISWRITTEN = re.compile(r"(\d{1,2})(?:[.:;'h時](\d\d)分?)?(am|pm)?([^\W\d_]*)")


class _Time:
    """A time, read from left to right by signs: a word may hold several (`mon,thu`, `9am`)."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words[: next((at for at, word in enumerate(words) if ends_time(word)), len(words))]
        self.signs = [(sign, at) for at, word in enumerate(self.words) for sign in _SIGN.findall(fold(word))]
        self.at = 0

    def when(self) -> tuple[str, int]:
        if len(self.words) > 1 and re.fullmatch(r"[\d*][\d*/,-]*", fold(self.words[0])):
            return clear(five_fields(self.words)), len(self.words)
        if self._is_time():
            times = self._times()
            dated = [self._skip("on"), self._is_day() or self._sign() in ("every", "each")]
            self._skip("every", "each")
            return f"{times} * * {self._days() if any(dated) else '*'}", self._taken
        every = self._skip("every", "each")
        if rhythm := self._rhythm(every):
            days = self._days() if self._skip("on") or self._is_day() else "*"
            return f"{rhythm} * * {days}", self._taken
        self._skip("on")
        days = self._days()
        return f"{self._times()} * * {days}", self._taken

    @property
    def _taken(self) -> int:
        """How many words were read. Raises `Unread` where the last one goes on: none is read in part."""
        place = self.signs[self.at - 1][1]
        if any(at == place and sign not in ",.;!、" for sign, at in self.signs[self.at :]):
            raise Unread(_in_part(self.words[place]))
        return place + 1

    def _sign(self, ahead: int = 0) -> str:
        """The sign that comes, or one further on; empty at the end."""
        return self.signs[self.at + ahead][0] if self.at + ahead < len(self.signs) else ""

    def _skip(self, *signs: str) -> bool:
        found = self._sign() in signs
        self.at += found
        return found

    def _is_day(self) -> bool:
        return self._sign() in _NAMED_DAYS or self._sign() in _GROUPS

    def _is_time(self, ahead: int = 0) -> bool:
        sign = self._sign(ahead)
        return sign == "at" or sign in _NAMED_TIMES or sign[:1].isdecimal()

    def _unread(self, why: str) -> Unread:
        """`why` goes on after the word that comes; at the end all that was said lacks something."""
        if self._sign():
            return Unread(f"{shown(self.words[self.signs[self.at][1]])} {why}")
        said = f"{shown(' '.join(self.words))} does not say enough: say" if self.words else "Say"
        return Unread(f"{said} when, as in {TIMES}.")

    def _rhythm(self, every: bool) -> str | None:
        """`every 15 minutes`, `hourly`: minute and hour of the cron."""
        number = self._sign() if every and self._sign().isdecimal() else ""
        ahead = (2 if self._sign(1) == "-" else 1) if number else 0
        unit, count = self._sign(ahead), int(number[:4] or 1)
        if unit not in (_MINUTES + _HOURS if every else ("hourly",)):
            return None
        hours = unit in _HOURS or count == 60
        count, most = (1 if unit not in _HOURS and hours else count), (24 if hours else 60)
        if not count or most % count or count == most:
            fit = ", ".join(str(each) for each in range(1, most // 2 + 1) if most % each == 0)
            units = "hours" if hours else "minutes"
            raise self._unread(f"{units} do not fit into a day evenly: say one of {fit}.")
        self.at += ahead + 1
        step = f"*/{count}" if count > 1 else "*"
        return f"{self._past()} {step}" if hours else f"{step} *"

    def _past(self) -> int:
        """The minute of `hourly at :30`."""
        if not self._skip("at"):
            return 0
        found = re.fullmatch(r":?(\d\d?)", self._sign())
        if not found or int(found[1]) > 59:
            raise self._unread("is no minute of the hour, as in `hourly at :30`.")
        self.at += 1
        return int(found[1])

    def _days(self) -> str:
        """Days of the week, as a cron's field."""
        days = self._some_days()
        while self._sign() in _JOINING and not self._is_time(1):
            self.at += 1
            days |= self._some_days()
        first, last = min(days), max(days)
        if len(days) == 7:
            return "*"
        if len(days) > 2 and last - first == len(days) - 1:
            return f"{first}-{last}"
        return ",".join(str(day) for day in sorted(day % 7 for day in days))

    def _some_days(self) -> set[int]:
        first = self._sign()
        if self._skip("week", "weekly") and (self._skip("on") or self._is_day()):
            return self._some_days()
        if self._skip(*_GROUPS) or first in _GROUPS:
            return set(_GROUPS[first])
        if not self._skip(*_NAMED_DAYS):
            if meant := nearest_word(first, _KNOWN) if first else None:
                raise Unread(f"I don't know {shown(first)}. Did you mean {shown(meant)}?")
            raise self._unread(f"is no day or time: say when, as in {TIMES}.")
        if self._sign() not in ("-", "to", "through") or self._sign(1) not in _NAMED_DAYS:
            return {_NAMED_DAYS[first]}
        length = (_NAMED_DAYS[self._sign(1)] - _NAMED_DAYS[first]) % 7 + 1
        self.at += 2
        return {(_NAMED_DAYS[first] - 1 + ahead) % 7 + 1 for ahead in range(length)}

    def _times(self) -> str:
        """Minute and hours of the cron."""
        self._skip(",")
        self._skip("at")
        times = {self._time()}
        while self._sign() in _JOINING:
            self.at += 1
            times.add(self._time())
        if len({minute for _, minute in times}) > 1:
            said = shown(" ".join(self.words))
            raise Unread(f"{said} has times with different minutes: make a digest for each.")
        return f"{min(times)[1]} {','.join(str(hour) for hour, _ in sorted(times))}"

    def _time(self) -> tuple[int, int]:
        found, half = _CLOCK.fullmatch(self._sign()), self._sign(1)
        hour, minute = (int(found[1]), int(found[2] or found[3] or 0)) if found else (24, 0)
        hour, minute = _NAMED_TIMES.get(self._sign(), (hour, minute))
        hour = _hour(hour, half)
        if hour > 23 or minute > 59:
            raise self._unread(_NO_TIME)
        self.at += 2 if half in _HALVES else 1
        return hour, minute


def _hour(hour: int, half: str | None) -> int:
    """Of 24; 24 itself is none."""
    if half not in ("am", "pm"):
        return hour
    return hour % 12 + 12 * (half == "pm") if 1 <= hour <= 12 else 24


def _in_part(word: str) -> str:
    """For a word that only begins as a time does; `8.30`, `09:00JST`."""
    if not fold(word)[:1].isdecimal():
        return f"I don't understand {shown(word)}: say when, as in {TIMES}."
    if found := _MISWRITTEN.fullmatch(fold(word)):
        hour, minute = _hour(int(found[1]), found[3]), int(found[2] or 0)
        if hour < 24 and minute < 60:
            zone = ", and a zone apart, as in `zone Asia/Tokyo`" if found[4] else ""
            return f"{shown(word)} is no time of the day: write `{hour:02}:{minute:02}`{zone}."
    return f"{shown(word)} {_NO_TIME}"
