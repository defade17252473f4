"""What a feature answers: a closed union that `slack.perform` alone carries out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.blocks.message import Message, View


@dataclass(frozen=True, slots=True)
class Say:
    """A message: private to the asker, or, with `public`, for everyone in the channel."""

    message: Message
    public: bool = False


@dataclass(frozen=True, slots=True)
class Redraw:
    """The pressed message, drawn anew in its place."""

    message: Message


@dataclass(frozen=True, slots=True)
class File:
    """A file beside a message. Private ones go to the asker's DM, for a private message takes no file."""

    message: Message
    name: str
    content: bytes
    public: bool = False


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog opened at once as `loading`; `fill` then brings its content."""

    loading: View
    fill: Callable[[], Awaitable[View]]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No answer is owed: a link button, a choice that changes nothing."""


Reply = Say | Redraw | File | Dialog | Nothing
