"""What reaches the app, how it is acknowledged, and what becomes of it when it is not."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import CannotDo, LocalSlack, SteppedClock

Seen = tuple[dict[str, str], bytes]


class App:
    """An app that answers as it is told: `None` hangs until the end of the test."""

    def __init__(self) -> None:
        self.answer: web.Response | None = web.Response()
        self.requests: list[Seen] = []
        self.came = asyncio.Event()
        self.over = asyncio.Event()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((dict(request.headers), await request.read()))
        self.came.set()
        if self.answer is None:
            await self.over.wait()
            return web.Response()
        return web.Response(
            status=self.answer.status,
            body=self.answer.body,
            content_type=self.answer.content_type,
            headers={k: v for k, v in self.answer.headers.items() if k.startswith("x-")},
        )


@pytest.fixture
async def app(slack: LocalSlack) -> AsyncIterator[App]:
    app = App()
    site = web.Application()
    site.router.add_post("/slack/events", app.serve)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield app
    app.over.set()
    await runner.cleanup()


async def test_a_command_arrives_as_a_signed_form(slack: LocalSlack, app: App) -> None:
    await slack.command("kenji", "#data-alerts", "/tiny failed & more")
    headers, body = app.requests[0]
    form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
    assert (form["command"], form["text"], form["user_id"]) == ("/tiny", "failed & more", "U0KENJI")
    assert (form["team_id"], form["channel_name"]) == ("T0LOOKOUT", "data-alerts")
    assert headers["X-Slack-Signature"].startswith("v0=")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


async def test_an_outsiders_command_carries_another_team(slack: LocalSlack, app: App) -> None:
    delivery = await slack.command("olga", "#partners", "/tiny")
    assert delivery.payload["team_id"] == "T0OUTSIDE"


async def test_names_become_ids_where_the_manifest_says_escape(slack: LocalSlack, app: App) -> None:
    assert (await slack.command("ana", "#sales", "/escaped @lou #sales")).payload["text"] == (
        "<@U0LOU|lou> <#C0SALES|sales>"
    )
    assert (await slack.command("ana", "#sales", "/tiny @lou #sales")).payload["text"] == "@lou #sales"


async def test_what_slacks_client_would_not_let_anyone_do(slack: LocalSlack) -> None:
    for user, channel, text in (
        ("ana", "#data-alerts", "/unknown"),
        ("gus", "#sales", "/tiny"),
        ("ana", "#old-alerts", "/tiny"),
        ("nobody", "#sales", "/tiny"),
    ):
        with pytest.raises(CannotDo):
            slack.command(user, channel, text)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (web.Response(text="private"), ("private", "U0ANA")),
        (web.json_response({"text": "all", "response_type": "in_channel"}), ("all", None)),
        (web.json_response({"text": "one"}), ("one", "U0ANA")),
    ],
)
async def test_an_acknowledgement_may_hold_the_answer(
    slack: LocalSlack, app: App, answer: web.Response, shown: tuple[str, str | None]
) -> None:
    app.answer = answer
    await slack.command("ana", "#data-alerts", "/tiny")
    message = await slack.next_message()
    assert (message.text, message.for_user, message.via) == (*shown, "ack")


async def test_a_command_that_is_not_acknowledged_in_three_seconds(
    slack: LocalSlack, app: App, clock: SteppedClock
) -> None:
    app.answer = None
    typed = slack.command("ana", "#data-alerts", "/tiny")
    await app.came.wait()
    clock.move(2.9)
    assert not typed.done()
    clock.move(0.1)
    assert (await typed).outcome == "operation_timeout"
    assert slack.notices[0].text == '/tiny failed with the error "operation_timeout"'
    assert slack.notices[0].user == "U0ANA"


async def test_a_command_that_the_app_answers_with_404(slack: LocalSlack, app: App) -> None:
    app.answer = web.Response(status=404)
    assert (await slack.command("ana", "#data-alerts", "/tiny")).outcome == "dispatch_failed"
    assert slack.notices[0].error == "dispatch_failed"


async def test_nobody_listens(slack: LocalSlack) -> None:
    assert (await slack.command("ana", "#data-alerts", "/tiny")).outcome == "dispatch_failed"


async def retried(slack: LocalSlack, sent: int) -> None:
    await slack.wait_for(lambda: len(slack.deliveries) == sent)


async def test_an_event_is_sent_again_at_once_after_a_minute_and_after_five(
    slack: LocalSlack, app: App, clock: SteppedClock
) -> None:
    app.answer = web.Response(status=500)
    await slack.mention("ana", "#data-alerts", "hi")
    for seconds, sent in ((0, 2), (60, 3), (300, 4)):
        clock.move(seconds)
        await retried(slack, sent)
    marks = [headers.get("X-Slack-Retry-Num") for headers, _ in app.requests]
    assert marks == [None, "1", "2", "3"]
    assert app.requests[1][0]["X-Slack-Retry-Reason"] == "http_error"
    assert len({json.loads(body)["event_id"] for _, body in app.requests}) == 1


async def test_an_app_may_refuse_retries(slack: LocalSlack, app: App) -> None:
    app.answer = web.Response(status=500, headers={"x-slack-no-retry": "1"})
    [delivery] = await slack.mention("ana", "#data-alerts", "hi")
    assert delivery.no_retry
    app.answer = web.Response()
    await slack.mention("ana", "#data-alerts", "again")
    assert len(app.requests) == 2


async def test_a_delivery_can_come_twice_byte_for_byte(slack: LocalSlack, app: App) -> None:
    first = await slack.command("ana", "#data-alerts", "/tiny")
    await slack.repeat(first)
    assert app.requests[0][1] == app.requests[1][1]
    same = "X-Slack-Signature"
    assert app.requests[0][0][same] == app.requests[1][0][same]


@pytest.mark.parametrize(
    ("user", "channel", "heard"),
    [
        ("ana", "#data-alerts", ["app_mention"]),
        ("ana", "#sales", []),  # the bot is not there
        ("olga", "#partners", ["app_mention"]),
    ],
)
async def test_mentions_are_heard_where_the_bot_is(
    slack: LocalSlack, app: App, user: str, channel: str, heard: list[str]
) -> None:
    deliveries = await slack.mention(user, channel, "hi")
    assert [one.payload["event"]["type"] for one in deliveries] == heard


async def test_an_outsiders_mention_names_both_teams(slack: LocalSlack, app: App) -> None:
    [delivery] = await slack.mention("olga", "#partners", "hi")
    event = delivery.payload["event"]
    assert (event["user_team"], delivery.payload["team_id"]) == ("T0OUTSIDE", "T0LOOKOUT")
    assert delivery.payload["is_ext_shared_channel"]


async def test_only_subscribed_events_are_sent(slack: LocalSlack, app: App) -> None:
    assert await slack.say("ana", "#data-alerts", "message.channels is not subscribed") == []
    [direct] = await slack.dm("ana", "sessions failed")
    assert direct.payload["event"]["channel_type"] == "im"
    [opened] = await slack.open_home("ana")
    assert opened.payload["event"]["type"] == "app_home_opened"
    [joined] = await slack.invite_bot("#sales")
    assert joined.payload["event"]["type"] == "member_joined_channel"
    assert await slack.remove_bot("#sales") == []


async def test_the_apps_own_words_come_back_where_it_hears_messages(
    slack: LocalSlack, app: App, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="U0ANA", text="x")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    await client.chat_postMessage(channel="C0ALERTS", text="message.channels is not subscribed")
    await slack.wait_for(lambda: len(slack.deliveries) >= 3)
    events = [one.payload["event"] for one in slack.deliveries]
    assert sorted(str(one.get("subtype")) for one in events) == ["None", "message_changed", "message_deleted"]
    [plain] = [one for one in events if "subtype" not in one]
    assert plain["bot_id"] == "B0LOOKOUT"


# forged requests, against Bolt's own verification


@pytest.fixture
async def bolt(slack: LocalSlack) -> AsyncIterator[None]:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    runner = web.AppRunner(app.server(port=0).web_app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield
    await runner.cleanup()


@pytest.mark.usefixtures("bolt")
@pytest.mark.parametrize(
    ("forged", "status"),
    [
        ({"signature": "v0=00"}, 401),
        ({"signature": None}, 401),
        ({"timestamp": None}, 401),
        ({"timestamp": "1"}, 401),
        ({"timestamp": "soon"}, 500),  # what Bolt itself makes of it
        ({"signature": "v0=é"}, 500),
    ],
)
async def test_a_forged_request(slack: LocalSlack, forged: dict[str, Any], status: int) -> None:
    assert await slack.forge(**forged) == status


@pytest.mark.usefixtures("bolt")
async def test_the_request_url_is_verified_with_a_challenge(slack: LocalSlack) -> None:
    assert await slack.verify()


# Socket Mode, frame by frame


async def connect(slack: LocalSlack, session: ClientSession) -> ClientWebSocketResponse:
    client = AsyncWebClient(base_url=slack.api_url, session=session)
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    socket = await session.ws_connect(url)
    assert (await socket.receive_json())["type"] == "hello"
    return socket


async def test_an_envelope_waits_for_its_acknowledgement(slack: LocalSlack, session: ClientSession) -> None:
    socket = await connect(slack, session)
    typed = slack.command("ana", "#data-alerts", "/tiny failed")
    envelope = await socket.receive_json()
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "failed"
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "done"}})
    assert (await typed).ok
    assert (await slack.next_message()).text == "done"
    await socket.close()


async def test_an_envelope_that_is_not_acknowledged(
    slack: LocalSlack, session: ClientSession, clock: SteppedClock
) -> None:
    socket = await connect(slack, session)
    typed = slack.command("ana", "#data-alerts", "/tiny")
    await socket.receive_json()
    clock.move(3)
    assert (await typed).outcome == "operation_timeout"
    await socket.close()


async def test_an_address_works_once(slack: LocalSlack, session: ClientSession, clock: SteppedClock) -> None:
    client = AsyncWebClient(base_url=slack.api_url, session=session)
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    socket = await session.ws_connect(url)
    async with session.get(url.replace("ws://", "http://")) as response:
        assert response.status == 403
    late = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    clock.move(31)
    async with session.get(late.replace("ws://", "http://")) as response:
        assert response.status == 403
    await socket.close()


async def test_each_payload_goes_to_one_of_the_connections(slack: LocalSlack, session: ClientSession) -> None:
    sockets = [await connect(slack, session) for _ in range(2)]

    async def acknowledge(socket: ClientWebSocketResponse) -> int:
        count = 0
        async for frame in socket:
            if frame.type == WSMsgType.TEXT:
                count += 1
                await socket.send_json({"envelope_id": json.loads(frame.data)["envelope_id"]})
        return count

    readers = [asyncio.create_task(acknowledge(one)) for one in sockets]
    typed = [await slack.command("ana", "#data-alerts", "/tiny") for _ in range(12)]
    assert all(one.ok for one in typed)
    assert len({one.via for one in typed}) == 2
    await slack.sockets.close()
    assert sum(await asyncio.gather(*readers)) == 12


async def test_connections_are_asked_to_go_and_get_nothing_more(
    slack: LocalSlack, session: ClientSession
) -> None:
    old = await connect(slack, session)
    await slack.sockets.disconnect("refresh_requested")
    assert (await old.receive_json())["reason"] == "refresh_requested"
    assert (await slack.command("ana", "#data-alerts", "/tiny")).via == "no socket"
    await old.close()


async def test_every_connection_can_be_cut(slack: LocalSlack, session: ClientSession) -> None:
    socket = await connect(slack, session)
    slack.sockets.cut()
    assert (await socket.receive()).type in {WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR}
    await slack.wait_for(lambda: not slack.sockets.open)


async def test_an_eleventh_connection_is_too_many(slack: LocalSlack, session: ClientSession) -> None:
    sockets = [await connect(slack, session) for _ in range(10)]
    client = AsyncWebClient(base_url=slack.api_url, session=session)
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    extra = await session.ws_connect(url)
    assert (await extra.receive_json())["reason"] == "too_many_websockets"
    for socket in (*sockets, extra):
        await socket.close()
