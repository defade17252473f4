"""Numbers, times and durations as a person reads them."""

from datetime import datetime, timedelta, tzinfo

_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


def number(count: int) -> str:
    """`1,204`."""
    return f"{count:,}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """`1 session`, `0 sessions`, `1,204 sessions`."""
    return f"{number(count)} {singular if count == 1 else plural or singular + 's'}"


def ordinal(count: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`, `21st`."""
    teens = 11 <= count % 100 <= 13
    return f"{number(count)}{'th' if teens else _SUFFIXES.get(count % 10, 'th')}"


def percent(share: float) -> str:
    """`99.4 %` of a share from 0 to 1; `100 %` and `0 %` are said only where nothing is missing."""
    if share >= 1 or share <= 0:
        return "100 %" if share >= 1 else "0 %"
    return f"{min(99.9, max(0.1, round(share * 100, 1))):.1f} %"


def duration(span: timedelta) -> str:
    """`12 s`, `4 min`, `1 h 05 min`, `2 d 3 h`; below nothing is nothing (clocks differ)."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    hours = round(minutes / 60)
    return f"{hours // 24} d {hours % 24} h"


def day(at: datetime, now: datetime, zone: tzinfo) -> str:
    """`` (today), `yesterday`, `tomorrow`, `Mon 23 Nov`, in another year `Mon 23 Nov 2025`; in `zone`."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    near = {0: "", -1: "yesterday", 1: "tomorrow"}
    apart = (local.date() - today.date()).days
    if apart in near:
        return near[apart]
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}"


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """`14:02`, `yesterday 14:02`, `Mon 23 Nov 14:02`, as it is in `zone` seen from `now`."""
    return f"{day(at, now, zone)} {at.astimezone(zone):%H:%M}".strip()


def session_time(at: datetime) -> str:
    """`2026-11-23 02:00 +09:00`: in its own offset; seconds only where there are some."""
    return f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00") + f" {_offset(at)}"


def _offset(at: datetime) -> str:
    offset = at.isoformat()[-6:]
    return "UTC" if offset in ("+00:00", "-00:00") else offset


def listed(words: list[str], joint: str) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} {joint} {last}" if first else last
