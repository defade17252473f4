"""What menus and inputs hold at the moment, as `state.values` carries it."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.playground.slack.blocks import elements, every_block
from bot.playground.slack.elements import all_options
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.values import Json
from bot.playground.slack.workspace import Workspace

FIELDS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
}
"""Where an element's value stands in `state.values`, and the property it starts from."""

_MANY = ("multi_", "checkboxes", "file_input")


def stateful(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block with each of its elements that holds a value."""
    for block in every_block(list(blocks)):
        for one in elements(block):
            if one["type"] in FIELDS:
                yield block, one


def state_values(workspace: Workspace, blocks: Iterable[Json], user: str, surface: str) -> Json:
    """`{block_id: {action_id: {type, value…}}}` for one person.

    What someone chose stays while block_id and action_id stay, even if the element now starts from another
    value (that is why Slack's docs say to change block_id with each update).
    """
    chosen = workspace.chosen.get((surface, user), {})
    values: Json = {}
    for block, one in stateful(blocks):
        key = block["block_id"], one["action_id"]
        values.setdefault(key[0], {})[key[1]] = chosen.get(key) or initial(one)
    return values


def initial(one: Json) -> Json:
    field, start = FIELDS[one["type"]]
    nothing: Any = [] if one["type"].startswith(_MANY) else None
    return {"type": one["type"], field: one.get(start, nothing)}


def value_of(one: Json, given: Any) -> Json:
    """The state that `given` makes of an element: option values or texts, ids, dates, words.

    CannotDo where the element does not offer it.
    """
    kind = one["type"]
    field, _ = FIELDS[kind]
    if kind.startswith(_MANY):
        items = given if isinstance(given, list | tuple) else [given]
        return {"type": kind, field: [_single(one, item) for item in items]}
    return {"type": kind, field: _single(one, given)}


def _single(one: Json, given: Any) -> Any:
    if one["type"] in {"static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"}:
        return find_option(all_options(one), given)
    if one["type"] in {"plain_text_input", "number_input", "email_text_input", "url_text_input"}:
        return None if given in {None, ""} else str(given)
    return given


def find_option(options: Iterable[Json], given: Any) -> Json:
    """The option with this value, this text, or a text that begins with it; CannotDo where there is none."""
    listed = list(options)
    words = str(given)
    valued = [one for one in listed if one.get("value") == words]
    named = [one for one in listed if one["text"]["text"] == words]
    begins = [one for one in listed if one["text"]["text"].startswith(words)]
    if not (found := valued or named or begins):
        raise CannotDo(f"no option {words!r}; there are {[one['text']['text'] for one in listed]}")
    return found[0]
