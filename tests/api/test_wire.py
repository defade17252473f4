"""Requests that the server takes, and answers that are not what the API promises."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.api import wire
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account, Answer, Request
from bot.core.errors import Unreadable
from bot.core.model import Page

RECORDINGS = Path(__file__).parents[1] / "recordings"
DIGDAG = Account(self_hosted("http://digdag.example.com:65432"), Access())


def as_json(body: Any) -> Answer:
    return Answer(200, {"content-type": "application/json"}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("request_", "path", "query"),
    [
        (wire.list_sessions(), "/api/sessions", "page_size=100"),
        (wire.list_sessions(27, 5), "/api/sessions", "last_id=27&page_size=5"),
        (wire.get_session(7), "/api/sessions/7", ""),
        (wire.list_session_attempts(7, 9), "/api/sessions/7/attempts", "last_id=9&page_size=100"),
        (wire.list_attempts(), "/api/attempts", "include_retried=true&page_size=100"),
        (wire.list_attempts(0, include_retried=False), "/api/attempts", "last_id=0&page_size=100"),
        (
            wire.list_attempts(5, project="売上 集計", workflow="a&b"),
            "/api/attempts",
            "project=売上 集計&workflow=a&b&include_retried=true&last_id=5&page_size=100",
        ),
        (wire.get_attempt(7), "/api/attempts/7", ""),
        (wire.list_tasks(7), "/api/attempts/7/tasks", ""),
        (wire.list_retries(7), "/api/attempts/7/retries", ""),
        (wire.list_projects("shop", last_id=3), "/api/projects", "name=shop&last_id=3&count=100"),
        (wire.list_projects(name_pattern="sh"), "/api/projects", "name_pattern=sh&count=100"),
        (
            wire.list_workflows("w", True, 4, 10),
            "/api/workflows",
            "name_pattern=w&search_project_name=true&last_id=4&count=10",
        ),
    ],
)
def test_requests_are_those_that_the_server_takes(request_: Request, path: str, query: str) -> None:
    assert request_.path == path
    assert "&".join(f"{name}={value}" for name, value in request_.query) == query


@pytest.mark.parametrize("body", [None, [], "x", {}, {"attempts": None}, {"attempts": {}}, {"sessions": []}])
def test_another_envelope_is_no_page(body: Any) -> None:
    with pytest.raises(Unreadable, match="no attempts"):
        wire.read_attempts(as_json(body), DIGDAG)


@pytest.mark.parametrize("body", [None, [], {}, {"message": "x", "status": 404}])
def test_something_else_is_no_attempt(body: Any) -> None:
    with pytest.raises(Unreadable, match="something else"):
        wire.read_attempt(as_json(body), DIGDAG)


@pytest.mark.parametrize(
    "body",
    [b"", b'{"attempts": [', b"\xff\xfe\xff", b"nonsense", b'{"attempts": [' + b"[" * 5000, b"1" * 5000],
)
def test_broken_json_is_said_to_be_broken(body: bytes) -> None:
    for kind in ({"content-type": "application/json"}, {}):
        with pytest.raises(Unreadable, match=r"broken JSON|no attempts"):
            wire.read_attempts(Answer(200, kind, body), DIGDAG)


def test_a_web_page_in_place_of_json_is_known_by_its_type_and_never_shown() -> None:
    page = Answer(200, {"content-type": "text/html; charset=utf-8"}, b'{"attempts": []} <h1>Log in</h1>')
    with pytest.raises(Unreadable) as raised:
        wire.read_attempts(page, DIGDAG)
    assert str(raised.value) == (
        "Digdag at digdag.example.com:65432 answered with a web page in place of JSON: "
        "is WORKFLOW_URL right, or does a proxy stand between?"
    )
    assert raised.value.lasting


def test_json_with_parameters_or_without_a_type_is_json() -> None:
    for kind in (
        {"content-type": "application/json;charset=utf-8"},
        {"content-type": "Application/JSON"},
        {},
    ):
        assert wire.read_attempts(Answer(200, kind, b'{"attempts": []}'), DIGDAG) == Page(())


@pytest.mark.parametrize(
    ("known", "read"),
    [({9, 8, 7, 6}, [9, 6]), ({8}, [9, 7, 6]), ({9, 7}, [9, 8, 6]), (set(), [9, 8, 7, 6])],
)
def test_known_rows_are_left_out_but_for_those_that_say_how_far_a_page_goes(
    known: set[int], read: list[int]
) -> None:
    page = json.loads((RECORDINGS / "attempts-page.json").read_text("utf-8"))["response"]["body"]
    sent = [{**page["attempts"][0], "id": str(number)} for number in (9, 8, 7, 6)]
    answered = wire.read_attempts(as_json({"attempts": sent}), DIGDAG, known=frozenset(known))
    assert [row.id for row in answered.rows] == read
    assert (answered.size, answered.odd, answered.highest_id, answered.lowest_id) == (4, 0, 9, 6)
