"""What has been read of a query so far, and how a word that means nothing is told."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.core.model import Status
from bot.core.query import Misread, Mistake, Pattern, Place, Shape, shown
from bot.core.typed import Typed, together
from bot.core.vocabulary import STATUSES

_HIGHEST_ID = 2**63 - 2  # one session is asked for as `last_id` = id + 1, a signed 64-bit number
NUMBER = re.compile(r"#?([0-9]+)")
WINDOW_CURE = "windows go like `24h`, `7d`, `today`, `this week`, `since monday` or `2026-11-20..2026-11-22`"
SINCE_CURE = "after `since` comes a day or a time, as in `since monday`, `since 09:00` or `since 2026-11-20`"
FOR_CURE = "after `for` comes the day of the session time, as in `for 2026-11-20` or `for yesterday`"


class Said(NamedTuple):
    """A value and which words said it."""

    value: str
    at: int
    length: int


@dataclass(slots=True)
class Reading:
    """What has been read so far."""

    words: tuple[Typed, ...]
    windows: list[Said] = field(default_factory=list)
    days: list[Said] = field(default_factory=list)
    sorts: list[Said] = field(default_factory=list)
    limits: list[Said] = field(default_factory=list)
    ids: list[Said] = field(default_factory=list)
    statuses: set[Status] = field(default_factory=set)
    everything: bool = False
    places: list[Place] = field(default_factory=list)
    shapes: set[Shape] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)

    def instead(self, *changes: tuple[int, int, str]) -> str:
        """All the words with some (from, how many) replaced."""
        raws = [word.raw for word in self.words]
        for at, length, text in changes:
            raws[at : at + length] = [text] + [""] * (length - 1)
        return together(raws)

    def said(self, at: int, length: int) -> str:
        return " ".join(word.raw for word in self.words[at : at + length])

    def mistake(self, at: int, length: int, why: str, *instead: str) -> Mistake:
        """`why` follows the words in backticks; `instead` are words that would do in their place."""
        word = self.said(at, length)
        corrected = tuple(self.instead((at, length, text)) for text in instead)
        return Mistake(Misread(word, f"{shown(word)} {why}", corrected))

    def unknown(self, at: int, length: int, meant: str | None, cure: str) -> Mistake:
        """A word that means nothing here, with the nearest that would, or how such words go."""
        word = shown(self.said(at, length))
        if meant is None:
            return self.mistake(at, length, f"means nothing to me: {cure}.")
        sentence = f"I don't know {word}. Did you mean {shown(meant)}?"
        return Mistake(Misread(self.said(at, length), sentence, (self.instead((at, length, meant)),)))

    def word_at(self, at: int) -> str:
        return self.words[at].word if at < len(self.words) else ""

    def add_id(self, at: int, length: int, kind: str, digits: str) -> int:
        digits = digits.lstrip("0")
        if not digits or len(digits) > 19 or int(digits) > _HIGHEST_ID:
            raise self.mistake(at, length, f"is no {kind}'s id: those are whole numbers such as `123456`.")
        self.ids.append(Said(f"{kind} {digits}", at, length))
        return length

    def add_statuses(self, word: str) -> None:
        self.statuses |= STATUSES[word]
        self.everything |= not STATUSES[word]

    def pair(self, at: int, project: Typed, workflow: Typed) -> Place:
        if not project.text and not workflow.text:
            raise self.mistake(at, 1, "names nothing: a workflow of a project is `sales/daily_load`.")
        return Place(
            project=self.pattern(at, project) if project.text else None,
            workflow=self.pattern(at, workflow) if workflow.text else None,
        )

    def pattern(self, at: int, name: Typed) -> Pattern:
        if not name.text:
            raise self.mistake(at, 1, "names nothing: a name comes there, as in `project:sales`.")
        return Pattern(name.text, name.glob)
