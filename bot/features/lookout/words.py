"""`/lookout`: its row of the command table."""

from bot.core.usage import Usage

LOOKOUT = Usage(
    name="lookout",
    usage="help | status | sessions failed",
    summary="Help, the bot's own state, and every other command as a word",
    examples=(
        ("help", "every command with examples"),
        ("status", "whether account, Slack and database are well, and how fresh the copy is"),
        ("sessions failed", "the same as /sessions failed"),
    ),
)

WORDS = ("help", "status")
