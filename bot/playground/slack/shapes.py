"""The shape of each Block Kit block, and the surfaces that take it (docs.slack.dev/reference/block-kit)."""

from typing import Any

from bot.playground.slack import limits as most
from bot.playground.slack.checks import (
    Check,
    boolean,
    both,
    choice,
    items,
    need,
    number,
    problem,
    record,
    string,
    typed,
    url,
)
from bot.playground.slack.elements import (
    ACTIONS,
    BUTTON,
    CONTEXT_ACTIONS,
    IMAGE,
    INPUTS,
    SLACK_FILE,
    plain,
    text,
)

BLOCK_ID = {"block_id": string(most.BLOCK_ID)}
STYLE = {
    "style": record(
        {}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean)
    )
}
_INLINE = typed(
    {
        "text": record({"text": string(None, 1)}, STYLE),
        "link": record({"url": string(None, 1)}, {"text": string(), "unsafe": boolean, **STYLE}),
        "emoji": record(
            {"name": string()}, {"unicode": string(), "url": string(), "skin_tone": number(), **STYLE}
        ),
        "user": record({"user_id": string()}, STYLE),
        "usergroup": record({"usergroup_id": string()}, STYLE),
        "channel": record({"channel_id": string()}, STYLE),
        "team": record({"team_id": string()}, STYLE),
        "broadcast": record({"range": choice("here", "channel", "everyone")}, STYLE),
        "date": record(
            {"timestamp": number(), "format": string()}, {"fallback": string(), "url": string(), **STYLE}
        ),
        "color": record({"value": string()}, STYLE),
    }
)
_BORDER = {"border": choice(0, 1)}
_RICH = {
    "rich_text_section": record({"elements": items(_INLINE)}),
    "rich_text_quote": record({"elements": items(_INLINE)}, _BORDER),
    "rich_text_preformatted": record({"elements": items(_INLINE)}, {**_BORDER, "language": string()}),
}
_LIST_ITEM = typed({"rich_text_section": _RICH["rich_text_section"]})
_RICH_LIST = record(
    {"elements": items(_LIST_ITEM), "style": choice("bullet", "ordered")},
    {"indent": number(0, 8, whole=True), "offset": number(0, whole=True), **_BORDER},
)
RICH_TEXT = record({"elements": items(typed({**_RICH, "rich_text_list": _RICH_LIST}))}, BLOCK_ID)

_RAW_TEXT, _RAW_NUMBER = (
    record({"text": string(None, 1)}),
    record({"value": number(), "text": string(None, 1)}),
)
_CELL = typed({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT})
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _header_row_plain(table: dict[str, Any]) -> bool:
    return all(cell["type"] != "rich_text" for cell in table["rows"][0])


TABLE = record(
    {"rows": items(items(_CELL, 1, most.TABLE_COLUMNS), 1, most.TABLE_ROWS)},
    {"column_settings": items(_COLUMN, 0, most.TABLE_COLUMNS), **BLOCK_ID},
)
DATA_TABLE = both(
    record(
        {
            "caption": string(None, 1),
            "rows": items(items(_CELL, 1, most.DATA_TABLE_COLUMNS), *most.DATA_TABLE_ROWS),
        },
        {
            "page_size": number(*most.DATA_TABLE_PAGE, whole=True),
            "row_header_column_index": number(0, whole=True),
            **BLOCK_ID,
        },
    ),
    need("header row may not be rich_text", _header_row_plain),
)

_POINT = record({"label": string(most.CHART_LABEL, 1), "value": number()})
_SEGMENT = both(
    record({"label": string(most.CHART_LABEL, 1), "value": number()}),
    need("value must be greater than 0", lambda v: v["value"] > 0),
)
_SERIES = record({"name": string(most.CHART_LABEL, 1), "data": items(_POINT, 1, most.CHART_POINTS)})
_AXES = record(
    {"categories": items(string(most.CHART_LABEL, 1), 1, most.CHART_POINTS)},
    {"x_label": string(most.CHART_AXIS), "y_label": string(most.CHART_AXIS)},
)


def _series_fit(chart: dict[str, Any]) -> bool:
    names = [series["name"] for series in chart["series"]]
    categories = chart["axis_config"]["categories"]
    labels = [sorted(point["label"] for point in series["data"]) for series in chart["series"]]
    unique = len(set(names)) == len(names) and len(set(categories)) == len(categories)
    return unique and all(one == sorted(categories) for one in labels)


_AXIS_CHART = both(
    record({"series": items(_SERIES, 1, most.CHART_SERIES), "axis_config": _AXES}),
    need("every category once in every series, names unique", _series_fit),
)
_CHART = typed(
    {
        "pie": record({"segments": items(_SEGMENT, 1, most.CHART_SERIES)}),
        **dict.fromkeys(("bar", "line", "area"), _AXIS_CHART),
    }
)

