"""Windows in words ("24h", "since monday", "2026-11-20..2026-11-22"), cut for an instant and a zone.

`24h`, `7d` and `2w` are elapsed time (a week is 7 x 24 h), cut at the second; days are the asker's own
calendar days, of 23 or 25 hours where clocks change, and weeks begin on Monday. A local time that a change of
clocks leaves out is the first instant after the gap; one that comes twice is the earlier.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.core.errors import Refused
from bot.core.query import Query
from bot.core.vocabulary import WEEKDAYS

MAX_DAYS = 400
DEFAULT = "24h"

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_UNIT_WORDS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "week", "weeks"), "w"),
}
_NAMED = ("today", "yesterday", "this week", "last week")
_DAY = r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"
_DAY_RE = re.compile(_DAY)
_RANGE_RE = re.compile(rf"({_DAY})\s*(?:\.{{2,3}}|-|~|to)\s*({_DAY})")
_OPEN_RE = re.compile(rf"({_DAY})\.{{2,3}}")
_AGO_RE = re.compile(rf"(?:(?:last|past)\s+)?([0-9]+)\s*({'|'.join(_UNIT_WORDS)})(?:\s+ago)?")
_TIME_RE = re.compile(r"([0-9]{1,2}):([0-9]{2})|([0-9]{1,2})(?::([0-9]{2}))?\s*([ap]m)")
_CANONICAL_AGO = re.compile(r"([0-9]+)([mhdw])")


@dataclass(frozen=True, slots=True)
class Window:
    """`start` is inclusive, `end` exclusive, both aware UTC. With `to_now` the end is the asking's instant.

    With `whenever` the bounds say what must be read, and a session counts whenever it finished.
    """

    start: datetime
    end: datetime
    label: str
    to_now: bool
    whenever: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """Days of session time, both inclusive, in each session time's own offset."""

    first: date
    last: date
    label: str

    def hold(self, session_time: datetime) -> bool:
        return self.first <= session_time.date() <= self.last


def phrase(text: str) -> str | None:
    """The plain form of a folded phrase that names a window (`last 7 days` is `7d`); None for any other text.

    Only the form is looked at: `since 25:00` is a phrase, and `resolve` refuses it.
    """
    if text in _NAMED:
        return text
    if ago := _AGO_RE.fullmatch(text):
        return f"{ago[1].lstrip('0') or '0'}{_UNIT_WORDS[ago[2]]}"
    if text.startswith("since "):
        return _since(text.removeprefix("since ").removeprefix("last ").strip())
    return _since(opened[1]) if (opened := _OPEN_RE.fullmatch(text)) else _dates(text)


def days_phrase(text: str) -> str | None:
    """The plain form of what may follow `for`; None for any other text."""
    return text if text in ("today", "yesterday", "tomorrow") else _dates(text)


def resolve(when: str, *, now: datetime, zone: tzinfo) -> Window:
    """Cut a window, given in its plain form (`phrase`). Raises `Refused` if empty, too long or to come."""
    now = now.astimezone(UTC)
    if ago := _CANONICAL_AGO.fullmatch(when):
        return _ago(when, ago[1], ago[2], now)
    if when.startswith("since "):
        start, label = _since_start(when.removeprefix("since "), now, zone)
        return _window(when, start, None, label, now)
    first, last = _named(when, now.astimezone(zone).date()) or _read_days(when)
    end = _instant(last + timedelta(days=1), time(), zone)
    return _window(when, _instant(first, time(), zone), end, _label(when), now)


def days(session_days: str, *, now: datetime, zone: tzinfo) -> Days:
    """The days meant by what follows `for`; `zone` says which day is today. Raises `Refused`."""
    today = now.astimezone(zone).date()
    offsets = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if session_days in offsets:
        day = today + timedelta(days=offsets[session_days])
        return Days(day, day, f"for {session_days}")
    return Days(*_read_days(session_days), f"for {_label(session_days)}")


def asked(query: Query, *, now: datetime, zone: tzinfo) -> Window:
    """The window of a query: the one it says, else the last 24 h, or all that runs for its days can end in.

    The label is what a header says, session days included. Raises `Refused`.
    """
    now = now.astimezone(UTC)
    if query.session_days is None:
        return resolve(query.when or DEFAULT, now=now, zone=zone)
    wanted = days(query.session_days, now=now, zone=zone)
    if query.when:
        window = resolve(query.when, now=now, zone=zone)
        return Window(window.start, window.end, f"{wanted.label} · {window.label}", window.to_now)
    # no zone is further east than UTC+14, and sessions of a day to come may run already
    begins = datetime.combine(wanted.first, time(), UTC) - timedelta(hours=14)
    return Window(min(begins, _whole(now) - timedelta(days=1)), now, wanted.label, True, whenever=True)


