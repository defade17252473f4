"""A small Bolt app of our own in both modes against the local Slack."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import LocalSlack

MANIFEST = """
display_information: {name: Tiny}
features:
  app_home: {home_tab_enabled: true, messages_tab_enabled: true}
  bot_user: {display_name: Tiny}
  slash_commands:
    - {command: /tiny, description: Small, usage_hint: help}
    - {command: /escaped, description: With ids, should_escape: true}
oauth_config:
  scopes:
    bot: [commands, chat:write, users:read, app_mentions:read, im:history, im:write, files:write, files:read]
settings:
  event_subscriptions: {bot_events: [app_mention, message.im, app_home_opened]}
  interactivity: {is_enabled: true}
  socket_mode_enabled: true
"""

BUTTON = {
    "type": "button",
    "action_id": "more",
    "value": "page:2",
    "text": {"type": "plain_text", "text": "More"},
}
ROW = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]


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

    return app


@pytest.fixture(params=["socket", "http"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(MANIFEST) as slack, ClientSession() as session:
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
