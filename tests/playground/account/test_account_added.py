"""Runs of one's own on top of a lifelike account."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.playground.account import EVERY, Added, Lifelike, Wanted

ANCHOR = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FEW = timedelta(seconds=4)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def added() -> Added:
    return Added(Lifelike(1, 2000, anchor=ANCHOR))


def test_a_run_starts_fails_and_is_listed_among_the_others(added: Added) -> None:
    run = added.run("customer-360", "profile_sync", at=ANCHOR, took=FEW, outcome="error", cause="http_503")
    assert added.attempt(run.id, ANCHOR - FEW) is None
    assert [each.status(ANCHOR) for each in added.session(run.session.id, ANCHOR)] == ["running"]
    later = ANCHOR + MINUTE
    ids = [each.id for each in added.attempts(later)]
    assert run.id in ids
    assert ids == sorted(set(ids), reverse=True)
    assert run.status(later) == "error"
    assert "503 Service Unavailable" in (added.error(run) or "")
    assert any("503" in str(task.error) for task in added.tasks(run, later))


def test_it_is_of_a_workflow_that_there_is(added: Added) -> None:
    run = added.run("customer-360", "profile_sync", at=ANCHOR, took=FEW)
    wanted = Wanted(run.session.project.id, "profile_sync")
    mine = list(added.last_attempts(ANCHOR + MINUTE, None, wanted))
    assert mine[0] == run
    assert len(mine) > 50
    assert run.workflow_id is not None
    found = added.definition(run.workflow_id, ANCHOR)
    assert found is not None
    assert found.name == "profile_sync"
    with pytest.raises(LookupError):
        added.run("nobody", "nothing", at=ANCHOR, took=FEW)


def test_a_retry_takes_the_place_of_what_failed(added: Added) -> None:
    failed = added.run("web-logs", "sessionize", at=ANCHOR, took=FEW, outcome="error", cause="hive")
    retry = added.retry(failed, at=ANCHOR + MINUTE, took=FEW)
    later = ANCHOR + 2 * MINUTE
    assert [each.index for each in added.session(failed.session.id, later)] == [1, 2]
    lasts = {each.id for each in added.last_attempts(later)}
    assert retry.id in lasts
    assert failed.id not in lasts
    assert next(added.sessions(later, failed.session.id + 1)) == retry


def test_many_at_once_and_over_days_have_ids_of_their_own(added: Added) -> None:
    for turn in range(60):
        at = ANCHOR + turn * timedelta(hours=1) if turn > 30 else ANCHOR
        added.run("web-logs", "sessionize", at=at, took=FEW)
    later = ANCHOR + timedelta(days=3)
    attempts = [each.id for each in added.attempts(later)]
    sessions = [each.session.id for each in added.sessions(later, None, EVERY)]
    for ids in (attempts, sessions):
        assert ids == sorted(set(ids), reverse=True)
