"""A message as a dialog, for who asked where no message can be put."""

from typing import Any

from bot.blocks import limits
from bot.blocks.message import Block, Message
from bot.blocks.text import plain


def dialog(message: Message, title: str = "Lookout") -> dict[str, Any]:
    """A view for views.open. Of its buttons only links stay: a dialog has no channel for an answer."""
    shown = [part for block in message.blocks if (part := _readable(block)) is not None]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": plain(title, limits.VIEW_TITLE), "emoji": False},
        "close": {"type": "plain_text", "text": "Close", "emoji": False},
        "blocks": shown,
    }


def _readable(block: Block) -> Block | None:
    if block["type"] == "actions":
        links = [element for element in block["elements"] if "url" in element]
        return {**block, "elements": links} if links else None
    accessory = block.get("accessory")
    if accessory is None or "url" in accessory or accessory["type"] == "image":
        return block
    return {name: part for name, part in block.items() if name != "accessory"}
