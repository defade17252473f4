"""Answers that any command gives: help, "did you mean", trouble, a refusal, the note beside a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import limits, pieces
from bot.blocks.fit import fit, fit_text
from bot.blocks.footer import Freshness, cautions, footer, gap
from bot.blocks.message import Block, Message
from bot.blocks.text import clip, code, prose
from bot.core.action_ids import action_id

WORD_ROOM = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A nearer word or name, and its button's value (`core.action_ids`); None where that is too long."""

    word: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """A line that can be typed, and what it does."""

    typed: str
    does: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a help text: a title, and its lines."""

    title: str
    examples: tuple[Example, ...]


def help_message(title: str, summary: str, usage: str, chapters: Sequence[Chapter]) -> Message:
    """`/sessions · list and search sessions`, how to write it, then a chapter a block."""
    intro = f"{prose(summary)}\n{code(usage, 1_000)}"
    blocks = [pieces.section(_chapter(chapter)) for chapter in chapters]
    lines = [line for chapter in chapters for line in _chapter(chapter).split("\n")]
    shown = fit([pieces.header(title), pieces.section(intro)], blocks, [], _more_help)
    return Message(fit_text([prose(title), *intro.split("\n")], lines, []), shown)


def suggestions(sentence: str, nearest: Sequence[Suggestion]) -> Message:
    """A sentence of ours, with a button for each of at most five things that may have been meant."""
    shown = prose(sentence)
    buttons = [_button(index, each.word, each.value) for index, each in enumerate(nearest[:5]) if each.value]
    blocks = [pieces.section(shown), *([pieces.actions(buttons)] if buttons else [])]
    return Message(fit_text([shown], [], []), tuple(blocks))


def bug() -> Message:
    """Something of ours broke; says so, and claims nothing."""
    return sentence_message(
        "Something went wrong in Lookout itself. It is in the bot's log; trying again may help."
    )


def trouble(sentence: str) -> Message:
    """The account could not be asked: says so, and claims nothing about what failed or did not."""
    lead = "I could not ask the account, so I cannot say what failed and what did not."
    text = f"{lead} {prose(sentence)}"
    return Message(clip(text, limits.MESSAGE_TEXT), (pieces.section(f"⚠️ *{lead}*\n{prose(sentence)}"),))


def refused(sentence: str) -> Message:
    """What was asked is not answered; the sentence says why and what would work."""
    return sentence_message(sentence)


def sentence_message(sentence: str) -> Message:
    """One plain sentence, or a few, of our own."""
    text = clip(prose(sentence), limits.TEXT)
    return Message(text, (pieces.section(text),))


def file_note(title: str, name: str, fresh: Freshness, notes: Sequence[str] = ()) -> Message:
    """The message beside a file: what it holds, what it does not, and how fresh it is."""
    missing = gap(fresh)
    said = [
        f"Each row is in {code(name, WORD_ROOM)}.",
        *([f"Incomplete. {missing}"] if missing else []),
        *map(prose, notes),
        *cautions(fresh),
    ]
    foot = footer(fresh)
    blocks = (pieces.header(title), pieces.section("\n".join(said)), pieces.context(foot))
    return Message(fit_text([prose(title), *said], [], [foot]), blocks)


def _button(index: int, word: str, value: str) -> Block:
    return pieces.button(word, action_id(value.partition(" ")[0], "ask", str(index)), value)


def _chapter(chapter: Chapter) -> str:
    lines = [f"{code(example.typed, 300)}  {prose(example.does)}" for example in chapter.examples]
    return "\n".join([f"*{prose(chapter.title)}*", *lines])


def _more_help(count: int) -> Block:
    return pieces.context(f"+{count} more parts.")
