"""The pieces that all views share. Each is inside Slack's limits, whatever it is given.

`mrkdwn` arguments are escaped already (see `text`), and are clipped here as the last net; `words` arguments
are plain and are escaped here. Texts are `verbatim`: Slack then links no address, channel or @name by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import limits
from bot.blocks.message import Block
from bot.blocks.text import clip, plain, units


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select: what it says, and the value of its press (at most 150)."""

    label: str
    value: str


def header(words: str) -> Block:
    return {"type": "header", "text": _plain(words, limits.HEADER)}


def divider() -> Block:
    return {"type": "divider"}


def section(mrkdwn: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": _mrkdwn(mrkdwn, limits.TEXT)}
    return block | {"accessory": accessory} if accessory else block


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Label and value in two columns, ten at most; the value is mrkdwn."""
    shown = [_mrkdwn(f"*{label}*\n{value}", limits.FIELD) for label, value in pairs[: limits.FIELDS]]
    return {"type": "section", "fields": shown}


def context(*mrkdwn: str) -> Block:
    """Small print: ten elements at most."""
    return {"type": "context", "elements": [_mrkdwn(text, limits.TEXT) for text in mrkdwn[: limits.CONTEXT]]}


def actions(elements: Sequence[Block], block_id: str | None = None) -> Block:
    block: Block = {"type": "actions", "elements": list(elements[: limits.ACTIONS])}
    return block | {"block_id": block_id} if block_id else block


def button(
    words: str, action_id: str, value: str = "", *, url: str | None = None, label: str | None = None
) -> Block:
    """`label` is what a screen reader says where the visible word alone is ambiguous.

    A value or URL too long for Slack is an error of the caller: cutting it would change what is asked.
    """
    if units(value) > limits.BUTTON_VALUE or units(url or "") > limits.BUTTON_URL:
        raise ValueError("a button's value or URL is too long")
    block: Block = {"type": "button", "text": _plain(words, limits.BUTTON), "action_id": action_id}
    block |= {"value": value} if value else {}
    block |= {"url": url} if url else {}
    return block | ({"accessibility_label": plain(label, limits.BUTTON_LABEL)} if label else {})


def select(
    placeholder: str, action_id: str, choices: Sequence[Choice], chosen: Choice | None = None
) -> Block:
    """A menu of at most 100 options that shows its choice; `chosen` not among them is put first."""
    offered = list(choices[: limits.OPTIONS])
    if chosen is not None and chosen not in offered:
        offered = [chosen, *offered[: limits.OPTIONS - 1]]
    block: Block = {
        "type": "static_select",
        "placeholder": _plain(placeholder, limits.PLACEHOLDER),
        "action_id": action_id,
        "options": [_option(choice) for choice in offered],
    }
    return block | ({"initial_option": _option(chosen)} if chosen else {})


def text_input(
    label: str, block_id: str, *, hint: str = "", initial: str = "", example: str = "", optional: bool = False
) -> Block:
    """A field of a dialog; what is filled in comes back under its block id."""
    element: Block = {"type": "plain_text_input", "action_id": "it"}
    element |= {"initial_value": initial} if initial else {}
    element |= {"placeholder": _plain(example, limits.PLACEHOLDER)} if example else {}
    return _input(label, block_id, element, hint=hint, optional=optional)


def channel_input(label: str, block_id: str, *, initial: str = "", hint: str = "") -> Block:
    element: Block = {
        "type": "conversations_select",
        "action_id": "it",
        "placeholder": _plain("Choose a channel", limits.PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    element |= {"initial_conversation": initial} if initial else {}
    return _input(label, block_id, element, hint=hint)


def tick_input(label: str, block_id: str, choice: Choice, *, ticked: bool = False) -> Block:
    """One box to tick."""
    element: Block = {"type": "checkboxes", "action_id": "it", "options": [_option(choice)]}
    element |= {"initial_options": [_option(choice)]} if ticked else {}
    return _input(label, block_id, element, optional=True)


def _input(label: str, block_id: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label, limits.HEADER),
        "element": element,
        "optional": optional,
    }
    return block | ({"hint": _plain(hint, limits.HEADER)} if hint else {})


def _option(choice: Choice) -> Block:
    return {"text": _plain(choice.label, limits.OPTION), "value": choice.value}


def _plain(words: str, limit: int) -> Block:
    return {"type": "plain_text", "text": plain(words, limit), "emoji": False}


def _mrkdwn(text: str, limit: int) -> Block:
    return {"type": "mrkdwn", "text": clip(text, limit) or " ", "verbatim": True}
