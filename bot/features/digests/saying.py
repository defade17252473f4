"""How posts of digests are called, and what their metadata says."""

from datetime import UTC, datetime

from bot.blocks.message import Message
from bot.features.digests.views import late_message
from bot.store.digests import Occurrence
from bot.store.posts import PostKey

KIND = "digest"
SENT = "sent digest"
"""One that someone sent beside its own times."""


def key_of(name: str, end: datetime) -> PostKey:
    return PostKey(KIND, name, instant(end))


def payload_of(occurrence: Occurrence, *, pending: bool = False) -> dict[str, object]:
    """What a post's metadata says of what it covers; `pending`: it is only the line that it is late."""
    covers: dict[str, object] = {
        "digest": occurrence.digest,
        "from": instant(occurrence.start),
        "to": instant(occurrence.end),
    }
    return covers | ({"pending": True} if pending else {})


def late_line(occurrence: Occurrence, why: str) -> Message:
    span = f"{occurrence.start:%Y-%m-%d %H:%M} – {occurrence.end:%Y-%m-%d %H:%M} UTC"
    return late_message(occurrence.digest, span, why)


def instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
