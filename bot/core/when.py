"""When a digest comes, in words: `every weekday at 9`, `mondays 08:30`, `every 15 minutes`, a cron.

A time is read word by word, each to its end, into a cron's five fields (`core.cron`).
"""

import re
from collections.abc import Sequence

from bot.core.cron import TIMES, Unclear, Unread, clear, five_fields
from bot.core.nearest import nearest_word
from bot.core.query import shown
from bot.core.typed import fold
from bot.core.vocabulary import WEEKDAYS

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
_NO_STEP = "is no step: say whole minutes or hours, as in `every 30 minutes` or `every 2 hours`."
_STOPS = ",.;!、"
"""What may stand behind a time."""
_FIELD = re.compile(r"[\d*](?:[\d*/,-]*[\d*])?")
_HALVES = ("am", "pm", "h")  # `18h` is 18:00
_MISWRITTEN = re.compile(r"(\d{1,2})(?:[.:;'h時](\d\d)分?)?(am|pm)?([^\W\d_]*)")


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


class _Time:
    """A time, read from left to right by signs: a word may hold several (`mon,thu`, `9am`)."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words[: next((at for at, word in enumerate(words) if ends_time(word)), len(words))]
        self.signs = [(sign, at) for at, word in enumerate(self.words) for sign in _SIGN.findall(fold(word))]
        while self.signs and self.signs[-1][0] in _STOPS:
            self.signs.pop()
        self.at = 0

    def when(self) -> tuple[str, int]:
        if self._is_cron():
            return clear(five_fields([*self.words[:-1], self.words[-1].rstrip(_STOPS)])), len(self.words)
        if self._is_time():
            times = self._times()
            dated = [self._skip("on"), self._is_day() or self._sign() in ("every", "each")]
            self._skip("every", "each")
            return f"{times} * * {self._days() if any(dated) else '*'}", self._taken()
        every = self._skip("every", "each")
        if rhythm := self._rhythm(every):
            days = self._days() if self._skip("on") or self._is_day() else "*"
            return f"{rhythm} * * {days}", self._taken(rhythm=True)
        self._skip("on")
        days = self._days()
        return f"{self._times()} * * {days}", self._taken()

    def _is_cron(self) -> bool:
        """`9 am` is none."""
        first, second = ([fold(word) for word in self.words[:2]] + ["", ""])[:2]
        second = second.rstrip(_STOPS)
        return second not in ("", *_HALVES) and "." not in second and _FIELD.fullmatch(first) is not None

    def _taken(self, *, rhythm: bool = False) -> int:
        """How many words were read. Raises `Unread` where the last one goes on: none is read in part."""
        place = self.signs[self.at - 1][1]
        if any(at == place and sign not in _STOPS for sign, at in self.signs[self.at :]):
            word = self.words[place]
            is_step = rhythm and word[:1].isdecimal()
            raise Unread(f"{shown(word)} {_NO_STEP}" if is_step else _in_part(word))
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
        if unit not in _HOURS and count and count % 60 == 0:
            unit, count = "hours", count // 60
        hours = unit in _HOURS
        most, whole = (24, "a day") if hours else (60, "an hour")
        if not count or most % count or count == most:
            fit = ", ".join(str(each) for each in range(1, most // 2 + 1) if most % each == 0)
            units, once = ("hours", ", or `daily at 9`") if hours else ("minutes", "")
            raise self._unread(f"does not divide {whole}: of {units} say one of {fit}{once}.")
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
