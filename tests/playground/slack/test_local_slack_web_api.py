"""The Web API as Slack's own SDK sees it."""

import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import LocalSlack, SteppedClock
from bot.playground.slack.methods import METHODS

ALERTS, SALES, OLD, SECRET = "C0ALERTS", "C0SALES", "C0OLD", "C0SECRET"
HEADER: dict[str, Any] = {"type": "header", "text": {"type": "plain_text", "text": "Seven failed"}}
KEY = {"event_type": "digest", "event_payload": {"digest": "morning"}}

Call = Callable[[AsyncWebClient], Awaitable[Any]]


async def error_of(call: Awaitable[Any]) -> Any:
    """The body of an answer that is not ok."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.data


async def post(client: AsyncWebClient, body: dict[str, Any]) -> Any:
    """chat.postMessage without the SDK's advice about a missing text."""
    return await client.api_call("chat.postMessage", json={"channel": ALERTS, **body})


async def test_auth_test_says_who_the_bot_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0LOOKOUT", "U0LOOKOUT", "B0LOOKOUT")


REFUSALS: list[tuple[str, Call]] = [
    ("channel_not_found", lambda c: c.chat_postMessage(channel="C9", text="x")),
    ("channel_not_found", lambda c: c.chat_postMessage(channel="#nowhere", text="x")),
    ("not_in_channel", lambda c: c.chat_postMessage(channel=SALES, text="x")),
    ("is_archived", lambda c: c.chat_postMessage(channel=OLD, text="x")),
    ("no_text", lambda c: post(c, {})),
    ("invalid_blocks_format", lambda c: c.chat_postMessage(channel=ALERTS, text="x", blocks="{")),
    ("invalid_blocks", lambda c: c.chat_postMessage(channel=ALERTS, text="x", blocks=[{"type": "no"}])),
    ("markdown_text_conflict", lambda c: c.chat_postMessage(channel=ALERTS, text="x", markdown_text="x")),
    ("msg_too_long", lambda c: c.chat_postMessage(channel=ALERTS, markdown_text="x" * 12001)),
    ("too_many_attachments", lambda c: post(c, {"attachments": [{"text": "x"}] * 101})),
    ("invalid_metadata_format", lambda c: c.chat_postMessage(channel=ALERTS, text="x", metadata={"a": 1})),
    ("thread_not_found", lambda c: c.chat_postMessage(channel=ALERTS, text="x", thread_ts="1.2")),
    ("user_not_in_channel", lambda c: c.chat_postEphemeral(channel=ALERTS, user="U0OUTSIDE", text="x")),
    ("user_not_found", lambda c: c.chat_postEphemeral(channel=ALERTS, user="U9", text="x")),
    ("not_in_channel", lambda c: c.chat_postEphemeral(channel=SALES, user="U0ANA", text="x")),
    ("message_not_found", lambda c: c.chat_update(channel=ALERTS, ts="1.2", text="x")),
    ("message_not_found", lambda c: c.chat_delete(channel=ALERTS, ts="1.2")),
    ("message_not_found", lambda c: c.chat_getPermalink(channel=ALERTS, message_ts="1.2")),
    ("not_in_channel", lambda c: c.conversations_history(channel=SALES)),
    ("invalid_limit", lambda c: c.conversations_history(channel=ALERTS, limit=1000)),
    ("invalid_cursor", lambda c: c.conversations_history(channel=ALERTS, cursor="x")),
    ("thread_not_found", lambda c: c.conversations_replies(channel=ALERTS, ts="1.2")),
    ("channel_not_found", lambda c: c.conversations_info(channel="C9")),
    ("invalid_types", lambda c: c.conversations_list(types="secret_channel")),
    ("user_not_found", lambda c: c.conversations_open(users="U9")),
    ("cannot_dm_bot", lambda c: c.conversations_open(users="U0LOOKOUT")),
    ("user_not_found", lambda c: c.users_info(user="U9")),
    ("no_such_subteam", lambda c: c.usergroups_users_list(usergroup="S9")),
    ("file_not_found", lambda c: c.files_info(file="F9")),
    ("invalid_trigger_id", lambda c: c.views_open(trigger_id="1.2.3", view=VIEW)),
    ("not_found", lambda c: c.views_update(view_id="V9", view=VIEW)),
    ("user_not_found", lambda c: c.views_publish(user_id="U9", view={"type": "home", "blocks": []})),
    ("unknown_method", lambda c: c.api_call("chat.postMesage")),
    ("missing_scope", lambda c: c.conversations_history(channel=SECRET)),
    ("missing_scope", lambda c: c.conversations_join(channel=SALES)),
    ("missing_scope", lambda c: c.conversations_list(types="im")),
]
VIEW: dict[str, Any] = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}


