"""What becomes of words that a person types."""

import re

from bot.playground.slack.workspace import Workspace

_NAME = re.compile(r"(?<![\w&])([@#])([\w.-]+)")


def addressed(workspace: Workspace, text: str) -> str:
    """`@ana`, `#sales` as Slack sends them in messages (`<@U0ANA>`, `<#C0SALES|sales>`); `& < >` escaped."""
    return _NAME.sub(lambda match: _link(workspace, match, named=False), _entities(text))


def escaped(workspace: Workspace, text: str) -> str:
    """The same for a command with `should_escape`, where ids come with names (`<@U0ANA|ana>`)."""
    return _NAME.sub(lambda match: _link(workspace, match, named=True), _entities(text))


def _entities(text: str) -> str:
    # A link or mention that is written out already (`<@U…>`) stays as it is.
    parts = re.split(r"(<[@#!][^<>]*>)", text)
    return "".join(part if at % 2 else _amp(part) for at, part in enumerate(parts))


def _amp(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(workspace: Workspace, match: re.Match[str], *, named: bool) -> str:
    sign, name = match.groups()
    if sign == "@":
        people = workspace.users.values()
        user = next((one for one in people if name.lower() in {one.name, one.real_name.lower()}), None)
        ending = f"|{user.name}" if user and named else ""
        return f"<@{user.id}{ending}>" if user else match.group()
    channel = workspace.find_channel(name)
    return f"<#{channel.id}|{channel.name}>" if channel else match.group()
