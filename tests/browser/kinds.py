"""One block of every kind that a message takes, with every element."""

from typing import Any

from tests.browser.stage import option, plain, section

Json = dict[str, Any]


def rich(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _line(text: str) -> Json:
    return {"type": "rich_text_section", "elements": [rich(text)]}


def _raw(*texts: str) -> list[Json]:
    return [{"type": "raw_text", "text": text} for text in texts]


DAYS = ["Mon", "Tue", "Wed"]
_SERIES = [
    {"name": name, "data": [{"label": day, "value": at + 1} for at, day in enumerate(DAYS)]}
    for name in ("failed", "killed")
]
_AXES = {"categories": DAYS, "x_label": "day", "y_label": "sessions"}
CONFIRM = {
    "title": plain("Kill it?"),
    "text": {"type": "mrkdwn", "text": "This stops `nightly_load`."},
    "confirm": plain("Kill"),
    "deny": plain("Leave it"),
    "style": "danger",
}
_TWO = [option("one", "One"), option("two", "Two")]
ELEMENTS: list[Json] = [
    {"type": "button", "text": plain("Resume"), "style": "primary"},
    {"type": "button", "text": plain("Kill"), "style": "danger", "confirm": CONFIRM},
    {"type": "button", "text": plain("Open in console"), "url": "http://127.0.0.1:9/"},
    {"type": "static_select", "placeholder": plain("Status"), "options": _TWO},
    {
        "type": "multi_static_select",
        "placeholder": plain("Statuses"),
        "option_groups": [{"label": plain("Group"), "options": _TWO}],
        "initial_options": _TWO[:1],
    },
    {"type": "external_select", "placeholder": plain("Workflow"), "min_query_length": 1},
    {"type": "multi_external_select", "placeholder": plain("Workflows"), "min_query_length": 1},
    {"type": "users_select", "placeholder": plain("Owner"), "initial_user": "U0ANA"},
    {"type": "multi_users_select", "placeholder": plain("Owners"), "initial_users": ["U0ANA"]},
    {"type": "channels_select", "placeholder": plain("Channel")},
    {"type": "conversations_select", "placeholder": plain("Conversation")},
    {"type": "datepicker", "placeholder": plain("Day"), "initial_date": "2026-11-24"},
    {"type": "timepicker", "placeholder": plain("Time"), "initial_time": "09:30"},
    {"type": "datetimepicker", "initial_date_time": 1_795_551_584},
    {"type": "radio_buttons", "options": _TWO, "initial_option": _TWO[0]},
    {"type": "checkboxes", "options": _TWO, "initial_options": _TWO[:1]},
    {"type": "overflow", "options": _TWO},
    {"type": "multi_channels_select", "placeholder": plain("Channels"), "initial_channels": ["C0SALES"]},
    {"type": "multi_conversations_select", "placeholder": plain("Conversations")},
    {"type": "workflow_button", "text": plain("Run it"), "workflow": {}},
    {"type": "rich_text_input"},
]
INPUTS: list[Json] = [
    {"type": "plain_text_input", "multiline": True},
    {"type": "number_input", "is_decimal_allowed": False},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
]
CONTEXT_ACTIONS: list[Json] = [
    {
        "type": "feedback_buttons",
        "positive_button": {"text": plain("Helpful"), "value": "yes"},
        "negative_button": {"text": plain("Wrong"), "value": "no"},
    },
    {"type": "icon_button", "icon": "trash", "text": plain("Delete")},
]


def named(elements: list[Json]) -> list[Json]:
    """Each with an `action_id` of its own."""
    return [{"action_id": f"e{at}", **one} for at, one in enumerate(elements)]


EVERY_KIND: list[Json] = [
    {"type": "header", "text": plain("Every kind")},
    section(
        "*Bold* <@U0ANA> <#C0SALES> <!channel> `code` <https://a.example|link>",
        accessory={"type": "overflow", "action_id": "more", "options": _TWO},
    ),
    {"type": "section", "fields": [{"type": "mrkdwn", "text": f"*Field {at}*\nvalue"} for at in range(4)]},
    {"type": "divider"},
    {
        "type": "rich_text",
        "elements": [
            _line("rich"),
            {"type": "rich_text_list", "style": "bullet", "elements": [_line("one"), _line("two")]},
            {"type": "rich_text_list", "style": "ordered", "elements": [_line("one"), _line("two")]},
            {"type": "rich_text_quote", "elements": [rich("quote")]},
            {"type": "rich_text_preformatted", "elements": [rich("select *\n  from orders")]},
        ],
    },
    {
        "type": "table",
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
        "rows": [
            _raw("Task", "Took"),
            [*_raw("+load"), {"type": "raw_number", "value": 12, "text": "12 min"}],
            [{"type": "rich_text", "elements": [_line("+publish")]}, {"type": "raw_number", "value": 3}],
        ],
    },
    {
        "type": "data_table",
        "caption": "Tasks",
        "page_size": 2,
        "rows": [_raw("Task"), *(_raw(f"task {at}") for at in range(5))],
    },
    *(
        {
            "type": "data_visualization",
            "title": f"A {kind} chart",
            "chart": {"type": kind, "series": _SERIES, "axis_config": _AXES},
        }
        for kind in ("bar", "line", "area")
    ),
    {
        "type": "data_visualization",
        "title": "A pie",
        "chart": {"type": "pie", "segments": [{"label": day, "value": 2} for day in DAYS]},
    },
    {"type": "markdown", "text": "## Head\n**bold** `code`\n\n1. one\n\n- [x] done\n\n|a|b|\n|-|-|\n|1|2|"},
    {
        "type": "card",
        "title": {"type": "mrkdwn", "text": "*A card*"},
        "subtitle": plain("subtitle"),
        "body": plain("body"),
        "actions": [{"type": "button", "action_id": "card", "text": plain("Open it")}],
    },
    {"type": "carousel", "elements": [{"type": "card", "title": plain("One of them")}]},
    {
        "type": "container",
        "title": plain("A container"),
        "is_collapsible": True,
        "child_blocks": [section("inside")],
    },
    {
        "type": "plan",
        "title": "A plan",
        "tasks": [{"type": "task_card", "task_id": "t", "title": "A task", "status": "pending"}],
    },
    {"type": "task_card", "task_id": "t", "title": "Another task", "status": "complete"},
    {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "A picture"},
    {"type": "actions", "elements": named(ELEMENTS)},
    {"type": "context_actions", "elements": named(CONTEXT_ACTIONS)},
    {"type": "alert", "text": plain("Mind this"), "level": "warning"},
    *({"type": "input", "label": plain(one["type"]), "element": one} for one in named(INPUTS)),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "as of 20:19:44 `UTC`"}, plain("plain")]},
]
