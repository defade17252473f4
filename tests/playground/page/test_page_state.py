"""What one person sees."""

from typing import Any

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.page import Page
from bot.playground.slack import LocalSlack
from tests.playground.page.conftest import ALERTS, AtPage, live

MENU: dict[str, Any] = {
    "type": "actions",
    "block_id": "menus",
    "elements": [
        {
            "type": "static_select",
            "action_id": "status",
            "placeholder": {"type": "plain_text", "text": "Status"},
            "options": [
                {"text": {"type": "plain_text", "text": word}, "value": word} for word in ("all", "failed")
            ],
        }
    ],
}


async def test_a_new_page_is_the_first_person_s(page: Page, session: ClientSession) -> None:
    async with session.ws_connect(live(page)) as ws:
        assert (await AtPage(ws).hello(""))["me"] == "U0ANA"


async def test_a_member_s_channels_begin_with_alerts_and_end_with_the_bot(ana: AtPage) -> None:
    channels = ana.state["channels"]
    assert [one["name"] for one in channels] == [
        *("data-alerts", "sales", "random", "incidents", "partners", "Tiny"),
    ]
    assert {one["name"]: one["kind"] for one in channels} == {
        "data-alerts": "channel",
        "sales": "channel",
        "random": "channel",
        "incidents": "private",
        "partners": "shared",
        "Tiny": "dm",
    }
    assert [one["bot_member"] for one in channels] == [True, False, False, True, True, True]


async def test_guests_and_outsiders_see_their_own_channels_alone(ana: AtPage) -> None:
    guest = await ana.hello("U0GUEST")
    assert [one["name"] for one in guest["channels"]] == ["data-alerts", "Tiny"]
    outsider = await ana.hello("U0OUTSIDE")
    assert [one["name"] for one in outsider["channels"]] == ["partners"]
    assert outsider["home_enabled"] is False
    kinds = {one["name"]: (one["guest"], one["outsider"], one["bot"]) for one in outsider["users"]}
    assert kinds["gus"] == (True, False, False)
    assert kinds["olga"] == (False, True, False)
    assert kinds["tiny"] == (False, False, True)


async def test_commands_are_the_manifest_s(ana: AtPage) -> None:
    assert ana.state["commands"] == [{"command": "/tiny", "hint": "help", "description": "Small"}]


async def test_a_message_arrives_and_changes_in_its_place(ana: AtPage, client: AsyncWebClient) -> None:
    said = await client.chat_postMessage(channel=ALERTS, text="one")
    await client.chat_postMessage(channel=ALERTS, text="two")
    await ana.until(lambda _: ana.texts() == ["one", "two"])
    await client.chat_update(channel=ALERTS, ts=str(said["ts"]), text="first")
    await ana.until(lambda _: ana.texts() == ["first", "two"])
    message = ana.state["messages"][ALERTS][0]
    assert message["author"] == {"id": "U0LOOKOUT", "name": "Tiny", "bot": True}
    assert (message["edited"], message["version"], message["ephemeral"]) == (True, 2, False)
    assert abs(message["time"] - ana.state["now"]) < 60


async def test_what_is_for_another_alone_is_not_shown(ana: AtPage, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=ALERTS, user="U0ANA", text="for Ana")
    await ana.until(lambda _: ana.texts() == ["for Ana"])
    assert ana.state["messages"][ALERTS][0]["ephemeral"] is True
    await ana.hello("U0KENJI")
    assert ana.texts() == []
    await ana.hello("U0ANA")
    assert ana.texts() == ["for Ana"]


async def test_a_thread_is_counted_at_its_first_message(ana: AtPage, client: AsyncWebClient) -> None:
    root = str((await client.chat_postMessage(channel=ALERTS, text="root"))["ts"])
    await client.chat_postMessage(channel=ALERTS, text="reply", thread_ts=root)
    await ana.until(lambda _: ana.texts() == ["root", "reply"])
    first, second = ana.state["messages"][ALERTS]
    assert (first["reply_count"], second["thread_ts"]) == (1, root)


async def test_a_choice_stays_with_who_made_it(ana: AtPage, client: AsyncWebClient) -> None:
    said = await client.chat_postMessage(channel=ALERTS, text="menu", blocks=[MENU])
    surface = {"kind": "message", "channel": ALERTS, "ts": str(said["ts"])}
    done = await ana.act("choose", surface=surface, block_id="menus", action_id="status", value="failed")
    assert done["ok"]
    chosen = await ana.until(
        lambda state: state["messages"][ALERTS][0]["state"]["values"]["menus"]["status"]["selected_option"]
    )
    assert chosen["value"] == "failed"
    other = await ana.hello("U0LOU")
    menus = other["messages"][ALERTS][0]["state"]["values"]["menus"]
    assert menus["status"]["selected_option"] is None


async def test_what_slack_itself_says_is_told_to_whom_it_concerns(ana: AtPage, slack: LocalSlack) -> None:
    assert (await ana.act("send", channel=ALERTS, text="/tiny help", thread_ts=None))["ok"]
    (notice,) = await ana.until(lambda state: state["notices"])
    assert notice["channel"] == ALERTS
    assert notice["text"] == '/tiny failed with the error "dispatch_failed"'
    assert abs(notice["time"] - slack.clock.now()) < 60
    assert (await ana.hello("U0KENJI"))["notices"] == []
