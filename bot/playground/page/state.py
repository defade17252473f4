"""What one person sees of the workspace, as the page is told it. No I/O; the shapes are the page's."""

import mimetypes
from collections.abc import Iterable
from typing import Any

from bot.playground.slack import BOT_USER, TEAM, Channel, File, LocalSlack, Message, Notice, User, View
from bot.playground.slack.state import state_values
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]
TEAM_NAME = "Lookout Demo"
MOST_MESSAGES = 200
"""Messages of a channel that are shown: older ones are scrolled away for good."""
MOST_NOTICES = 50


def seen_by(slack: LocalSlack, user: str, panel: Json) -> Json:
    """All that a person (by id) sees: the `state` frame of the page."""
    workspace, viewer = slack.workspace, slack.workspace.users[user]
    channels = channels_of(workspace, viewer)
    home = workspace.homes.get(user)
    return {
        "type": "state",
        "now": workspace.clock.now(),
        "me": user,
        "team": {"id": TEAM, "name": TEAM_NAME},
        "users": [user_json(one) for one in workspace.users.values()],
        "channels": [channel_json(workspace, one, viewer) for one in channels],
        "commands": [
            {"command": one.name, "hint": one.usage_hint, "description": one.description}
            for one in workspace.manifest.commands
        ],
        "home_enabled": workspace.manifest.home_tab and not viewer.is_stranger,
        "home": view_json(workspace, home) if home else None,
        "messages": {one.id: messages_of(workspace, one, viewer) for one in channels},
        "views": [view_json(workspace, one) for one in workspace.stack(user)],
        "notices": notices_of(workspace.notices, viewer),
        "panel": panel,
    }


def channels_of(workspace: Workspace, viewer: User) -> list[Channel]:
    """Those in a person's sidebar: public ones for full members, else those that they are in; their DM last.

    Archived ones are gone from it, unless something was said there.
    """
    rooms = (one for one in workspace.channels.values() if not one.is_im)
    full = not (viewer.is_restricted or viewer.is_ultra_restricted or viewer.is_stranger)
    seen = [
        one
        for one in rooms
        if (viewer.id in one.members or (full and not one.is_private))
        and (not one.is_archived or workspace.in_channel(one.id))
    ]
    direct = workspace.find_dm(viewer.id)
    return [*seen, *([direct] if direct and not viewer.is_stranger else [])]


def user_json(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "locale": user.locale,
        "guest": user.is_restricted or user.is_ultra_restricted,
        "outsider": user.is_stranger,
        "bot": user.is_bot,
    }


def channel_json(workspace: Workspace, channel: Channel, viewer: User) -> Json:
    """A DM is named as its app."""
    return {
        "id": channel.id,
        "name": workspace.manifest.bot_name if channel.is_im else channel.name,
        "kind": _kind(channel),
        "is_member": viewer.id in channel.members,
        "is_archived": channel.is_archived,
        "bot_member": channel.has_bot,
    }


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "dm"
    if channel.is_ext_shared:
        return "shared"
    return "private" if channel.is_private else "channel"


def messages_of(workspace: Workspace, channel: Channel, viewer: User) -> list[Json]:
    """Oldest first, replies among them; what is for another alone is left out."""
    shown = [one for one in workspace.in_channel(channel.id) if one.for_user in {None, viewer.id}]
    return [message_json(workspace, one, viewer) for one in shown[-MOST_MESSAGES:]]


def message_json(workspace: Workspace, message: Message, viewer: User) -> Json:
    author = workspace.users.get(message.author)
    replies = [one for one in workspace.replies(message) if one.for_user in {None, viewer.id}]
    return {
        "channel": message.channel,
        "ts": message.ts,
        "author": {
            "id": message.author,
            "name": author.real_name if author else message.author,
            "bot": message.author == BOT_USER,
        },
        "time": float(message.ts),
        "text": message.text,
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "ephemeral": message.is_ephemeral,
        "edited": message.edited is not None,
        "thread_ts": message.thread_ts,
        "reply_count": len(replies),
        "files": [file_json(workspace.files[one]) for one in message.files],
        "state": {"values": state_values(workspace, message.blocks, viewer.id, message.ts)},
        "version": message.version,
    }


def file_json(file: File) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.length,
        "mimetype": mimetypes.guess_type(file.name)[0] or "text/plain",
    }


def view_json(workspace: Workspace, view: View) -> Json:
    return {
        "id": view.id,
        "type": view.kind,
        "title": view.title,
        "blocks": list(view.blocks),
        "submit": _words(view, "submit"),
        "close": _words(view, "close"),
        "state": {"values": state_values(workspace, view.blocks, view.user, view.id)},
        "hash": view.hash,
        "errors": dict(view.errors),
    }


def _words(view: View, name: str) -> str | None:
    given = view.body.get(name)
    return str(given["text"]) if isinstance(given, dict) else None


def notices_of(notices: Iterable[Notice], viewer: User) -> list[Json]:
    mine = [one for one in notices if one.user == viewer.id]
    return [{"channel": one.channel, "text": one.text, "time": one.at} for one in mine[-MOST_NOTICES:]]
