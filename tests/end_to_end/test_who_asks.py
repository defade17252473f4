"""Who is answered, and who is not."""

import logging
from dataclasses import replace

import pytest

from bot.playground.slack import OTHER_TEAM, Broken, RateLimited, Refuse
from bot.playground.slack.faults import Fault
from tests.end_to_end.staging import Stage, everything, header

UNTOLD = ("failed sessions", "boom", "sales / daily_load")


def says_nothing(text: str) -> bool:
    return not any(each in text for each in UNTOLD)


async def test_a_guest_is_refused_with_a_sentence(stage: Stage) -> None:
    message = await stage.ask("/sessions failed", user="gus")
    assert "guests" in message.text
    assert message.for_user == "U0GUEST"
    assert says_nothing(everything(message))
    assert stage.asked("/api/attempts") == []


async def test_an_outsider_of_a_shared_channel_is_refused(stage: Stage) -> None:
    message = await stage.ask("/sessions failed", user="olga", channel="#partners")
    assert "own workspace" in message.text
    assert says_nothing(everything(message))


async def test_an_outsiders_press_on_a_shared_message_is_refused(stage: Stage) -> None:
    public = await stage.ask("/sessions failed here", channel="#partners")
    await stage.press(public, "Next", user="olga")
    message = await stage.slack.next_message(user="olga")
    assert message.for_user == "U0OUTSIDE"
    assert "own workspace" in message.text
    assert stage.slack.current(public) == public


@pytest.mark.parametrize("field", ["team_id"])
async def test_another_workspaces_command_is_refused(stage: Stage, field: str) -> None:
    """A member's id, but a delivery of another team: with one token Bolt would answer it."""
    delivery = await stage.slack.command("ana", "#partners", "/sessions help")
    await stage.slack.next_message()
    form = delivery.payload | {field: OTHER_TEAM, "text": "failed", "trigger_id": "another"}
    await stage.slack.sender.send("command", form)
    message = await stage.slack.next_message()
    assert "own workspace" in message.text


async def test_a_deleted_user_is_refused(stage: Stage) -> None:
    ana = stage.slack.workspace.user("ana")
    stage.slack.workspace.set_user(replace(ana, deleted=True))
    message = await stage.ask("/sessions failed")
    assert "does not know you" in message.text
    assert says_nothing(everything(message))


@pytest.mark.parametrize("word", ["user_not_found", "user_not_visible"])
async def test_an_unknown_user_is_refused(stage: Stage, word: str) -> None:
    stage.slack.misbehave("users.info", Refuse(word))
    assert "does not know you" in (await stage.ask("/sessions failed")).text
    assert header(await stage.ask("/sessions failed")).startswith("23 failed")


@pytest.mark.parametrize("fault", [Broken(503), RateLimited(1), Refuse("missing_scope")])
async def test_a_standing_that_cannot_be_checked_is_not_assumed(
    stage: Stage, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    stage.slack.misbehave("users.info", fault, times=None)
    message = await stage.ask("/sessions failed")
    assert "could not check who you are" in message.text
    assert says_nothing(everything(message))
    assert stage.asked("/api/attempts") == []
    [line] = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert line.exc_info is None
    stage.slack.behave()
    assert header(await stage.ask("/sessions failed")).startswith("23 failed")


async def test_slack_is_asked_once_for_a_person(stage: Stage) -> None:
    for _ in range(3):
        await stage.ask("/sessions failed")
    assert len(stage.slack.calls_of("users.info")) == 1