def _since(text: str) -> str | None:
    day = next((day for day in WEEKDAYS if len(text) > 2 and day.startswith(text)), None)
    if day or text == "yesterday":
        return f"since {day or text}"
    if at := _TIME_RE.fullmatch(text):
        clock = _clock(at)
        return f"since {clock}" if clock else None
    if text in ("today", "this week") or _AGO_RE.fullmatch(text):
        return phrase(text)
    found = _dates(text)
    return f"since {found}" if found and ".." not in found else None


def _clock(at: re.Match[str]) -> str | None:
    hour, minute, short, more, half = at.groups()
    if half is None:
        return f"{int(hour):02}:{minute}"
    number = int(short)
    if not 1 <= number <= 12:
        return None
    return f"{number % 12 + (12 if half == 'pm' else 0):02}:{more or '00'}"


def _dates(text: str) -> str | None:
    if between := _RANGE_RE.fullmatch(text):
        return f"{_iso(between[1])}..{_iso(between[5])}"
    return _iso(text) if _DAY_RE.fullmatch(text) else None


def _iso(text: str) -> str:
    year, month, day = re.split(r"[-/.]", text)
    return f"{year}-{int(month):02}-{int(day):02}"


def _label(when: str) -> str:
    return when.replace("..", " to ")


def _ago(when: str, number: str, unit: str, now: datetime) -> Window:
    if number == "0":
        raise Refused(f"`{when}` is no time at all: `24h`, `90m`, `7d` and `2w` are windows.")
    length = timedelta(**{_UNITS[unit]: int(number)}) if len(number) < 7 else timedelta.max
    if length > timedelta(days=MAX_DAYS):
        raise Refused(_too_long(when))
    return Window(_whole(now) - length, now, _ago_label(int(number), unit), to_now=True)


def _ago_label(number: int, unit: str) -> str:
    if (number, unit) == (1, "h"):
        return "last hour"
    name = {"m": "min", "h": "h", "d": "day", "w": "week"}[unit]
    return f"last {number} {name}{'s' if unit in 'dw' and number != 1 else ''}"


def _too_long(when: str) -> str:
    return f"`{when}` is too long: a window has at most {MAX_DAYS} days (`{MAX_DAYS}d`)."


def _since_start(text: str, now: datetime, zone: tzinfo) -> tuple[datetime, str]:
    today = now.astimezone(zone).date()
    if text in WEEKDAYS:
        back = (today.weekday() - WEEKDAYS.index(text)) % 7
        return _instant(today - timedelta(days=back), time(), zone), f"since {text.capitalize()}"
    if text == "yesterday":
        return _instant(today - timedelta(days=1), time(), zone), "since yesterday"
    if ":" in text:
        at = _read_time(text)
        start = _instant(today, at, zone)
        return start if start <= now else _instant(today - timedelta(days=1), at, zone), f"since {text}"
    return _instant(_read_day(text), time(), zone), f"since {text}"


def _named(when: str, today: date) -> tuple[date, date] | None:
    monday = today - timedelta(days=today.weekday())
    match when:
        case "today":
            return today, today
        case "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        case "this week":
            return monday, today
        case "last week":
            return monday - timedelta(days=7), monday - timedelta(days=1)
    return None


def _read_days(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    one, other = _read_day(first), _read_day(last or first)
    if other < one:
        raise Refused(f"`{text}` ends before it starts: `{last}..{first}` goes forward.")
    return one, other


def _read_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"`{text}` is not a day of the calendar: days are written `2026-11-20`.") from None
    if not 2000 <= day.year < 2200:
        raise Refused(f"`{text}` is no day that sessions have: years go from 2000 to 2199.")
    return day


def _read_time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Refused(f"`{text}` is not a time of the day: times go from `00:00` to `23:59`.") from None


def _window(when: str, start: datetime, end: datetime | None, label: str, now: datetime) -> Window:
    """Days that reach up to now end now; a window of no length (asked as it begins) gets a second."""
    if start > now:
        raise Refused(f"`{when}` is yet to come: a window is when sessions finished.")
    to_now = end is None or end > now
    until = max(now if end is None else min(end, now), start + timedelta(seconds=1))
    if until - start > timedelta(days=MAX_DAYS + 1):  # a day more: clocks change, and today is begun
        raise Refused(_too_long(when))
    return Window(start, until, label, to_now)


def _whole(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _instant(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant in UTC at which it is first this local time or, if a gap leaves it out, later."""
    local = datetime.combine(day, at, zone)  # fold=0: the earlier of two
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), instant, zone)


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Bisect for the second at which the offset changes; it is after `before` and no later than `after`."""
    low, high = before, after
    offset = before.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = _whole(low + (high - low) / 2)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
