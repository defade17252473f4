"""The Home tab in Slack: opened, refreshed, and what its buttons do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.blocks.message import Message
from bot.blocks.terminal import rendered
from bot.playground.account import Written
from bot.playground.slack import Broken, Refuse, View
from tests.end_to_end.staging import MINUTE, NOW, Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """`broken` fails still, `mended` went well since, `quiet` never failed."""
    history = Written()
    for ago, workflow, outcome in (
        (90, "mended", "error"),
        (80, "broken", "success"),
        (70, "broken", "error"),
        (60, "mended", "success"),
        (50, "broken", "error"),
        (45, "broken", "killed"),
        (40, "quiet", "success"),
    ):
        history.run("sales", workflow, created=NOW - ago * MINUTE, outcome=outcome)
    async with staged("socket", tmp_path, history) as stage:
        yield stage


async def home(stage: Stage, user: str = "ana") -> View:
    """Open the tab; what is drawn then."""
    await stage.slack.open_home(user)
    return await redrawn(stage, 0, user)


async def redrawn(stage: Stage, version: int, user: str = "ana") -> View:
    def newer() -> View | None:
        view = stage.slack.home(user)
        return view if view and view.version > version else None

    return await stage.slack.wait_for(newer, 15)


def text(view: View) -> str:
    return rendered(Message("", view.blocks))


async def test_it_shows_what_fails_now_and_help(stage: Stage) -> None:
    shown = text(await home(stage))
    assert shown.startswith("1 workflow failing\n\n3 failed sessions of 7 finished, 42.9 % succeeded")
    assert "🔴 failing · sales / broken  [Details]\n2 failed sessions · last 12:11 · 2nd in a row" in shown
    assert "🟢 succeeded since · sales / mended" in shown
    assert "/ quiet" not in shown
    assert "What you can ask" in shown


async def test_details_open_as_a_dialog(stage: Stage) -> None:
    view = await home(stage)
    action = next(block["accessory"]["action_id"] for block in view.blocks if "accessory" in block)
    await stage.slack.press("ana", view, action_id=action)
    dialog = await stage.slack.wait_for(lambda: stage.slack.dialog("ana"))
    shown = text(dialog)
    assert "🔴 failed · sales / broken" in shown
    assert "boom" in shown
    assert "[Open in console" in shown
    assert "Share in channel" not in shown
    assert stage.slack.notices == []


async def test_where_no_dialog_opens_details_go_to_the_direct_messages(stage: Stage) -> None:
    view = await home(stage)
    stage.slack.misbehave("views.open", Refuse("expired_trigger_id"))
    action = next(block["accessory"]["action_id"] for block in view.blocks if "accessory" in block)
    await stage.slack.press("ana", view, action_id=action)
    message = await stage.slack.next_message(user="ana")
    assert message.channel == stage.slack.dm_of("ana").id
    assert "sales / broken" in message.text


async def test_a_dialog_whose_opening_is_unclear_is_not_said_twice(stage: Stage) -> None:
    view = await home(stage)
    stage.slack.misbehave("views.open", Broken(after=True))
    action = next(block["accessory"]["action_id"] for block in view.blocks if "accessory" in block)
    await stage.slack.press("ana", view, action_id=action)
    await stage.slack.wait_for(lambda: stage.slack.dialog("ana"))
    assert stage.slack.calls_of("chat.postMessage") == []


async def test_refresh_draws_it_anew_in_its_place(stage: Stage) -> None:
    view = await home(stage)
    history = stage.account.history
    assert isinstance(history, Written)
    history.run("sales", "fresh", created=NOW - 2 * MINUTE, outcome="error")
    await stage.slack.press("ana", view, text="Refresh")
    again = await redrawn(stage, view.version)
    assert "sales / fresh" in text(again)
    assert again.id == view.id


async def test_a_blind_tab_never_says_that_all_is_well(stage: Stage) -> None:
    stage.account.faults.status(500)
    shown = text(await home(stage))
    assert "I could not ask the account" in shown or "This is not fresh." in shown
    assert "No workflow is failing" not in shown
    assert "[Refresh]" in shown


async def test_a_guest_is_told_that_they_are_not_answered(stage: Stage) -> None:
    shown = text(await home(stage, "gus"))
    assert shown == "Lookout does not answer guests of this workspace: ask a full member to share the answer."


async def test_the_messages_tab_draws_nothing(stage: Stage) -> None:
    await stage.slack.open_home("ana", tab="messages")
    await stage.ask("/lookout help")
    assert stage.slack.calls_of("views.publish") == []
