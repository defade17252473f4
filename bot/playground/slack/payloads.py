"""What Slack sends to an app, as values (docs.slack.dev/interactivity, …/apis/events-api)."""

import mimetypes
from typing import Any

from bot.playground.slack.people import APP, BOT, BOT_USER, OTHER_TEAM, TEAM, TEAM_DOMAIN, Channel, User
from bot.playground.slack.state import state_values
from bot.playground.slack.values import File, Json, Message, View
from bot.playground.slack.workspace import Workspace

VERIFICATION = "legacy-verification-token"


def message_json(workspace: Workspace, message: Message, *, metadata: bool) -> Json:
    """A message as history, answers and clicks carry it; `metadata` only where it was asked for."""
    own = message.author == BOT_USER
    team = workspace.users[message.author].team_id if message.author in workspace.users else TEAM
    body: Json = {
        "type": "message",
        "user": message.author,
        "text": message.text,
        "ts": message.ts,
        "team": team,
        **({"bot_id": BOT, "app_id": APP} if own else {}),
        **({"blocks": list(message.blocks)} if message.blocks else {}),
        **({"attachments": list(message.attachments)} if message.attachments else {}),
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        **({"metadata": message.metadata} if metadata and message.metadata else {}),
        **({"edited": {"user": message.author, "ts": message.edited}} if message.edited else {}),
    }
    if message.files:
        body["files"] = [file_json(workspace, workspace.files[one]) for one in message.files]
    return {**body, **_thread_facts(workspace, message)}


def _thread_facts(workspace: Workspace, message: Message) -> Json:
    replies = [one for one in workspace.replies(message) if not one.is_ephemeral]
    if not replies:
        return {}
    return {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}


def file_json(workspace: Workspace, file: File) -> Json:
    """`mimetype` and `filetype` stay empty until Slack has looked at the file."""
    ready = file.id in workspace.ready_files()
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    return {
        "id": file.id,
        "created": int(file.completed_at or 0),
        "name": file.name,
        "title": file.title,
        "mimetype": kind if ready else "",
        "filetype": file.name.rpartition(".")[2] if ready else "",
        "size": file.length,
        "user": BOT_USER,
        "is_external": False,
        "channels": list(file.channels),
        "alt_txt": file.alt_text,
        "url_private": f"{workspace.upload_base}{file.id}/private/{file.name}",
    }


def command_form(
    user: User, channel: Channel, command: str, text: str, response_url: str, trigger: str
) -> Json:
    """The form of a slash command; an outsider's carries the outsider's own team."""
    return {
        "token": VERIFICATION,
        "team_id": user.team_id,
        "team_domain": TEAM_DOMAIN if user.team_id == TEAM else "outside",
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def _channel_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _person(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}


def _interaction(kind: str, user: User, trigger: str | None) -> Json:
    return {
        "type": kind,
        "user": _person(user),
        "api_app_id": APP,
        "token": VERIFICATION,
        "team": {"id": TEAM, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        **({"trigger_id": trigger} if trigger else {}),
    }


def _container(message: Message) -> Json:
    return {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.is_ephemeral,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }


def message_action(
    workspace: Workspace, user: User, message: Message, action: Json, response_url: str, trigger: str
) -> Json:
    """A click in a message. One on an ephemeral message carries no `message`, as in Slack."""
    channel = workspace.channels[message.channel]
    values = state_values(workspace, message.blocks, user.id, message.ts)
    return {
        **_interaction("block_actions", user, trigger),
        "container": _container(message),
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        **({} if message.is_ephemeral else {"message": message_json(workspace, message, metadata=False)}),
        "state": {"values": values},
        "response_url": response_url,
        "actions": [action],
    }


def view_action(user: User, view: View, body: Json, action: Json, trigger: str) -> Json:
    """A click in a dialog or in the Home tab."""
    return {
        **_interaction("block_actions", user, trigger),
        "container": {"type": "view", "view_id": view.id},
        "view": body,
        "actions": [action],
    }


def view_submission(user: User, body: Json, trigger: str) -> Json:
    return {**_interaction("view_submission", user, trigger), "view": body, "response_urls": []}


def view_closed(user: User, body: Json, *, cleared: bool) -> Json:
    return {**_interaction("view_closed", user, None), "view": body, "is_cleared": cleared}


def suggestion(
    workspace: Workspace, user: User, where: Message | View, body: Json | None, asked: Json
) -> Json:
    """What an external menu sends while someone types in it; `asked` has action_id, block_id, value."""
    base = {**_interaction("block_suggestion", user, None), **asked}
    if isinstance(where, View):
        return {**base, "container": {"type": "view", "view_id": where.id}, "view": body}
    channel = workspace.channels[where.channel]
    return {
        **base,
        "container": _container(where),
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        **({} if where.is_ephemeral else {"message": message_json(workspace, where, metadata=False)}),
    }


def event_callback(workspace: Workspace, event: Json, channel: Channel | None) -> Json:
    """An event in its envelope; `event_id` is what an app deduplicates by."""
    shared = channel is not None and channel.is_ext_shared
    return {
        "token": VERIFICATION,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        **({"event_context": f"4-{channel.id}"} if channel else {}),
    }


def said_event(kind: str, user: User, channel: Channel, message: Message) -> Json:
    """`app_mention` or `message`; an outsider's names the outsider's team (Slack Connect)."""
    event: Json = {
        "type": kind,
        "user": user.id,
        "text": message.text,
        "ts": message.ts,
        "team": user.team_id,
        "channel": channel.id,
        "event_ts": message.ts,
        "blocks": [_rich(message.text)],
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    if kind == "message":
        group = "group" if channel.is_private else "channel"
        event["channel_type"] = "im" if channel.is_im else group
    if user.team_id == OTHER_TEAM:
        event |= {"user_team": OTHER_TEAM, "source_team": OTHER_TEAM, "user_home_team": OTHER_TEAM}
    return event


def echo_event(workspace: Workspace, channel: Channel, message: Message, subtype: str | None) -> Json:
    """The app's own message as an event; changes carry it inside and name no user of their own."""
    body = message_json(workspace, message, metadata=False)
    kind = "im" if channel.is_im else "group" if channel.is_private else "channel"
    about = {"channel": channel.id, "channel_type": kind, "event_ts": workspace.new_ts()}
    if subtype is None:
        return {**body, **about}
    inner = {"previous_message": body} if subtype == "message_deleted" else {"message": body}
    return {"type": "message", "subtype": subtype, "hidden": True, "ts": about["event_ts"], **inner, **about}


def _rich(text: str) -> Json:
    section: Json = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}


def home_opened(user: User, channel: Channel, view: Any, ts: str, tab: str) -> Json:
    return {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": ts,
        **({"view": view} if view else {}),
    }
