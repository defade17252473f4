"""What Slack reads out of a text: who is pinged, and the plain words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PING = re.compile(r"<(?:@[UW][A-Z0-9]*|!(?:channel|here|everyone|group)|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>")
_LINKED_NAME = re.compile(r"(?<![\w`])@(?:channel|here|everyone)\b")
_RICH_PINGS = {"user": "@{user_id}", "usergroup": "!subteam^{usergroup_id}", "broadcast": "!{range}"}


def pings(text: str, *, link_names: bool = False) -> list[str]:
    """The real pings of a mrkdwn text, as written there; escaped ones (`&lt;!channel&gt;`) are none.

    Slack pings from within code too, so code is not left out. With `link_names` (or `parse=full`) a bare
    `@channel` pings as well.
    """
    found = [match.group() for match in _PING.finditer(text)]
    return found + (_LINKED_NAME.findall(text) if link_names else [])


def block_pings(blocks: Sequence[Mapping[str, Any]], *, link_names: bool = False) -> list[str]:
    """The pings of blocks: in mrkdwn objects, markdown blocks and rich text; plain text pings nobody."""
    found: list[str] = []
    for node in nodes(list(blocks)):
        kind = node.get("type")
        if kind in {"mrkdwn", "markdown"} and isinstance(node.get("text"), str):
            found += pings(node["text"], link_names=link_names)
        elif isinstance(kind, str) and kind in _RICH_PINGS and "elements" not in node:
            found += _rich_ping(kind, node)
    return found


def _rich_ping(kind: str, node: Mapping[str, Any]) -> list[str]:
    try:
        return [f"<{_RICH_PINGS[kind].format_map(node)}>"]
    except KeyError:
        return []


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a JSON value, from the outside in, in order."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from nodes(inner)


def shown_texts(value: Any) -> Iterator[str]:
    """The texts of blocks as they stand on the screen, without menus' options and confirmations."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"text", "title", "caption"} and isinstance(inner, str):
                yield inner
            elif key not in {"options", "option_groups", "initial_option", "initial_options", "confirm"}:
                yield from shown_texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from shown_texts(inner)


def fallback_text(blocks: Sequence[Mapping[str, Any]]) -> str:
    """The text that Slack builds for a message that came with blocks alone."""
    supported = [
        block for block in blocks if block.get("type") in {"header", "section", "context", "rich_text"}
    ]
    return " ".join(shown_texts(supported))
