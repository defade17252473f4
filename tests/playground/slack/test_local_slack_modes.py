"""A small Bolt app of our own in both modes against the local Slack."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import LocalSlack

BUTTON = {
    "type": "button",
    "action_id": "more",
    "value": "page:2",
    "text": {"type": "plain_text", "text": "More"},
}
ROW = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]


NAME = {
    "type": "input",
    "block_id": "name",
    "label": {"type": "plain_text", "text": "Name"},
    "element": {"type": "plain_text_input", "action_id": "typed"},
}
PROJECT = {
    "type": "section",
    "block_id": "where",
    "text": {"type": "mrkdwn", "text": "Project"},
    "accessory": {"type": "external_select", "action_id": "project", "min_query_length": 0},
}
DIALOG = {
    "type": "modal",
    "callback_id": "add",
    "title": {"type": "plain_text", "text": "Add"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [NAME, PROJECT],
}


def tiny_app(slack: LocalSlack, session: ClientSession) -> AsyncApp:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.command("/tiny")
    async def tiny(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"you said {command['text']}", blocks=ROW, response_type="ephemeral")

    @app.action("more")
    async def more(ack: AsyncAck, respond: AsyncRespond, action: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"now {action['value']}", replace_original=True)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text="hello", thread_ts=event["ts"])

    @app.command("/escaped")
    async def opens(ack: AsyncAck, client: AsyncWebClient, command: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=DIALOG)

    @app.options("project")
    async def projects(ack: AsyncAck, payload: dict[str, Any]) -> None:
        name = payload["value"] + "es"
        await ack(options=[{"text": {"type": "plain_text", "text": name}, "value": name}])

    @app.action("project")
    async def chosen(ack: AsyncAck) -> None:
        await ack()

    @app.view("add")
    async def add(ack: AsyncAck, view: dict[str, Any]) -> None:
        if view["state"]["values"]["name"]["typed"]["value"] == "taken":
            await ack(response_action="errors", errors={"name": "That name is taken"})
        else:
            await ack()

    return app


@pytest.fixture(params=["socket", "http"])
async def slack(request: pytest.FixtureRequest, manifest: str) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(manifest) as slack, ClientSession() as session:
        app = tiny_app(slack, session)
        if request.param == "http":
            runner = web.AppRunner(app.server(port=0).web_app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
            yield slack
            await runner.cleanup()
        else:
            handler = AsyncSocketModeHandler(app, slack.app_token)
            await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
            yield slack
            await handler.close_async()  # type: ignore[no-untyped-call]


async def test_a_command_is_acknowledged_and_answered(slack: LocalSlack) -> None:
    delivery = await slack.command("ana", "#data-alerts", "/tiny failed")
    assert delivery.ok
    answer = await slack.next_message()
    assert (answer.text, answer.for_user, answer.channel) == ("you said failed", "U0ANA", "C0ALERTS")


async def test_a_press_replaces_the_private_message(slack: LocalSlack) -> None:
    await slack.command("ana", "#data-alerts", "/tiny failed")
    answer = await slack.next_message()
    pressed = await slack.press("ana", answer, text="More")
    assert pressed.ok
    assert "message" not in pressed.payload
    assert (await slack.changed(answer)).text == "now page:2"


async def test_a_mention_is_answered_in_its_thread(slack: LocalSlack) -> None:
    [delivery] = await slack.mention("ana", "#data-alerts", "hi")
    assert delivery.ok
    assert (await slack.next_message("#data-alerts")).thread_ts == delivery.payload["event"]["ts"]


@pytest.mark.parametrize("slack", ["socket"], indirect=True)
async def test_a_refreshed_connection_goes_on(slack: LocalSlack) -> None:
    [old] = slack.sockets.open
    await slack.sockets.disconnect("refresh_requested")
    await slack.wait_for(lambda: any(one is not old for one in slack.sockets.open))
    assert (await slack.command("ana", "#data-alerts", "/tiny again")).ok


async def test_field_errors_travel_in_the_acknowledgement(slack: LocalSlack) -> None:
    await slack.command("ana", "#data-alerts", "/escaped")
    view = await slack.next_view("ana")
    await slack.submit(view, {"Name": "taken"})
    shown = slack.dialog("ana")
    assert shown is not None
    assert shown.errors == {"name": "That name is taken"}
    await slack.submit(shown, {"Name": "morning"})
    assert slack.dialog("ana") is None


async def test_options_travel_in_the_acknowledgement(slack: LocalSlack) -> None:
    await slack.command("ana", "#data-alerts", "/escaped")
    view = await slack.next_view("ana")
    chosen = await slack.choose("ana", view, "project", "sal")
    assert chosen.ok
    assert chosen.payload["actions"][0]["selected_option"]["value"] == "sales"
    assert (
        chosen.payload["view"]["state"]["values"]["where"]["project"]["selected_option"]["value"] == "sales"
    )