_IMAGE_BLOCK = both(
    record(
        {"alt_text": string(most.ALT_TEXT, 1)},
        {
            "image_url": url(most.IMAGE_URL),
            "slack_file": SLACK_FILE,
            "title": plain(most.IMAGE_TITLE),
            **BLOCK_ID,
        },
    ),
    need(
        "must define either `image_url` or `slack_file`", lambda v: ("image_url" in v) != ("slack_file" in v)
    ),
)
_SECTION = both(
    record(
        {},
        {
            "text": text(most.TEXT),
            "fields": items(text(most.SECTION_FIELD), 1, most.SECTION_FIELDS),
            "accessory": typed({**ACTIONS, "image": IMAGE}),
            "expand": boolean,
            **BLOCK_ID,
        },
    ),
    need("must define either `text` or `fields`", lambda v: "text" in v or "fields" in v),
)
_CARD = both(
    record(
        {},
        {
            "title": text(most.CARD_TITLE),
            "subtitle": text(most.CARD_TITLE),
            "body": text(most.CARD_BODY),
            "subtext": text(most.CARD_BODY),
            "hero_image": typed({"image": IMAGE}),
            "icon": typed({"image": IMAGE}),
            "slack_icon": typed({"icon": record({"name": string()})}),
            "actions": items(typed({"button": BUTTON}), 0, most.CARD_ACTIONS),
            **BLOCK_ID,
        },
    ),
    need(
        "must define one of `hero_image`, `title`, `actions`, `body`",
        lambda v: bool(v.keys() & {"hero_image", "title", "actions", "body"}),
    ),
    need("must not define both `icon` and `slack_icon`", lambda v: not {"icon", "slack_icon"} <= v.keys()),
)
_TASK_FIELDS = {"task_id": string(None, 1), "title": string(None, 1)}
_TASK_MORE = {
    "details": typed({"rich_text": RICH_TEXT}),
    "output": typed({"rich_text": RICH_TEXT}),
    "sources": items(typed({"url": record({"url": string(), "text": string()})})),
    **BLOCK_ID,
}
_TASK_STATES = ("in_progress", "complete", "error")
_PLANNED = record({**_TASK_FIELDS, "status": choice("pending", *_TASK_STATES)}, _TASK_MORE)


def _video(value: Any, at: str) -> list[str]:
    return problem("video needs the scope links.embed:write and an unfurl domain", at)


_PLAIN_BLOCKS: dict[str, Check] = {
    "actions": record({"elements": items(typed(ACTIONS), 1, most.ACTIONS_ELEMENTS)}, BLOCK_ID),
    "context": record(
        {
            "elements": items(
                typed({"image": IMAGE, "mrkdwn": text(most.TEXT, "mrkdwn"), "plain_text": plain(most.TEXT)}),
                1,
                most.CONTEXT_ELEMENTS,
            )
        },
        BLOCK_ID,
    ),
    "divider": record({}, BLOCK_ID),
    "header": record(
        {"text": plain(most.HEADER)}, {"level": number(*most.HEADER_LEVELS, whole=True), **BLOCK_ID}
    ),
    "image": _IMAGE_BLOCK,
    "input": record(
        {"label": plain(most.INPUT_LABEL), "element": typed(INPUTS)},
        {"hint": plain(most.INPUT_HINT), "optional": boolean, "dispatch_action": boolean, **BLOCK_ID},
    ),
    "rich_text": RICH_TEXT,
    "section": _SECTION,
    "table": TABLE,
    "video": _video,
}


def _child(value: Any, at: str) -> list[str]:
    return typed(_PLAIN_BLOCKS)(value, at)


_CONTAINER = both(
    record(
        {"child_blocks": items(_child, 1, most.CONTAINER_BLOCKS)},
        {
            "title": plain(most.CONTAINER_TITLE),
            "rich_text_title": typed({"rich_text": RICH_TEXT}),
            "subtitle": text(most.CONTAINER_TITLE),
            "icon": typed({"image": IMAGE}),
            "width": choice("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
            **BLOCK_ID,
        },
    ),
    need("must define `title` or `rich_text_title`", lambda v: "title" in v or "rich_text_title" in v),
    need(
        "`default_collapsed` needs `is_collapsible`",
        lambda v: not v.get("default_collapsed") or bool(v.get("is_collapsible")),
    ),
)
BLOCKS: dict[str, Check] = {
    **_PLAIN_BLOCKS,
    "markdown": record({"text": string(most.MARKDOWN_TOTAL, 1)}, BLOCK_ID),
    "data_table": DATA_TABLE,
    "data_visualization": record({"title": string(most.CHART_TITLE, 1), "chart": _CHART}, BLOCK_ID),
    "card": _CARD,
    "carousel": record({"elements": items(typed({"card": _CARD}), 1, most.CAROUSEL_CARDS)}, BLOCK_ID),
    "container": _CONTAINER,
    "context_actions": record(
        {"elements": items(typed(CONTEXT_ACTIONS), 1, most.CONTEXT_ACTIONS_ELEMENTS)}, BLOCK_ID
    ),
    "plan": record(
        {"title": string(None, 1)},
        {"tasks": items(typed({"task_card": _PLANNED}), 0, most.PLAN_TASKS), **BLOCK_ID},
    ),
    "task_card": record({**_TASK_FIELDS, "status": choice(*_TASK_STATES)}, _TASK_MORE),
    "alert": record(
        {"text": text(most.ALERT_TEXT)},
        {"level": choice("default", "info", "warning", "error", "success"), **BLOCK_ID},
    ),
}

_EVERYWHERE = {
    "actions",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
    "card",
}
_TABLES_AND_GROUPS = {"table", "data_table", "carousel", "container"}
SURFACES: dict[str, frozenset[str]] = {
    "message": frozenset(
        _EVERYWHERE
        | _TABLES_AND_GROUPS
        | {"markdown", "data_visualization", "context_actions", "plan", "task_card"}
    ),
    "modal": frozenset(_EVERYWHERE | {"alert"}),
    "home": frozenset(_EVERYWHERE | _TABLES_AND_GROUPS),
}
