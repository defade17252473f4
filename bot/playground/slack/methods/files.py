"""`files.*`: an upload in three steps (docs.slack.dev/messaging/working-with-files)."""

from dataclasses import replace

from bot.playground.slack.args import Args
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.access import writable
from bot.playground.slack.payloads import file_json
from bot.playground.slack.people import BOT_USER, Channel
from bot.playground.slack.values import File, Json, Message
from bot.playground.slack.workspace import Workspace


def upload_url(workspace: Workspace, args: Args) -> Json:
    name = args.need("filename")
    length = args.number("length", 0, most=1_000_000_000, error="invalid_arguments")
    file = File(workspace.new_id("F"), name, name, length, alt_text=args.text("alt_txt"))
    workspace.files[file.id] = file
    return {"upload_url": f"{workspace.upload_base}{file.id}", "file_id": file.id}


def uploaded(workspace: Workspace, file_id: str, content: bytes) -> None:
    """Take the bytes; SlackError where the URL is unknown or the length is another than was said."""
    file = workspace.files.get(file_id)
    if file is None or file.content is not None:
        raise SlackError("file_not_found", status=404)
    if len(content) != file.length:
        raise SlackError("length_mismatch", status=400)
    workspace.files[file_id] = replace(file, content=content)


def complete_upload(workspace: Workspace, args: Args) -> Json:
    """Finish uploads; with a channel, a message there shows them."""
    given = args.json("files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise SlackError("invalid_arguments")
    channels = [_target(workspace, one, args.text("thread_ts")) for one in _named(args)]
    files = [_finish(workspace, one, channels) for one in given]
    for channel in channels:
        _share(workspace, channel, files, args)
    return {"files": [{"id": one.id, "title": one.title} for one in files]}


def _named(args: Args) -> list[str]:
    return args.words("channels") or args.words("channel_id")


def _target(workspace: Workspace, channel: str, thread: str) -> Channel:
    # A person's id is no channel here: the DM must have been opened (conversations.open).
    if channel not in workspace.channels:
        raise SlackError("channel_not_found")
    found = writable(workspace, Args({"channel": channel}))
    if not found.has_bot:
        raise SlackError("not_in_channel")
    if thread and (channel, thread) not in workspace.messages:
        raise SlackError("invalid_thread_ts")
    return found


def _finish(workspace: Workspace, given: Json, channels: list[Channel]) -> File:
    file = workspace.files.get(str(given.get("id")))
    if file is None or file.content is None or file.completed_at is not None:
        raise SlackError("file_not_found")
    done = replace(
        file,
        title=given.get("title") or file.name,
        channels=tuple(one.id for one in channels),
        completed_at=workspace.clock.now(),
    )
    workspace.files[file.id] = done
    workspace.tell("file", done)
    return done


def _share(workspace: Workspace, channel: Channel, files: list[File], args: Args) -> None:
    workspace.put(
        Message(
            channel.id,
            workspace.new_ts(),
            BOT_USER,
            args.text("initial_comment"),
            thread_ts=args.text("thread_ts") or None,
            files=tuple(one.id for one in files),
            via="files.completeUploadExternal",
        )
    )


def info(workspace: Workspace, args: Args) -> Json:
    file = workspace.files.get(args.need("file"))
    if file is None or file.completed_at is None:
        raise SlackError("file_not_found")
    return {"file": file_json(workspace, file), "comments": []}
