"""The Home tab as blocks."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.fit import fits
from bot.blocks.footer import Freshness
from bot.blocks.message import Message
from bot.blocks.terminal import rendered
from bot.commands import COMMANDS
from bot.core.coverage import Coverage
from bot.core.model import Attempt, Status
from bot.features.home.views import Failing, Overview, home_blocks, troubled_blocks
from bot.playground.slack.blocks import check_blocks

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FRESH = Freshness(Coverage(NOW), NOW, ZoneInfo("Europe/Berlin"), "us01")
QUIET = Overview((), "last 24 h", finished=204, killed=0, rate=1.0, fresh=FRESH)


def failing(number: int, **given: Any) -> Failing:
    at = NOW - timedelta(minutes=number)
    attempt = Attempt(number, 1000 + number, 1, "sales", f"load_{number}", at, Status.ERROR, at)
    return replace(Failing("sales", f"load_{number}", 2, attempt, at, streak=2), **given)


def with_rows(*rows: Failing) -> Overview:
    return replace(QUIET, rows=rows, killed=3, rate=0.991)


def text(seen: Overview) -> str:
    return rendered(Message("", home_blocks(seen, COMMANDS)))


def test_what_fails_comes_first_then_help() -> None:
    shown = text(with_rows(failing(1)))
    assert shown.startswith("1 workflow failing\n\n2 failed sessions of 204 finished, 99.1 % succeeded")
    assert "3 killed · last 24 h" in shown
    assert "🔴 failing · sales / load_1  [Details]\n2 failed sessions · last 12:59 · 2nd in a row" in shown
    assert "as of 13:00:00 Europe/Berlin · 0 s ago · us01" in shown
    assert shown.index("as of") < shown.index("What you can ask") < shown.index("/sessions failed sales")


def test_what_has_succeeded_since_is_not_called_failing() -> None:
    shown = text(with_rows(failing(1, streak=0)))
    assert shown.startswith("No workflow is failing")
    assert "🟢 succeeded since · sales / load_1" in shown


def test_the_error_of_what_fails_stands_below_it() -> None:
    shown = text(with_rows(failing(1, error="boom"), failing(2, streak=0, error="mended")))
    assert "in a row\n`boom`" in shown
    assert "mended" not in shown
    assert "could not be read" not in shown


def test_an_error_that_was_not_read_is_not_taken_for_none() -> None:
    assert "in a row\nits error could not be read" in text(with_rows(failing(1)))
    assert "could not be read" not in text(with_rows(failing(1, error="")))
    for coverage in (Coverage(NOW, feed="sessions"), Coverage(NOW, copied=True)):
        seen = replace(with_rows(failing(1)), fresh=replace(FRESH, coverage=coverage))
        assert "could not be read" not in text(seen)


def test_a_quiet_day_says_so() -> None:
    assert text(QUIET).startswith("No workflow is failing\n\n0 failed sessions of 204 finished, 100 %")


def test_nothing_is_called_quiet_that_was_not_read() -> None:
    coverage = Coverage(NOW, since=NOW - timedelta(hours=2), trouble="The API is slow.")
    shown = text(replace(QUIET, fresh=replace(FRESH, coverage=coverage)))
    assert "No workflow is failing" not in shown
    assert "Incomplete." in shown
    assert "the API is slow" in shown


def test_more_than_ten_are_counted_with_what_to_type() -> None:
    shown = text(with_rows(*(failing(number) for number in range(13))))
    assert shown.startswith("13 workflows failing")
    assert shown.count("[Details]") == 10
    assert "+3 more workflows: type `/sessions failed by workflow`" in shown


def test_details_ask_for_the_newest_failed_session() -> None:
    blocks = home_blocks(with_rows(failing(1)), COMMANDS)
    (button,) = [block["accessory"] for block in blocks if "accessory" in block]
    assert button["value"] == "sessions #1001"
    assert button["accessibility_label"] == "Details of #1001, sales / load_1"


def test_commands_carry_the_prefix() -> None:
    shown = rendered(Message("", home_blocks(with_rows(failing(1)), COMMANDS, "dev-")))
    assert "/dev-sessions failed" in shown
    assert "`/sessions" not in shown


def test_in_trouble_it_can_be_tried_again() -> None:
    blocks = troubled_blocks([{"type": "divider"}], COMMANDS)
    assert "[Refresh]" in rendered(Message("", blocks))
    assert check_blocks(list(blocks), "home") == []


@pytest.mark.parametrize("name", ["x" * 255, "<!channel> *b* `c`", "売上 " * 80, "", "&" * 255])
def test_slack_takes_it_whatever_the_names(name: str) -> None:
    url = "https://console.test/" + "9" * 100
    rows = (failing(number, project=name, workflow=name, url=url) for number in range(30))
    blocks = home_blocks(with_rows(*rows), COMMANDS)
    assert check_blocks(list(blocks), "home") == []
    assert fits(blocks)
    assert "<!channel>" not in str(blocks)
    assert Counter(block["type"] for block in blocks)["header"] == 2
