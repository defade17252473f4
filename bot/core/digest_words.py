"""The words that make a digest, `NAME WHEN in #channel [zone Asia/Tokyo] [quiet] [words]`, and each alone.

WHEN is read by `core.when`. `loud` says that it is not quiet, as one is that says neither.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from bot.core.cron import Unclear, Unread, clear
from bot.core.nearest import nearest
from bot.core.query import Misread, Mistake, Query, shown
from bot.core.readers import read
from bot.core.reading import Reading
from bot.core.typed import Typed, fold, together, typed
from bot.core.vocabulary import HELP, SHAPES, STATUSES
from bot.core.when import ends_time, not_of_the_time, parse_when, read_when
from bot.core.words import parse

EXAMPLE = "`morning every weekday at 9 in #data`"

_T = TypeVar("_T")
_CHANNEL_LINK = re.compile(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>")  # as Slack sends a channel that was picked
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{7,}")
_CHANNEL_NAME = re.compile(r"#?[^\s#@<>&,:;./]{1,80}")
_NAME = re.compile(r"[^\W\d_][\w.-]{0,49}")
_FLAGS = HELP | {"here", "csv", "by"}
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_CURE = "a digest takes projects, workflows and session days, as in `sales/*` or `for yesterday`."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A digest as wanted: `when` is a cron's expression, `channel` as typed, `words` what it is narrowed to.

    No zone: the asker's own (that of a declared one is always given).
    """

    name: str
    when: str
    channel: str
    zone: ZoneInfo | None = None
    quiet: bool = False
    words: str = ""

    @property
    def address(self) -> str:
        """What Slack can be asked for: the channel's id where it was picked or pasted, else `#name`."""
        if link := _CHANNEL_LINK.fullmatch(self.channel):
            return link[1]
        return self.channel if _CHANNEL_ID.fullmatch(self.channel) else "#" + self.channel.lstrip("#").lower()


def parse_wanted(text: str) -> Wanted | Unclear:
    """What follows `/digests add`."""
    try:
        return _wanted(typed(text))
    except Unread as unread:
        return Unclear(str(unread))
    except Mistake as mistake:
        return Unclear(mistake.misread.sentence)


def read_name(text: str) -> str | Unclear:
    """A digest's name, which stands for it in commands."""
    if _NAME.fullmatch(text):
        return text
    why = "is no name: it begins with a letter, and goes on with up to 49 letters, digits, “-”, “_” and “.”."
    return Unclear(f"{shown(text)} {why}")


def read_channel(text: str) -> str | Unclear:
    """A channel as typed; whether there is one, only Slack knows."""
    if _CHANNEL_LINK.fullmatch(text) or _CHANNEL_NAME.fullmatch(text):
        return text
    return Unclear(f"{shown(text)} is no channel: it is written `#data`.")


def read_zone(text: str) -> ZoneInfo | Unclear:
    """A zone by its IANA name, in any case."""
    zones = _zones()
    sought = fold(text).replace(" ", "_")
    if sought in zones:
        return ZoneInfo(zones[sought])
    towns = [name for name in zones.values() if fold(name).rpartition("/")[2] == sought]
    near = towns or nearest(sought, zones.values(), most=1, cutoff=0.7)
    if near:
        return Unclear(f"I don't know the zone {shown(text)}. Did you mean `{min(near)}`?")
    return Unclear(f"I don't know the zone {shown(text)}: they are named like `Asia/Tokyo` or `UTC`.")


def narrowing(words: str) -> Query | Unclear:
    """The places and session days that a digest is narrowed to; all else it has of its own, and no word of it
    is what someone may have meant."""
    try:
        _refuse_others(read(typed(words)))
    except Mistake as mistake:
        return Unclear(mistake.misread.sentence)
    asked = parse(words, now=_ANY_DAY, zone=UTC)  # no window is left that another day could cut otherwise
    if isinstance(asked, Misread):
        return Unclear(asked.sentence)
    if not isinstance(asked, Query):
        return Unclear(f"{shown(words)} has no place here: {_CURE}")
    return replace(asked, places=tuple(replace(place, near=None) for place in asked.places))


