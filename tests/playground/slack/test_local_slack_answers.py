"""Clicks, `response_url`s, dialogs and the Home tab, against the rules that Slack has for them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import CannotDo, Drop, LocalSlack, Message, SteppedClock, View

ALERTS = "C0ALERTS"
Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str) -> Json:
    return {"text": plain(text), "value": text.lower()}


BUTTON: Json = {"type": "button", "action_id": "more", "value": "page:2", "text": plain("More")}
MENU: Json = {
    "type": "static_select",
    "action_id": "status",
    "options": [option("Failed"), option("Running")],
    "initial_option": option("Failed"),
}
DOTS: Json = {"type": "overflow", "action_id": "dots", "options": [option("Mute")]}
FAR: Json = {"type": "external_select", "action_id": "project", "min_query_length": 0}
ROW: Json = {"type": "actions", "block_id": "row", "elements": [BUTTON, MENU, DOTS, FAR]}
NAME: Json = {
    "type": "input",
    "block_id": "name",
    "label": plain("Name"),
    "element": {"type": "plain_text_input", "action_id": "name_of_it", "max_length": 5},
}
MODAL: Json = {
    "type": "modal",
    "callback_id": "add",
    "title": plain("Add"),
    "submit": plain("Save"),
    "private_metadata": "kept",
    "blocks": [NAME],
}


class Acks:
    """An app that answers each delivery with the next body, `{}` when there is none."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.json_response(self.bodies.pop(0)) if self.bodies else web.Response()


@pytest.fixture
async def acks(slack: LocalSlack) -> AsyncIterator[Acks]:
    acks = Acks()
    site = web.Application()
    site.router.add_post("/", acks.serve)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    yield acks
    await runner.cleanup()


@pytest.fixture
async def public(slack: LocalSlack, client: AsyncWebClient, acks: Acks) -> Message:
    await client.chat_postMessage(channel=ALERTS, text="public", blocks=[ROW])
    return await slack.next_message()


@pytest.fixture
async def private(slack: LocalSlack, client: AsyncWebClient, acks: Acks) -> Message:
    await client.chat_postEphemeral(channel=ALERTS, user="U0ANA", text="private", blocks=[ROW])
    return await slack.next_message()


async def send(session: ClientSession, url: str, **body: Any) -> tuple[int, str | None]:
    """POST to a response_url: status and error."""
    async with session.post(url, json=body) as response:
        return response.status, (await response.json()).get("error")


# clicks


async def test_a_click_on_a_public_message_carries_it(slack: LocalSlack, public: Message) -> None:
    payload = (await slack.press("lou", public, action_id="more")).payload
    assert payload["message"]["text"] == "public"
    assert payload["actions"][0]["value"] == "page:2"
    assert payload["user"]["team_id"] == payload["team"]["id"] == "T0LOOKOUT"
    assert payload["enterprise"] is None
    assert payload["container"] == {
        "type": "message",
        "message_ts": public.ts,
        "channel_id": ALERTS,
        "is_ephemeral": False,
    }


async def test_a_click_on_a_private_message_carries_only_its_container_and_state(
    slack: LocalSlack, private: Message
) -> None:
    payload = (await slack.press("ana", private, text="More")).payload
    assert "message" not in payload
    assert payload["container"]["is_ephemeral"]
    held = payload["state"]["values"]["row"]["status"]["selected_option"]
    assert held["value"] == "failed"


async def test_a_private_message_is_pressed_by_its_reader_alone(slack: LocalSlack, private: Message) -> None:
    with pytest.raises(CannotDo, match="does not see"):
        slack.press("lou", private, text="More")
    with pytest.raises(CannotDo, match="nothing like that"):
        slack.press("ana", private, text="Less")


