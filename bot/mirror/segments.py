"""Which pages of the attempts feed to ask for, many at once. No I/O: ids and times in, requests out.

`GET /api/attempts?last_id=N` gives the newest rows below N, and any N is taken. So the ids below the head are
cut into segments that are read side by side, each going on page by page down to its own lower end. Ids are
sparse (all tenants of a server share them) and their density changes by the hour: how many ids a page spans
is learnt from the pages that came, and so is the id at the floor (the creation time where reading may end).

What must not happen is a swarm of requests behind the end of a small account: below the lowest row seen only
a few are sent, as many as the pages read so far warrant, and a probe near the floor finds out at the price of
one request whether the account goes down that far. The last few pages are read one after the other.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from bot.core.errors import ApiError, Unreadable
from bot.core.model import MARGIN, Attempt, Page, below_odd

PAGE = 100
WIDTH = 30
"""Requests in flight: the client bounds all of them at 32, and a second question shall find room."""
_LONGEST = 4
"""Pages a segment: longer ones waste less at their lower ends, shorter ones keep what is read contiguous."""
_FEW = 4
"""With fewer pages to go, one is asked for at a time."""
_PROBE_FROM = 6
"""Pages that must be thought to lie below the lowest row seen for a probe to be worth its request."""
_MOST_PROBES = 6

_REPEATED = "The API repeats a page instead of giving the next one; is a proxy or cache in front of it?"
HOLE = "The API gave an empty page although it has older attempts; ask again in a moment."

Point = tuple[int, datetime]


@dataclass(slots=True, eq=False)
class Segment:
    """Ids below `hi` down to `lo`, or (None) as far as one page goes; those from `reach` up have been read.

    `final`: nothing that is needed lies below `reach`.
    """

    hi: int
    lo: int | None
    reach: int
    pages: list[Page[Attempt]] = field(default_factory=list)
    asked: bool = False
    done: bool = False
    final: bool = False
    error: ApiError | None = None

    def takes(self, page: Page[Attempt], final: bool) -> None:
        """One more page, the last that is needed of the whole feed if `final`."""
        self.pages.append(page)
        self.reach = self.reach if page.lowest_id is None else page.lowest_id
        self.final = final
        self.done = final or self.lo is None or self.reach <= self.lo


@dataclass(frozen=True, slots=True)
class Ask:
    """A request worth sending: attempts with ids below `last_id`; without a segment it is a probe."""

    last_id: int
    segment: Segment | None = None


def check_readable(head: Page[Attempt], account: str) -> None:
    """Raises Unreadable where not one row of the newest page can be read: nothing tells then where to end."""
    if head.size and head.odd == head.size:
        raise Unreadable(f"{account} lists attempts of which none can be read: has the API changed?")


def may_hold(page: Page[Attempt], attempt_id: int) -> bool:
    """Whether an attempt is on the page below the next id, where it would be the first; if a row there tells
    no id, it may be that one."""
    nameless = page.odd - sum(number >= 0 for number in page.odd_ids)
    return page.highest_id == attempt_id or nameless > 0


class Depth:
    """Where the floor lies, in ids, as far as the rows seen so far tell."""

    def __init__(self, floor: datetime) -> None:
        self._floor = floor
        self._top: Point | None = None
        self._above: Point | None = None
        self._below: Point | None = None
        self._spans: deque[int] = deque(maxlen=15)
        self.lowest: int | None = None

    def learn(self, page: Page[Attempt]) -> None:
        for row in (page.rows[0], page.rows[-1]) if page.rows else ():
            self._point((row.id, row.created_at))
        if page.lowest_id is not None:
            self.lowest = page.lowest_id if self.lowest is None else min(self.lowest, page.lowest_id)

    def spanned(self, ids: int) -> None:
        """A page covered so many ids."""
        self._spans.append(max(1, ids))

    @property
    def span(self) -> int:
        """Ids that a page covers, of late."""
        return int(median(self._spans)) if self._spans else PAGE

    @property
    def reached(self) -> bool:
        """Whether a row older than the floor was seen."""
        return self._below is not None

    def id_at_floor(self) -> int | None:
        """About which id was given at the floor; None while nothing can be told. May be below any real id."""
        top, above, below = self._top, self._above, self._below
        if top is None or above is None:
            return None
        near, far = (top, above) if below is None else (above, below)
        seconds = (near[1] - far[1]).total_seconds()
        if seconds <= 0:
            return None
        pace = (near[0] - far[0]) / seconds
        return above[0] - int(pace * (above[1] - self._floor).total_seconds())

    def _point(self, point: Point) -> None:
        if self._top is None or point[0] > self._top[0]:
            self._top = point
        if point[1] >= self._floor:
            if self._above is None or point[0] < self._above[0]:
                self._above = point
        elif self._below is None or point[0] > self._below[0]:
            self._below = point


class Reading:
    """The feed from its first page (`head`) down to `floor`: what to ask next, what came contiguously.

    `next` until it gives None, send, tell the outcome by `answered` or `failed`, `take` what can be used, and
    again. It is over when `next` gives None and nothing is in flight: `complete`, or short of it by `error`,
    or because no more was sent.
    """

    def __init__(self, head: Page[Attempt], floor: datetime) -> None:
        self._floor = floor
        self._depth = Depth(floor)
        self._bottom = 0  # nothing that is needed lies below this id
        self._pages = 0
        self._head = head
        self._probes = 0
        self._probing = False
        seen = (head.highest_id or 0, head.lowest_id or 0, *(row.id for row in head.rows))
        top = max(seen) + 1
        self._frontier = self._edge = top
        self._open = [Segment(hi=top, lo=None, reach=top)]
        self.complete = False
        self.taken = 0  # pages given out by `take`
        self._page(self._open[0], head)

    @property
    def error(self) -> ApiError | None:
        """What keeps the contiguous part from going on."""
        return next((each.error for each in self._needed() if each.error), None)

    def next(self) -> Ask | None:
        """The next request worth sending, the newest rows first; None for now, or at the end."""
        if self.complete:
            return None
        for segment in self._needed():
            if segment.error or segment.final or segment.hi <= self._bottom:
                return None
            if not segment.asked and not segment.done:
                segment.asked = True
                return Ask(segment.reach, segment)
        return self._probe() or self._begin()

    def _needed(self) -> Iterator[Segment]:
        """The open segments, newest ids first, without those that a page of a higher one has swallowed."""
        reach = self._open[0].hi if self._open else 0
        for segment in self._open:
            if segment.lo is None or segment.lo < reach:
                yield segment
            reach = min(reach, segment.reach)

    def answered(self, ask: Ask, page: Page[Attempt]) -> None:
        if ask.segment is None:
            self._probed(ask.last_id, page)
        elif ask.segment in self._open:
            ask.segment.asked = False
            self._page(ask.segment, page)

    def failed(self, ask: Ask, error: ApiError) -> None:
        """A failed probe is no loss; a failed segment ends the contiguous part there."""
        if ask.segment is None:
            self._probing = False
        else:
            ask.segment.error = error

    def take(self) -> Iterator[tuple[list[Attempt], frozenset[int]]]:
        """Rows that follow without a gap on those taken before, newest id first, and the odd ones that came
        with them, by their ids (below 0: by a number of our own, where the id can't be read): a page at a
        time."""
        while self._open and not self.complete:
            segment = self._open[0]
            for page in segment.pages:
                self.taken += 1
                odd = self._fresh_odd(page)
                yield self._fresh(page), odd
            segment.pages.clear()
            self._frontier = min(self._frontier, segment.reach)
            self.complete = segment.final or self._frontier <= max(1, self._bottom)
            if not segment.done:
                return
            self._open = [each for each in self._open[1:] if self._adds(each)]

    def _adds(self, segment: Segment) -> bool:
        """Whether it covers, or will, something below the frontier."""
        return segment.lo is None or min(segment.lo, segment.reach) < self._frontier

    def _fresh(self, page: Page[Attempt]) -> list[Attempt]:
        rows = sorted((row for row in page.rows if row.id < self._frontier), key=lambda row: -row.id)
        if page.lowest_id is not None:
            self._frontier = min(self._frontier, page.lowest_id)
        return rows

    def _fresh_odd(self, page: Page[Attempt]) -> frozenset[int]:
        """Odd rows that no page before has shown."""
        below = (number if number >= 0 else below_odd(number) for number in page.odd_ids)
        return frozenset(
            number for number, at in zip(page.odd_ids, below, strict=True) if at < self._frontier
        )

    def _page(self, segment: Segment, page: Page[Attempt]) -> None:
        if page.size == 0 or (page.lowest_id is None and page.size < PAGE):
            self._empty(segment, page)
        elif page.lowest_id is None or page.lowest_id >= segment.reach:
            segment.error = Unreadable(_REPEATED)
        else:
            self._pages += 1
            self._depth.learn(page)
            self._depth.spanned(segment.reach - page.lowest_id)
            self._edge = min(self._edge, page.lowest_id)
            segment.takes(page, final=self._is_past(page))
            if segment.final:
                self._bottom = max(self._bottom, page.lowest_id)

    def _empty(self, segment: Segment, page: Page[Attempt]) -> None:
        """Only an empty page proves the end: filtered servers give short ones on the way.

        So do a few rows whose ids can't be read, for nothing can be asked for below them.
        """
        if self._depth.lowest is not None and self._depth.lowest < segment.reach:
            segment.error = Unreadable(HOLE)
        else:
            segment.takes(page, final=True)
            self._bottom = max(self._bottom, segment.reach)

    def _is_past(self, page: Page[Attempt]) -> bool:
        return bool(page.rows) and page.rows[-1].created_at < self._floor - MARGIN

    def _begin(self) -> Ask | None:
        """A new segment below those that are open, unless what is under way has to tell first."""
        waits = any(each.lo is None and not each.done for each in self._open)
        if (
            waits
            or self._edge <= max(1, self._bottom)
            or len(self._open) >= 2 * WIDTH
            or not self._warranted()
        ):
            return None
        left = self._pages_below(self._edge)
        lo = None
        if left >= _FEW:
            length = min(_LONGEST, max(2, int(left) // WIDTH))
            lo = max(1, self._edge - length * self._depth.span)
        segment = Segment(hi=self._edge, lo=lo, reach=self._edge, asked=True)
        self._open.append(segment)
        self._edge = self._edge if lo is None else lo
        return Ask(segment.hi, segment)

    def _warranted(self) -> bool:
        """Below the lowest row seen there may be nothing: so many unanswered segments there, and no more."""
        lowest = self._depth.lowest
        if lowest is None or self._edge > lowest:
            return True
        blind = sum(each.asked and each.reach <= lowest for each in self._open)
        return blind < 1 + self._pages // (8 if self._bottom else 4)

    def _pages_below(self, edge: int) -> float:
        """About how many pages lie between an id and the floor; 0 if nothing can be told."""
        floor = self._depth.id_at_floor()
        if floor is None or (self._pages == 1 and self._head.size < PAGE):
            return 0.0
        return (edge - max(floor, self._bottom, 1)) / self._depth.span

    def _probe(self) -> Ask | None:
        """One page near the floor, thrown away but for what it tells: how deep the account goes."""
        lowest, floor = self._depth.lowest, self._depth.id_at_floor()
        if lowest is None or floor is None or self._probing or self._depth.reached:
            return None
        if self._probes >= min(_MOST_PROBES, 1 + self._pages // 8) or self._pages_below(lowest) < _PROBE_FROM:
            return None
        self._probing = True
        self._probes += 1
        if self._bottom:
            return Ask((lowest + self._bottom) // 2)
        return Ask(max(floor - (lowest - floor) // 50, lowest // 2))

    def _probed(self, last_id: int, page: Page[Attempt]) -> None:
        self._probing = False
        if page.size == 0:
            self._bottom = max(self._bottom, last_id)
        else:
            self._depth.learn(page)
