"""Slack's refusals of blocks, for messages, dialogs and the Home tab; and what it fills in itself."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bot.playground.slack import limits as most
from bot.playground.slack.checks import problem, typed
from bot.playground.slack.errors import SlackError, invalid
from bot.playground.slack.mrkdwn import nodes, shown_texts
from bot.playground.slack.shapes import BLOCKS, SURFACES

Block = dict[str, Any]
_TABLES = {"table": most.TABLE_TEXT, "data_table": most.DATA_TABLE_TEXT}
_auto_ids = itertools.count(1)


def check_blocks(
    blocks: Any, surface: str, *, refused: frozenset[str] = frozenset(), files: frozenset[str] | None = None
) -> list[str]:
    """What Slack would refuse on a surface (`message`, `modal`, `home`); empty when it takes the blocks.

    `refused` are block types that this workspace does not have yet; `files` are the uploaded files that an
    image may show (None: any).
    """
    if not isinstance(blocks, list):
        return problem("must be an array", "/blocks")
    allowed = {kind: BLOCKS[kind] for kind in SURFACES[surface] - refused}
    found = _too_many(blocks, surface)
    for index, block in enumerate(blocks):
        found += typed(allowed)(block, f"/blocks/{index}")
    if found:
        return found
    rules = (_nested_refused(blocks, refused), _ids(blocks), _tables(blocks), _charts(blocks))
    return [one for rule in rules for one in rule] + list(_markdown(blocks)) + list(_images(blocks, files))


def _too_many(blocks: Sequence[Any], surface: str) -> list[str]:
    limit = most.MESSAGE_BLOCKS if surface == "message" else most.VIEW_BLOCKS
    return problem(f"no more than {limit} items allowed", "/blocks") if len(blocks) > limit else []


def _nested_refused(blocks: Sequence[Block], refused: frozenset[str]) -> Iterator[str]:
    for block in every_block(blocks):
        if block["type"] in refused:
            yield from problem(f"unsupported type: {block['type']}", "/blocks")


def _ids(blocks: Sequence[Block]) -> Iterator[str]:
    """`block_id` once in a message, `action_id` once in a block (the docs of both)."""
    ids = Counter(block["block_id"] for block in every_block(blocks) if block.get("block_id"))
    for name, times in ids.items():
        if times > 1:
            yield from problem(f"block_id already exists: {name}", "/blocks")
    for block in every_block(blocks):
        actions = Counter(one["action_id"] for one in elements(block) if one.get("action_id"))
        for name, times in actions.items():
            if times > 1:
                yield from problem(f"action_id already exists: {name}", "/blocks")


def _tables(blocks: Sequence[Block]) -> Iterator[str]:
    tables = [block for block in every_block(blocks) if block["type"] in _TABLES]
    if len(tables) > most.TABLES_PER_MESSAGE:
        yield from problem("only_one_table_allowed", "/blocks")
    for table in tables:
        length = sum(len(words) for words in shown_texts(table["rows"]))
        if length > _TABLES[table["type"]]:
            yield from problem(f"must be less than {_TABLES[table['type']] + 1} characters", "/blocks")


def _charts(blocks: Sequence[Block]) -> Iterator[str]:
    if sum(block["type"] == "data_visualization" for block in blocks) > most.CHARTS_PER_MESSAGE:
        yield from problem(f"no more than {most.CHARTS_PER_MESSAGE} data_visualization blocks", "/blocks")


def _markdown(blocks: Sequence[Block]) -> Iterator[str]:
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > most.MARKDOWN_TOTAL:
        yield from problem(
            f"markdown must be less than {most.MARKDOWN_TOTAL + 1} characters in all", "/blocks"
        )


def _images(blocks: Sequence[Block], files: frozenset[str] | None) -> Iterator[str]:
    for node in nodes(list(blocks)):
        shown = node.get("slack_file", {}).get("id") if isinstance(node.get("slack_file"), dict) else None
        if files is not None and shown is not None and shown not in files:
            yield from problem("invalid slack file", "/blocks")


def require_blocks(
    blocks: Any, *, refused: frozenset[str] = frozenset(), files: frozenset[str] | None = None
) -> list[Block]:
    """The blocks of a message as Slack keeps them, or SlackError."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if problems := check_blocks(blocks, "message", refused=refused, files=files):
        raise invalid("invalid_blocks", problems)
    if sum(len(words) for words in shown_texts(blocks)) > most.ALL_BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")
    return filled_in(blocks)


def every_block(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks, and those inside containers and carousels."""
    for block in blocks:
        yield block
        yield from every_block(block.get("child_blocks", ()))
        if block["type"] == "carousel":
            yield from block["elements"]


def elements(block: Block) -> Iterator[dict[str, Any]]:
    """The interactive elements of one block (not of the blocks inside it)."""
    if block["type"] in {"actions", "context_actions"}:
        yield from block["elements"]
    elif block["type"] == "card":
        yield from block.get("actions", ())
    elif block["type"] == "input":
        yield block["element"]
    elif block["type"] == "section" and block.get("accessory", {}).get("type", "image") != "image":
        yield block["accessory"]


def filled_in(blocks: Sequence[Block]) -> list[Block]:
    """A copy with the ids that Slack gives to blocks and elements that have none."""
    own: list[Block] = json.loads(json.dumps(list(blocks)))  # deepcopy takes five times as long
    for block in every_block(own):
        if not block.get("block_id"):
            block["block_id"] = f"b{next(_auto_ids):04}"
        for one in elements(block):
            if not one.get("action_id"):
                one["action_id"] = f"a{next(_auto_ids):04}"
    return own
