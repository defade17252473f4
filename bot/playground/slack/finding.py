"""Finding what a person means on a message, a dialog or the Home tab."""

from collections.abc import Callable

from bot.playground.slack.blocks import elements, every_block
from bot.playground.slack.elements import all_options
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.values import Json, Message, View


def surface(where: Message | View) -> str:
    return where.id if isinstance(where, View) else where.ts


def find(
    where: Message | View, action_id: str | None, is_it: Callable[[Json, Json], bool]
) -> tuple[Json, Json]:
    """The element and its block, or CannotDo with what there is."""
    there = [(block, one) for block in every_block(list(where.blocks)) for one in elements(block)]
    for block, one in there:
        if action_id in {None, one["action_id"]} and is_it(block, one):
            return block, one
    offered = [(one["action_id"], one.get("text", {}).get("text")) for _, one in there]
    raise CannotDo(f"nothing like that stands there; there are {offered}")


def offers(one: Json, option: object) -> bool:
    """Whether a menu has an option with this value or text (or a text that begins with it)."""
    words = str(option)
    listed = all_options(one)
    return any(words == each["value"] or each["text"]["text"].startswith(words) for each in listed)
