"""The command table: one row a command. Help, error texts, the manifest and the README are derived from it or
checked against it. A command is added here by whoever builds it; nothing registers itself."""

from bot.core.usage import Usage
from bot.features.digests.words import DIGESTS
from bot.features.lookout.words import LOOKOUT
from bot.features.sessions.words import SESSIONS
from bot.features.workflows.words import WORKFLOWS

COMMANDS: tuple[Usage, ...] = (SESSIONS, WORKFLOWS, DIGESTS, LOOKOUT)

UMBRELLA = LOOKOUT.name
"""The one command of which every other is a word: `/lookout sessions failed`."""


def slash_commands(prefix: str = "") -> tuple[str, ...]:
    """As typed in Slack: `/sessions`, or `/dev-sessions` with the prefix `dev-`."""
    return tuple(f"/{prefix}{row.name}" for row in COMMANDS)


def split(question: str, prefix: str = "") -> tuple[str | None, str]:
    """The command's name and the words behind it; name None where the first word names no command.

    The slash may be missing. `/lookout sessions failed` is `/sessions failed`; no words at all are help.
    """
    first, rest = (*question.split(maxsplit=1), "", "")[
        :2
    ]  # any blank: phones and Japanese keyboards have others
    name = first.removeprefix("/").casefold().removeprefix(prefix)
    if name in ("", "help"):
        return UMBRELLA, "help"
    if name == UMBRELLA:
        inner, words = split(rest, prefix)
        return (UMBRELLA, rest.strip()) if inner is None else (inner, words)
    return (name, rest.strip()) if name in {row.name for row in COMMANDS} else (None, question.strip())
