"""Answers that any command gives: help, "did you mean", trouble, a refusal, the note beside a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import limits, pieces
from bot.blocks.fit import fit, fit_text
from bot.blocks.footer import Freshness, cautions, footer, gap
from bot.blocks.human import listed
from bot.blocks.message import Block, Message
from bot.blocks.text import clip, code, one_line, prose
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


def did_you_mean(word: str, nearest: Sequence[Suggestion], help_command: str) -> Message:
    """`I don't know "faled". Did you mean "failed"?` (in backticks), with a button for each nearer word."""
    sentence = f"I don't know {_quoted(word)}."
    cure = f"{_ask(nearest)}" if nearest else f"{code(help_command, WORD_ROOM)} shows the words I know."
    return _suggesting(f"{sentence} {cure}", nearest)


def no_such_name(
    what: str, typed: str, nearest: Sequence[Suggestion], fresh: Freshness | None = None
) -> Message:
    """No project or workflow (`what`) is called what was typed; the nearest names as buttons."""
    sentence = f"I know no {prose(what)} that matches {_quoted(typed)}."
    cure = _ask(nearest) if nearest else "Its name may be spelled differently, or nothing ran there lately."
    return _suggesting(f"{sentence} {cure}", nearest, fresh)


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
        f"As a file: {code(name, WORD_ROOM)}",
        *([f"Incomplete. {missing}"] if missing else []),
        *map(prose, notes),
        *cautions(fresh),
    ]
    foot = footer(fresh)
    blocks = (pieces.header(title), pieces.section("\n".join(said)), pieces.context(foot))
    return Message(fit_text([prose(title), *said], [], [foot]), blocks)


def _suggesting(sentence: str, nearest: Sequence[Suggestion], fresh: Freshness | None = None) -> Message:
    buttons = [_button(index, each.word, each.value) for index, each in enumerate(nearest[:5]) if each.value]
    blocks = [pieces.section(sentence), *([pieces.actions(buttons)] if buttons else [])]
    foot = [*cautions(fresh), footer(fresh)] if fresh else []
    blocks += [pieces.context("\n".join(foot))] if foot else []
    return Message(fit_text([sentence], [], foot), tuple(blocks))


def _button(index: int, word: str, value: str) -> Block:
    return pieces.button(word, action_id(value.partition(" ")[0], "ask", str(index)), value)


def _ask(nearest: Sequence[Suggestion]) -> str:
    return f"Did you mean {listed([_quoted(each.word) for each in nearest[:5]], 'or')}?"


def _quoted(word: str) -> str:
    """A word in backticks, always inline: its own backticks are drawn as quotes."""
    return code(one_line(word).replace("`", "'"), WORD_ROOM) or '""'


def _chapter(chapter: Chapter) -> str:
    lines = [f"{code(example.typed, 300)}  {prose(example.does)}" for example in chapter.examples]
    return "\n".join([f"*{prose(chapter.title)}*", *lines])


def _more_help(count: int) -> Block:
    return pieces.context(f"+{count} more parts.")


def suggestions(sentence: str, nearest: Sequence[Suggestion], fresh: Freshness | None = None) -> Message:
    """A sentence of ours (words in backticks, plain), with a button for each thing that may have been meant."""
    return _suggesting(prose(sentence), nearest, fresh)


def bug() -> Message:
    """Something of ours broke; says so, and claims nothing."""
    return sentence_message("Something went wrong in Lookout itself. It is in the bot's log; trying again may help.")
