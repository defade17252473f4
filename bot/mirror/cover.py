"""Which requests read every open attempt again, in one wave. No I/O: ids in, requests out.

A page costs the same whether it brings one open attempt or ten, so pages are laid from the newest open
attempt down, each from the highest one that is not covered yet (`last_id` = id + 1 begins there): no choice
of pages needs fewer. Where the copy does not tell which ids lie between, an attempt is asked for by itself.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PAGE = 100
ON_HEAD = 80
"""How many of the newest ids are taken to be on the feed's first page still: others have come since."""
SLACK = 3
"""Rows that a page asks for beyond what the copy knows of: an id between may have become visible late."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """`size` rows below `last_id`, for the sake of `ids`; one alone is asked for by its own address."""

    ids: tuple[int, ...]
    last_id: int
    size: int

    @property
    def alone(self) -> bool:
        return len(self.ids) == 1


def cover(opened: Iterable[int], recent: Sequence[int]) -> list[Fetch]:
    """Requests for the `opened` ids that the feed's first page will not show; `recent` are the newest ids of
    the copy, newest first, without a gap."""
    below = recent[ON_HEAD - 1] if len(recent) >= ON_HEAD else (recent[-1] if recent else 0)
    left = sorted((number for number in opened if number < below), reverse=True)
    ascending = recent[::-1]
    fetches: list[Fetch] = []
    while left:
        first = left[0]
        place = _place(first, ascending)
        if place is None:
            fetches += [Fetch((number,), number + 1, 1) for number in left]
            return fetches
        lowest = ascending[max(0, place - (PAGE - SLACK - 1))]
        inside = tuple(number for number in left if number >= lowest)
        last = _place(inside[-1], ascending)
        size = 1 if len(inside) == 1 else min(PAGE, place - (last or 0) + 1 + SLACK)
        fetches.append(Fetch(inside, first + 1, size))
        left = left[len(inside) :]
    return fetches


def _place(number: int, ascending: Sequence[int]) -> int | None:
    place = bisect_left(ascending, number)
    return place if place < len(ascending) and ascending[place] == number else None
