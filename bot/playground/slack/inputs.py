"""Filling the inputs of a dialog, with what Slack's client checks before it sends."""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack.errors import CannotDo, CannotSubmit
from bot.playground.slack.state import FIELDS, state_values, stateful, value_of
from bot.playground.slack.values import Json, View
from bot.playground.slack.workspace import Workspace

Name = str | tuple[str, str]
"""An input's action_id, block_id or label; or its block_id and action_id."""


def fill(workspace: Workspace, view: View, values: Mapping[Name, Any] | Mapping[str, Any]) -> None:
    """Put values into inputs, then check them all. CannotSubmit says what is wrong with which."""
    chosen = workspace.chosen.setdefault((view.id, view.user), {})
    for name, given in values.items():
        block, one = _named(view, name)
        chosen[block["block_id"], one["action_id"]] = value_of(one, given)
    _check(workspace, view)


def _named(view: View, name: Name) -> tuple[Json, Json]:
    for block, one in stateful(view.blocks):
        both = block["block_id"], one["action_id"]
        if name in {both, *both, block.get("label", {}).get("text")}:
            return block, one
    raise CannotDo(f"no input {name!r} in {view.title!r}")


def _check(workspace: Workspace, view: View) -> None:
    state = state_values(workspace, view.blocks, view.user, view.id)
    errors: dict[str, str] = {}
    labels: list[str] = []
    for block, one in stateful(view.blocks):
        if block["type"] == "input":
            held = state[block["block_id"]][one["action_id"]][FIELDS[one["type"]][0]]
            if wrong := _wrong(block, one, held):
                errors[block["block_id"]] = wrong
                labels.append(f"{block['label']['text']}: {wrong}")
    if errors:
        raise CannotSubmit(errors, "; ".join(labels))


def _wrong(block: Json, one: Json, held: Any) -> str | None:
    if held in (None, "", []):
        return None if block.get("optional") else "please fill this required field"
    if isinstance(held, str) and one["type"] == "plain_text_input":
        least, most = one.get("min_length", 0), one.get("max_length", 3000)
        return None if least <= len(held) <= most else "too short or too long"
    if one["type"] == "number_input":
        return _wrong_number(one, held)
    return None


def _wrong_number(one: Json, held: str) -> str | None:
    try:
        number = float(held)
    except ValueError:
        return "not a number"
    if not (one["is_decimal_allowed"] or number.is_integer()):
        return "not a number"
    least, most = float(one.get("min_value", "-inf")), float(one.get("max_value", "inf"))
    return None if least <= number <= most else "too small or too large"
