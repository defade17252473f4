"""Which task's error is the reason, in what a real Digdag recorded and in what it may yet send."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.api import wire
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account, Answer
from bot.core.diagnosis import error_text, first_line, root_errors
from bot.core.model import Task

RECORDINGS = Path(__file__).parents[1] / "recordings"
DIGDAG = Account(self_hosted("http://digdag.test"), Access())


def recorded(name: str, step: int = 0) -> tuple[Task, ...]:
    conversation = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    response = conversation.get("steps", [conversation])[step]["response"]
    return wire.read_tasks(Answer(200, {}, json.dumps(response["body"]).encode()), DIGDAG).rows


def told(tasks: tuple[Task, ...]) -> list[tuple[int, str, str]]:
    return [(task.id, task.full_name, first_line(error_text(task))) for task in root_errors(tasks)]


NOTHING: list[tuple[int, str, str]] = []
RECORDED: dict[str, list[tuple[int, str, str]]] = {
    "tasks-fail": [(19, "+fail+load", "boom")],
    "tasks-sh-exit3": [(22, "+sh_exit3+extract", "Command failed with code 3 (runtime)")],
    "tasks-bad-expr": [
        (
            116,
            "+bad_expr+calc",
            "Failed to evaluate a variable ${nothing_here.value} "
            "(ReferenceError: nothing_here is not defined) (config)",
        )
    ],
    "tasks-bad-operator": [(118, "+bad_operator+x", "Unknown task type: no_such_thing (config)")],
    "tasks-call": [(67, "+call+run_child^sub+inside", "child says no")],
    "tasks-loop": [(111, "+loop+rounds^sub+loop-1+work^sub+ng", "round 1 broke")],
    "tasks-each": [(84, "+each+shops^sub+for-0=shop=1=osaka+sync", "Command failed with code 1 (runtime)")],
    "tasks-japanese": [(126, "+uriage+check", "売上ファイルが空です ☃")],
    "tasks-special-names": [(72, "+a&b@c`d`_%20=[1]+x@y`z&w=[1]%20", "<!channel> & *bold* `code` </script>")],
    "tasks-sla": [(131, "+sla^sla^fail", "SLA violation")],
    "tasks-require": [(63, "+require+need", "Dependent workflow failed. Session id: 18, attempt id: 20")],
    # branches side by side: the earliest first, of the same second the smaller id
    "tasks-parallel": [
        (26, "+parallel+branches+south", "south has no data"),
        (27, "+parallel+branches+east", "Command failed with code 2 (runtime)"),
        (30, "+parallel+branches+west+inner+load", "Command failed with code 1 (runtime)"),
    ],
    "tasks-running-with-error": [(1701, "+slow_parallel+branches+bad", "bad branch")],
    # the handler's own failure is not the reason
    "tasks-error-hook": [(45, "+error_hook+load", "Command failed with code 5 (runtime)")],
    "tasks-error-hook-fails": [(49, "+error_hook_fails+load", "the real reason")],
    # of copies the newest counts
    "tasks-retry-group": [(100, "+retry_group+stage+verify", "checksum differs")],
    "tasks-retry-task": [(43, "+retry_task+verify", "checksum differs")],
    "tasks-retry-recover": NOTHING,
    # nothing failed itself
    "tasks-300": NOTHING,
    "tasks-300-running": NOTHING,
    "tasks-export": NOTHING,
    "tasks-http": NOTHING,
    "tasks-killed": NOTHING,
    "tasks-killed-at-once": NOTHING,
    "tasks-not-started": NOTHING,
    "tasks-ok": NOTHING,
    "tasks-require-ignore": NOTHING,
    "tasks-running": NOTHING,
}


@pytest.mark.parametrize(("name", "errors"), RECORDED.items(), ids=list(RECORDED))
def test_the_reason_of_a_recorded_failure(name: str, errors: list[tuple[int, str, str]]) -> None:
    assert told(recorded(name)) == errors


def test_no_recorded_failure_is_forgotten() -> None:
    names = {file.stem for file in RECORDINGS.glob("tasks-*.json")}
    assert names == set(RECORDED)


@pytest.mark.parametrize(
    ("name", "step", "reason"),
    [
        ("life-error-hook", 3, "the load is broken"),
        ("life-error-hook", 7, "the load is broken"),
        ("life-error-resume-success", 3, "input file is missing"),
        ("life-error-resume-success", 9, None),
        ("life-group-retry", 6, None),
        ("life-group-retry", 16, "two is broken"),
        ("life-parallel", 4, "bad branch"),
        ("life-parallel", 12, "bad branch"),
        ("life-task-retry", 3, None),
        ("life-task-retry", 8, "Command failed with code 4 (runtime)"),
        ("life-kill-shell", 11, None),
        ("life-timeout-killed", 4, None),
    ],
)
def test_the_reason_while_an_attempt_lives(name: str, step: int, reason: str | None) -> None:
    assert [line for _, _, line in told(recorded(name, step))][:1] == ([reason] if reason else [])


def task(
    number: int, name: str, state: str = "error", second: int | None = 0, message: str | None = "no"
) -> Task:
    updated = None if second is None else datetime(2026, 11, 24, 3, 0, second, tzinfo=UTC)
    error = {} if message is None else {"message": message}
    return Task(id=number, full_name=name, state=state, updated_at=updated, error=error)


@pytest.mark.parametrize(
    ("tasks", "ids"),
    [
        ([], []),
        ([task(2, "+w+b", second=1), task(3, "+w+a", second=0)], [3, 2]),
        ([task(3, "+w+b"), task(2, "+w+a")], [2, 3]),
        ([task(2, "+w+a", second=None), task(3, "+w+b", second=9)], [3, 2]),
        # an old error does not outlive a newer copy, whatever its state
        ([task(2, "+w+a"), task(5, "+w+a", "success", message=None)], []),
        ([task(5, "+w+a", "running", message=None), task(2, "+w+a")], []),
        ([task(2, "+w+a"), task(5, "+w+a", "blocked", message=None), task(3, "+w+b")], [3]),
        # a failed task is planned while its handlers run; who has failed comes first
        ([task(2, "+w+a", "planned")], [2]),
        ([task(2, "+w+a", "planned", 0), task(3, "+w+b", "error", 5)], [3, 2]),
        ([task(2, "+w+a", "planned"), task(3, "+w+a^error+tell", "error")], [2]),
        # handlers are named where nothing else failed
        ([task(2, "+w^error+tell")], [2]),
        ([task(2, "+w^failure-alert")], [2]),
        ([task(2, "+w^failure-alert", second=0), task(3, "+w+a", second=9)], [3]),
        # neither canceled nor waiting tasks have failed
        ([task(2, "+w+a", "canceled"), task(3, "+w+b", "retry_waiting")], []),
        ([task(2, "+w", "group_error", message=None), task(3, "+w+b", message=None)], []),
    ],
)
def test_which_errors_are_the_reasons_and_in_which_order(tasks: list[Task], ids: list[int]) -> None:
    assert [found.id for found in root_errors(tasks)] == ids
    assert [found.id for found in root_errors(reversed(tasks))] == ids


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ({"message": " boom \n"}, "boom"),
        ({"message": "one\ntwo", "stacktrace": "a.b.C.m(F.java:1), d"}, "one\ntwo"),
        ({"message": "password=hunter2"}, "password=[redacted]"),
        ({"stacktrace": "a.b.C.m(F.java:1), d.E.f(G.java:2)"}, "a.b.C.m(F.java:1)"),
        ({"reason": "no table", "table": "sales"}, "reason: no table\ntable: sales"),
        ({"message": "", "reason": "no table"}, "reason: no table"),
        ({"message": 5}, "message: 5"),
        ({"message": None, "token": "abc"}, "token: [redacted]"),
        ({}, ""),
    ],
)
def test_the_text_of_an_error_is_whole_and_without_secrets(error: dict[str, Any], text: str) -> None:
    assert error_text(Task(id=1, full_name="+w+a", state="error", error=error)) == text


def test_a_long_text_is_not_cut() -> None:
    assert len(error_text(task(1, "+w+a", message="x" * 9000))) == 9000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("boom", "boom"),
        ("\n \n  two  words \nthree", "two words"),
        ("a\rb", "a"),
        ("売上\u2028が", "売上"),
    ],
)
def test_the_first_line_is_the_first_that_says_something(text: str, line: str) -> None:
    assert first_line(text) == line
