"""Slack's limits, in a table of their own (characters where nothing else is said).

Sources: docs.slack.dev/reference/block-kit, `@slack/types`, docs of the Web API methods. Numbers that only
third parties measured are marked so. A test holds them against the `slackblocks` package.
"""

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
BLOCK_ID = ACTION_ID = 255

TEXT = 3000
SECTION_FIELDS, SECTION_FIELD = 10, 2000
HEADER = 150
HEADER_LEVELS = (1, 4)
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
CONTEXT_ACTIONS_ELEMENTS = 5

BUTTON_TEXT, BUTTON_VALUE, BUTTON_URL, BUTTON_LABEL, BUTTON_AGENT_PROMPT = 75, 2000, 3000, 75, 4000
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
OPTION_TEXT, OPTION_VALUE, OPTION_DESCRIPTION, OPTION_URL = 75, 150, 75, 3000
SELECT_OPTIONS, OPTION_GROUPS, OPTION_GROUP_LABEL = 100, 100, 75
OVERFLOW_OPTIONS = 5
CHOICES = 10
PLACEHOLDER = 150

IMAGE_URL, ALT_TEXT, IMAGE_TITLE = 3000, 2000, 2000
INPUT_LABEL, INPUT_HINT, INPUT_VALUE = 2000, 2000, 3000
MARKDOWN_TOTAL = 12_000

TABLE_ROWS, TABLE_COLUMNS, TABLE_TEXT = 100, 20, 10_000
DATA_TABLE_ROWS, DATA_TABLE_COLUMNS, DATA_TABLE_TEXT = (2, 201), 20, 20_000
DATA_TABLE_PAGE = (1, 100)
TABLES_PER_MESSAGE = 1  # what Slack answers in practice (`only_one_table_allowed`)

CHARTS_PER_MESSAGE = 2
CHART_TITLE, CHART_SERIES, CHART_POINTS, CHART_LABEL, CHART_AXIS = 50, 12, 20, 20, 50

CARD_TITLE, CARD_BODY, CARD_ACTIONS, CAROUSEL_CARDS = 150, 200, 3, 10
CONTAINER_TITLE, CONTAINER_BLOCKS = 150, 10
ALERT_TEXT = 200
PLAN_TASKS = 50

VIEW_TITLE = VIEW_BUTTON = 24
PRIVATE_METADATA, CALLBACK_ID, EXTERNAL_ID = 3000, 255, 255
VIEW_BYTES = 250_000  # third party, quoting the docs of views.open
VIEW_STACK = 3

MESSAGE_ATTACHMENTS = 100
ALL_BLOCKS_TEXT = 13_200  # undocumented; measured in bolt-js issue 2509
MESSAGE_TEXT = 40_000  # longer texts are truncated
SPLIT_ABOVE, SPLIT_INTO = 4040, 4000  # a text without blocks; measured by a third party
UPDATE_TEXT = 4000
MARKDOWN_TEXT = 12_000

ACK_SECONDS = 3.0
TRIGGER_SECONDS = 3.0
RESPONSE_URL_USES, RESPONSE_URL_SECONDS = 5, 30 * 60
EVENT_RETRIES = (0.0, 60.0, 300.0)  # seconds before the 1st, 2nd and 3rd retry
SOCKETS = 10
SOCKET_TICKET_SECONDS = 30.0

POSTS_A_SECOND, POST_BURST = 1.0, 3  # a channel
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute, a method, a workspace (Slack promises "+")
SPECIAL_A_MINUTE = 300  # auth.test, chat.getPermalink, chat.postMessage: "hundreds a minute"

METHOD_TIERS = {
    "apps.connections.open": 3,  # the docs of September 2026 say 3, Slack's Java table 1
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.conversations": 2,
    "users.info": 4,
    "users.list": 2,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
"""Source: `MethodsRateLimits.java` of slackapi/java-slack-sdk."""
