"""Rows as they may come: optional fields missing, ids as numbers, odd ones that lose only themselves."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.api import wire
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account, Answer
from bot.core.model import Attempt, Page, Session, Status, Task, below_odd, odd_number

DIGDAG = Account(self_hosted("http://digdag.example.com:65432"), Access())
ROW: dict[str, Any] = {
    "id": "7",
    "index": 2,
    "project": {"id": "1", "name": "shop"},
    "workflow": {"id": "3", "name": "load"},
    "sessionId": "5",
    "sessionTime": "2026-01-11T00:00:00+09:00",
    "done": True,
    "success": False,
    "cancelRequested": False,
    "status": "error",
    "createdAt": "2026-11-24T03:00:00Z",
    "params": {"date": "x"},
}


def page(*rows: Any) -> Page[Attempt]:
    return wire.read_attempts(as_json({"attempts": rows}), DIGDAG)


def as_json(body: Any) -> Answer:
    return Answer(200, {"content-type": "application/json"}, json.dumps(body).encode())


ODD_ROWS: list[Any] = [
    None,
    "row",
    [],
    {},
    {**ROW, "id": "seven"},
    {**ROW, "id": -7},
    {**ROW, "id": True},
    {**ROW, "id": 7.5},
    {**ROW, "id": "9" * 30},
    {**ROW, "id": 2**63},
    {**ROW, "project": None},
    {**ROW, "project": {"id": "1"}},
    {**ROW, "project": "shop"},
    {**ROW, "workflow": {}},
    {**ROW, "sessionId": None},
    {**ROW, "sessionTime": None},
    {**ROW, "sessionTime": "yesterday"},
    {**ROW, "sessionTime": "0001-01-01T00:00:00+09:00"},
    {**ROW, "createdAt": "soon"},
    {**ROW, "createdAt": 1700000000.5},
    {**ROW, "finishedAt": "2026-11-24T99:00:00Z"},
    {**ROW, "done": "yes"},
    {**ROW, "done": None, "status": None},
    {**ROW, "done": None, "status": "resting"},
]


@pytest.mark.parametrize("odd", ODD_ROWS)
def test_an_odd_row_is_set_aside_and_counted_and_loses_nothing_else(odd: Any) -> None:
    read = page({**ROW, "id": "9"}, odd, {**ROW, "id": "8"})
    assert [row.id for row in read.rows] == [9, 8]
    assert (read.size, read.odd) == (3, 1)


def test_an_odd_rows_id_still_counts_for_the_next_page() -> None:
    read = page({**ROW, "id": "9"}, {"id": "4"}, {"id": "x"})
    assert (read.lowest_id, read.highest_id) == (4, 9)


def test_a_page_of_nothing_but_odd_rows_is_read() -> None:
    odd = frozenset({odd_number(0, 0), odd_number(0, 1)})
    assert page({}, {}) == Page((), size=2, odd=2, odd_ids=odd)


def test_a_row_without_an_id_is_known_again_by_the_next_row_below_it() -> None:
    nine, eight = {**ROW, "id": "9"}, {**ROW, "id": "8"}
    wanted = frozenset({odd_number(8, 0), odd_number(8, 1)})
    assert page(nine, {}, {}, eight).odd_ids == wanted
    assert page({}, {}, eight).odd_ids == wanted  # the page begins later now
    assert page(nine, {}, {}).odd_ids == frozenset()  # the next page begins with them
    assert page(nine, {}, {"id": "8"}).odd_ids == {odd_number(8, 0), 8}
    assert {below_odd(number) for number in wanted} == {8}
    assert below_odd(odd_number(0, 3)) == 0


@pytest.mark.parametrize(
    "name", ["finishedAt", "index", "retryAttemptName", "poolId", "sessionUuid", "params"]
)
def test_an_optional_field_may_be_null_or_missing_alike(name: str) -> None:
    missing = {key: value for key, value in ROW.items() if key != name}
    assert page(missing) == page({**ROW, name: None})
    assert page(missing).odd == 0


def test_a_workflows_id_may_be_null_or_missing() -> None:
    for workflow in ({"name": "load"}, {"name": "load", "id": None}):
        assert page({**ROW, "workflow": workflow}).rows[0].workflow_id is None


def test_ids_may_be_numbers_and_unknown_fields_are_ignored() -> None:
    numbers = {**ROW, "id": 7, "sessionId": 5, "project": {"id": 1, "name": "shop", "owner": {}}, "new": [1]}
    assert page(numbers) == page(ROW)


def test_params_are_left_out_where_they_are_not_wanted() -> None:
    (row,) = wire.read_attempts(as_json({"attempts": [ROW]}), DIGDAG, with_params=False).rows
    assert row.params == {}
    assert page(ROW).rows[0].params == {"date": "x"}


def test_equal_names_share_their_memory() -> None:
    first, second = page(ROW, {**ROW, "id": "6"}).rows
    assert first.project is second.project
    assert first.workflow is second.workflow
    assert first.session_time is second.session_time


def test_times_are_whole_seconds_in_utc_and_session_times_keep_their_offset() -> None:
    (row,) = page(
        {**ROW, "createdAt": "2026-11-24T12:00:00.987+09:00", "finishedAt": "2026-11-24T03:00:05"}
    ).rows
    assert row.created_at == datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert row.finished_at == datetime(2026, 11, 24, 3, 0, 5, tzinfo=UTC)
    assert row.session_time.isoformat() == "2026-01-11T00:00:00+09:00"


def test_half_a_letter_does_no_harm_further_on() -> None:
    half = as_json(
        {"attempts": [{**ROW, "project": {"id": 1, "name": "a\ud83d"}, "params": {"x": "\ude00"}}]}
    )
    (row,) = wire.read_attempts(half, DIGDAG).rows
    assert (row.project, row.params) == ("a?", {"x": "?"})
    whole = as_json({"attempts": [{**ROW, "project": {"id": 1, "name": "😀"}}]})
    assert wire.read_attempts(whole, DIGDAG).rows[0].project == "😀"


HOSTED_SESSION = {
    "id": "14412528",
    "project": {"id": "123456", "name": "abcdefg"},
    "workflow": {"id": "234567", "name": "daily"},
    "sessionTime": "2022-12-31T23:59:00+00:00",
    "sessionUuid": "5a5bab23-af98-47b1-895b-eb0f9c7f1e79",
    "lastAttempt": {
        "id": "62497627",
        "done": False,
        "success": False,
        "cancelRequested": False,
        "status": "queued",
        "params": {"a": 1},
        "createdAt": "2023-08-18T06:52:33Z",
        "poolId": "42",
        "retryAttemptName": "again",
    },
}


def test_every_field_of_the_sessions_list_is_read() -> None:
    (session,) = wire.read_sessions(as_json({"sessions": [HOSTED_SESSION]}), DIGDAG).rows
    when, uuid = datetime(2022, 12, 31, 23, 59, tzinfo=UTC), "5a5bab23-af98-47b1-895b-eb0f9c7f1e79"
    last = Attempt(
        id=62497627,
        session_id=14412528,
        project_id=123456,
        project="abcdefg",
        workflow="daily",
        session_time=when,
        status=Status.QUEUED,
        created_at=datetime(2023, 8, 18, 6, 52, 33, tzinfo=UTC),
        workflow_id=234567,
        session_uuid=uuid,
        retry_attempt_name="again",
        pool_id="42",
        params={"a": 1},
    )
    assert session == Session(14412528, 123456, "abcdefg", "daily", when, 234567, uuid, last)


@pytest.mark.parametrize("absent", [{"lastAttempt": None}, {}])
def test_a_session_may_have_no_last_attempt(absent: dict[str, Any]) -> None:
    bare = {name: value for name, value in HOSTED_SESSION.items() if name != "lastAttempt"}
    read = wire.read_sessions(as_json({"sessions": [{**bare, **absent}]}), DIGDAG)
    assert (read.rows[0].last, read.odd) == (None, 0)


def test_a_task_is_read_with_all_that_it_holds() -> None:
    raw = {
        "id": "19",
        "fullName": "+fail+load",
        "parentId": "17",
        "config": {"fail>": "boom"},
        "upstreams": ["18"],
        "state": "retry_waiting",
        "cancelRequested": True,
        "exportParams": {"e": 1},
        "storeParams": {"s": 2},
        "stateParams": {"t": 3},
        "updatedAt": "2026-11-24T03:27:55Z",
        "retryAt": "2026-11-24T03:27:57Z",
        "startedAt": "2026-11-24T03:27:54Z",
        "error": {"message": "boom"},
        "isGroup": False,
    }
    (task,) = wire.read_tasks(as_json({"tasks": [raw]}), DIGDAG).rows
    assert task == Task(
        id=19,
        full_name="+fail+load",
        state="retry_waiting",
        parent_id=17,
        cancel_requested=True,
        started_at=datetime(2026, 11, 24, 3, 27, 54, tzinfo=UTC),
        updated_at=datetime(2026, 11, 24, 3, 27, 55, tzinfo=UTC),
        retry_at=datetime(2026, 11, 24, 3, 27, 57, tzinfo=UTC),
        upstreams=(18,),
        error={"message": "boom"},
        config={"fail>": "boom"},
        export_params={"e": 1},
        store_params={"s": 2},
        state_params={"t": 3},
    )


@pytest.mark.parametrize("name", ["isGroup", "group"])
def test_a_group_is_known_by_either_name(name: str) -> None:
    (task,) = wire.read_tasks(
        as_json({"tasks": [{"id": 1, "fullName": "+a", "state": "x", name: True}]}), DIGDAG
    ).rows
    assert task.is_group
