"""Deliveries that came before are known."""

from typing import Any

import pytest

from bot.slack.duplicates import KEPT_DELIVERIES, KEPT_SECONDS, Duplicates

COMMAND = {"command": "/sessions", "text": "failed", "trigger_id": "1.2.a"}
EVENT = {"type": "event_callback", "event_id": "Ev1", "event_time": 1}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (COMMAND, dict(reversed(COMMAND.items())), True),
        (COMMAND, COMMAND | {"trigger_id": "1.2.b"}, False),
        (COMMAND, COMMAND | {"text": "killed"}, False),
        (EVENT, EVENT | {"event_time": 2}, True),
        (EVENT, EVENT | {"event_id": "Ev2"}, False),
        ({}, {}, True),
    ],
)
def test_what_is_the_same_delivery(first: dict[str, Any], second: dict[str, Any], *, same: bool) -> None:
    duplicates = Duplicates(Clock())
    assert not duplicates.seen(first)
    assert duplicates.seen(second) is same


def test_it_is_forgotten_after_ten_minutes() -> None:
    clock = Clock()
    duplicates = Duplicates(clock)
    duplicates.seen(COMMAND)
    clock.now = KEPT_SECONDS - 1
    assert duplicates.seen(COMMAND)
    clock.now = KEPT_SECONDS + 1
    assert not duplicates.seen(COMMAND)


def test_it_keeps_no_more_than_it_has_room_for() -> None:
    duplicates = Duplicates(Clock())
    for number in range(KEPT_DELIVERIES + 1):
        duplicates.seen({"event_id": str(number)})
    assert not duplicates.seen({"event_id": "0"})
    assert duplicates.seen({"event_id": str(KEPT_DELIVERIES)})
