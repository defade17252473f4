"""How a post looks: with what is to be said of its delivery, and plainer where Slack refuses its blocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.blocks import limits
from bot.blocks.message import Block, Message
from bot.blocks.pieces import context, section
from bot.blocks.text import clip, escape, units
from bot.store.posts import Post, PostKey

EVENT = "lookout_post"
"""The `event_type` of the metadata by which a post is found in its channel."""
OWN = frozenset({"kind", "subject", "occasion", "anew", "version"})
"""What an `event_payload` holds beside the post's own."""
CHART = "data_visualization"
ANEW = "Posted anew: the message that stood here before is gone."
REPEATS = (
    "This may repeat an earlier message: whether that one arrived could not be checked,"
    " for Lookout cannot read this channel's history."
)


def metadata(post: Post) -> Mapping[str, Any]:
    """`{event_type, event_payload}`: the post's payload, its key, and which version it is."""
    own = {**match(post), "version": post.wanted}
    return {"event_type": EVENT, "event_payload": {**post.payload, **own}}


def match(post: Post) -> Mapping[str, Any]:
    """What of its metadata makes a message this post's."""
    return by_key(post.key) | ({"anew": True} if post.anew else {})


def version_of(payload: Mapping[str, Any], post: Post) -> int:
    """Which version of the post a message with this `event_payload` shows; 0 for one that tells otherwise."""
    version = payload.get("version")
    same = _beside(payload) == _beside(post.payload)
    return version if isinstance(version, int) and same else 0


def _beside(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in payload.items() if name not in OWN}


def by_key(key: PostKey) -> dict[str, Any]:
    return {"kind": key.kind, "subject": key.subject, "occasion": key.occasion}


def noted(message: Message, *, anew: bool, repeats: bool) -> Message:
    """The message, with how its delivery went where that is not as usual."""
    note = " ".join([ANEW] * anew + [REPEATS] * repeats)
    if not note:
        return message
    text = clip(message.text, limits.MESSAGE_TEXT - units(note) - 1)
    room = 0 < len(message.blocks) < limits.BLOCKS
    return Message(f"{text}\n{note}", (*message.blocks, context(note)) if room else message.blocks)


def looks(message: Message) -> Iterator[Message]:
    """The message; with its charts in words; its text alone: each for where Slack refuses the one before."""
    yield message
    if any(block["type"] == CHART for block in message.blocks):
        blocks = (told(block) if block["type"] == CHART else block for block in message.blocks)
        yield Message(message.text, tuple(blocks))
    if message.blocks:
        yield Message(clip(message.text, limits.MESSAGE_TEXT))


def told(chart: Block) -> Block:
    """A chart in words: its title, and its numbers by label (a line a series)."""
    body = chart.get("chart", {})
    series = body.get("series") or [{"name": "", "data": body.get("segments", ())}]
    names = [f"{one['name']}: " if len(series) > 1 else "" for one in series]
    rows = [name + _row(one["data"]) for name, one in zip(names, series, strict=True)]
    lines = [f"*{escape(str(chart.get('title', '')))}*", *(escape(row) for row in rows)]
    return section("\n".join(lines))


def _row(points: list[Mapping[str, Any]]) -> str:
    return " · ".join(f"{point['label']} {point['value']:g}" for point in points)
