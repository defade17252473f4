"""An attempt's status, from what the server says and from its flags."""

import json
from typing import Any

import pytest

from bot.api import wire
from bot.api.sites import HOSTED, Access
from bot.api.wire import Account, Answer
from bot.core.model import Attempt, Status

ACCOUNT = Account(HOSTED["us01"], Access())


def attempt(**fields: Any) -> Attempt:
    row = {
        "id": "7",
        "project": {"id": "1", "name": "shop"},
        "workflow": {"name": "load"},
        "sessionId": "5",
        "sessionTime": "2026-01-11T00:00:00+00:00",
        "createdAt": "2026-11-24T03:00:00Z",
        **fields,
    }
    answer = Answer(200, {"content-type": "application/json"}, json.dumps(row).encode())
    return wire.read_attempt(answer, ACCOUNT)


def flags(letters: str) -> dict[str, bool]:
    """`d` done, `s` success, `c` cancel requested; what is not named is false."""
    return {"done": "d" in letters, "success": "s" in letters, "cancelRequested": "c" in letters}


@pytest.mark.parametrize(
    ("said", "on", "status"),
    [
        # what the server says
        ("blocked", "", "blocked"),
        ("queued", "", "queued"),
        ("running", "", "running"),
        ("canceling", "c", "canceling"),
        ("success", "ds", "success"),
        ("error", "d", "error"),
        ("killed", "dc", "killed"),
        # running, but asked to cancel
        ("running", "c", "canceling"),
        ("canceling", "", "canceling"),
        ("queued", "c", "queued"),
        ("blocked", "c", "blocked"),
        # a server that says none
        (None, "", "running"),
        (None, "c", "canceling"),
        (None, "ds", "success"),
        (None, "dsc", "success"),
        (None, "dc", "killed"),
        (None, "d", "error"),
        # a word that is not known
        ("resting", "", "running"),
        ("resting", "c", "canceling"),
        ("ERROR", "d", "error"),
        ("paused", "ds", "success"),
        # a word that contradicts the flags
        ("running", "d", "error"),
        ("running", "ds", "success"),
        ("queued", "dc", "killed"),
        ("error", "", "running"),
        ("success", "c", "canceling"),
        # a word that agrees with being done
        ("error", "dc", "error"),
        ("killed", "d", "killed"),
    ],
)
def test_the_status_is_what_the_server_says_or_what_its_flags_say(
    said: str | None, on: str, status: str
) -> None:
    assert attempt(status=said, **flags(on)).status == status
    if said is None:
        assert attempt(**flags(on)).status == status


@pytest.mark.parametrize(
    ("said", "done", "success", "canceled"),
    [
        ("blocked", False, False, False),
        ("queued", False, False, False),
        ("running", False, False, False),
        ("canceling", False, False, True),
        ("success", True, True, False),
        ("error", True, False, False),
        ("killed", True, False, True),
    ],
)
def test_flags_that_are_missing_follow_from_the_status(
    said: str, done: bool, success: bool, canceled: bool
) -> None:
    read = attempt(status=said)
    assert (read.status, read.done, read.success, read.cancel_requested) == (said, done, success, canceled)


def test_all_seven_statuses_are_known() -> None:
    assert {str(status) for status in Status} == {
        *("blocked", "queued", "running", "canceling", "success", "error", "killed")
    }
