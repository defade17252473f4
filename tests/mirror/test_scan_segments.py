"""Which pages of the feed are asked for: all that is needed, hardly more, many at once. In simulated time."""

import heapq
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import ceil, cos, pi
from random import Random

import pytest

from bot.core.errors import ApiError, Unreachable
from bot.core.model import MARGIN, Attempt, Page, Status
from bot.mirror.segments import WIDTH, Ask, Reading

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FLOOR = NOW - timedelta(days=8)
Point = tuple[int, datetime]


def attempt(id_: int, created: datetime) -> Attempt:
    return Attempt(id_, id_, 1, "sales", "daily", created, Status.SUCCESS, created, created, index=1)


@dataclass
class Feed:
    """An account's attempts as (id, created), oldest first, and the log of what was asked."""

    points: list[Point]
    page_size: int = 100
    hidden: frozenset[int] = frozenset()
    asked: list[int | None] = field(default_factory=list)

    def page(self, last_id: int | None = None) -> Page[Attempt]:
        self.asked.append(last_id)
        end = len(self.points) if last_id is None else bisect_left(self.points, (last_id,))
        cut = self.points[max(0, end - self.page_size) : end][::-1]
        found = [point for point in cut if point[0] not in self.hidden]
        return Page(tuple(attempt(*point) for point in found), len(found), 0, found[-1][0] if found else None)

    def needed(self, floor: datetime) -> int:
        """Requests of a reader that goes page by page: down to the floor, or to the empty page at the end."""
        rows = sum(created >= floor - MARGIN for _, created in self.points)
        ends_before = rows == len(self.points)
        return rows // self.page_size + 1 if not ends_before else ceil(rows / self.page_size) + 1


@dataclass
class Outcome:
    ids: list[int]
    rounds: float
    reading: Reading
    most: int


def read(
    feed: Feed,
    floor: datetime,
    latency: Callable[[], float] = lambda: 1.0,
    answer: Callable[[Feed, int], Page[Attempt]] = Feed.page,
) -> Outcome:
    """Run a reading to its end in simulated time (one unit is a round trip)."""
    reading = Reading(feed.page(), floor)
    clock, order, most = 1.0, 0, 0
    flying: list[tuple[float, int, Ask]] = []
    ids: list[int] = []
    while True:
        ids += [row.id for rows, _ in reading.take() for row in rows]
        while len(flying) < WIDTH and (ask := reading.next()):
            order += 1
            heapq.heappush(flying, (clock + latency(), order, ask))
        most = max(most, len(flying))
        if not flying:
            return Outcome(ids, clock, reading, most)
        clock, _, ask = heapq.heappop(flying)
        try:
            page = answer(feed, ask.last_id)
        except ApiError as error:
            reading.failed(ask, error)
        else:
            reading.answered(ask, page)


def history(random: Random, days: float, a_day: int, spread: int = 40) -> list[Point]:
    """Attempts until noon, four times as many by day as by night, ids sparse, creation not quite in order."""
    moments = [NOW - timedelta(days=days * random.random()) for _ in range(int(days * a_day))]
    kept = sorted(each for each in moments if random.random() < 0.6 - 0.4 * cos(2 * pi * each.hour / 24))
    ids = accumulate(random.randint(1, 2 * spread) for _ in kept)
    return [
        (10_000_000 + id_, moment - timedelta(seconds=random.choice([0] * 19 + [300])))
        for id_, moment in zip(ids, kept, strict=True)
    ]


def asleep(points: list[Point], start: float, end: float) -> list[Point]:
    """The same, but nothing ran from so many to so many days ago, while other tenants used up ids."""
    since, until = NOW - timedelta(days=start), NOW - timedelta(days=end)
    before = [(id_ - 2_000_000, created) for id_, created in points if created < since]
    return before + [point for point in points if point[1] > until]


