"""A message as a dialog, for who asked where no message can be put."""

from collections.abc import Mapping
from typing import Any

from bot.blocks import limits
from bot.blocks.message import Block, Message
from bot.blocks.text import plain
from bot.core.reply import Dialog


def dialog(message: Message, title: str = "Lookout") -> dict[str, Any]:
    """A view for views.open. Of its buttons only links stay: a dialog has no channel for an answer."""
    shown = [part for block in message.blocks if (part := _readable(block)) is not None]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": plain(title, limits.VIEW_TITLE), "emoji": False},
        "close": {"type": "plain_text", "text": "Close", "emoji": False},
        "blocks": shown,
    }


def form(asked: Dialog, channel: str = "") -> dict[str, Any]:
    """A view for views.open that is filled in; it carries where it was asked for."""
    return {
        "type": "modal",
        "callback_id": asked.callback,
        "private_metadata": channel,
        "title": {"type": "plain_text", "text": plain(asked.title, limits.VIEW_TITLE), "emoji": False},
        "submit": {"type": "plain_text", "text": plain(asked.submit, limits.VIEW_TITLE), "emoji": False},
        "close": {"type": "plain_text", "text": "Cancel", "emoji": False},
        "blocks": list(asked.blocks),
    }


def filled(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by block id: a text, or what was chosen; several choices with blanks between."""
    found: dict[str, str] = {}
    for block, elements in (view.get("state", {}).get("values") or {}).items():
        for element in elements.values():
            found[block] = _value(element)
    return found


def _value(element: Mapping[str, Any]) -> str:
    many = element.get("selected_options")
    if many is not None:
        return " ".join(str(each.get("value", "")) for each in many)
    option = element.get("selected_option") or {}
    chosen = element.get("selected_conversation") or element.get("selected_channel") or option.get("value")
    return str(element.get("value") or chosen or "").strip()


def _readable(block: Block) -> Block | None:
    if block["type"] == "actions":
        links = [element for element in block["elements"] if "url" in element]
        return {**block, "elements": links} if links else None
    accessory = block.get("accessory")
    if accessory is None or "url" in accessory or accessory["type"] == "image":
        return block
    return {name: part for name, part in block.items() if name != "accessory"}
