"""What Slack sends, read: people, callers, presses, refusals, errors."""

import logging
from typing import Any

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.core.errors import SlackError, SlackRefusedToken
from bot.core.people import Caller
from bot.slack.identity import Home, read_person
from bot.slack.listeners import caller_of, value_of
from bot.slack.perform import refusal, retry_after_of
from bot.slack.socket import one_line
from bot.slack.trouble import code, translate

HOME = Home("T1", "E1")
ANA = {"id": "U1", "team_id": "T1", "name": "ana", "tz": "Europe/Berlin", "locale": "de-DE"}


def user(**more: Any) -> dict[str, Any]:
    return ANA | more


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        (user(), ""),
        (user(is_restricted=True), "guest"),
        (user(is_ultra_restricted=True), "guest"),
        (user(deleted=True), "gone"),
        (user(is_stranger=True), "outsider"),
        (user(team_id="T2"), "outsider"),
        (user(team_id="T2", enterprise_user={"enterprise_id": "E1"}), ""),
        (user(team_id="T2", enterprise_user={"enterprise_id": "E2"}), "outsider"),
    ],
)
def test_the_standing_of_a_person(answer: dict[str, Any], standing: str) -> None:
    person = read_person(answer, HOME, "U1")
    found = [name for name in ("guest", "gone", "outsider") if getattr(person, name)]
    assert found == ([standing] if standing else [])


@pytest.mark.parametrize(
    ("tz", "zone"),
    [("Asia/Tokyo", "Asia/Tokyo"), (None, "UTC"), ("", "UTC"), ("Mars/One", "UTC"), ("../x", "UTC")],
)
def test_the_zone_of_a_person(tz: str | None, zone: str) -> None:
    assert read_person(user(tz=tz), HOME, "U1").zone.key == zone


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"display_name": "Ana L.", "real_name": "Ana Lima"}, "Ana L."),
        ({"display_name": "", "real_name": "Ana Lima"}, "Ana Lima"),
        (None, "ana"),
    ],
)
def test_the_name_of_a_person(profile: dict[str, str] | None, name: str) -> None:
    assert read_person(user(profile=profile), HOME, "U1").name == name


PRESS = {
    "user": {"id": "U1", "team_id": "T1"},
    "team": {"id": "T1"},
    "channel": {"id": "C1"},
    "container": {"type": "message", "is_ephemeral": True},
}


@pytest.mark.parametrize(
    ("body", "caller"),
    [
        ({"user_id": "U1", "team_id": "T1", "channel_id": "C1"}, Caller("U1", "T1", "C1")),
        ({}, Caller("")),
        (PRESS, Caller("U1", "T1", "C1")),
        (PRESS | {"container": {"type": "message"}}, Caller("U1", "T1", "C1", public=True)),
        (PRESS | {"user": {"id": "U1", "team_id": "T2"}}, Caller("U1", "T1", "C1", foreign=True)),
        (PRESS | {"team": None, "channel": None}, Caller("U1")),
    ],
)
def test_who_sent_it(body: dict[str, Any], caller: Caller) -> None:
    assert caller_of(body) == caller


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ({"type": "button", "value": "sessions failed"}, "sessions failed"),
        ({"type": "button", "url": "https://console.test"}, ""),
        ({"type": "static_select", "selected_option": {"value": "a"}}, "a"),
        ({"type": "static_select", "selected_option": None}, ""),
    ],
)
def test_what_a_press_says(action: dict[str, Any], value: str) -> None:
    assert value_of(action) == value


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, "ok", ""),
        (200, '{"ok":true}', ""),
        (200, "", ""),
        (200, '{"ok":false,"error":"used_url"}', "used_url"),
        (404, "used_url", "used_url"),
        (404, '{"ok":false,"error":"expired_url"}', "expired_url"),
        (400, "", "http_400"),
        (400, "[]", "http_400"),
        (400, '{"ok":false}', "http_400"),
    ],
)
def test_what_a_response_url_answers(status: int, body: str, error: str) -> None:
    assert refusal(status, body) == error


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), (None, 1.0), ("soon", 1.0), ("", 1.0)])
def test_how_long_slack_asks_to_wait(header: str | None, seconds: float) -> None:
    assert retry_after_of(header) == seconds


def refused(word: str, **more: str) -> SlackApiError:
    return SlackApiError("secret text", {"ok": False, "error": word, **more})  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (refused("invalid_auth"), SlackRefusedToken, "SLACK_BOT_TOKEN (invalid_auth)"),
        (refused("missing_scope", needed="files:write"), SlackError, "lacks the scope files:write"),
        (refused("not_in_channel"), SlackError, "/invite @Lookout"),
        (refused("odd_word"), SlackError, "odd_word"),
        (ClientError("secret text"), SlackError, "could not be reached"),
        (TimeoutError(), SlackError, "could not be reached"),
    ],
)
def test_slacks_errors_as_ours(error: Exception, kind: type[SlackError], told: str) -> None:
    ours = translate(error, "answering")
    assert type(ours) is kind
    assert told in str(ours)
    assert "secret" not in str(ours)


@pytest.mark.parametrize(
    ("error", "keeps_traceback"),
    [(ConnectionResetError(), False), (ClientError(), False), (KeyError(), True)],
)
def test_a_lost_connection_is_one_line_and_a_bug_is_not(error: Exception, *, keeps_traceback: bool) -> None:
    said = "Failed (error: xoxb-12345-secret\n gone)"
    record = logging.LogRecord("n", logging.ERROR, "p", 1, said, (), (type(error), error, None))
    assert one_line(record)
    assert record.getMessage() == "Failed (error: [redacted] gone)"
    assert bool(record.exc_info) is keeps_traceback


@pytest.mark.parametrize("answer", ["upstream connect error", None, ["?"], {"error": 7}, {}])
def test_an_answer_that_is_none_of_slack_s_is_no_clear_word(answer: object) -> None:
    error = SlackApiError("failed", answer)  # type: ignore[no-untyped-call]
    assert code(error) == ""
    assert "could not be reached while looking" in str(translate(error, "looking"))