@pytest.mark.parametrize(("error", "call"), REFUSALS)
async def test_slack_says_no(client: AsyncWebClient, error: str, call: Call) -> None:
    assert (await error_of(call(client)))["error"] == error


async def test_invalid_blocks_say_where(client: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    body = await error_of(client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks))
    assert body["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_a_missing_scope_is_named(manifest: str, session: ClientSession) -> None:
    async with LocalSlack(manifest.replace("users:read, ", "")) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        body = await error_of(client.users_info(user="U0ANA"))
    assert (body["error"], body["needed"]) == ("missing_scope", "users:read")
    assert "chat:write" in body["provided"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-local-app-token", "not_allowed_token_type")],
)
async def test_tokens(slack: LocalSlack, session: ClientSession, token: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with session.post(f"{slack.api_url}auth.test", headers=headers) as response:
        assert await response.json() == {"ok": False, "error": error}
    address = f"{slack.api_url}auth.test?token={slack.bot_token}"
    async with session.post(address) as response:  # a token in the address is not taken
        assert (await response.json())["error"] == "not_authed"


async def test_a_revoked_token_is_refused_and_never_written_down(
    slack: LocalSlack, client: AsyncWebClient, session: ClientSession
) -> None:
    async with session.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token}) as response:
        assert (await response.json())["ok"]
    slack.revoke()
    assert (await error_of(client.auth_test()))["error"] == "token_revoked"
    assert slack.bot_token not in repr(slack.calls)


async def test_a_json_body_is_not_read_by_methods_that_take_forms(
    slack: LocalSlack, session: ClientSession
) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    for method, error in (("users.info", "invalid_arguments"), ("conversations.open", None)):
        arguments = {"user": "U0ANA", "users": "U0ANA"}
        async with session.post(f"{slack.api_url}{method}", json=arguments, headers=headers) as response:
            assert (await response.json()).get("error") == error
    broken = {**headers, "Content-Type": "application/json"}
    async with session.post(f"{slack.api_url}chat.postMessage", data="{", headers=broken) as response:
        assert (await response.json())["error"] == "invalid_json"


