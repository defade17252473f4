"""Digests themselves as messages: the list, one read back before it is kept, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from bot.blocks import limits, pieces
from bot.blocks.fit import fit, fit_text
from bot.blocks.message import Block, Message
from bot.blocks.text import clip, code, name, prose
from bot.core.action_ids import action_id, press, question
from bot.features.digests.views.values import FEATURE, LONG, moment

NAME_ROOM = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A digest as it is listed: `when` in words with its zone, `place` its channel as people call it, `nexts`
    its next times (UTC), `maker` a name or "", `trouble` why it cannot be posted."""

    name: str
    when: str
    zone: ZoneInfo
    place: str
    nexts: tuple[datetime, ...] = ()
    words: str = ""
    quiet: bool = False
    paused: bool = False
    declared: bool = False
    maker: str = ""
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many a reader may not see, and of how many nobody knows now whether they may."""

    private: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, told: Sequence[bool | None]) -> Self:
        return cls(sum(each is False for each in told), sum(each is None for each in told))

    @property
    def nothing(self) -> str:
        """What is said where nothing is shown."""
        return "There is none yet." if self == Hidden() else "There is none that you may see."

    @property
    def sentence(self) -> str:
        """Counts them; "" where there are none."""
        private = f"+{self.private} in private channels that you, or Lookout, are not in."
        unknown = f"+{self.unknown} of which Slack could not be asked now: try again in a moment."
        return " ".join([private] * bool(self.private) + [unknown] * bool(self.unknown))


NONE = Hidden()


def list_message(
    digests: Sequence[Listed], prefix: str = "", note: str = "", *, hidden: Hidden = NONE
) -> Message:
    """Every digest that the reader may see, with when it comes next."""
    title = f"{len(digests)} digest{'' if len(digests) == 1 else 's'}"
    typed = code(f"/{prefix}digests add morning every weekday at 9 in #data", 200)
    empty = [pieces.section(f"{hidden.nothing} Make one: {typed}")] if not digests else []
    note = " ".join(each for each in (note, hidden.sentence) if each)
    notes = [pieces.context(prose(note))] if note else []
    hint = pieces.context(f"{code(f'/{prefix}digests help', 100)} tells more.")
    rows = [_row(each) for each in digests]
    blocks = fit(
        [pieces.header(title), *notes, *empty],
        rows,
        [hint],
        lambda count: pieces.context(f"+{count} more: {code(f'/{prefix}digests NAME', 100)} shows one."),
    )
    lines = [_line(each) for each in digests] or [hidden.nothing]
    return Message(fit_text([title, prose(note)], lines, []), blocks)


def read_back(
    digest: Listed, told: str, preview: Sequence[Block], buttons: Sequence[Block], note: str = ""
) -> Message:
    """What would be kept, with its next times, a preview and what one can do."""
    lines = [
        f"*{name(digest.name, NAME_ROOM)}* · {prose(sentence(digest))}",
        *([prose(note)] if note else []),
    ]
    top: list[Block] = [pieces.section("\n".join(lines))]
    acts = [pieces.actions(list(buttons))] if buttons else []
    shown = [pieces.divider(), pieces.context("What it would tell now:"), *preview] if preview else []
    blocks = fit([*top, *acts], shown, [], lambda count: pieces.context(f"+{count} more parts."))
    text = fit_text(
        [f"{prose(digest.name)} · {prose(sentence(digest))}", prose(note)],
        told.split("\n") if told else [],
        [],
    )
    return Message(clip(text, limits.MESSAGE_TEXT), blocks)


def steps_message(steps: Sequence[tuple[str, str, str]], zone: str, *, hidden: Hidden = NONE) -> Message:
    """What was done, as far as the reader may know of it, the newest first: when, who, what."""
    lines = [f"{prose(at)} · {name(who, NAME_ROOM)} {prose(did)}" for at, who, did in steps]
    if not lines and hidden == NONE:
        lines = ["Nothing has been done to digests yet."]
    blocks = fit(
        [pieces.header("What was done to digests")],
        [pieces.section(line) for line in lines],
        [pieces.context(prose(f"Times in {zone}. {hidden.sentence}".strip()))],
        lambda count: pieces.context(f"+{count} more."),
    )
    tail = [prose(hidden.sentence)] if hidden != NONE else []
    return Message(fit_text(["What was done to digests"], lines, tail), blocks)


def sentence(digest: Listed) -> str:
    """`Mon–Fri 09:00 Asia/Tokyo in #data; next Tue 24 Nov 09:00, Wed 25 Nov 09:00, Thu 26 Nov 09:00`."""
    said = [f"{digest.when} {digest.zone.key} in {digest.place}"]
    said += [digest.words] if digest.words else []
    said += ["silent if nothing failed"] if digest.quiet else []
    years = len(digest.nexts) > 1 and digest.nexts[-1] - digest.nexts[0] > LONG
    times = ", ".join(moment(each, digest.zone, year=years) for each in digest.nexts)
    after = "; paused" if digest.paused else f"; next {times}" if times else ""
    return " · ".join(said) + after


def _row(digest: Listed) -> Block:
    marks = [
        *(["declared in the settings"] if digest.declared else []),
        *([f"made by {digest.maker}"] if digest.maker else []),
    ]
    lines = [f"*{name(digest.name, NAME_ROOM)}*"]
    lines += [prose(sentence(digest)), prose(" · ".join(marks))]
    lines += [f"⚠️ {prose(digest.trouble)}"] if digest.trouble else []
    value = question(FEATURE, f"preview {digest.name}")
    button = (
        pieces.button("Preview", action_id(FEATURE, "preview", digest.name[:100]), value) if value else None
    )
    return pieces.section("\n".join(line for line in lines if line), button)


def _line(digest: Listed) -> str:
    trouble = f" · {prose(digest.trouble)}" if digest.trouble else ""
    kind = " · declared in the settings" if digest.declared else ""
    return f"{name(digest.name, NAME_ROOM)} · {prose(sentence(digest))}{kind}{trouble}"


def button(label: str, verb: str, choice: str, words: str = "", *, style: str = "") -> Block:
    """A button that does something to a digest."""
    made = pieces.button(
        label, action_id(FEATURE, verb, choice[:100]), press(FEATURE, None, verb, choice, words)
    )
    return made | ({"style": style} if style else {})
