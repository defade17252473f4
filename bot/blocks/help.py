"""Help, from the rows of the command table."""

from collections.abc import Sequence

from bot.blocks.answers import Chapter, Example, help_message
from bot.blocks.message import Message
from bot.core.usage import Usage


def command_help(row: Usage, prefix: str = "") -> Message:
    """One command: how to write it, examples, then every word that it knows."""
    name = f"/{prefix}{row.name}"
    examples = Chapter(
        "Examples", tuple(Example(f"{name} {typed}".strip(), does) for typed, does in row.examples)
    )
    sections = [Chapter(part.title, tuple(Example(*line) for line in part.rows)) for part in row.sections]
    return help_message(name, row.summary, f"{name} {row.usage}", [examples, *sections])


def all_help(rows: Sequence[Usage], prefix: str = "") -> Message:
    """Every command with its examples; `/lookout` is the last."""
    chapters = [
        Chapter(
            f"/{prefix}{row.name} · {row.summary}",
            tuple(Example(f"/{prefix}{row.name} {typed}".strip(), does) for typed, does in row.examples),
        )
        for row in rows
    ]
    hints = " | ".join(f"/{prefix}{row.name} help" for row in rows)
    summary = "Treasure Workflow and Digdag in Slack. Each command is also a word of the last one."
    return help_message("Lookout", summary, hints, chapters)
