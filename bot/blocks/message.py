"""A message as Slack takes it."""

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """`text` carries the whole meaning (notifications and screen readers read only it); blocks are the look.

    Both are mrkdwn-escaped and inside Slack's limits by the time a Message is made.
    """

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """`{"text": …, "blocks": […]}`, as chat.postMessage takes it."""
        return {"text": self.text, "blocks": list(self.blocks)}
