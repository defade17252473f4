"""`chat.*`: what the bot says, changes and takes back (docs.slack.dev/reference/methods/chat.postMessage)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.slack import limits as most
from bot.playground.slack.args import Args
from bot.playground.slack.blocks import require_blocks
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.access import seen, writable
from bot.playground.slack.mrkdwn import fallback_text
from bot.playground.slack.payloads import message_json
from bot.playground.slack.people import BOT_USER, TEAM_DOMAIN
from bot.playground.slack.values import Json, Message
from bot.playground.slack.workspace import Workspace


@dataclass(frozen=True)
class Content:
    """What a message says, checked."""

    text: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.blocks or self.attachments)


def content(workspace: Workspace, args: Args) -> Content:
    """The text, blocks and attachments of a call, or the SlackError that they earn."""
    text, markdown = args.text("text"), args.text("markdown_text")
    blocks = _blocks(workspace, args.json("blocks", "invalid_blocks_format"))
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > most.MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    attachments = _attachments(workspace, args.json("attachments", "invalid_attachments"))
    whole = text or markdown or fallback_text(blocks)
    return Content(whole[: most.MESSAGE_TEXT], blocks, attachments)


def _blocks(workspace: Workspace, blocks: Any) -> tuple[Json, ...]:
    if not blocks and not isinstance(blocks, dict):
        return ()
    refused = frozenset(workspace.refused_blocks)
    return tuple(require_blocks(blocks, refused=refused, files=workspace.ready_files()))


def _attachments(workspace: Workspace, attachments: Any) -> tuple[Json, ...]:
    if not attachments:
        return ()
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > most.MESSAGE_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return tuple({**one, "blocks": list(_blocks(workspace, one.get("blocks")))} for one in attachments)


def metadata(args: Args) -> Json | None:
    """`{event_type, event_payload}`, None where none is given, `invalid_metadata_format` where it is odd."""
    given = args.json("metadata", "invalid_metadata_format")
    if given is None or given == {}:
        return None
    fits = isinstance(given, Mapping) and isinstance(given.get("event_payload"), Mapping)
    if not fits or not isinstance(given.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    return {"event_type": given["event_type"], "event_payload": dict(given["event_payload"])}


def post_message(workspace: Workspace, args: Args) -> Json:
    channel = writable(workspace, args)
    said = content(workspace, args)
    if said.is_empty:
        raise SlackError("no_text")
    thread, given = _thread(workspace, channel.id, args), metadata(args)
    posted = [
        workspace.put(
            Message(
                channel.id,
                workspace.new_ts(),
                BOT_USER,
                piece,
                said.blocks,
                said.attachments,
                thread_ts=thread,
                metadata=given if number == 0 else None,
                link_names=args.flag("link_names") or args.text("parse") == "full",
                via="chat.postMessage",
            )
        )
        for number, piece in enumerate(_split(said))
    ]
    body = message_json(workspace, posted[0], metadata=True)
    return {"channel": channel.id, "ts": posted[0].ts, "message": body}


def _split(said: Content) -> list[str]:
    """A long text without blocks comes out as several messages."""
    if said.blocks or len(said.text) <= most.SPLIT_ABOVE:
        return [said.text]
    return [said.text[at : at + most.SPLIT_INTO] for at in range(0, len(said.text), most.SPLIT_INTO)]


def _thread(workspace: Workspace, channel: str, args: Args) -> str | None:
    if "thread_ts" not in args:
        return None
    parent = workspace.messages.get((channel, args.text("thread_ts")))
    if parent is None or parent.is_ephemeral:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def post_ephemeral(workspace: Workspace, args: Args) -> Json:
    user = args.need("user")
    channel = writable(workspace, args)
    if user not in workspace.users:
        raise SlackError("user_not_found")
    if not channel.has_bot:
        raise SlackError("not_in_channel")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    said = content(workspace, args)
    if said.is_empty:
        raise SlackError("no_text")
    message = Message(
        channel.id,
        workspace.new_ts(),
        BOT_USER,
        said.text,
        said.blocks,
        said.attachments,
        for_user=user,
        thread_ts=_thread(workspace, channel.id, args),
        via="chat.postEphemeral",
    )
    return {"message_ts": workspace.put(message).ts}


def _own(workspace: Workspace, args: Args, refusal: str) -> Message:
    channel = seen(workspace, args)
    message = workspace.messages.get((channel.id, args.need("ts")))
    if message is None or message.is_ephemeral:
        raise SlackError("message_not_found")
    if message.author != BOT_USER:
        raise SlackError(refusal)
    if channel.is_archived:
        raise SlackError("is_archived")
    return message


def update(workspace: Workspace, args: Args) -> Json:
    """Text without blocks takes the old blocks away; metadata stays unless it is given."""
    message = _own(workspace, args, "cant_update_message")
    if len(args.text("text")) > most.UPDATE_TEXT:
        raise SlackError("msg_too_long")
    said = content(workspace, args)
    if said.is_empty:
        raise SlackError("no_text")
    kept = metadata(args) if "metadata" in args else message.metadata
    edited = workspace.edit(
        message,
        text=said.text,
        blocks=said.blocks,
        attachments=said.attachments,
        metadata=kept,
        link_names=args.flag("link_names") or args.text("parse") == "full",
        edited=workspace.new_ts(),
    )
    body = message_json(workspace, edited, metadata=True)
    return {"channel": edited.channel, "ts": edited.ts, "text": edited.text, "message": body}


def delete(workspace: Workspace, args: Args) -> Json:
    message = _own(workspace, args, "cant_delete_message")
    workspace.drop(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(workspace: Workspace, args: Args) -> Json:
    channel = seen(workspace, args)
    message = workspace.messages.get((channel.id, args.need("message_ts")))
    if message is None or message.is_ephemeral:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": link_to(message)}


def link_to(message: Message) -> str:
    thread = f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.thread_ts else ""
    path = f"archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"https://{TEAM_DOMAIN}.slack.com/{path}{thread}"


def response_content(workspace: Workspace, body: Json) -> Content:
    """The same for a body that came through a `response_url` or in an acknowledgement."""
    return content(workspace, Args(body))
