"""The nearest words: which known one may have been meant by one that is not known."""

import heapq
from collections.abc import Iterable
from difflib import SequenceMatcher

from bot.core.typed import fold

_CANDIDATES = 60
_LONGEST = 255  # of a project's or workflow's name; difflib's time grows with the square of the length


def nearest(word: str, known: Iterable[str], *, most: int = 5, cutoff: float = 0.5) -> tuple[str, ...]:
    """At most `most` known words like this one, the nearest first, compared folded (case, width, dashes).

    A first sieve by shared pairs of letters keeps it quick over tens of thousands of names.
    """
    sought = fold(word)[:_LONGEST]
    pairs = _pairs(sought)
    rough = heapq.nlargest(_CANDIDATES, set(known), key=lambda name: (_shared(pairs, fold(name)), name))
    scored = sorted((-_likeness(sought, fold(name)), name) for name in rough)
    return tuple(name for score, name in scored if -score >= cutoff)[:most]


def nearest_word(word: str, table: Iterable[str]) -> str | None:
    """The word of a (small) table that this one is a typo of: one or two letters off, or two swapped."""
    best = nearest(word, (entry for entry in table if abs(len(entry) - len(word)) <= 3), most=1, cutoff=0.74)
    return best[0] if best else None


def _likeness(one: str, other: str) -> float:
    """0 to 1; letters in another order (`cvs`) count as nearly the same, which difflib does not see."""
    if len(one) > 2 and sorted(one) == sorted(other):
        return 1.0 if one == other else 0.95
    return SequenceMatcher(None, one, other[:_LONGEST], autojunk=False).ratio()


def _pairs(text: str) -> tuple[str, ...]:
    """Its letters and pairs of neighbours, the first 64 of each."""
    return tuple({*text[:64], *(text[i : i + 2] for i in range(min(len(text), 65) - 1))})


def _shared(pairs: tuple[str, ...], name: str) -> float:
    return sum([pair in name for pair in pairs]) / (len(pairs) + 2 * len(name) + 1)
