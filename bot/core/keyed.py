"""Words of a query with a colon: `sort:duration`, `project:sales`, `status:failed`."""

import re
from collections.abc import Callable, Iterable

from bot.core import window
from bot.core.nearest import nearest_word
from bot.core.query import MAX_LIMIT, Place, Sort
from bot.core.reading import FOR_CURE, NUMBER, SINCE_CURE, WINDOW_CURE, Reading, Said
from bot.core.typed import Typed, fold
from bot.core.vocabulary import DAY_WORDS, KEYS, STATUSES


def keyed(reading: Reading, at: int) -> int:
    """`key:value`, also with a blank after the colon; `sort duration` and `limit 20` without one."""
    parts, length = reading.words[at].split(":"), 1
    if parts is None:
        if reading.words[at].word not in ("sort", "limit") or not reading.word_at(at + 1):
            return 0
        parts, length = (reading.words[at], reading.words[at + 1]), 2
    key, value = parts
    if key.word in _KEYED and not value.text and '"' not in value.raw and at + 1 < len(reading.words):
        value, length = reading.words[at + 1], 2
    if key.word in _KEYED:
        _KEYED[key.word](reading, at, length, value)
        return length
    if near := nearest_word(key.word, KEYS) if key.word else None:
        _, _, rest = reading.words[at].raw.replace("：", ":").partition(":")
        raise reading.unknown(at, 1, f"{near}:{rest}", "")
    return 0


def _of_table(reading: Reading, at: int, length: int, key: str, value: Typed, table: Iterable[str]) -> str:
    """The word of a table that a key's value is; raises `Mistake` with the nearest for any other."""
    known, word = tuple(table), fold(value.text)
    if word in known:
        return word
    near = nearest_word(word, known)
    cure = f"`{key}:` takes " + ", ".join(f"`{each}`" for each in known)
    raise reading.unknown(at, length, f"{key}:{near}" if near else None, cure)


def _status_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    for part in value.text.split(","):
        single = Typed(part, part, "." * len(part))
        reading.add_statuses(_of_table(reading, at, length, "status", single, STATUSES))


def _sort_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    reading.sorts.append(Said(_of_table(reading, at, length, "sort", value, Sort), at, length))


def _limit_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    digits = re.fullmatch(r"0*([1-9][0-9]{0,3})", fold(value.text))
    if not digits or int(digits[1]) > MAX_LIMIT:
        high = re.fullmatch(r"[0-9]+", fold(value.text)) and value.text.strip("0")
        cure = f"limit:{MAX_LIMIT if high else 20}"
        raise reading.mistake(
            at, length, f"is no limit: it goes from `limit:1` to `limit:{MAX_LIMIT}`.", cure
        )
    reading.limits.append(Said(digits[1], at, length))


def _by_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    _of_table(reading, at, length, "by", value, ("workflow", "workflows"))
    reading.flags.add("by workflow")


def _window_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    plain = window.phrase(" ".join(fold(value.text).split()))
    if plain is None:
        near = nearest_word(fold(value.text), ("today", "yesterday"))
        raise reading.unknown(at, length, near, WINDOW_CURE)
    reading.windows.append(Said(plain, at, length))


def _since_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    plain = window.phrase(f"since {fold(value.text)}")
    if plain is None:
        meant = nearest_word(fold(value.text), DAY_WORDS)
        raise reading.unknown(at, length, f"since {meant}" if meant else None, SINCE_CURE)
    reading.windows.append(Said(plain, at, length))


def _for_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    plain = window.days_phrase(fold(value.text))
    if plain is None:
        raise reading.unknown(at, length, None, FOR_CURE)
    reading.days.append(Said(plain, at, length))


def _id_key(kind: str) -> "_Keyed":
    def add(reading: Reading, at: int, length: int, value: Typed) -> None:
        match = NUMBER.fullmatch(fold(value.text))
        reading.add_id(at, length, kind, match[1] if match else "")

    return add


def _project_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    pair = value.split("/")
    place = reading.pair(at, *pair) if pair else Place(project=reading.pattern(at, value))
    reading.places.append(place)


def _workflow_key(reading: Reading, at: int, length: int, value: Typed) -> None:
    pair = value.split("/")
    place = reading.pair(at, *pair) if pair else Place(workflow=reading.pattern(at, value))
    reading.places.append(place)


_Keyed = Callable[[Reading, int, int, Typed], None]
_KEYED: dict[str, _Keyed] = {
    "project": _project_key,
    "workflow": _workflow_key,
    "status": _status_key,
    "window": _window_key,
    "when": _window_key,
    "since": _since_key,
    "for": _for_key,
    "session": _id_key("session"),
    "attempt": _id_key("attempt"),
    "sort": _sort_key,
    "limit": _limit_key,
    "by": _by_key,
}
