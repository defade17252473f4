"""Slack over signed HTTP: a delivery's headers and body in, the acknowledgement out."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.slack.work import Work

log = logging.getLogger("lookout.slack")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class SignedHttp:
    """What `/slack/events` does, without a web server around it.

    Signatures are verified here, before Bolt sees a request: it parses the body first, and its own verifier
    raises on odd headers, both of which end as HTTP 500.
    """

    def __init__(self, app: AsyncApp, signing_secret: str, work: Work) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._work = work

    async def take(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Bolt's answer; 4xx for what Slack did not send, 503 while the bot ends."""
        lower = {name.lower(): value for name, value in headers.items()}
        refused = self._refusal(lower, body)
        if refused is None and self._work.draining:
            return HttpAnswer(503, "shutting down")
        request = None if refused else read(lower, body)
        if request is None:
            refused = refused or HttpAnswer(400, "unreadable body")
            log.warning("refused a request to /slack/events: %s", refused.body)
            return refused
        answer = await self._work.take(self._app.async_dispatch(request))
        return HttpAnswer(answer.status, answer.body or "", first_values(answer.headers))

    def _refusal(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer | None:
        """Why it is not Slack's, None when it is.

        https://docs.slack.dev/authentication/verifying-requests-from-slack
        """
        stamp, signature = (
            headers.get("x-slack-request-timestamp", ""),
            headers.get("x-slack-signature", ""),
        )
        if not (readable(stamp) and stamp.isdigit() and readable(signature)):
            return HttpAnswer(400, "unreadable signature headers")
        try:
            body.decode()
        except UnicodeDecodeError:
            return HttpAnswer(400, "the body is not UTF-8")
        if not self._verifier.is_valid(body, stamp, signature):
            return HttpAnswer(401, "wrong or old signature")
        return None


def readable(header: str) -> bool:
    """Whether the verifier can work with it: it raises on other characters and very long numbers."""
    return 0 < len(header) < 200 and header.isascii()


def read(headers: Mapping[str, str], body: bytes) -> AsyncBoltRequest | None:
    """The request for Bolt; None for a body that is no form and no JSON object."""
    try:
        return AsyncBoltRequest(body=body.decode(), headers=dict(headers))
    except (ValueError, AttributeError, TypeError):
        return None


def first_values(headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in headers.items() if values}
