"""Slack over signed HTTP: a delivery's headers and body in, the acknowledgement out."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

log = logging.getLogger("lookout.slack")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class SignedHttp:
    """What `/slack/events` does, without a web server around it."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def take(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Bolt's answer; 400 for what Bolt's own verifier would fall over (it raises on these: HTTP 500)."""
        if not readable(headers):
            log.warning("refused a request: its Slack signature headers are not what Slack sends")
            return HttpAnswer(400, "unreadable signature headers")
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return HttpAnswer(400, "the body is not UTF-8")
        answer = await self._app.async_dispatch(AsyncBoltRequest(body=text, headers=dict(headers)))
        return HttpAnswer(answer.status, answer.body or "", first_values(answer.headers))


def readable(headers: Mapping[str, str]) -> bool:
    """Whether the signature headers are of Slack's form, so that they can be verified at all.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    lower = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = lower.get("x-slack-request-timestamp", ""), lower.get("x-slack-signature", "")
    return (
        timestamp.isascii()
        and timestamp.isdigit()
        and len(timestamp) < 16
        and bool(signature)
        and signature.isascii()
    )


def first_values(headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in headers.items() if values}