async def test_history_gives_metadata_only_where_it_is_asked_for(client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=ALERTS, text="x", metadata=KEY)
    plain = await client.conversations_history(channel=ALERTS)
    whole = await client.conversations_history(channel=ALERTS, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert whole["messages"][0]["metadata"] == KEY


async def test_history_is_read_in_pages_newest_first(client: AsyncWebClient, clock: SteppedClock) -> None:
    for at in range(5):
        await client.chat_postMessage(channel=ALERTS, text=str(at))
        clock.move(1)
    first = await client.conversations_history(channel=ALERTS, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=ALERTS, limit=3, cursor=cursor)
    assert [one["text"] for one in first["messages"] + second["messages"]] == ["4", "3", "2", "1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    oldest = first["messages"][1]["ts"]
    since = await client.conversations_history(channel=ALERTS, oldest=oldest)
    assert [one["text"] for one in since["messages"]] == ["4"]
    including = await client.conversations_history(channel=ALERTS, oldest=oldest, inclusive=True)
    assert [one["text"] for one in including["messages"]] == ["4", "3"]


async def test_history_holds_no_private_messages_and_no_replies(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    top = await client.chat_postMessage(channel=ALERTS, text="top")
    await client.chat_postMessage(channel=ALERTS, text="reply", thread_ts=top["ts"])
    await client.chat_postEphemeral(channel=ALERTS, user="U0ANA", text="private")
    history = await client.conversations_history(channel=ALERTS)
    thread = await client.conversations_replies(channel=ALERTS, ts=top["ts"])
    assert [one["text"] for one in history["messages"]] == ["top"]
    assert history["messages"][0]["reply_count"] == 1
    assert [one["text"] for one in thread["messages"]] == ["top", "reply"]
    assert [one.text for one in slack.messages("#data-alerts", "ana")] == ["top", "reply", "private"]
    assert [one.text for one in slack.messages("#data-alerts", "lou")] == ["top", "reply"]


async def test_an_update_with_text_alone_takes_the_blocks_away(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel=ALERTS, text="x", blocks=[HEADER], metadata=KEY)
    before = await slack.next_message()
    await client.chat_update(channel=ALERTS, ts=posted["ts"], text="y")
    after = await slack.changed(before)
    assert (after.text, after.blocks, after.metadata, after.ts) == ("y", (), KEY, before.ts)
    assert (await error_of(client.chat_update(channel=ALERTS, ts=posted["ts"], text="x" * 4001)))[
        "error"
    ] == ("msg_too_long")


async def test_only_own_public_messages_can_be_changed(slack: LocalSlack, client: AsyncWebClient) -> None:
    await slack.say("ana", "#data-alerts", "hello")
    [said] = slack.messages("#data-alerts")
    private = await client.chat_postEphemeral(channel=ALERTS, user="U0ANA", text="x")
    for call, error in (
        (client.chat_update(channel=ALERTS, ts=said.ts, text="x"), "cant_update_message"),
        (client.chat_delete(channel=ALERTS, ts=said.ts), "cant_delete_message"),
        (client.chat_update(channel=ALERTS, ts=private["message_ts"], text="x"), "message_not_found"),
    ):
        assert (await error_of(call))["error"] == error


async def test_a_text_without_blocks_that_is_too_long_is_split(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=ALERTS, text="x" * 4041)
    await client.chat_postMessage(channel=ALERTS, text="y" * 40001, blocks=[HEADER])
    assert [len(one.text) for one in slack.messages("#data-alerts")] == [4000, 41, 40000]


async def test_a_message_with_blocks_alone_gets_its_text_from_them(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await post(client, {"blocks": [HEADER]})
    assert (await slack.next_message()).text == "Seven failed"


async def test_one_message_a_second_a_channel(client: AsyncWebClient, clock: SteppedClock) -> None:
    for _ in range(3):  # a small burst is taken
        await client.chat_postMessage(channel=ALERTS, text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=ALERTS, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel="C0PARTNERS", text="another channel")
    clock.move(1)
    await client.chat_postMessage(channel=ALERTS, text="x")


async def test_calls_a_minute_are_counted_by_method(client: AsyncWebClient, clock: SteppedClock) -> None:
    for _ in range(20):
        await client.usergroups_list()
    assert (await error_of(client.usergroups_list()))["error"] == "ratelimited"
    clock.move(60)
    await client.usergroups_list()


async def test_a_direct_message_by_a_persons_id(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="U0ANA", text="x")
    opened = await client.conversations_open(users="U0ANA")
    assert posted["channel"] == opened["channel"]["id"] == slack.dm_of("ana").id


async def test_people_have_zone_locale_and_standing(client: AsyncWebClient) -> None:
    kenji = (await client.users_info(user="U0KENJI", include_locale=True))["user"]
    assert (kenji["tz"], kenji["tz_offset"], kenji["locale"]) == ("Asia/Tokyo", 32400, "ja-JP")
    assert "locale" not in (await client.users_info(user="U0KENJI"))["user"]
    assert (await client.users_info(user="U0GUEST"))["user"]["is_restricted"]
    outsider = (await client.users_info(user="U0OUTSIDE"))["user"]
    assert (outsider["is_stranger"], outsider["team_id"]) == (True, "T0OUTSIDE")
    everyone = await client.users_list()
    assert {one["id"] for one in everyone["members"]} >= {"U0ANA", "U0LOOKOUT"}
    assert "email" not in kenji["profile"]


async def test_channels_and_their_members(client: AsyncWebClient) -> None:
    shared = (await client.conversations_info(channel="C0PARTNERS"))["channel"]
    assert (shared["is_ext_shared"], shared["is_member"]) == (True, True)
    assert "U0LOU" in (await client.conversations_members(channel=ALERTS))["members"]
    listed = await client.conversations_list(types="public_channel,private_channel", exclude_archived=True)
    assert {one["name"] for one in listed["channels"]} == {
        "data-alerts",
        "sales",
        "random",
        "incidents",
        "partners",
    }
    mine = await client.users_conversations(user="U0GUEST")
    assert [one["name"] for one in mine["channels"]] == ["data-alerts"]
    groups = await client.usergroups_list(include_users=True)
    assert groups["usergroups"][0]["users"] == ["U0ANA", "U0KENJI"]


async def test_a_file_is_uploaded_in_three_steps(slack: LocalSlack, client: AsyncWebClient) -> None:
    dm = (await client.conversations_open(users="U0ANA"))["channel"]["id"]
    await client.files_upload_v2(
        channel=dm, content="a,b\n1,2\n", filename="rows.csv", title="Rows", initial_comment="Two rows"
    )
    shown = await slack.next_message()
    assert (shown.channel, shown.text) == (dm, "Two rows")
    file = slack.file(shown.files[0])
    assert (file.name, file.title, file.content) == ("rows.csv", "Rows", b"a,b\n1,2\n")
    assert (await client.files_info(file=file.id))["file"]["mimetype"] == "text/csv"


async def test_a_file_cannot_go_to_a_persons_id_or_where_the_bot_is_not(client: AsyncWebClient) -> None:
    for channel, error in (("U0ANA", "channel_not_found"), (SALES, "not_in_channel")):
        upload = client.files_upload_v2(channel=channel, content="x", filename="x.txt")
        assert (await error_of(upload))["error"] == error


async def test_a_file_can_be_shown_only_once_slack_has_looked_at_it(
    slack: LocalSlack, client: AsyncWebClient, clock: SteppedClock
) -> None:
    slack.workspace.file_seconds = 2
    done = await client.files_upload_v2(content=b"png", filename="chart.png")
    chart = [{"type": "image", "alt_text": "c", "slack_file": {"id": done["file"]["id"]}}]
    assert (await client.files_info(file=done["file"]["id"]))["file"]["mimetype"] == ""
    body = await error_of(client.chat_postMessage(channel=ALERTS, text="x", blocks=chart))
    assert "invalid slack file" in body["errors"][0]
    clock.move(2)
    await client.chat_postMessage(channel=ALERTS, text="x", blocks=chart)


async def test_one_session_is_one_connection_and_the_log_shows_it(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    for _ in range(4):
        await client.auth_test()
    assert len({one.connection for one in slack.calls_of("auth.test")}) == 1


async def test_a_permalink_names_channel_and_message(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ALERTS, text="x")
    link = await client.chat_getPermalink(channel=ALERTS, message_ts=posted["ts"])
    assert link["permalink"].endswith(f"/archives/{ALERTS}/p{posted['ts'].replace('.', '')}")


ODD: list[Any] = ["C0ALERTS", "U0ANA", "", "[", "{}", '[{"type": "divider"}]', -1, True, [], {}, [1], ["x"]]
NAMES = [
    "channel",
    "user",
    "users",
    "text",
    "blocks",
    "ts",
    "thread_ts",
    "message_ts",
    "limit",
    "cursor",
    "oldest",
    "types",
    "view",
    "view_id",
    "trigger_id",
    "user_id",
    "files",
    "filename",
    "length",
    "metadata",
    "attachments",
    "usergroup",
    "file",
    "hash",
    "external_id",
    "channel_id",
]


async def test_odd_arguments_are_refused_not_crashed_on(
    slack: LocalSlack, session: ClientSession, clock: SteppedClock
) -> None:
    pick = random.Random(9)
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    for _ in range(400):
        method = pick.choice(sorted(METHODS))
        arguments = {name: pick.choice(ODD) for name in pick.sample(NAMES, 8)}
        as_form = {name: one if isinstance(one, str) else json.dumps(one) for name, one in arguments.items()}
        body: Any = {"json": arguments} if pick.random() < 0.5 else {"data": as_form}
        async with session.post(f"{slack.api_url}{method}", headers=headers, **body) as response:
            assert response.status == 200, (method, arguments)
        clock.move(3)
