"""A message as plain text for a terminal: all of its content, its buttons by their names, no colours."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.blocks.message import Block, Message
from bot.blocks.text import clean, unescape

_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_LINK = re.compile(r"<[^|>\s]+\|([^>]*)>")
_BARE_LINK = re.compile(r"<([^|>\s]+)>")
_BOLD = re.compile(r"(?<!\w)\*(?=\S)([^*\n]+?)(?<=\S)\*(?!\w)")


def rendered(message: Message) -> str:
    """The blocks from top to bottom; a message without blocks is its text. No line end at the end."""
    if not message.blocks:
        return _shown(message.text)
    return "\n".join(line.rstrip() for block in message.blocks for line in _block(block)).rstrip()


def _block(block: Block) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield from (_text(block["text"]), "")
        case "divider":
            yield ""
        case "section":
            yield from _section(block)
        case "context":
            yield from (_text(element) for element in block["elements"])
        case "actions":
            yield "  ".join(_element(element) for element in block["elements"])


def _section(block: Block) -> Iterator[str]:
    if "text" in block:
        first, *others = _text(block["text"]).split("\n")
        yield f"{first}  {_element(block['accessory'])}" if "accessory" in block else first
        yield from others
    for pair in block.get("fields", ()):
        label, _, value = _text(pair).partition("\n")
        yield f"{label + ':':<14}{value}"


def _element(element: Mapping[str, Any]) -> str:
    """`[Previous]`; a link with its address; a menu with its choice."""
    if element["type"] == "button":
        url = f": {element['url']}" if "url" in element else ""
        return f"[{_text(element['text'])}{url}]"
    chosen = element.get("initial_option")
    return f"[{_text(element['placeholder'])}: {_text(chosen['text'])} ▾]" if chosen else ""


def _text(text: Mapping[str, Any]) -> str:
    return _shown(text["text"]) if text["type"] == "mrkdwn" else _printable(unescape(text["text"]))


def _shown(mrkdwn: str) -> str:
    """What a reader sees of mrkdwn: links by their labels, bold without its marks, code as it is."""
    parts = _CODE.split(_LINK.sub(r"\1", mrkdwn))
    shown = (_code(part) if index % 2 else _BOLD.sub(r"\1", part) for index, part in enumerate(parts))
    return _printable(unescape(_BARE_LINK.sub(r"\1", "".join(shown))))


def _code(part: str) -> str:
    return part.removeprefix("```").removesuffix("```") if part.startswith("```") else part


def _printable(text: str) -> str:
    return clean(text)
