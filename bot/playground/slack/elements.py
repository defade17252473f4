"""The shape of Block Kit's objects and interactive elements (docs.slack.dev/reference/block-kit)."""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack import limits as most
from bot.playground.slack.checks import (
    Check,
    anything,
    boolean,
    both,
    choice,
    items,
    need,
    number,
    record,
    string,
    typed,
    url,
)


def text(longest: int = most.TEXT, *kinds: str) -> Check:
    """A text object of 1 to `longest` characters, of either kind unless kinds are named."""
    body = {"text": string(longest, 1)}
    shapes = {
        "plain_text": record(body, {"emoji": boolean}),
        "mrkdwn": record(body, {"verbatim": boolean}),
    }
    return typed({kind: shapes[kind] for kind in (kinds or shapes)})


def plain(longest: int) -> Check:
    return text(longest, "plain_text")


ACTION_ID = string(most.ACTION_ID)
CONFIRM = record(
    {"text": text(most.CONFIRM_TEXT)},
    {
        "title": plain(most.CONFIRM_TITLE),
        "confirm": plain(most.CONFIRM_BUTTON),
        "deny": plain(most.CONFIRM_BUTTON),
        "style": choice("primary", "danger"),
    },
)
SLACK_FILE = both(
    record({}, {"id": string(), "url": url(most.IMAGE_URL)}),
    need("must define either `id` or `url`", lambda v: ("id" in v) != ("url" in v)),
)


def option(*kinds: str) -> Check:
    return record(
        {"text": text(most.OPTION_TEXT, *kinds), "value": string(most.OPTION_VALUE)},
        {"description": text(most.OPTION_DESCRIPTION, *kinds), "url": url(most.OPTION_URL)},
    )


MENU_OPTION = option("plain_text")
GROUP = record(
    {"label": plain(most.OPTION_GROUP_LABEL), "options": items(MENU_OPTION, 1, most.SELECT_OPTIONS)}
)