async def test_a_choice_is_sent_and_stays_while_the_ids_stay(
    slack: LocalSlack, client: AsyncWebClient, public: Message
) -> None:
    chosen = (await slack.choose("ana", public, "status", "Running")).payload
    assert chosen["actions"][0]["selected_option"]["value"] == "running"
    await client.chat_update(channel=ALERTS, ts=public.ts, text="y", blocks=[ROW])
    payload = (await slack.press("ana", public, text="More")).payload
    assert payload["state"]["values"]["row"]["status"]["selected_option"]["value"] == "running"
    await client.chat_update(channel=ALERTS, ts=public.ts, text="y", blocks=[{**ROW, "block_id": "new"}])
    payload = (await slack.press("ana", public, text="More")).payload
    assert payload["state"]["values"]["new"]["status"]["selected_option"]["value"] == "failed"
    assert (await slack.choose("ana", public, None, "Run")).payload["actions"][0]["action_id"] == "status"
    with pytest.raises(CannotDo, match="no option"):
        slack.choose("ana", public, "status", "Sleeping")


async def test_an_overflow_menu_sends_its_option(slack: LocalSlack, public: Message) -> None:
    action = (await slack.choose("ana", public, "dots", "Mute")).payload["actions"][0]
    assert (action["type"], action["selected_option"]["value"]) == ("overflow", "mute")


async def test_options_are_loaded_within_the_acknowledgement(
    slack: LocalSlack, acks: Acks, public: Message
) -> None:
    acks.bodies = [{"options": [option("Sales")]}, {"options": [option("Sales")]}]
    loaded = await slack.suggest("ana", public, "project", "sal")
    assert loaded.payload["value"] == "sal"
    assert loaded.answer["options"][0]["value"] == "sales"
    action = (await slack.choose("ana", public, "project", "Sales")).payload["actions"][0]
    assert action["selected_option"]["value"] == "sales"


async def test_options_that_are_too_long_are_not_shown(
    slack: LocalSlack, acks: Acks, public: Message
) -> None:
    acks.bodies = [{"options": [option("x" * 76)]}]
    assert (await slack.suggest("ana", public, "project", "x")).answer == {"options": []}
    assert slack.notices[0].error == "invalid_options"


async def test_a_click_that_is_not_acknowledged_is_shown_to_who_clicked(
    slack: LocalSlack, public: Message
) -> None:
    slack.deliver_to(None)
    assert (await slack.press("ana", public, text="More")).outcome == "dispatch_failed"
    assert (slack.notices[0].user, slack.notices[0].channel) == ("U0ANA", ALERTS)


# response_url


async def test_a_clicks_response_url_replaces_its_message(
    slack: LocalSlack, session: ClientSession, public: Message, private: Message
) -> None:
    for message in (public, private):
        url = (await slack.press("ana", message, text="More")).payload["response_url"]
        assert await send(session, url, text="new", replace_original=True) == (200, None)
        now = slack.current(message)
        assert (now.text, now.blocks, now.ts, now.for_user) == ("new", (), message.ts, message.for_user)


async def test_it_deletes_a_private_message(
    slack: LocalSlack, session: ClientSession, private: Message
) -> None:
    url = (await slack.press("ana", private, text="More")).payload["response_url"]
    assert await send(session, url, delete_original=True) == (200, None)
    with pytest.raises(CannotDo, match="gone"):
        slack.current(private)


@pytest.mark.parametrize(
    ("body", "reader", "states"),
    [
        ({}, "U0ANA", False),
        ({"response_type": "ephemeral"}, "U0ANA", True),
        ({"response_type": "in_channel"}, None, True),
    ],
)
async def test_a_post_is_private_unless_it_says_otherwise(
    slack: LocalSlack, acks: Acks, session: ClientSession, body: Json, reader: str | None, states: bool
) -> None:
    url = (await slack.command("ana", "#sales", "/tiny")).payload["response_url"]
    await send(session, url, text="x", **body)
    message = await slack.next_message()
    assert (message.for_user, message.via) == (reader, "response_url")
    assert (slack.url_posts[0].states_type, slack.url_posts[0].needs_type) == (states, True)


async def test_a_commands_response_url_cannot_replace(
    slack: LocalSlack, acks: Acks, session: ClientSession
) -> None:
    url = (await slack.command("ana", "#sales", "/tiny")).payload["response_url"]
    await send(session, url, text="thinking")
    await send(session, url, text="done", replace_original=True)
    assert [one.text for one in slack.messages("#sales")] == ["thinking", "done"]