@cache
def _zones() -> dict[str, str]:
    return {fold(name): name for name in sorted(available_timezones() - {"localtime", "Factory"})}


def _wanted(words: tuple[Typed, ...]) -> Wanted:
    if not words or _is_a_time(words):
        raise Unread(f"A digest needs a name, and it comes first: say it as in {EXAMPLE}.")
    name, rest = clear(read_name(words[0].text)), words[1:]
    when, taken = _when(rest)
    if not _goes_on(rest, taken):
        raise Unread(not_of_the_time(rest[taken].raw).sentence)
    said = _said(rest[taken:])
    channel, words_said = _only("in", said["in"], read_channel), together(said["words"])
    if channel is None:
        raise Unread(f"A digest needs a channel: say it as in {EXAMPLE}.")
    clear(narrowing(words_said))
    if said["quiet"] and said["loud"]:
        raise Unread("`quiet` and `loud` do not go together: keep one.")
    return Wanted(
        name, when, channel, _only("zone", said["zone"], read_zone), bool(said["quiet"]), words_said
    )


def _is_a_time(words: tuple[Typed, ...]) -> bool:
    """Whether it begins where a name should stand."""
    found = parse_when([word.raw for word in words])
    return isinstance(found, tuple) and _goes_on(words, found[1])


def _when(words: tuple[Typed, ...]) -> tuple[str, int]:
    if words and "q" in words[0].mask:  # a cron in quotes, as shells want it
        return clear(read_when(words[0].text)), 1
    return clear(parse_when([word.raw for word in words]))


def _goes_on(words: tuple[Typed, ...], at: int) -> bool:
    """Whether what may follow a time follows there."""
    return at == len(words) or ends_time(words[at].raw)


def _said(words: tuple[Typed, ...]) -> dict[str, list[str]]:
    """What stands behind a time, by the word that announces it."""
    said: dict[str, list[str]] = {"in": [], "zone": [], "quiet": [], "loud": [], "words": []}
    at = 0
    while at < len(words):
        key, raw = words[at].word, words[at].raw
        if key in ("in", "zone"):
            at += 1
            if at == len(words):
                raise Unread(f"Nothing follows {shown(raw)}: say it as in {EXAMPLE}.")
            said[key].append(words[at].text)
        else:
            said[key if key in ("quiet", "loud") else "in" if ends_time(raw) else "words"].append(raw)
        at += 1
    return said


def _only(key: str, texts: list[str], reader: Callable[[str], _T | Unclear]) -> _T | None:
    """What was said of it, once or in several spellings."""
    values = {clear(reader(text)) for text in texts}
    if len(values) > 1:
        both = " and ".join(shown(f"{key} {text}") for text in texts)
        raise Unread(f"{both} do not go together: keep one.")
    return values.pop() if values else None


def _refuse_others(reading: Reading) -> None:
    """Raises for words that lists take and digests have of their own, by name."""
    own = "a digest has its own"
    for kind, found in (
        (f"is a window, and {own}", reading.windows),
        ("is an order, for lists", reading.sorts),
        ("is a limit, for lists", reading.limits),
        ("is one session, not many", reading.ids),
    ):
        for one in found[:1]:
            raise reading.mistake(one.at, one.length, f"{kind}: {_CURE}")
    for at, word in enumerate(reading.words):
        key = pair[0].word if (pair := word.split(":")) else word.word
        if (reading.statuses or reading.everything) and (key in STATUSES or key == "status"):
            raise reading.mistake(at, 1, f"is a status, and {own}: {_CURE}")
        if reading.shapes and key in SHAPES:
            raise reading.mistake(at, 1, f"is a shape, and {own}: {_CURE}")
        if reading.flags and key in _FLAGS:
            raise reading.mistake(at, 1, f"is for lists: {_CURE}")
