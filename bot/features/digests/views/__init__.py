"""Digests as messages: values in, a Message out."""

from bot.features.digests.views.message import digest_message, late_message, lost_message, part_message
from bot.features.digests.views.telling import Made, telling
from bot.features.digests.views.values import FEATURE, Item, Part, Telling

__all__ = [
    "FEATURE",
    "Item",
    "Made",
    "Part",
    "Telling",
    "digest_message",
    "late_message",
    "lost_message",
    "part_message",
    "telling",
]
