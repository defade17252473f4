"""A message and a dialog as Slack takes them."""

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


@dataclass(frozen=True, slots=True)
class View:
    """A dialog's content: what `views.open` takes as `view`."""

    title: str
    blocks: tuple[Block, ...]
    callback_id: str = "lookout"
    private_metadata: str = ""
    submit: str | None = None
    close: str = "Close"
