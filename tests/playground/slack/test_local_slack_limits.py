"""Our table of Slack's limits against the one that the slackblocks package keeps."""

import ast
from pathlib import Path

import pytest
from slackblocks import _limits as theirs
from slackblocks import _surfaces

from bot.playground.slack import limits as ours
from bot.playground.slack.shapes import SURFACES

PAIRS = [
    (ours.TEXT, theirs.TEXT_MAX_LENGTH),
    (ours.TEXT, theirs.SECTION_TEXT_MAX_LENGTH),
    (ours.ACTION_ID, theirs.ACTION_ID_MAX_LENGTH),
    (ours.BLOCK_ID, theirs.BLOCK_ID_MAX_LENGTH),
    (ours.BUTTON_TEXT, theirs.BUTTON_TEXT_MAX_LENGTH),
    (ours.BUTTON_URL, theirs.BUTTON_URL_MAX_LENGTH),
    (ours.BUTTON_VALUE, theirs.BUTTON_VALUE_MAX_LENGTH),
    (ours.BUTTON_LABEL, theirs.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH),
    (ours.BUTTON_AGENT_PROMPT, theirs.BUTTON_AGENT_PROMPT_MAX_LENGTH),
    (ours.CONFIRM_TITLE, theirs.CONFIRMATION_TITLE_MAX_LENGTH),
    (ours.CONFIRM_TEXT, theirs.CONFIRMATION_TEXT_MAX_LENGTH),
    (ours.CONFIRM_BUTTON, theirs.CONFIRMATION_CONFIRM_MAX_LENGTH),
    (ours.CONFIRM_BUTTON, theirs.CONFIRMATION_DENY_MAX_LENGTH),
    (ours.OPTION_TEXT, theirs.OPTION_TEXT_MAX_LENGTH),
    (ours.OPTION_VALUE, theirs.OPTION_VALUE_MAX_LENGTH),
    (ours.OPTION_DESCRIPTION, theirs.OPTION_DESCRIPTION_MAX_LENGTH),
    (ours.OPTION_URL, theirs.OPTION_URL_MAX_LENGTH),
    (ours.OPTION_GROUP_LABEL, theirs.OPTION_GROUP_LABEL_MAX_LENGTH),
    (ours.OPTION_GROUPS, theirs.SELECT_OPTION_GROUPS_MAX_ITEMS),
    (ours.SELECT_OPTIONS, theirs.SELECT_OPTIONS_MAX_ITEMS),
    (ours.SELECT_OPTIONS, theirs.OPTION_GROUP_OPTIONS_MAX_ITEMS),
    (ours.PLACEHOLDER, theirs.SELECT_PLACEHOLDER_MAX_LENGTH),
    (ours.OVERFLOW_OPTIONS, theirs.OVERFLOW_OPTIONS_MAX_ITEMS),
    (ours.CHOICES, theirs.CHECKBOXES_OPTIONS_MAX_ITEMS),
    (ours.CHOICES, theirs.RADIO_BUTTONS_OPTIONS_MAX_ITEMS),
    (ours.INPUT_VALUE, theirs.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX),
    (ours.INPUT_LABEL, theirs.INPUT_LABEL_MAX_LENGTH),
    (ours.INPUT_HINT, theirs.INPUT_HINT_MAX_LENGTH),
    (ours.ACTIONS_ELEMENTS, theirs.ACTIONS_ELEMENTS_MAX_ITEMS),
    (ours.CONTEXT_ELEMENTS, theirs.CONTEXT_ELEMENTS_MAX_ITEMS),
    (ours.CONTEXT_ACTIONS_ELEMENTS, theirs.CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS),
    (ours.HEADER, theirs.HEADER_TEXT_MAX_LENGTH),
    (ours.IMAGE_URL, theirs.IMAGE_IMAGE_URL_MAX_LENGTH),
    (ours.ALT_TEXT, theirs.IMAGE_ALT_TEXT_MAX_LENGTH),
    (ours.IMAGE_TITLE, theirs.IMAGE_TITLE_MAX_LENGTH),
    (ours.SECTION_FIELDS, theirs.SECTION_FIELDS_MAX_ITEMS),
    (ours.SECTION_FIELD, theirs.SECTION_FIELDS_ITEM_MAX_LENGTH),
    (ours.MARKDOWN_TOTAL, theirs.MARKDOWN_TOTAL_TEXT_MAX_LENGTH),
    (ours.ALERT_TEXT, theirs.ALERT_TEXT_MAX_LENGTH),
    (ours.CARD_TITLE, theirs.CARD_TITLE_MAX_LENGTH),
    (ours.CARD_BODY, theirs.CARD_BODY_MAX_LENGTH),
    (ours.CARD_ACTIONS, theirs.CARD_ACTIONS_MAX_ITEMS),
    (ours.CAROUSEL_CARDS, theirs.CAROUSEL_ELEMENTS_MAX_ITEMS),
    (ours.CONTAINER_TITLE, theirs.CONTAINER_TITLE_MAX_LENGTH),
    (ours.CONTAINER_BLOCKS, theirs.CONTAINER_CHILD_BLOCKS_MAX_ITEMS),
    (ours.TABLE_ROWS, theirs.TABLE_ROWS_MAX_ITEMS),
    (ours.TABLE_COLUMNS, theirs.TABLE_COLUMNS_MAX_ITEMS),
    (ours.DATA_TABLE_ROWS, (theirs.DATA_TABLE_ROWS_MIN_ITEMS, theirs.DATA_TABLE_ROWS_MAX_ITEMS)),
    (ours.DATA_TABLE_COLUMNS, theirs.DATA_TABLE_COLUMNS_MAX_ITEMS),
    (ours.DATA_TABLE_TEXT, theirs.DATA_TABLE_CONTENT_MAX_LENGTH),
    (ours.DATA_TABLE_PAGE, (theirs.DATA_TABLE_PAGE_SIZE_MIN, theirs.DATA_TABLE_PAGE_SIZE_MAX)),
    (ours.CHART_TITLE, theirs.DATA_VISUALIZATION_TITLE_MAX_LENGTH),
    (ours.CHART_SERIES, theirs.DATA_VISUALIZATION_SERIES_MAX_ITEMS),
    (ours.CHART_SERIES, theirs.DATA_VISUALIZATION_SEGMENTS_MAX_ITEMS),
    (ours.CHART_POINTS, theirs.DATA_VISUALIZATION_DATA_MAX_ITEMS),
    (ours.CHART_LABEL, theirs.DATA_VISUALIZATION_POINT_LABEL_MAX_LENGTH),
    (ours.CHART_AXIS, theirs.DATA_VISUALIZATION_AXIS_LABEL_MAX_LENGTH),
    (ours.CHARTS_PER_MESSAGE, theirs.MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS),
    (ours.PLAN_TASKS, theirs.PLAN_TASKS_MAX_ITEMS),
    (ours.MESSAGE_BLOCKS, theirs.MESSAGE_BLOCKS_MAX_ITEMS),
    (ours.MESSAGE_ATTACHMENTS, theirs.MESSAGE_ATTACHMENTS_MAX_ITEMS),
    (ours.VIEW_BLOCKS, theirs.VIEW_BLOCKS_MAX_ITEMS),
    (ours.PRIVATE_METADATA, theirs.VIEW_PRIVATE_METADATA_MAX_LENGTH),
    (ours.CALLBACK_ID, theirs.VIEW_CALLBACK_ID_MAX_LENGTH),
    (ours.EXTERNAL_ID, theirs.VIEW_EXTERNAL_ID_MAX_LENGTH),
    (ours.VIEW_TITLE, theirs.VIEW_TITLE_MAX_LENGTH),
    (ours.VIEW_BUTTON, theirs.VIEW_SUBMIT_MAX_LENGTH),
    (ours.VIEW_BUTTON, theirs.VIEW_CLOSE_MAX_LENGTH),
]


@pytest.mark.parametrize(("ours_", "theirs_"), PAIRS)
def test_two_tables_agree(ours_: object, theirs_: object) -> None:
    assert ours_ == theirs_


def test_the_same_blocks_are_taken_on_each_surface() -> None:
    known = _surfaces._BLOCK_TYPES_BY_SURFACE  # noqa: SLF001 - the package's table has no public name
    assert SURFACES["message"] == known["message"] - {"file"}  # remote files are read-only
    assert SURFACES["modal"] == known["modal"]
    # Slack's page on data_visualization names messages alone; the stricter reading is ours.
    assert SURFACES["home"] == known["home"] - {"data_visualization"}


def test_the_double_imports_nothing_of_the_bot() -> None:
    folder = Path(ours.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            own = [one for one in names if one.split(".")[0] == "bot"]
            assert all(one.startswith("bot.playground.slack") for one in own), path
            assert not any(one.split(".")[0] in {"slack_sdk", "slack_bolt"} for one in names), path