def burst(points: list[Point], rows: int) -> list[Point]:
    """The same, and then so many within the last hour, with hardly a gap between their ids."""
    return points + [
        (points[-1][0] + 1 + n, NOW - timedelta(seconds=3600 - n * 3600 // rows)) for n in range(rows)
    ]


ACCOUNTS: dict[str, Callable[[Random], list[Point]]] = {
    "nothing": lambda random: [],
    "two rows": lambda random: history(random, 0.02, 200)[:2],
    "one page": lambda random: history(random, 3, 60),
    "a few pages, all young": lambda random: history(random, 0.3, 3000),
    "a few pages a week": lambda random: history(random, 60, 100),
    "dense ids": lambda random: history(random, 30, 1000, 1),
    "busy": lambda random: history(random, 10, 6000),
    "busy but young": lambda random: history(random, 3, 8000),
    "asleep over the weekend": lambda random: asleep(history(random, 10, 4000), 5, 3),
    "a burst at the head": lambda random: burst(history(random, 20, 1000), 5000),
    "all in one second": lambda random: [(7 * n, NOW) for n in range(1, 1500)],
}
LATENCIES: dict[str, Callable[[Random], float]] = {
    "even": lambda random: 1.0,
    "uneven": lambda random: random.choice([0.5, 1.0, 1.0, 1.0, 4.0]),
}


def in_floor(feed: Feed) -> list[int]:
    """What is needed, newest first; not quite down to the floor, where ids and times are not in one order."""
    shown = [point for point in reversed(feed.points) if point[0] not in feed.hidden]
    return [id_ for id_, created in shown if created >= FLOOR + MARGIN]


@pytest.mark.parametrize("latency", LATENCIES)
@pytest.mark.parametrize("account", ACCOUNTS)
def test_everything_above_the_floor_is_read_once_and_in_order(account: str, latency: str) -> None:
    random = Random(3)
    feed = Feed(ACCOUNTS[account](random))
    outcome = read(feed, FLOOR, lambda: LATENCIES[latency](random))
    assert outcome.reading.complete
    assert (
        outcome.ids[: len(in_floor(feed))] == [id_ for id_, _ in reversed(feed.points)][: len(in_floor(feed))]
    )
    assert set(in_floor(feed)) <= set(outcome.ids)
    assert outcome.ids == sorted(set(outcome.ids), reverse=True)
    assert outcome.most <= WIDTH


@pytest.mark.parametrize("account", ACCOUNTS)
def test_hardly_more_is_asked_than_page_by_page(account: str) -> None:
    feed = Feed(ACCOUNTS[account](Random(4)))
    read(feed, FLOOR)
    needed = feed.needed(FLOOR)
    assert len(feed.asked) <= needed + 2 + max(0, needed - 8) * 0.7


def test_a_busy_account_is_read_many_pages_at_once() -> None:
    feed = Feed(history(Random(5), 9, 20_000))
    outcome = read(feed, FLOOR)
    assert feed.needed(FLOOR) > 900
    assert len(feed.asked) <= 1.2 * feed.needed(FLOOR)
    assert outcome.rounds <= 60


@pytest.mark.parametrize("page_size", [20, 37, 99])
def test_a_server_with_short_pages_is_read_to_its_end(page_size: int) -> None:
    feed = Feed(history(Random(6), 3, 1000), page_size)
    outcome = read(feed, FLOOR)
    assert outcome.ids == [id_ for id_, _ in reversed(feed.points)]
    assert outcome.reading.complete


def test_rows_that_are_hidden_after_the_cut_leave_short_pages_but_no_gaps() -> None:
    random = Random(7)
    points = history(Random(8), 12, 2000)
    feed = Feed(points, hidden=frozenset(id_ for id_, _ in points if random.random() < 0.7))
    outcome = read(feed, FLOOR)
    assert outcome.reading.complete
    assert outcome.ids[: len(in_floor(feed))] == in_floor(feed)


def test_a_failure_ends_what_is_read_there_but_not_above() -> None:
    feed = Feed(history(Random(9), 10, 4000))
    bad = feed.points[-8000][0]

    def refused(feed: Feed, last_id: int) -> Page[Attempt]:
        page = feed.page(last_id)
        if any(row.id == bad for row in page.rows):
            raise Unreachable("refused")
        return page

    outcome = read(feed, FLOOR, answer=refused)
    newest_first = [id_ for id_, _ in reversed(feed.points)]
    assert str(outcome.reading.error) == "refused"
    assert not outcome.reading.complete
    assert outcome.ids == newest_first[: len(outcome.ids)]
    assert len(outcome.ids) > 7000
    assert len(feed.asked) < 200


def repeated(feed: Feed, last_id: int) -> Page[Attempt]:
    return feed.page()


def hollow(feed: Feed, last_id: int) -> Page[Attempt]:
    return (
        feed.page(last_id) if feed.points[-5000][0] < last_id or last_id < feed.points[-9000][0] else Page(())
    )


@pytest.mark.parametrize(("answer", "word"), [(repeated, "repeats"), (hollow, "empty page")])
def test_a_server_that_contradicts_itself_is_told_and_not_read_for_ever(
    answer: Callable[[Feed, int], Page[Attempt]], word: str
) -> None:
    feed = Feed(history(Random(10), 10, 4000))
    outcome = read(feed, FLOOR, answer=answer)
    assert word in str(outcome.reading.error)
    assert not outcome.reading.complete
    assert outcome.ids == [id_ for id_, _ in reversed(feed.points)][: len(outcome.ids)]
    assert len(feed.asked) < 200
