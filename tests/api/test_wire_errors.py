"""What each refusal and failure tells a person: which variable to look at, and nothing that is secret."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.api.sites import HOSTED, Access, self_hosted
from bot.api.wire import Account, Answer, check
from bot.api.wire_errors import retry_after, scrub
from bot.core.errors import (
    ApiError,
    BadRequest,
    NotFound,
    ServerFailed,
    TooManyRequests,
    Unauthorized,
    Unreadable,
)

RECORDINGS = Path(__file__).parents[1] / "recordings"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = Access.key("1/" + "ab" * 20)
BASIC = Access.basic("etl", "hunter2")
NONE = Access()
HOSTED_KEY = Account(HOSTED["eu01"], KEY)
OWN_KEY = Account(self_hosted("http://digdag.test:65432"), KEY)
OWN_BASIC = Account(self_hosted("http://digdag.test:65432"), BASIC)
OWN_NONE = Account(self_hosted("http://digdag.test:65432"), NONE)


def recorded(name: str) -> Answer:
    response = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))["response"]
    body = response["body"]
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    return Answer(response["status"], response["headers"], text.encode())


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json", **named}, json.dumps(body).encode())


def error(given: Answer, account: Account = HOSTED_KEY) -> ApiError:
    with pytest.raises(ApiError) as raised:
        check(given, account, NOW)
    return raised.value


@pytest.mark.parametrize(
    ("status", "account", "sentence"),
    [
        (
            401,
            HOSTED_KEY,
            "Treasure Workflow (eu01) refused the key (401). "
            "Look at TD_API_KEY, and at TD_SITE: a key is good for one site.",
        ),
        (
            401,
            OWN_KEY,
            "Digdag at digdag.test:65432 refused the key (401). "
            "Look at TD_API_KEY, or does it want WORKFLOW_USER and WORKFLOW_PASSWORD?",
        ),
        (
            401,
            OWN_BASIC,
            "Digdag at digdag.test:65432 refused the user or the password (401). "
            "Look at WORKFLOW_USER and WORKFLOW_PASSWORD.",
        ),
        (
            401,
            OWN_NONE,
            "Digdag at digdag.test:65432 wants to know who asks (401). "
            "Set WORKFLOW_USER and WORKFLOW_PASSWORD, or TD_API_KEY.",
        ),
        (
            403,
            HOSTED_KEY,
            "Treasure Workflow (eu01) does not let the key see that (403). "
            "Look at TD_API_KEY: its owner needs permission to view workflows.",
        ),
        (
            403,
            OWN_BASIC,
            "Digdag at digdag.test:65432 does not let the user see that (403). "
            "Look at WORKFLOW_USER: may it see this?",
        ),
        (
            403,
            OWN_NONE,
            "Digdag at digdag.test:65432 does not show that to everyone (403). "
            "Set WORKFLOW_USER and WORKFLOW_PASSWORD, or TD_API_KEY.",
        ),
    ],
)
def test_a_refusal_says_which_variable_to_look_at(status: int, account: Account, sentence: str) -> None:
    refused = error(answer(status, {"message": "no"}), account)
    assert isinstance(refused, Unauthorized)
    assert not refused.passing
    assert str(refused) == sentence


@pytest.mark.parametrize(
    ("name", "account", "kind", "sentence"),
    [
        ("auth-401-none", OWN_NONE, Unauthorized, "WORKFLOW_USER"),
        ("auth-401-wrong", OWN_BASIC, Unauthorized, "WORKFLOW_PASSWORD"),
        (
            "auth-500-td1",
            OWN_KEY,
            ServerFailed,
            "unset TD_API_KEY and set WORKFLOW_USER and WORKFLOW_PASSWORD",
        ),
        ("auth-500-malformed", OWN_BASIC, ServerFailed, "failed (500). Try again in a moment."),
        ("session-404", OWN_NONE, NotFound, "(404): Resource does not exist: session id=999999."),
        ("attempts-unknown-project-404", OWN_NONE, NotFound, "project name=nope."),
        ("id-unparsable-404", OWN_NONE, NotFound, "digdag.test:65432 knows nothing of that (404)."),
        ("page-size-over-max-400", OWN_NONE, BadRequest, "(400): Your specified page_size is"),
        ("accept-406", OWN_NONE, BadRequest, "did not take the request (406)."),
    ],
)
def test_a_recorded_refusal_becomes_its_error(
    name: str, account: Account, kind: type[ApiError], sentence: str
) -> None:
    refused = error(recorded(name), account)
    assert type(refused) is kind
    assert sentence in str(refused)
    assert "\n" not in str(refused)
    assert len(str(refused)) < 400


def test_a_server_that_chokes_on_the_key_will_go_on_doing_so() -> None:
    assert error(recorded("auth-500-td1"), OWN_KEY).lasting
    assert not error(recorded("auth-500-td1"), OWN_BASIC).lasting


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Tue, 24 Nov 2026 09:00:30 GMT", "date": "Tue, 24 Nov 2026 09:00:00 GMT"}, 30.0),
        ({"retry-after": "999999999"}, 3600.0),
        ({"retry-after": "Tue, 24 Nov 2099 12:00:00 GMT"}, 3600.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Tue, 99 Nov 2026 12:00:00 GMT"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_whichever_way_it_is_said(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("1", "Try again in a moment."),
        ("40", "Try again in 40 s."),
        ("600", "Try again in 10 min."),
        ("", "Try again in a moment."),
    ],
)
def test_too_many_requests_says_when_to_try_again(said: str, sentence: str) -> None:
    busy = error(answer(429, retry_after=said))
    assert isinstance(busy, TooManyRequests)
    assert busy.passing
    assert busy.retry_after == (float(said) if said else None)
    assert str(busy) == f"Treasure Workflow (eu01) takes no more requests for now (429). {sentence}"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_a_failing_server_may_pass_and_its_page_is_not_shown(status: int) -> None:
    page = Answer(
        status, {"content-type": "text/html", "retry-after": "40"}, b"<h1>at io.digdag.Foo(Bar.java)</h1>"
    )
    failed = error(page)
    assert isinstance(failed, ServerFailed)
    assert failed.passing
    assert failed.retry_after == 40.0
    assert str(failed) == f"Treasure Workflow (eu01) failed ({status}). Try again in 40 s."


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_but_said(status: int) -> None:
    sent_on = error(Answer(status, {"location": "https://login.test/?token=abc"}, b""), OWN_KEY)
    assert isinstance(sent_on, Unreadable)
    assert sent_on.lasting
    assert f"another address ({status}): is WORKFLOW_URL right" in str(sent_on)
    assert "login.test" not in str(sent_on)


def test_a_success_raises_nothing() -> None:
    check(answer(200, {}), HOSTED_KEY, NOW)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("No such file /var/log/digdag/2026/x.gz here", "No such file … here"),
        ("file:/TMP/digdag/a.dig: bad", "file:…: bad"),
        (r"C:\digdag\logs\x.gz: bad", "… bad"),
        ("a\n  b\tc\x00d", "a b cd"),
        ("password=hunter2", "password=[redacted]"),
        ("see https://docs.digdag.io/a/b.html", "see https://docs.digdag.io/a/b.html"),
        ("and/or 1/2 2026/01/02", "and/or 1/2 2026/01/02"),
        ("x" * 5000, "x" * 199 + "…"),
    ],
)
def test_a_servers_own_words_are_scrubbed(message: str, shown: str) -> None:
    assert scrub(message) == shown
    assert error(answer(400, {"message": message})).args[0].endswith(f"(400): {shown}.")


@pytest.mark.parametrize("body", [None, [], {}, {"message": None}, {"message": " "}, {"message": 5}])
def test_an_error_without_a_message_says_its_status_alone(body: Any) -> None:
    assert str(error(answer(409, body))) == "Treasure Workflow (eu01) did not take the request (409)."


def test_no_secret_is_ever_shown() -> None:
    encoded = b64encode(b"etl:hunter2").decode()
    for account in (HOSTED_KEY, OWN_BASIC):
        shown = repr(account) + "".join(
            str(error(answer(code), account)) for code in (400, 401, 403, 404, 429, 500)
        )
        assert "abab" not in shown
        assert "hunter2" not in shown
        assert encoded not in shown
