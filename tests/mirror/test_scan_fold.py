"""What a scan keeps of the rows it reads is enough for what is asked of it, and not more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.core.model import Attempt, Status
from bot.core.statistics import ended, pace, streak
from bot.mirror.fold import Fold
from bot.mirror.look import Span

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
START = NOW - timedelta(days=1)


def attempt(id_: int, ago: float, status: Status, session: int = 0, index: int = 1) -> Attempt:
    """One that ended so many hours ago."""
    finished = NOW - timedelta(hours=ago) if status.finished else None
    created = (finished or NOW) - timedelta(minutes=id_ % 50 + 1)
    return Attempt(
        id_, session or id_, 1, "sales", "daily", created, status, created, finished, index, params={"a": 1}
    )


def rows(seed: int, failing: float) -> list[Attempt]:
    """Newest id first; ends in another order than ids."""
    random = Random(seed)
    weights = [1 - failing, failing, 0.1]
    kinds = [Status.SUCCESS, Status.ERROR, Status.KILLED]
    return [
        attempt(1000 - n, max(0, n / 5 + random.uniform(-3, 3)), random.choices(kinds, weights)[0])
        for n in range(900)
    ]


@pytest.mark.parametrize("failing", [0.0, 0.2, 0.9, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_usual_durations_and_streaks_are_as_if_everything_were_kept(seed: int, failing: float) -> None:
    everything = rows(seed, failing)
    fold = Fold(Span(START))
    for first in range(0, len(everything), 100):
        fold.add(everything[first : first + 100])
    [(key, kept)] = fold.endings()
    whole = sorted(everything, key=ended)
    assert key == (1, "daily")
    assert list(kept) == sorted(kept, key=ended)
    assert pace(kept) == pace(whole)
    assert [streak(last, kept) for last in fold.lasts()] == [streak(last, whole) for last in fold.lasts()]


def test_of_a_workflow_that_runs_well_little_is_kept_from_before_the_window() -> None:
    fold = Fold(Span(START))
    fold.add(rows(1, 0.1))
    [(_, kept)] = fold.endings()
    assert len([each for each in kept if each.finished_at and each.finished_at < START]) <= 30


def test_the_attempt_with_the_highest_index_is_the_last_even_if_another_ended_later() -> None:
    fold = Fold(Span(START))
    fold.add([attempt(9, 20, Status.SUCCESS, session=1, index=2), attempt(8, 1, Status.ERROR, session=1)])
    assert [each.id for each in fold.lasts()] == [9]


def test_a_session_whose_last_attempt_is_outside_the_window_is_outside_it() -> None:
    fold = Fold(Span(START))
    fold.add([attempt(9, 30, Status.SUCCESS, session=1, index=2), attempt(8, 1, Status.ERROR, session=1)])
    assert fold.lasts() == ()


def test_without_indexes_the_highest_id_is_the_last() -> None:
    fold = Fold(Span(START))
    one, two = attempt(9, 2, Status.ERROR, session=1), attempt(8, 1, Status.SUCCESS, session=1)
    fold.add([replace(each, index=None) for each in (one, two)])
    assert [each.id for each in fold.lasts()] == [9]


def test_params_are_left_out() -> None:
    fold = Fold(Span(START))
    fold.add([attempt(9, 2, Status.ERROR)])
    assert fold.lasts()[0].params == {}
