"""What a feature answers: a closed union that `slack.perform` alone carries out (and `ask` prints)."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.blocks.message import Block, Message


@dataclass(frozen=True, slots=True)
class Say:
    """A message of its own: private to the asker, or, with `public`, for everyone in the channel.

    `failed` marks an answer that could not be had (the account unreachable, a file refused).
    """

    message: Message
    public: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Redraw:
    """The pressed message, drawn anew in its place."""

    message: Message


@dataclass(frozen=True, slots=True)
class File:
    """A file and the message that goes beside it.

    A private message takes no file: it goes to the asker's DM.
    """

    message: Message
    name: str
    content: bytes
    public: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """The asker's Home tab, drawn anew."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog to be filled in. What is submitted comes back under `callback` (`digests add`), a text for
    each block id of `blocks`; `typed` is what one types where no dialog can be opened."""

    title: str
    submit: str
    callback: str
    blocks: tuple[Block, ...]
    typed: str


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """A dialog stays open: by block id, what is wrong there, in plain text."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No answer is owed: the press of a link button."""


Reply = Say | Redraw | File | Home | Dialog | FieldErrors | Nothing
