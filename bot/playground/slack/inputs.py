"""Filling the inputs of a dialog, with what Slack's client checks before it sends."""

from typing import Any

from bot.playground.slack.errors import CannotDo
from bot.playground.slack.state import FIELDS, state_values, stateful, value_of
from bot.playground.slack.values import Json, View
from bot.playground.slack.workspace import Workspace


def fill(workspace: Workspace, view: View, values: Json) -> None:
    """Put values into inputs named by action_id, block_id or label, then check them all."""
    chosen = workspace.chosen.setdefault((view.id, view.user), {})
    for name, given in values.items():
        block, one = _named(view, name)
        chosen[block["block_id"], one["action_id"]] = value_of(one, given)
    _check(workspace, view)


def _named(view: View, name: str) -> tuple[Json, Json]:
    for block, one in stateful(view.blocks):
        if name in {one["action_id"], block["block_id"], block.get("label", {}).get("text")}:
            return block, one
    raise CannotDo(f"no input {name!r} in {view.title!r}")


def _check(workspace: Workspace, view: View) -> None:
    state = state_values(workspace, view.blocks, view.user, view.id)
    for block, one in stateful(view.blocks):
        if block["type"] == "input":
            held = state[block["block_id"]][one["action_id"]][FIELDS[one["type"]][0]]
            _check_one(block, one, held)


def _check_one(block: Json, one: Json, held: Any) -> None:
    label = block["label"]["text"]
    if held in (None, "", []):
        if not block.get("optional"):
            raise CannotDo(f"{label}: please fill this required field")
    elif isinstance(held, str) and one["type"] == "plain_text_input":
        if not one.get("min_length", 0) <= len(held) <= one.get("max_length", 3000):
            raise CannotDo(f"{label}: too short or too long")
    elif one["type"] == "number_input" and not _is_number(held, decimal=one["is_decimal_allowed"]):
        raise CannotDo(f"{label}: not a number")


def _is_number(text: str, *, decimal: bool) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return decimal or number.is_integer()
