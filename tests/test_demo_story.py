"""What the demo's account tells when it is opened, at whatever time that is, and an hour later."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import pytest

from bot.playground.account import Attempt, Lifelike

PAGE = 10
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
OPENED = [
    datetime(2026, 11, 20 + at, hour, at * 7, 13, tzinfo=UTC) for at, hour in enumerate(range(0, 24, 3))
]
FLAPS = {"fx_rates", "refresh_tiles"}


def ended(history: Lifelike, now: datetime, outcome: str) -> list[Attempt]:
    """Sessions that ended so in the last 24 h, the last one first."""
    lasts = [each for each in history.last_attempts(now) if each.status(now) == outcome]
    within = [each for each in lasts if each.finished and each.finished >= now - DAY]
    return sorted(within, key=lambda each: each.finished or now, reverse=True)


def length(attempt: Attempt) -> float:
    assert attempt.finished is not None
    return (attempt.finished - attempt.created).total_seconds()


def usual(history: Lifelike, name: str, now: datetime) -> float:
    runs = (each for each in history.attempts(now) if each.session.workflow == name)
    return median(length(each) for each in runs if each.status(now) == "success")


@pytest.mark.parametrize("later", [0 * HOUR, HOUR], ids=["opened", "an hour later"])
@pytest.mark.parametrize("opened", OPENED, ids=str)
def test_the_first_page_of_failures_tells_the_story(opened: datetime, later: timedelta) -> None:
    history, now = Lifelike(sessions=2000, anchor=opened), opened + later
    failed = ended(history, now, "error")
    assert len(failed) > PAGE
    shown = {each.session.workflow: each for each in reversed(failed[:PAGE])}
    assert shown["nightly_load"].session.project.name == "sales-pipeline"
    shared = {name for name, each in shown.items() if each.cause == shown["nightly_load"].cause}
    assert len(shared) >= 3
    assert FLAPS & set(shown)
    assert length(shown["profile_sync"]) > 1.5 * usual(history, "profile_sync", now)
    retried = shown["attribution_model"]
    assert retried.index == 2
    assert retried.created - retried.session.time > 2 * DAY
    assert sum(each.cause == "requires" for each in failed[:PAGE]) <= 1


@pytest.mark.parametrize("later", [0 * HOUR, HOUR], ids=["opened", "an hour later"])
@pytest.mark.parametrize("opened", OPENED, ids=str)
def test_some_were_killed_and_a_flapping_job_succeeds_in_between(opened: datetime, later: timedelta) -> None:
    history, now = Lifelike(sessions=2000, anchor=opened), opened + later
    assert len(ended(history, now, "killed")) >= 3
    rates = [each for each in history.attempts(now) if each.session.workflow == "fx_rates"]
    outcomes = [each.status(now) for each in rates[:12] if each.finished and each.finished <= now]
    assert {"error", "success"} <= set(outcomes)
    changes = sum(one != next_ for one, next_ in pairwise(outcomes))
    assert changes >= 4
