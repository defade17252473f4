"""The computed history: the same whenever it is asked, stable, lifelike, and small whatever its size."""

import ssl
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from random import Random

import httpx
import pytest

from bot.playground.account import Account, Attempt, Clock, Lifelike, Wanted, created_within

TLS = ssl.create_default_context()  # made once: it takes 50 ms
ANCHOR = datetime(2026, 11, 24, 12, 34, 56, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def small() -> Lifelike:
    return Lifelike(1, 2000, anchor=ANCHOR)


@pytest.fixture(scope="module")
def large() -> Lifelike:
    return Lifelike(1, 1_000_000, anchor=ANCHOR)


def since(history: Lifelike, begin: datetime, now: datetime = ANCHOR) -> Iterator[Attempt]:
    return takewhile(lambda each: each.created >= begin, history.attempts(now))


def test_it_has_as_many_sessions_as_asked_for(small: Lifelike) -> None:
    found = list(small.sessions(ANCHOR))
    assert 1990 <= len(found) <= 2000  # some are not committed yet
    assert len({each.session.id for each in found}) == len(found)


def test_the_same_seed_tells_the_same(small: Lifelike) -> None:
    again = Lifelike(1, 2000, anchor=ANCHOR)
    assert list(again.attempts(ANCHOR)) == list(small.attempts(ANCHOR))
    other = Lifelike(2, 2000, anchor=ANCHOR)
    assert list(other.attempts(ANCHOR)) != list(small.attempts(ANCHOR))


def test_it_does_not_depend_on_what_was_asked_before(large: Lifelike) -> None:
    fresh = Lifelike(1, 1_000_000, anchor=ANCHOR)
    places = [each.id for each in islice(large.attempts(ANCHOR), 0, 3000, 500)]
    for place in reversed(places):
        assert fresh.attempt(place, ANCHOR) == large.attempt(place, ANCHOR)


def test_ids_go_down_and_creation_with_them(small: Lifelike) -> None:
    for above, below in pairwise(small.attempts(ANCHOR)):
        assert above.id > below.id
        assert above.created >= below.created
    for above, below in pairwise(small.sessions(ANCHOR)):
        assert above.session.id > below.session.id


def test_each_row_is_found_by_its_id(small: Lifelike) -> None:
    for each in small.attempts(ANCHOR):
        assert small.attempt(each.id, ANCHOR) == each
        assert each in small.session(each.session.id, ANCHOR)
    assert small.attempt(1, ANCHOR) is None
    assert small.session(1, ANCHOR) == []
    assert small.session(10**15, ANCHOR) == []


def test_the_three_lists_agree(small: Lifelike) -> None:
    every = list(small.attempts(ANCHOR))
    newest: dict[int, Attempt] = {}
    for each in reversed(every):
        newest[each.session.id] = each
    assert {each.id for each in small.last_attempts(ANCHOR)} == {each.id for each in newest.values()}
    assert {each.id for each in small.sessions(ANCHOR)} == {each.id for each in newest.values()}
    assert len(every) > len(newest)


def test_attempts_of_a_session_count_up_one_after_the_other(small: Lifelike) -> None:
    retried = [each for each in small.sessions(ANCHOR) if each.index > 1]
    assert retried
    for last in retried:
        attempts = small.session(last.session.id, ANCHOR)
        assert [each.index for each in attempts] == list(range(1, last.index + 1))
        for earlier, later in pairwise(attempts):
            assert earlier.finished is not None
            assert earlier.finished <= later.created
            assert later.retry_name
        assert attempts[0].retry_name is None


def test_a_project_or_workflow_is_listed_whole(small: Lifelike) -> None:
    every = list(small.attempts(ANCHOR))
    for workflow in small.workflows(ANCHOR):
        for wanted in (Wanted(workflow.project.id), Wanted(workflow.project.id, workflow.name)):
            assert list(small.attempts(ANCHOR, None, wanted)) == [each for each in every if wanted.fits(each)]


def test_a_finished_attempt_never_changes(small: Lifelike) -> None:
    later = ANCHOR + 9 * DAY
    done = [each for each in small.attempts(ANCHOR) if each.done(ANCHOR)]
    for each in done:
        assert small.attempt(each.id, later) == each
    for each in done[:200]:
        assert small.tasks(each, ANCHOR) == small.tasks(each, later)


def test_an_attempt_goes_one_way_only(small: Lifelike) -> None:
    """Waiting, running, canceling, done: no status comes back, and none lives longer than seven days."""
    order = {"blocked": 0, "queued": 0, "running": 1, "canceling": 2, "success": 3, "error": 3, "killed": 3}
    for each in islice(small.attempts(ANCHOR), 300):
        assert each.finished is not None
        assert each.finished - each.created < 7 * DAY
        moments = sorted({each.created, each.started, each.cancel or each.created, each.finished})
        ranks = [order[each.status(moment)] for moment in moments]
        assert ranks == sorted(ranks)
        assert each.status(each.finished) == each.outcome


def test_rows_become_visible_out_of_order(large: Lifelike) -> None:
    """A higher id is there before a lower one, by some seconds."""
    rows = list(since(large, ANCHOR - timedelta(hours=2)))
    late = [low for high, low in pairwise(rows) if low.visible > high.visible]
    assert len(late) > 20
    delays = [each.visible - each.created for each in rows]
    assert timedelta(seconds=10) < max(delays) <= timedelta(seconds=20)
    low = late[0]
    assert large.attempt(low.id, low.visible - timedelta(seconds=1)) is None
    assert large.attempt(low.id, low.visible) is not None


@pytest.mark.parametrize("hours", range(0, 24 * 8, 11))
def test_whenever_it_is_opened_the_last_day_has_its_stories(hours: int) -> None:
    now = ANCHOR + timedelta(hours=hours)
    history = Lifelike(1, 2000, anchor=now)
    day = created_within(history, now - DAY, now, now)
    statuses = Counter(each.status(now) for each in day)
    assert statuses["error"] > 10
    assert statuses["killed"] >= 1
    assert {"running", "queued", "blocked", "canceling"} <= set(statuses)
    assert 150 <= len(day) <= 300
    failed = Counter(each.session.workflow for each in day if each.status(now) == "error")
    assert {"nightly_load", "fx_rates"} <= set(failed)
    assert failed["nightly_load"] == 1
    shared = {
        each.session.workflow for each in day if (history.error(each) or "").count("shop.orders does not")
    }
    assert len(shared) >= 3
    retried = {
        each.outcome for each in since(history, now - DAY / 4, now) if each.created - each.session.time > DAY
    }
    assert {"success", "error"} <= retried


def test_a_nightly_report_names_the_failure_that_it_waited_for(small: Lifelike) -> None:
    report = next(each for each in small.attempts(ANCHOR) if each.session.workflow == "nightly_report")
    load = next(each for each in small.attempts(ANCHOR) if each.session.workflow == "nightly_load")
    wanted = f"Dependent workflow failed. Session id: {load.session.id}, attempt id: {load.id}"
    assert small.error(report) == wanted


def test_life_goes_on_after_it_is_opened(small: Lifelike) -> None:
    later = ANCHOR + timedelta(minutes=20)
    new = created_within(small, ANCHOR, later, later, every=True)
    assert len(new) >= 15
    assert {"success", "error"} <= {each.status(later) for each in new}
    hour = ANCHOR + timedelta(hours=1)
    again = [each for each in created_within(small, ANCHOR, hour, hour) if each.index > 1]
    assert any(each.session.workflow == "refresh_tiles" and each.status(hour) == "success" for each in again)


def test_session_times_stand_in_the_workflows_own_zone(small: Lifelike) -> None:
    offsets = {each.session.time.strftime("%z") for each in small.sessions(ANCHOR)}
    assert {"+0900", "+0000", "-0800", "+0100", "+0530"} <= offsets


@pytest.mark.parametrize("change", ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01"])
def test_no_session_is_made_twice_where_clocks_change(change: str) -> None:
    now = datetime.fromisoformat(f"{change}T23:00:00+00:00")
    history = Lifelike(1, 10_000, 4000, anchor=now)
    every = [each.session for each in created_within(history, now - 2 * DAY, now, now)]
    names = Counter((each.project.id, each.workflow, each.time.astimezone(UTC)) for each in every)
    assert len(names) > 7000
    assert max(names.values()) == 1


def test_the_failing_task_says_the_error_and_success_says_none(small: Lifelike) -> None:
    for each in islice(small.attempts(ANCHOR), 400):
        tasks = small.tasks(each, ANCHOR)
        assert [task.id for task in tasks] == sorted(task.id for task in tasks)
        newest = {task.name: task for task in tasks}
        says = {str(task.error["message"]) for task in newest.values() if task.error}
        assert says == ({small.error(each)} if each.status(ANCHOR) == "error" else set())
        if each.status(ANCHOR) in ("queued", "blocked"):
            assert tasks == []
        elif each.done(ANCHOR):
            root = {"success": "success", "error": "group_error", "killed": "canceled"}[each.outcome]
            assert tasks[0].state == root
        else:
            assert tasks[0].state == "planned"


def test_errors_are_of_many_kinds(small: Lifelike) -> None:
    texts = [small.error(each) or "" for each in small.attempts(ANCHOR)]
    for part in ("Query 2026", "Traceback", "503", "売上", "Dependent workflow", "(config)", "hunter2"):
        assert any(part in text for text in texts), part
    assert any(text.count("\n") >= 2 for text in texts)


def test_a_name_is_used_again_by_a_new_project(small: Lifelike) -> None:
    before, after = (
        {
            project.id
            for project in small.projects(at)
            if project.name == "legacy-reports" and project.alive(at)
        }
        for at in (ANCHOR - 4 * DAY, ANCHOR)
    )
    assert len(before) == len(after) == 1
    assert before != after
    homes = {
        each.session.project.id for each in small.attempts(ANCHOR) if each.session.workflow == "weekly_pdf"
    }
    assert homes == before | after


def test_each_attempts_workflow_is_found_by_its_id(small: Lifelike) -> None:
    for each in islice(small.attempts(ANCHOR), 0, 2000, 7):
        assert each.workflow_id is not None
        found = small.definition(each.workflow_id, ANCHOR)
        assert found is not None
        assert (found.name, found.project.id) == (each.session.workflow, each.session.project.id)
    assert small.definition(1, ANCHOR) is None


def test_a_million_sessions_take_little_memory_and_any_page_little_time() -> None:
    tracemalloc.start()
    try:
        history = Lifelike(3, 1_000_000, anchor=ANCHOR)
        newest, rng = next(history.attempts(ANCHOR)).id, Random(1)
        oldest = next(history.attempts(ANCHOR - 49 * DAY)).id
        for _ in range(30):
            page = list(islice(history.attempts(ANCHOR, rng.randrange(oldest, newest)), 100))
            assert len(page) == 100
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


def test_a_busy_day(large: Lifelike) -> None:
    day = list(since(large, ANCHOR - DAY))
    assert 19_000 <= len(day) <= 21_000
    failed = sum(each.status(ANCHOR) == "error" and each.last(ANCHOR) for each in day)
    assert 400 <= failed <= 1500
    unfinished = [each for each in since(large, ANCHOR - 2.5 * DAY) if not each.done(ANCHOR)]
    assert 110 <= len(unfinished) <= 190
    assert sum(each.created > ANCHOR - timedelta(hours=1) for each in unfinished) > len(unfinished) / 2
    assert any(each.created < ANCHOR - DAY for each in unfinished)


async def test_its_pages_hold_what_the_truth_says(small: Lifelike) -> None:
    clock = Clock()
    clock.freeze(ANCHOR)
    headers = {"Authorization": "TD1 1/a"}
    async with (
        Account(small, clock=clock) as account,
        httpx.AsyncClient(verify=TLS, headers=headers) as client,
    ):
        for path, truth in (
            ("/api/sessions", [each.session.id for each in small.sessions(ANCHOR)]),
            ("/api/attempts", [each.id for each in small.last_attempts(ANCHOR)]),
            ("/api/attempts?include_retried=true", [each.id for each in small.attempts(ANCHOR)]),
        ):
            assert await walked(client, account.url + path) == truth


async def walked(client: httpx.AsyncClient, url: str) -> list[int]:
    """All ids, page by page to an empty one."""
    found: list[int] = []
    while True:
        last = {"last_id": found[-1]} if found else {}
        answer = await client.get(httpx.URL(url).copy_merge_params(last))
        (rows,) = answer.raise_for_status().json().values()
        if not rows:
            return found
        found += [int(row["id"]) for row in rows]
