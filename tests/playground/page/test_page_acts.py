"""What one person does on the page, and what they are told of it."""

from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.page import Page
from bot.playground.slack import LocalSlack
from tests.playground.page.conftest import ALERTS, AtPage, Switches, live

BUTTON: dict[str, Any] = {
    "type": "actions",
    "block_id": "row",
    "elements": [
        {"type": "button", "action_id": "go", "value": "1", "text": {"type": "plain_text", "text": "Go"}}
    ],
}
FORM: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "words", "min_length": 2},
        },
        {
            "type": "input",
            "block_id": "when",
            "optional": True,
            "label": {"type": "plain_text", "text": "When"},
            "element": {"type": "datetimepicker", "action_id": "at"},
        },
    ],
}


async def opened(ana: AtPage, slack: LocalSlack, client: AsyncWebClient) -> str:
    """A dialog on Ana's page; its id."""
    await ana.act("send", channel=ALERTS, text="/tiny", thread_ts=None)
    (asked,) = slack.deliveries
    await client.views_open(trigger_id=asked.payload["trigger_id"], view=FORM)
    view = await ana.until(lambda state: state["views"])
    return str(view[0]["id"])


async def test_a_message_is_said_in_the_channel_and_in_a_thread(ana: AtPage) -> None:
    assert (await ana.act("send", channel=ALERTS, text=" hello & @kenji ", thread_ts=None))["ok"]
    await ana.until(lambda _: ana.texts() == ["hello &amp; <@U0KENJI>"])
    root = ana.state["messages"][ALERTS][0]["ts"]
    assert (await ana.act("send", channel=ALERTS, text="reply", thread_ts=root))["ok"]
    await ana.until(lambda _: len(ana.texts()) == 2)
    assert ana.state["messages"][ALERTS][0]["reply_count"] == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"text": "  "}, "There is nothing to send."),
        ({"text": "/nope at all"}, "/nope is not a valid command."),
        ({"text": "/tiny", "thread_ts": "1.2"}, "/tiny is not supported in threads."),
        ({"text": "hi", "channel": "C0NONE"}, "No channel C0NONE."),
        ({"text": "hi", "channel": 7}, "No channel 7."),
        ({"text": None, "channel": None}, "No channel None."),
    ],
)
async def test_what_slack_would_not_let_one_send_is_said(
    ana: AtPage, given: Mapping[str, Any], told: str
) -> None:
    done = await ana.act("send", **{"channel": ALERTS, "thread_ts": None, **given})
    assert (done["ok"], done["error"]) == (False, told)


async def test_a_channel_that_one_is_not_in_takes_no_message(ana: AtPage) -> None:
    await ana.hello("U0KENJI")
    done = await ana.act("send", channel="C0SECRET", text="hi", thread_ts=None)
    assert done["error"] == "Kenji is not in incidents."


@pytest.mark.parametrize(
    "act",
    [
        {"act": "dance"},
        {"act": "send"},
        {"act": "press", "surface": None, "block_id": "row", "action_id": "go"},
        {"act": "press", "surface": {"kind": "moon"}, "block_id": "row", "action_id": "go"},
        {"act": "choose", "surface": {"kind": "home"}, "block_id": [], "action_id": {}, "value": {}},
        {"act": "submit", "view": "V1", "values": 3},
        {"act": "panel", "do": "clock", "minutes": -5},
        {"act": "panel", "do": "clock", "minutes": 10**9},
        {"act": "panel", "do": "nothing"},
    ],
)
async def test_nonsense_is_answered_and_harms_nothing(ana: AtPage, act: Mapping[str, Any]) -> None:
    done = await ana.act(**act)
    assert done["ok"] is False
    assert done["error"].endswith(".")
    assert (await ana.act("send", channel=ALERTS, text="still here", thread_ts=None))["ok"]


async def test_a_press_carries_its_ids_to_the_app(
    ana: AtPage, slack: LocalSlack, client: AsyncWebClient
) -> None:
    said = await client.chat_postMessage(channel=ALERTS, text="press", blocks=[BUTTON])
    surface = {"kind": "message", "channel": ALERTS, "ts": str(said["ts"])}
    assert (await ana.act("press", surface=surface, block_id="row", action_id="go"))["ok"]
    (delivery,) = slack.deliveries
    assert delivery.payload["user"]["id"] == "U0ANA"
    (action,) = delivery.payload["actions"]
    assert (action["block_id"], action["action_id"], action["value"]) == ("row", "go", "1")
    gone = await ana.act("press", surface={**surface, "ts": "1.1"}, block_id="row", action_id="go")
    assert gone["error"] == "That message is gone."
    other = await ana.act("press", surface=surface, block_id="row", action_id="stop")
    assert other["ok"] is False


async def test_a_dialog_is_checked_before_it_is_sent(
    ana: AtPage, slack: LocalSlack, client: AsyncWebClient
) -> None:
    view = await opened(ana, slack, client)
    done = await ana.act("submit", view=view, values={"name": {"words": ""}})
    assert done["errors"] == {"name": "Please fill this required field."}
    done = await ana.act("submit", view=view, values={"name": {"words": "x"}})
    assert done["errors"] == {"name": "Too short or too long."}
    filled = {"name": {"words": "daily"}, "when": {"at": 1_795_000_000}}
    assert (await ana.act("submit", view=view, values=filled))["ok"]
    sent = slack.deliveries[-1].payload["view"]["state"]["values"]
    assert sent["name"]["words"]["value"] == "daily"
    assert sent["when"]["at"]["selected_date_time"] == 1_795_000_000


async def test_a_dialog_is_shown_and_closed(ana: AtPage, slack: LocalSlack, client: AsyncWebClient) -> None:
    view = await opened(ana, slack, client)
    shown = ana.state["views"][0]
    assert (shown["type"], shown["title"], shown["submit"], shown["close"]) == ("modal", "Form", "Save", None)
    assert shown["state"]["values"]["name"]["words"]["value"] is None
    assert (await ana.hello("U0KENJI"))["views"] == []
    assert (await ana.act("close", view=view))["error"] == "That dialog is not open."
    await ana.hello("U0ANA")
    assert (await ana.act("close", view=view))["ok"]
    await ana.until(lambda state: state["views"] == [])


async def test_the_home_tab_is_opened_and_shown(
    ana: AtPage, slack: LocalSlack, client: AsyncWebClient
) -> None:
    assert ana.state["home"] is None
    assert (await ana.act("home"))["ok"]
    assert slack.deliveries[-1].payload["event"]["type"] == "app_home_opened"
    await client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [BUTTON]})
    home = await ana.until(lambda state: state["home"])
    assert (home["type"], home["title"], home["blocks"][0]["block_id"]) == ("home", "", "row")
    assert (await ana.act("press", surface={"kind": "home"}, block_id="row", action_id="go"))["ok"]


async def test_the_panel_is_pressed_and_everyone_sees_it(
    ana: AtPage, page: Page, session: ClientSession, panel: Switches
) -> None:
    async with session.ws_connect(live(page)) as ws:
        kenji = AtPage(ws)
        await kenji.hello("U0KENJI")
        assert (await ana.act("panel", do="fail"))["ok"]
        await kenji.until(lambda state: state["panel"]["buttons"][0]["on"])
    assert (await ana.act("panel", do="clock", minutes=60))["ok"]
    assert panel.pressed == [("fail", None), ("clock", 60)]
