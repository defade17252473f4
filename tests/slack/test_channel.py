"""What a channel's door does, and how it tells what came of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.message import Message
from bot.blocks.pieces import section
from bot.core.errors import SlackError, SlackRefusedToken
from bot.playground.slack import Broken, Drop, LocalSlack, RateLimited, Refuse, Slow, SteppedClock
from bot.slack.channel import PAGE, Channels, Found, Place, PostRefused, TryLater, Unclear

MANIFEST = """
display_information: {name: Lookout}
features:
  app_home: {messages_tab_enabled: true}
  bot_user: {display_name: Lookout}
oauth_config:
  scopes:
    bot: [chat:write, im:write, im:history, channels:read, channels:history, groups:read, groups:history]
settings: {socket_mode_enabled: true}
"""
HERE, ELSEWHERE, OLD, SECRET, SHARED = "C0ALERTS", "C0SALES", "C0OLD", "C0SECRET", "C0PARTNERS"
EVENT = "lookout_post"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HELLO = Message("Hello", (section("*Hello*"),))


def key(**payload: Any) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": payload}


@pytest.fixture
def manifest() -> str:
    return MANIFEST


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
async def slack(manifest: str, clock: SteppedClock) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(manifest, clock=clock, burst=10_000, tiers=False) as slack:
        yield slack


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def door(base_url: str, session: aiohttp.ClientSession, token: str = LocalSlack.bot_token) -> Channels:
    return Channels(AsyncWebClient(token=token, base_url=base_url, session=session, retry_handlers=[]))


@pytest.fixture
def channels(slack: LocalSlack, session: aiohttp.ClientSession) -> Channels:
    return door(slack.api_url, session)


async def test_a_post_stands_there_with_its_key(slack: LocalSlack, channels: Channels) -> None:
    ts = await channels.post(HERE, HELLO, key(digest="morning"))
    (message,) = slack.messages(HERE)
    assert (message.ts, message.text) == (ts, "Hello")
    assert message.blocks[0]["text"]["text"] == "*Hello*"
    assert message.metadata == key(digest="morning")


async def test_an_edit_changes_text_blocks_and_key(slack: LocalSlack, channels: Channels) -> None:
    ts = await channels.post(HERE, HELLO, key(digest="morning", pending=True))
    await channels.edit(HERE, ts, Message("Later"), key(digest="morning"))
    (message,) = slack.messages(HERE)
    assert (message.ts, message.text, message.blocks) == (ts, "Later", ())
    assert message.metadata == key(digest="morning")


async def test_the_newest_of_several_is_found(channels: Channels, clock: SteppedClock) -> None:
    for number in range(3):
        clock.move(1)
        await channels.post(HERE, HELLO, key(digest="morning", number=number))
    ts = await channels.post(HERE, HELLO, key(digest="evening", number=9))
    found = await channels.find(HERE, EVENT, {"digest": "morning"}, LONG_AGO)
    assert found is not None
    assert found.payload == {"digest": "morning", "number": 2}
    assert await channels.find(HERE, EVENT, {"number": 9, "digest": "evening"}, LONG_AGO) == Found(
        ts, {"digest": "evening", "number": 9}
    )
    assert await channels.find(HERE, EVENT, {"digest": "noon"}, LONG_AGO) is None
    assert await channels.find(HERE, "another", {"digest": "morning"}, LONG_AGO) is None


async def test_history_is_read_to_its_end(slack: LocalSlack, channels: Channels, clock: SteppedClock) -> None:
    ts = await channels.post(HERE, HELLO, key(digest="morning"))
    for number in range(PAGE + 1):
        clock.move(1)
        await slack.say("ana", HERE, f"chatter {number}")
    found = await channels.find(HERE, EVENT, {"digest": "morning"}, LONG_AGO)
    assert found is not None
    assert found.ts == ts
    assert len(slack.calls_of("conversations.history")) == 2


async def test_only_what_is_new_enough_and_old_enough_is_found(
    channels: Channels, clock: SteppedClock
) -> None:
    await channels.post(HERE, HELLO, key(digest="morning"))
    at = datetime.fromtimestamp(clock.now(), UTC)
    hour = timedelta(hours=1)
    assert await channels.find(HERE, EVENT, {}, at) is not None
    assert await channels.find(HERE, EVENT, {}, at + hour) is None
    assert await channels.find(HERE, EVENT, {}, at - hour, at - hour / 2) is None


async def test_another_app_s_message_with_our_key_is_not_ours(slack: LocalSlack, channels: Channels) -> None:
    await channels.post(HERE, HELLO, key(digest="morning"))
    (own,) = slack.messages(HERE)
    slack.workspace.edit(own, author="U0ANA")
    assert await channels.find(HERE, EVENT, {"digest": "morning"}, LONG_AGO) is None


async def test_a_person_is_written_to_in_their_dm(slack: LocalSlack, channels: Channels) -> None:
    ts = await channels.post("U0ANA", HELLO, key(a=1))
    assert [one.ts for one in slack.messages(slack.dm_of("ana").id)] == [ts]
    found = await channels.find("U0ANA", EVENT, {"a": 1}, LONG_AGO)
    assert found == Found(ts, {"a": 1})
    await channels.edit("U0ANA", ts, Message("Later"), key(a=1))
    assert [one.text for one in slack.messages(slack.dm_of("ana").id)] == ["Later"]


@pytest.mark.parametrize(
    ("channel", "place"),
    [
        (HERE, Place(HERE, "data-alerts", member=True)),
        (ELSEWHERE, Place(ELSEWHERE, "sales")),
        (OLD, Place(OLD, "old-alerts", member=True, archived=True)),
        (SHARED, Place(SHARED, "partners", member=True, shared=True)),
        (SECRET, Place(SECRET, "incidents", member=True, private=True)),
    ],
)
async def test_what_slack_tells_of_a_channel(channels: Channels, channel: str, place: Place) -> None:
    assert await channels.look_at(channel) == place


async def test_a_channel_that_cannot_be_seen_is_refused(channels: Channels) -> None:
    with pytest.raises(PostRefused) as caught:
        await channels.look_at("C0NOWHERE")
    assert caught.value.word == "channel_not_found"


async def test_who_is_in_a_channel(channels: Channels) -> None:
    assert await channels.has(HERE, "U0KENJI")
    assert not await channels.has(SECRET, "U0KENJI")


@pytest.mark.parametrize(
    ("name", "channel"),
    [("#data-alerts", HERE), ("data-alerts", HERE), ("#Data-Alerts", HERE), ("#incidents", SECRET)],
)
async def test_a_channel_by_its_name(channels: Channels, name: str, channel: str) -> None:
    assert await channels.resolve(name) == channel


async def test_a_name_that_no_channel_has(channels: Channels) -> None:
    assert await channels.resolve("#nowhere") is None


async def test_without_the_scope_for_private_channels_the_public_ones_are_found(
    session: aiohttp.ClientSession,
) -> None:
    async with LocalSlack(MANIFEST.replace("groups:read, ", "")) as slack:
        channels = door(slack.api_url, session)
        assert await channels.resolve("#data-alerts") == HERE
        assert await channels.resolve("#incidents") is None


FAULTS: list[tuple[Any, type[SlackError]]] = [
    (Drop(after=True), Unclear),
    (Drop(after=False), Unclear),
    (Broken(503, after=True), Unclear),
    (Broken(500, after=False), Unclear),
    (RateLimited(7), TryLater),
    (Refuse("ratelimited"), TryLater),
    (Refuse("rate_limited"), TryLater),
    (Refuse("service_unavailable"), TryLater),
    (Refuse("internal_error"), Unclear),
    (Refuse("fatal_error"), Unclear),
    (Refuse("is_archived"), PostRefused),
    (Refuse("odd_word"), PostRefused),
    (Refuse("token_revoked"), SlackRefusedToken),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
async def test_what_came_of_it_is_told_apart(
    slack: LocalSlack, channels: Channels, fault: Any, kind: type[SlackError]
) -> None:
    slack.misbehave("chat.postMessage", fault)
    with pytest.raises(SlackError) as caught:
        await channels.post(HERE, HELLO, key())
    assert type(caught.value) is kind
    assert len(slack.calls_of("chat.postMessage")) == 1
    if isinstance(fault, Refuse) and kind is PostRefused:
        assert caught.value.word == fault.error  # type: ignore[attr-defined]
    if fault == RateLimited(7):
        assert caught.value.after == 7  # type: ignore[attr-defined]


async def test_an_answer_that_does_not_come_is_unclear(slack: LocalSlack, channels: Channels) -> None:
    channels.seconds = 0.05
    slack.misbehave("chat.postMessage", Slow(3600))  # of a clock that stands still
    with pytest.raises(Unclear):
        await channels.post(HERE, HELLO, key())
    assert len(slack.messages(HERE)) == 1


async def test_a_slack_that_is_not_there_was_told_nothing(session: aiohttp.ClientSession) -> None:
    with pytest.raises(TryLater):
        await door("http://127.0.0.1:9/api/", session).post(HERE, HELLO, key())


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/plain", "hello"),
        (200, "text/html", "<html>log in to our network</html>"),
        (200, "application/json", "{cut"),
        (502, "text/plain", "bad gateway"),
        (502, "application/json", "{cut"),
        (503, "application/json", '{"ok":false,"error":"service_unavailable"}'),
        (403, "text/html", "<html>proxy</html>"),
    ],
)
async def test_what_is_no_answer_of_slack_s_is_unclear(
    session: aiohttp.ClientSession, status: int, kind: str, body: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=kind)

    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        with pytest.raises(Unclear):
            await door(f"http://127.0.0.1:{runner.addresses[0][1]}/api/", session).post(HERE, HELLO, key())
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("channel", [ELSEWHERE, OLD, "C0NOWHERE"])
async def test_a_channel_closed_to_the_bot_is_a_clear_no(channels: Channels, channel: str) -> None:
    with pytest.raises(PostRefused):
        await channels.post(channel, HELLO, key())


async def test_a_post_by_a_channels_name_is_found_again_there(slack: LocalSlack, channels: Channels) -> None:
    ts = await channels.post("#data-alerts", HELLO, key(digest="morning"))
    found = await channels.find("#data-alerts", EVENT, {"digest": "morning"}, LONG_AGO)
    assert found is not None
    assert found.ts == ts
    assert [one.ts for one in slack.messages(HERE)][-1] == ts


@pytest.mark.parametrize(
    ("name", "word"), [("#partners", "restricted_action"), ("#nowhere", "channel_not_found")]
)
async def test_a_channel_that_nobody_looked_at_is_looked_at(
    name: str, word: str, slack: LocalSlack, channels: Channels
) -> None:
    with pytest.raises(PostRefused) as refused:
        await channels.post(name, HELLO, key(digest="morning"))
    assert refused.value.word == word
    assert not [one for one in slack.messages(SHARED) if one.text == "Hello"]
