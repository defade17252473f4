"""How single words and phrases of a query are read: a list of readers, each of which takes its own kind.

A reader is given what has been read so far and a place in the words; it notes what it understands and
says how many words it took, none if they are not its own. The last takes any word, as a name.
"""

import re
from collections.abc import Callable

from bot.core import window
from bot.core.keyed import keyed
from bot.core.nearest import nearest_word
from bot.core.query import Near, Place, Shape
from bot.core.reading import FOR_CURE, NUMBER, SINCE_CURE, WINDOW_CURE, Reading, Said
from bot.core.typed import CONSOLE_LINK, Typed
from bot.core.vocabulary import BARE, DAY_WORDS, HELP, SHAPES, STATUSES, WEEKDAYS

_ODD_DATE = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}")


def read(said: tuple[Typed, ...]) -> Reading:
    """All words, read. Raises `Mistake` at the first that cannot mean anything."""
    reading, at = Reading(said), 0
    while at < len(said):
        at += next(length for reader in _READERS if (length := reader(reading, at)))
    return reading


def _link(reading: Reading, at: int) -> int:
    text = reading.words[at].text
    if match := CONSOLE_LINK.match(text):
        return reading.add_id(at, 1, match[1].lower().removesuffix("s"), match[2])
    if text.lower().startswith(("http://", "https://")):
        raise reading.mistake(
            at, 1, "is no link to a session or an attempt: those end in `/sessions/123456`."
        )
    return 0


def _id(reading: Reading, at: int) -> int:
    """`123456`, `#123456`, `session 123456`, `attempt 987`."""
    word = reading.words[at].word
    if match := NUMBER.fullmatch(word):
        return reading.add_id(at, 1, "session", match[1])
    following = NUMBER.fullmatch(reading.word_at(at + 1))
    return reading.add_id(at, 2, word, following[1]) if following and word in ("session", "attempt") else 0


def _window(reading: Reading, at: int) -> int:
    if found := _phrase(reading, at, 4, window.phrase):
        reading.windows.append(Said(found[0], at, found[1]))
        return found[1]
    return 0


def _phrase(
    reading: Reading, at: int, most: int, known: Callable[[str], str | None]
) -> tuple[str, int] | None:
    """The longest run of unquoted words from here that is a phrase: its plain form and its length."""
    folded = [word.word for word in reading.words[at : at + most]]
    for length in range(len(folded), 0, -1):
        if all(folded[:length]) and (plain := known(" ".join(folded[:length]))):
            return plain, length
    return None


def _since(reading: Reading, at: int) -> int:
    """`since` without a phrase behind it, a typo of it before one, or a time without it."""
    word, following = reading.words[at].word, reading.word_at(at + 1)
    if word == "since":
        meant = nearest_word(following, DAY_WORDS) if following else None
        if meant:
            raise reading.unknown(at + 1, 1, meant, SINCE_CURE)
        raise reading.unknown(at, 2 if following else 1, None, SINCE_CURE)
    if following and nearest_word(word, ("since",)) and window.phrase(f"since {following}"):
        raise reading.unknown(at, 1, "since", SINCE_CURE)
    if ":" in word and window.phrase(f"since {word}"):
        raise reading.unknown(at, 1, f"since {word}", SINCE_CURE)
    if word in ("this", "last", "past") and following and nearest_word(following, ("week",)):
        raise reading.unknown(at + 1, 1, "week", WINDOW_CURE)
    return 0


def _for(reading: Reading, at: int) -> int:
    if reading.words[at].word != "for":
        return 0
    if found := _phrase(reading, at + 1, 3, window.days_phrase):
        reading.days.append(Said(found[0], at, found[1] + 1))
        return found[1] + 1
    following = reading.word_at(at + 1)
    meant = nearest_word(following, ("today", "yesterday", "tomorrow")) if following else None
    if meant:
        raise reading.unknown(at + 1, 1, meant, FOR_CURE)
    if not following:
        raise reading.unknown(at, 1, None, FOR_CURE)
    raise reading.mistake(at, 2, f"is not understood: {FOR_CURE}.", reading.words[at + 1].raw)


def _by(reading: Reading, at: int) -> int:
    if reading.words[at].word != "by":
        return 0
    if reading.word_at(at + 1) not in ("workflow", "workflows"):
        if nearest_word(reading.word_at(at + 1), ("workflow", "workflows")):
            raise reading.unknown(at + 1, 1, "workflow", "")
        raise reading.mistake(at, 1, "is not understood: say `by workflow` to group.", "by workflow")
    reading.flags.add("by workflow")
    return 2


def _table(reading: Reading, at: int) -> int:
    """A single word of the table."""
    word = reading.words[at].word
    if word in STATUSES:
        reading.add_statuses(word)
    elif word in SHAPES:
        reading.shapes.add(Shape(word))
    elif word in HELP:
        reading.flags.add("help")
    elif word in ("here", "csv"):
        reading.flags.add(word)
    else:
        return 0
    return 1


def _place(reading: Reading, at: int) -> int:
    """Any word: a name, or a pair of them, or a typo of a word of the table."""
    word = reading.words[at]
    if _ODD_DATE.fullmatch(word.word):
        raise reading.mistake(at, 1, "is not a day as I read them: write it like `2026-11-20`.")
    pair = word.split("/")
    if pair:
        reading.places.append(reading.pair(at, *pair))
    else:
        reading.places.append(Place(either=reading.pattern(at, word), near=_near(word, at)))
    return 1


def _near(word: Typed, at: int) -> Near | None:
    if not word.word or word.glob:
        return None
    if word.word in WEEKDAYS:
        return Near(at, f"since {word.word}")
    near = nearest_word(word.word, BARE)
    return Near(at, near) if near else None


_READERS = (_link, _window, _id, _since, _for, _by, _table, keyed, _place)