def all_options(menu: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options of a menu, those in groups too."""
    grouped = [one for group in menu.get("option_groups", ()) for one in group.get("options", ())]
    return [*menu.get("options", ()), *grouped]


def same_option(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.get("value") == other.get("value") and _words(one) == _words(other)


def _words(one: Mapping[str, Any]) -> Any:
    words = one.get("text")
    return words.get("text") if isinstance(words, dict) else words


def _starts_right(menu: dict[str, Any]) -> bool:
    initial = [menu["initial_option"]] if "initial_option" in menu else menu.get("initial_options", [])
    return all(any(same_option(one, known) for known in all_options(menu)) for one in initial)


def element(extra: Mapping[str, Check], required: Mapping[str, Check] | None = None) -> Check:
    return record(required or {}, {"action_id": ACTION_ID, "focus_on_load": boolean, **extra})


_MENU = {"confirm": CONFIRM, "placeholder": plain(most.PLACEHOLDER)}
_MANY = {"max_selected_items": number(1, whole=True)}
_STARTS = need("initial_option must match one of the options", _starts_right)
_ONE_LIST = need(
    "must define either `options` or `option_groups`", lambda v: ("options" in v) != ("option_groups" in v)
)
_LISTS = {
    "options": items(MENU_OPTION, 1, most.SELECT_OPTIONS),
    "option_groups": items(GROUP, 1, most.OPTION_GROUPS),
}
_INPUT = {
    "placeholder": plain(most.PLACEHOLDER),
    "dispatch_action_config": record({}, {"trigger_actions_on": items(string(), 1, 2)}),
}
_URL_MENU = {"response_url_enabled": boolean}
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": anything}
_QUERY = {"min_query_length": number(0, whole=True)}

BUTTON = record(
    {"text": plain(most.BUTTON_TEXT)},
    {
        "action_id": ACTION_ID,
        "url": url(most.BUTTON_URL),
        "value": string(most.BUTTON_VALUE),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(most.BUTTON_LABEL),
        "agent_prompt": string(most.BUTTON_AGENT_PROMPT),
    },
)
IMAGE = both(
    record(
        {"alt_text": string(most.ALT_TEXT, 1)},
        {"image_url": url(most.IMAGE_URL), "slack_file": SLACK_FILE},
    ),
    need(
        "must define either `image_url` or `slack_file`", lambda v: ("image_url" in v) != ("slack_file" in v)
    ),
)


def _choices(initial: str) -> Check:
    given = option()
    initially = given if initial == "initial_option" else items(given, 1, most.CHOICES)
    shape = element({"confirm": CONFIRM, initial: initially}, {"options": items(given, 1, most.CHOICES)})
    return both(shape, _STARTS)


def _static(extra: Mapping[str, Check]) -> Check:
    return both(element({**_MENU, **_LISTS, **extra}), _ONE_LIST, _STARTS)


MENUS: dict[str, Check] = {
    "static_select": _static({"initial_option": MENU_OPTION}),
    "external_select": element({**_MENU, **_QUERY, "initial_option": MENU_OPTION}),
    "users_select": element({**_MENU, "initial_user": string()}),
    "conversations_select": element(
        {**_MENU, **_URL_MENU, **_CONVERSATIONS, "initial_conversation": string()}
    ),
    "channels_select": element({**_MENU, **_URL_MENU, "initial_channel": string()}),
    "multi_static_select": _static({**_MANY, "initial_options": items(MENU_OPTION, 1)}),
    "multi_external_select": element({**_MENU, **_MANY, **_QUERY, "initial_options": items(MENU_OPTION, 1)}),
    "multi_users_select": element({**_MENU, **_MANY, "initial_users": items(string())}),
    "multi_conversations_select": element(
        {**_MENU, **_MANY, **_CONVERSATIONS, "initial_conversations": items(string())}
    ),
    "multi_channels_select": element({**_MENU, **_MANY, "initial_channels": items(string())}),
}
PICKERS: dict[str, Check] = {
    "datepicker": element({**_MENU, "initial_date": string()}),
    "timepicker": element({**_MENU, "initial_time": string(), "timezone": string()}),
    "datetimepicker": element({"confirm": CONFIRM, "initial_date_time": number(whole=True)}),
    "radio_buttons": _choices("initial_option"),
    "checkboxes": _choices("initial_options"),
}
OVERFLOW = record(
    {"options": items(MENU_OPTION, 1, most.OVERFLOW_OPTIONS)}, {"action_id": ACTION_ID, "confirm": CONFIRM}
)
WORKFLOW_BUTTON = record(
    {"text": plain(most.BUTTON_TEXT), "workflow": anything},
    {
        "action_id": ACTION_ID,
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(most.BUTTON_LABEL),
    },
)
_LINES = number(1, 100, whole=True)
RICH_INPUT = element({**_INPUT, "initial_value": anything, "min_lines": _LINES, "max_lines": _LINES})
INPUTS: dict[str, Check] = {
    **MENUS,
    **PICKERS,
    "plain_text_input": element(
        {
            **_INPUT,
            "initial_value": string(most.INPUT_VALUE),
            "multiline": boolean,
            "min_length": number(0, most.INPUT_VALUE, whole=True),
            "max_length": number(1, most.INPUT_VALUE, whole=True),
        }
    ),
    "number_input": element(
        {**_INPUT, "initial_value": string(), "min_value": string(), "max_value": string()},
        {"is_decimal_allowed": boolean},
    ),
    "email_text_input": element({**_INPUT, "initial_value": string()}),
    "url_text_input": element({**_INPUT, "initial_value": string()}),
    "rich_text_input": RICH_INPUT,
    "file_input": element({"filetypes": items(string()), "max_files": number(1, 10, whole=True)}),
}
ACTIONS: dict[str, Check] = {
    **MENUS,
    **PICKERS,
    "button": BUTTON,
    "overflow": OVERFLOW,
    "workflow_button": WORKFLOW_BUTTON,
    "rich_text_input": RICH_INPUT,
}
_FEEDBACK = record(
    {"text": plain(most.BUTTON_TEXT), "value": string(most.BUTTON_VALUE)},
    {"accessibility_label": string(most.BUTTON_LABEL)},
)
CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": record(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ACTION_ID}
    ),
    "icon_button": record(
        {"icon": choice("trash"), "text": plain(most.BUTTON_TEXT)},
        {
            "action_id": ACTION_ID,
            "value": string(most.BUTTON_VALUE),
            "confirm": CONFIRM,
            "accessibility_label": string(most.BUTTON_LABEL),
            "visible_to_user_ids": items(string(), 0, 10),
        },
    ),
}
