"""An account that fails or is slow: the answer says so and claims nothing."""

import logging
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answering import Times
from bot.playground.account import Lifelike
from bot.playground.account.auth import Forbidden, Key
from tests.end_to_end.staging import NOW, Stage, everything, failing, header, staged

NOT_FRESH = "This is not fresh"
CLAIMS = ("0 failed", "no failures", "Nothing failed", "All quiet")


def claims_nothing(text: str) -> bool:
    return not any(each in text for each in CLAIMS)


async def test_unreachable_says_so(mode: str, tmp_path: Path) -> None:
    fast = Times(clock=lambda: time.monotonic() * 5)
    async with staged(mode, tmp_path, failing(3), times=fast, WORKFLOW_URL="http://127.0.0.1:1") as stage:
        message = await stage.ask("/sessions failed")
        assert "could not ask the account" in message.text
        assert claims_nothing(everything(message))


@pytest.mark.parametrize("fault", ["drop", "html"])
async def test_an_account_that_fails_is_answered_from_the_copy_which_says_so(
    stage: Stage, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage.account.clock.move(timedelta(minutes=7))
    getattr(stage.account.faults, fault)()
    message = await stage.ask("/sessions failed")
    assert header(message) == "23 failed sessions · last 24 h"
    assert NOT_FRESH in everything(message)
    assert NOT_FRESH in message.text
    assert "as of 13:00:00 Europe/Berlin · 7 min ago" in everything(message)
    assert all(each.exc_info is None for each in caplog.records if each.levelno >= logging.WARNING)


async def test_a_file_is_refused_where_it_could_not_be_fresh(stage: Stage) -> None:
    stage.account.faults.status(403)
    message = await stage.ask("/sessions failed csv")
    assert "could not ask the account" in message.text
    assert stage.slack.workspace.files == {}


async def test_an_account_that_comes_back_is_asked_again(stage: Stage) -> None:
    stage.account.faults.status(500)
    assert NOT_FRESH in everything(await stage.ask("/sessions failed"))
    stage.account.faults.clear()
    answer = everything(await stage.ask("/sessions failed"))
    assert "23 failed" in answer
    assert NOT_FRESH not in answer


@pytest.mark.parametrize("auth", [Key("9/other"), Forbidden()])
async def test_a_key_refused_at_question_time_is_named(stage: Stage, auth: Key | Forbidden) -> None:
    stage.account.auth = auth
    message = await stage.ask("/sessions failed")
    assert "TD_API_KEY" in message.text
    assert NOT_FRESH in message.text


async def test_pages_that_were_kept_can_be_turned_without_the_account(stage: Stage) -> None:
    first = await stage.ask("/sessions failed")
    stage.account.faults.drop()
    await stage.press(first, "Next")
    changed = await stage.slack.changed(first)
    assert "page 2 of 3" in everything(changed)
    assert header(changed) == "23 failed sessions · last 24 h"


async def test_a_redraw_from_the_copy_says_so(stage: Stage) -> None:
    message = await stage.ask("/sessions failed")
    stage.account.faults.status(403)
    await stage.choose(message, "window", "last hour")
    changed = await stage.slack.changed(message)
    assert header(changed) == "23 failed sessions · last hour"
    assert NOT_FRESH in everything(changed)


async def test_a_slow_account_is_answered_for_what_was_read_in_ten_seconds(mode: str, tmp_path: Path) -> None:
    """Five times as fast: each request takes two of the bot's seconds."""
    fast = Times(clock=lambda: time.monotonic() * 5)
    history = Lifelike(1, sessions=60_000, anchor=NOW)
    async with staged(mode, tmp_path, history, times=fast, settle=False) as stage:
        stage.account.faults.slow(0.4)
        message = await stage.ask("/sessions failed 30d")
        assert "Incomplete" in message.text
        assert "Read back to" in message.text
        assert claims_nothing(everything(message))
