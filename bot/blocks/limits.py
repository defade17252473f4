"""Slack's limits, from https://docs.slack.dev/reference/block-kit and Slack's own `@slack/types`.

Lengths are counted in UTF-16 units of the text as sent (escapes included): the strictest way Slack may count.
"""

BLOCKS = 50
BLOCK_ID = 255
ACTION_ID = 255
TEXT = 3_000
FIELDS = 10
FIELD = 2_000
HEADER = 150
CONTEXT = 10
ACTIONS = 25
BUTTON = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
BUTTON_LABEL = 75
OPTIONS = 100
OPTION = 75
OPTION_VALUE = 150
PLACEHOLDER = 150

MESSAGE_TEXT = 4_000
"""`text`: what chat.update takes; chat.postMessage splits longer ones where there are no blocks."""

TOTAL = 12_000
"""All texts of a message's blocks together. Undocumented: `msg_blocks_too_long` was seen near 13,200."""

VIEW_TITLE = 24