async def test_five_times_within_thirty_minutes(
    slack: LocalSlack, acks: Acks, session: ClientSession, clock: SteppedClock
) -> None:
    first = (await slack.command("ana", "#sales", "/tiny")).payload["response_url"]
    for _ in range(5):
        assert await send(session, first, text="x") == (200, None)
    assert await send(session, first, text="x") == (404, "used_url")
    second = (await slack.command("ana", "#sales", "/tiny")).payload["response_url"]
    clock.move(30 * 60)
    assert await send(session, second, text="x") == (200, None)
    clock.move(1)
    assert await send(session, second, text="x") == (404, "expired_url")
    assert [one.error for one in slack.url_posts[-2:]] == [None, "expired_url"]


async def test_its_blocks_are_checked_too(slack: LocalSlack, acks: Acks, session: ClientSession) -> None:
    url = (await slack.command("ana", "#sales", "/tiny")).payload["response_url"]
    assert await send(session, url, text="x", blocks=[{"type": "no"}]) == (400, "invalid_blocks")
    assert await send(session, url) == (400, "no_text")
    assert slack.messages("#sales") == []


async def test_it_may_drop_the_connection_having_posted(
    slack: LocalSlack, acks: Acks, session: ClientSession
) -> None:
    url = (await slack.command("ana", "#sales", "/tiny")).payload["response_url"]
    slack.misbehave("response_url", Drop(after=True))
    with pytest.raises(ClientConnectionError):
        await send(session, url, text="x")
    assert len(slack.messages("#sales")) == 1
    assert slack.url_posts[0].error == "drop"


# dialogs


async def open_dialog(slack: LocalSlack, client: AsyncWebClient, view: Json = MODAL) -> View:
    typed = await slack.command("ana", "#sales", "/tiny")
    await client.views_open(trigger_id=typed.payload["trigger_id"], view=view)
    return await slack.next_view("ana")


async def test_a_trigger_opens_once_and_within_three_seconds(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks, clock: SteppedClock
) -> None:
    trigger = (await slack.command("ana", "#sales", "/tiny")).payload["trigger_id"]
    await client.views_open(trigger_id=trigger, view=MODAL)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=MODAL)
    late = (await slack.command("ana", "#sales", "/tiny")).payload["trigger_id"]
    clock.move(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=MODAL)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": plain("x" * 25)}, "less than 25"),
        ({"submit": plain("x" * 25)}, "less than 25"),
        ({"private_metadata": "x" * 3001}, "less than 3001"),
        ({"callback_id": "x" * 256}, "less than 256"),
        ({"width": 5}, "invalid additional property: width"),
        ({"type": "home"}, "must be one of modal"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type: markdown"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100"),
    ],
)
async def test_a_dialog_that_slack_refuses(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks, change: Json, why: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        await open_dialog(slack, client, {**MODAL, **change})
    assert caught.value.response["error"] == "invalid_arguments"
    assert why in caught.value.response["response_metadata"]["messages"][0]


async def test_inputs_need_a_submit_button(slack: LocalSlack, client: AsyncWebClient, acks: Acks) -> None:
    without = {key: value for key, value in MODAL.items() if key != "submit"}
    with pytest.raises(SlackApiError, match="missing required field: submit"):
        await open_dialog(slack, client, without)


async def test_a_submission_carries_what_was_filled_in_and_closes_the_dialog(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks
) -> None:
    view = await open_dialog(slack, client)
    with pytest.raises(CannotDo, match="required"):
        slack.submit(view)
    with pytest.raises(CannotDo, match="too long"):
        slack.submit(view, {"Name": "longer"})
    sent = (await slack.submit(view, {"name_of_it": "daily"})).payload["view"]
    assert sent["state"]["values"]["name"]["name_of_it"]["value"] == "daily"
    assert (sent["callback_id"], sent["private_metadata"]) == ("add", "kept")
    assert slack.dialog("ana") is None


async def test_field_errors_keep_it_open(slack: LocalSlack, client: AsyncWebClient, acks: Acks) -> None:
    view = await open_dialog(slack, client)
    acks.bodies = [{"response_action": "errors", "errors": {"name": "taken"}}]
    await slack.submit(view, {"name": "daily"})
    shown = slack.dialog("ana")
    assert shown is not None
    assert shown.errors == {"name": "taken"}


async def test_field_errors_for_no_field_are_a_fault_of_the_app(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks
) -> None:
    view = await open_dialog(slack, client)
    acks.bodies = [{"response_action": "errors", "errors": {"name_of_it": "taken"}}]
    await slack.submit(view, {"name": "daily"})
    assert slack.notices[0].error == "invalid_errors"


async def test_the_answer_to_a_submission_may_change_stack_or_clear_dialogs(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks
) -> None:
    view = await open_dialog(slack, client)
    second = {**MODAL, "title": plain("Second")}
    acks.bodies = [
        {"response_action": "push", "view": second},
        {"response_action": "update", "view": {**MODAL, "title": plain("Third")}},
        {"response_action": "clear"},
    ]
    await slack.submit(view, {"name": "a"})
    top = slack.dialog("ana")
    assert top is not None
    assert (top.title, top.previous_id, top.root_id) == ("Second", view.id, view.id)
    await slack.submit(top, {"name": "a"})
    changed = slack.dialog("ana")
    assert changed is not None
    assert (changed.title, changed.id) == ("Third", top.id)
    await slack.submit(changed, {"name": "a"})
    assert slack.dialog("ana") is None


async def test_three_dialogs_are_the_most(slack: LocalSlack, client: AsyncWebClient, acks: Acks) -> None:
    press = {**MODAL, "blocks": [{"type": "actions", "elements": [BUTTON]}]}
    top = await open_dialog(slack, client, press)
    for _ in range(2):
        trigger = (await slack.press("ana", top, text="More")).payload["trigger_id"]
        await client.views_push(trigger_id=trigger, view=press)
        top = await slack.next_view("ana")
    trigger = (await slack.press("ana", top, text="More")).payload["trigger_id"]
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=trigger, view=press)


