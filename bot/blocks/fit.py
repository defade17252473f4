"""Never more than Slack takes: what is cut is counted."""

from collections.abc import Callable, Iterator, Sequence

from bot.blocks import limits
from bot.blocks.message import Block
from bot.blocks.text import clip, units

_NOT_SHOWN = {"type", "block_id", "action_id", "value", "url"}


def fit(
    top: Sequence[Block], rows: Sequence[Block], bottom: Sequence[Block], rest: Callable[[int], Block]
) -> tuple[Block, ...]:
    """`top`, as many `rows` as Slack takes, and `bottom`; `rest(n)` tells of the n cut from their end."""
    for kept in range(len(rows), -1, -1):
        cut = [rest(len(rows) - kept)] if kept < len(rows) else []
        blocks = (*top, *rows[:kept], *cut, *bottom)
        if fits(blocks):
            return blocks
    return (*top, *bottom)[: limits.BLOCKS]


def fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) <= limits.BLOCKS and size(blocks) <= limits.TOTAL


def size(blocks: Sequence[Block]) -> int:
    """All that is shown of blocks, in UTF-16 units: options and screen readers' labels count too."""
    return sum(units(text) for block in blocks for text in _texts(block))


def fit_text(top: Sequence[str], rows: Sequence[str], bottom: Sequence[str]) -> str:
    """Lines for `text`, at most 4,000 units: rows are cut from the end, and counted as `+3 more`."""
    for kept in range(len(rows), -1, -1):
        cut = [f"+{len(rows) - kept} more"] if kept < len(rows) else []
        text = "\n".join(line for line in (*top, *rows[:kept], *cut, *bottom) if line)
        if units(text) <= limits.MESSAGE_TEXT:
            return text
    return clip("\n".join((*top, f"+{len(rows)} more", *bottom)), limits.MESSAGE_TEXT)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                if key not in _NOT_SHOWN:
                    yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
