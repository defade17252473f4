"""What an answer that is no success means, as one of our errors with a sentence for a person.

The envelope `{"message", "status"}` is Digdag's (GenericJsonExceptionHandler). 500s are HTML pages with a
stack trace, some 404s have no body, and messages may hold paths of the server: so the content type is looked
at first, HTML is never shown, and what is shown is scrubbed. `Retry-After`: RFC 9110, section 10.2.3.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.api.sites import Access, Site
from bot.core.errors import (
    ApiError,
    BadRequest,
    NotFound,
    ServerFailed,
    TooManyRequests,
    Unauthorized,
    Unreadable,
)
from bot.core.redact import redact

_LONGEST_MESSAGE = 200
_LONGEST_WAIT = 3600.0
_PATH = re.compile(r"(?<![\w/])/(?!/)[\w.@%+~-]+(?:/[\w.@%+~-]+)+|\b[A-Za-z]:\\[^\s\"']+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `headers` with names in lower case, `body` after transport decoding."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """Such as `application/json`, without parameters; "" where the server says none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        return self.content_type == "application/json" or self.content_type.endswith("+json")


@dataclass(frozen=True, slots=True)
class Account:
    """Who was asked, and how the bot signed in: what errors name."""

    site: Site
    access: Access

    @property
    def name(self) -> str:
        return self.site.name


def check(answer: Answer, account: Account, now: datetime) -> None:
    """Raise what a status other than 2xx means. `now` (UTC) is for a `Retry-After` that is a date."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in {401, 403}:
        raise _unauthorized(status, account)
    if status == 404:
        raise NotFound(_with_message(f"{account.name} knows nothing of that (404)", answer))
    if status == 429:
        wait = retry_after(answer.headers, now)
        raise TooManyRequests(
            f"{account.name} takes no more requests for now (429). {_try_again(wait)}", wait
        )
    if status >= 500:
        raise _failed(answer, account, now)
    if 300 <= status < 400:
        raise stranger(f"{account.name} sends the bot to another address ({status})", account)
    raise BadRequest(_with_message(f"{account.name} did not take the request ({status})", answer))


def paused(account: Account, seconds: float | None) -> TooManyRequests:
    """The server takes no more requests for so many seconds; None where it does not say for how long."""
    sentence = f"{account.name} takes no more requests for now (429). {_try_again(seconds)}"
    return TooManyRequests(sentence, seconds)


def stranger(what: str, account: Account) -> ApiError:
    """Something else answers at that address: a proxy, a login page, another server."""
    question = "is WORKFLOW_URL right, or does a proxy" if _own_url(account) else "does a proxy"
    return _lasting(Unreadable(f"{what}: {question} stand between?"))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from now, at most an hour; None where the server does not say or it can't be read.

    A date is counted from the answer's own `Date` where there is one, for clocks differ.
    """
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", said):
        return min(float(said), _LONGEST_WAIT)
    until = _http_date(said)
    if until is None:
        return None
    seconds = (until - (_http_date(headers.get("date", "")) or now)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def message(answer: Answer) -> str | None:
    """The server's own words, scrubbed; None where there are none."""
    if not answer.is_json:
        return None
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    words = body.get("message") if isinstance(body, dict) else None
    return scrub(words) if isinstance(words, str) and words.strip() else None


def scrub(words: str) -> str:
    """One line without paths of the server, secrets and control characters, at most 200 characters."""
    line = " ".join(words[: 20 * _LONGEST_MESSAGE].split())
    line = "".join(letter for letter in _PATH.sub("…", redact(line)) if letter.isprintable())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1].rstrip() + "…"


def _with_message(sentence: str, answer: Answer) -> str:
    words = message(answer)
    return f"{sentence}: {words.rstrip('.')}." if words else f"{sentence}."


def _unauthorized(status: int, account: Account) -> ApiError:
    return Unauthorized(
        f"{account.name} {_REFUSALS[status, account.access.kind]} ({status}). {_cure(status, account)}"
    )


_REFUSALS = {
    (401, "key"): "refused the key",
    (401, "basic"): "refused the user or the password",
    (401, "none"): "wants to know who asks",
    (403, "key"): "does not let the key see that",
    (403, "basic"): "does not let the user see that",
    (403, "none"): "does not show that to everyone",
}


def _cure(status: int, account: Account) -> str:
    match account.access.kind:
        case "none":
            return "Set WORKFLOW_USER and WORKFLOW_PASSWORD, or TD_API_KEY."
        case "basic" if status == 401:
            return "Look at WORKFLOW_USER and WORKFLOW_PASSWORD."
        case "basic":
            return "Look at WORKFLOW_USER: may it see this?"
        case "key" if status == 403:
            return "Look at TD_API_KEY: its owner needs permission to view workflows."
        case "key" if account.site.setting == "TD_SITE":
            return "Look at TD_API_KEY, and at TD_SITE: a key is good for one site."
        case _:
            return "Look at TD_API_KEY, or does it want WORKFLOW_USER and WORKFLOW_PASSWORD?"


def _failed(answer: Answer, account: Account, now: datetime) -> ApiError:
    """5xx. A Digdag with basic credentials answers 500 to a `TD1` header."""
    wait = retry_after(answer.headers, now)
    if answer.status == 500 and account.access.kind == "key" and _own_url(account) and not answer.is_json:
        hint = (
            "If it wants a user and a password, unset TD_API_KEY and set WORKFLOW_USER and WORKFLOW_PASSWORD."
        )
        return _lasting(ServerFailed(f"{account.name} failed ({answer.status}). {hint}", wait))
    sentence = _with_message(f"{account.name} failed ({answer.status})", answer)
    return ServerFailed(f"{sentence} {_try_again(wait)}", wait)


def _own_url(account: Account) -> bool:
    return account.site.setting == "WORKFLOW_URL"


def _lasting(error: ApiError) -> ApiError:
    error.lasting = True
    return error


def _try_again(seconds: float | None) -> str:
    if seconds is None or seconds < 2:
        return "Try again in a moment."
    return f"Try again in {seconds:.0f} s." if seconds < 120 else f"Try again in {seconds / 60:.0f} min."


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date
