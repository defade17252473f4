"""`conversations.*`: where one can talk, and what was said there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.playground.slack.args import Args
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.access import kind, readable, seen
from bot.playground.slack.payloads import message_json
from bot.playground.slack.people import BOT_USER, Channel, channel_json
from bot.playground.slack.values import Json, Message
from bot.playground.slack.workspace import Workspace

_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def info(workspace: Workspace, args: Args) -> Json:
    channel = seen(workspace, args)
    workspace.require_scope(f"{kind(channel)}:read")
    num_members = args.flag("include_num_members")
    return {"channel": channel_json(channel, num_members=num_members)}


def _wanted(workspace: Workspace, args: Args) -> list[Channel]:
    types = args.words("types") or ["public_channel"]
    if set(types) - _TYPES.keys():
        raise SlackError("invalid_types")
    for one in types:
        workspace.require_scope(f"{_TYPES[one]}:read")
    kinds = {_TYPES[one] for one in types}
    skip_archived = args.flag("exclude_archived")
    rows = sorted(workspace.channels.values(), key=lambda one: one.id)
    return [one for one in rows if kind(one) in kinds and not (skip_archived and one.is_archived)]


def listed(workspace: Workspace, args: Args) -> Json:
    """Public channels, and the private ones that the bot is in."""
    rows = [one for one in _wanted(workspace, args) if one.has_bot or not one.is_private]
    chosen, cursor = page(rows, args, most=1000)
    channels = [channel_json(one, num_members=not one.is_im) for one in chosen]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


def of_user(workspace: Workspace, args: Args) -> Json:
    """A person's channels (the bot's own without `user`); private ones only where the bot is too."""
    user = args.text("user", BOT_USER)
    if user not in workspace.users:
        raise SlackError("user_not_found")
    rows = [one for one in _wanted(workspace, args) if user in one.members]
    rows = [one for one in rows if one.has_bot or not one.is_private]
    chosen, cursor = page(rows, args, most=1000)
    return {"channels": [channel_json(one) for one in chosen], "response_metadata": {"next_cursor": cursor}}


def members(workspace: Workspace, args: Args) -> Json:
    channel = seen(workspace, args)
    workspace.require_scope(f"{kind(channel)}:read")
    chosen, cursor = page(sorted(channel.members), args, most=1000)
    return {"members": list(chosen), "response_metadata": {"next_cursor": cursor}}


def opened(workspace: Workspace, args: Args) -> Json:
    """The DM with one person (`users`, or the `channel` of one that exists)."""
    people = args.words("users")
    workspace.require_scope("mpim:write" if len(people) > 1 else "im:write")
    if "channel" in args:
        channel = seen(workspace, args)
    elif len(people) == 1:
        channel = _dm(workspace, people[0])
    else:
        raise SlackError("users_list_not_supplied" if not people else "method_not_supported_for_channel_type")
    whole = channel_json(channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": whole}


def _dm(workspace: Workspace, user: str) -> Channel:
    if user not in workspace.users:
        raise SlackError("user_not_found")
    if workspace.users[user].is_bot:
        raise SlackError("cannot_dm_bot")
    return workspace.dm(user)


def join(workspace: Workspace, args: Args) -> Json:
    channel = seen(workspace, args)
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    warning = {"warning": "already_in_channel"} if channel.has_bot else {}
    joined = workspace.set_channel(replace(channel, members=channel.members | {BOT_USER}))
    return {"channel": channel_json(joined), **warning}


def history(workspace: Workspace, args: Args) -> Json:
    """A channel's messages, newest first; replies and private messages are not among them."""
    channel = readable(workspace, args)
    rows = [one for one in workspace.in_channel(channel.id) if _is_top(one) and _within(one, args)]
    return _messages(workspace, args, rows[::-1])


def replies(workspace: Workspace, args: Args) -> Json:
    """A thread, its parent first."""
    channel = readable(workspace, args)
    root = workspace.messages.get((channel.id, args.need("ts")))
    if root is None or root.is_ephemeral:
        raise SlackError("thread_not_found")
    top = root.thread_ts or root.ts
    rows = [one for one in workspace.in_channel(channel.id) if top in {one.ts, one.thread_ts}]
    return _messages(workspace, args, [one for one in rows if not one.is_ephemeral and _within(one, args)])


def _is_top(message: Message) -> bool:
    return not message.is_ephemeral and message.thread_ts in {None, message.ts}


def _within(message: Message, args: Args) -> bool:
    oldest, latest, inclusive = args.text("oldest"), args.text("latest"), args.flag("inclusive")
    at = _micros(message.ts)
    after = not oldest or at > _micros(oldest) or (inclusive and at == _micros(oldest))
    before = not latest or at < _micros(latest) or (inclusive and at == _micros(latest))
    return after and before


def _micros(ts: str) -> int:
    whole, _, part = ts.partition(".")
    try:
        return int(whole) * 1_000_000 + int((part or "0").ljust(6, "0")[:6])
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None


def _messages(workspace: Workspace, args: Args, rows: Sequence[Message]) -> Json:
    chosen, cursor = page(rows, args, most=999)
    metadata = args.flag("include_all_metadata")
    body: Json = {
        "messages": [message_json(workspace, one, metadata=metadata) for one in chosen],
        "has_more": bool(cursor),
    }
    return {**body, "response_metadata": {"next_cursor": cursor}} if cursor else body


def page(rows: Sequence[Any], args: Args, *, most: int) -> tuple[Sequence[Any], str]:
    """The page that `cursor` and `limit` ask for, and the next cursor (empty at the end)."""
    limit = args.number("limit", 100, most=most, error="invalid_limit")
    cursor = args.text("cursor")
    if cursor and not cursor.removeprefix("at:").isdigit():
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("at:") or 0)
    end = start + limit
    return rows[start:end], f"at:{end}" if end < len(rows) else ""
