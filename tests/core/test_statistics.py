"""Usual durations, slowness, streaks and rates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import Attempt, Status
from bot.core.statistics import counts, is_slow, is_stuck, streak, success_rate, usual

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KINDS = {
    "s": Status.SUCCESS,
    "e": Status.ERROR,
    "k": Status.KILLED,
    "r": Status.RUNNING,
    "q": Status.QUEUED,
    "b": Status.BLOCKED,
    "c": Status.CANCELING,
}


def run(kind: str, minutes: float, id_: int = 1, end: datetime = NOON) -> Attempt:
    """An attempt that took so many minutes and ended at `end`, or has run for so long then."""
    status = KINDS[kind]
    created = end - timedelta(minutes=minutes)
    finished = end if status.finished else None
    return Attempt(id_, id_, 1, "sales", "daily", created, status, created, finished)


def in_turn(kinds: str, minutes: float = 10) -> list[Attempt]:
    """One after the other, an hour apart, ids from 1."""
    start = NOON - timedelta(days=30)
    return [run(kind, minutes, n, start + n * timedelta(hours=1)) for n, kind in enumerate(kinds, 1)]


def took(*minutes: float) -> list[Attempt]:
    """Successes that took so long, one after the other."""
    start = NOON - timedelta(days=30)
    return [run("s", each, n, start + n * timedelta(hours=1)) for n, each in enumerate(minutes, 1)]


@pytest.mark.parametrize(
    ("endings", "minutes"),
    [
        ([], None),
        (took(1, 2, 3, 4), None),
        (took(1, 2, 3, 4, 5), 3),
        (took(5, 1, 4, 2, 3), 3),
        (took(1, 1, 1, 2, 3, 3), 1.5),
        (took(*[99] * 30, *range(1, 21)), 10.5),
        (in_turn("eeeeekkkkkss"), None),
        (in_turn("sesekskesss"), 10),
    ],
)
def test_usual_is_the_median_of_the_last_twenty_successes_and_unsaid_below_five(
    endings: list[Attempt], minutes: float | None
) -> None:
    assert usual(endings) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("attempt", "slow"),
    [
        (run("s", 15), False),
        (run("s", 15.1), True),
        (run("e", 16), True),
        (run("k", 16), True),
        (run("r", 14), False),
        (run("r", 16), True),
        (run("q", 600), False),
        (run("b", 600), False),
        (run("c", 600), False),
    ],
)
def test_slow_is_longer_than_one_and_a_half_times_the_usual(attempt: Attempt, slow: bool) -> None:
    assert is_slow(attempt, took(9, 10, 10, 10, 11), NOON) is slow


@pytest.mark.parametrize(("minutes", "slow"), [(16, False), (39, False), (41, True)])
def test_slow_is_also_longer_than_nine_in_ten(minutes: float, slow: bool) -> None:
    endings = took(*[10] * 8, 40, 40, 40)
    assert is_slow(run("s", minutes), endings, NOON) is slow


def test_nothing_is_slow_where_the_usual_is_unknown() -> None:
    assert not is_slow(run("r", 6000), took(1, 1, 1, 1), NOON)


@pytest.mark.parametrize(
    ("kinds", "nth", "row"),
    [
        ("e", 1, 1),
        ("see", 3, 2),
        ("see", 2, 1),
        ("sse", 2, 0),
        ("eses", 3, 1),
        ("seee", 4, 3),
        ("sekke", 5, 2),
        ("sek", 3, 0),
        ("eee", 3, 3),
    ],
)
def test_a_streak_counts_errors_in_a_row_and_killed_ones_neither_way(kinds: str, nth: int, row: int) -> None:
    endings = in_turn(kinds)
    assert streak(endings[nth - 1], endings) == row


def test_a_streak_goes_by_the_order_of_ends_and_of_the_same_second_by_id() -> None:
    success, error = run("s", 10, 7), run("e", 10, 8)
    assert streak(error, [run("e", 10, 6), success, error]) == 1
    later = run("s", 10, 9)
    assert streak(error, [run("e", 10, 6), run("e", 5, 7), error, later]) == 3


def test_a_running_attempt_has_no_streak() -> None:
    assert streak(run("r", 10, 9), in_turn("ee")) == 0


@pytest.mark.parametrize(
    ("kind", "minutes", "stuck"),
    [
        ("q", 30, False),
        ("q", 31, True),
        ("b", 31, True),
        ("r", 600, False),
        ("c", 600, False),
        ("e", 600, False),
    ],
)
def test_stuck_is_queued_or_blocked_for_over_thirty_minutes(kind: str, minutes: float, stuck: bool) -> None:
    assert is_stuck(run(kind, minutes), NOON) is stuck


@pytest.mark.parametrize(
    ("kinds", "rate"), [("", None), ("rqc", None), ("ss", 1.0), ("se", 0.5), ("ssekr", 0.5), ("k", 0.0)]
)
def test_the_success_rate_is_of_what_has_ended(kinds: str, rate: float | None) -> None:
    assert success_rate(counts(in_turn(kinds))) == rate


def test_every_status_is_counted() -> None:
    found = counts(in_turn("ssek"))
    assert list(found) == list(Status)
    assert (found[Status.SUCCESS], found[Status.ERROR], found[Status.KILLED], sum(found.values())) == (
        2,
        1,
        1,
        4,
    )


def test_an_attempt_whose_end_is_unknown_counts_itself_alone() -> None:
    last = replace(run("e", 10, 9), finished_at=None)
    assert streak(last, in_turn("ee")) == 1