async def test_an_open_dialog_is_filled_by_an_update(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks
) -> None:
    loading = {"type": "modal", "title": plain("Loading"), "blocks": []}
    view = await open_dialog(slack, client, loading)
    await client.views_update(view_id=view.id, hash=view.hash, view=MODAL)
    filled = await slack.next_view("ana")
    assert (filled.title, filled.id) == ("Add", view.id)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view.id, hash=view.hash, view=MODAL)


async def test_closing_tells_the_app_where_it_asked_for_that(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks
) -> None:
    assert await slack.close_dialog(await open_dialog(slack, client)) == []
    view = await open_dialog(slack, client, {**MODAL, "notify_on_close": True})
    [told] = await slack.close_dialog(view)
    assert (told.payload["type"], told.payload["is_cleared"]) == ("view_closed", False)
    assert slack.dialog("ana") is None


async def test_the_home_tab_is_published_and_pressed(
    slack: LocalSlack, client: AsyncWebClient, acks: Acks
) -> None:
    await client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [ROW]})
    home = slack.home("ana")
    assert home is not None
    payload = (await slack.press("ana", home, text="More")).payload
    assert payload["container"] == {"type": "view", "view_id": home.id}
    assert "response_url" not in payload
    with pytest.raises(CannotDo):
        slack.press("lou", home, text="More")


# waiting


async def test_waiting_in_vain_tells_what_happened(slack: LocalSlack, client: AsyncWebClient) -> None:
    await client.auth_test()
    with pytest.raises(TimeoutError, match=r"auth\.test"):
        await slack.next_message(timeout=0.01)


async def test_waiting_ends_with_the_change_itself(slack: LocalSlack, client: AsyncWebClient) -> None:
    waiting = asyncio.create_task(slack.wait_for(lambda: slack.messages(ALERTS)))
    await client.chat_postMessage(channel=ALERTS, text="x")
    assert len(await waiting) == 1


async def test_watchers_see_every_change(slack: LocalSlack, client: AsyncWebClient) -> None:
    seen: list[str] = []
    stop = slack.watch(lambda change: seen.append(change.what))
    posted = await client.chat_postMessage(channel=ALERTS, text="x")
    await client.chat_update(channel=ALERTS, ts=posted["ts"], text="y")
    await client.chat_delete(channel=ALERTS, ts=posted["ts"])
    stop()
    await client.chat_postMessage(channel=ALERTS, text="z")
    assert [one for one in seen if one != "call"] == ["posted", "edited", "deleted"]
