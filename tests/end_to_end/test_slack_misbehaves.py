"""A Slack that drops, fails, slows down or refuses: nothing is said twice, each is one line in the log."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.playground.slack import Broken, Drop, Message, Refuse, SteppedClock
from bot.playground.slack.faults import Fault
from tests.end_to_end.staging import HERE, Stage, everything, failing, header, staged

HEADER = "23 failed sessions · last 24 h"


@pytest.fixture(autouse=True)
def one_line(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever happens here is foreseen: one line, no traceback."""
    yield
    lines = [each for each in caplog.get_records("call") if each.levelno >= logging.WARNING]
    assert len(lines) == 1, lines
    assert lines[0].exc_info is None
    assert "\n" not in lines[0].getMessage()


async def answers(stage: Stage, channel: str = HERE) -> list[Message]:
    """The bot's messages once a later question has been answered, without that answer."""
    await stage.slack.command("kenji", channel, "/sessions help")
    await stage.slack.wait_for(
        lambda: [each for each in of_bot(stage, channel) if each.for_user == "U0KENJI"]
    )
    return [each for each in of_bot(stage, channel) if each.for_user != "U0KENJI"]


def of_bot(stage: Stage, channel: str) -> list[Message]:
    return [each for each in stage.slack.messages(channel) if each.via != "person"]


@pytest.mark.parametrize(
    ("fault", "shown"), [(Drop(after=True), 1), (Broken(503, after=True), 1), (Broken(500), 0)]
)
async def test_an_unclear_outcome_is_not_repeated(stage: Stage, fault: Fault, shown: int) -> None:
    stage.slack.misbehave("response_url", fault)
    await stage.slack.command("ana", HERE, "/sessions failed")
    await stage.slack.wait_for(lambda: stage.slack.url_posts)
    assert len(await answers(stage)) == shown
    assert len(stage.slack.url_posts) == 2
    assert stage.slack.calls_of("chat.postEphemeral") == []


async def test_a_redraw_that_was_dropped_is_not_repeated(stage: Stage) -> None:
    message = await stage.ask("/sessions failed")
    stage.slack.misbehave("response_url", Drop(after=True))
    await stage.press(message, "Next")
    assert "page 2 of 3" in everything(await stage.slack.changed(message))
    assert len(await answers(stage)) == 1
    assert len(stage.slack.url_posts) == 3


@pytest.mark.parametrize("error", ["used_url", "expired_url"])
async def test_where_the_response_url_is_used_up_it_is_posted_anew(stage: Stage, error: str) -> None:
    stage.slack.misbehave("response_url", Refuse(error))
    message = await stage.ask("/sessions failed")
    assert (header(message), message.for_user, message.via) == (HEADER, "U0ANA", "chat.postEphemeral")


async def test_a_public_answer_is_posted_anew_for_all(stage: Stage) -> None:
    stage.slack.misbehave("response_url", Refuse("used_url"))
    message = await stage.ask("/sessions failed here")
    assert (header(message), message.for_user, message.via) == (HEADER, None, "chat.postMessage")


async def test_where_the_bot_is_no_member_it_comes_by_dm(stage: Stage) -> None:
    stage.slack.misbehave("response_url", Refuse("used_url"))
    message = await stage.ask("/sessions failed", channel="#sales")
    assert header(message) == HEADER
    assert message.channel == stage.slack.dm_of("ana").id


async def test_an_answer_that_came_after_half_an_hour(mode: str, tmp_path: Path) -> None:
    clock = SteppedClock()
    async with staged(mode, tmp_path, failing(23), slack_clock=clock) as stage:
        fault = stage.account.faults.slow(0.3, "/api/attempts")
        assert (await stage.slack.command("ana", HERE, "/sessions failed")).ok
        clock.move(31 * 60)
        stage.account.faults.off(fault)
        assert (await stage.slack.next_message(user="ana")).via == "chat.postEphemeral"
        assert stage.slack.url_posts[0].error == "expired_url"


@pytest.mark.parametrize("block", ["header", "actions", "context"])
async def test_refused_blocks_leave_the_plain_text(stage: Stage, block: str) -> None:
    stage.slack.refuse_block(block)
    message = await stage.ask("/sessions failed")
    assert message.blocks == ()
    assert message.text.startswith(HEADER)
    assert "boom 23" in message.text
    assert message.for_user == "U0ANA"
    assert [each.error for each in stage.slack.url_posts] == ["invalid_blocks", None]
