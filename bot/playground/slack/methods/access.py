"""Which conversations the bot may see, read and write."""

from bot.playground.slack.args import Args
from bot.playground.slack.errors import SlackError
from bot.playground.slack.people import BOT_USER, Channel
from bot.playground.slack.workspace import Workspace


def kind(channel: Channel) -> str:
    """The prefix of the scopes that a conversation needs."""
    if channel.is_im:
        return "im"
    return "groups" if channel.is_private else "channels"


def seen(workspace: Workspace, args: Args) -> Channel:
    """The conversation named by id; one that the bot cannot see is not found."""
    channel = workspace.channels.get(args.need("channel"))
    if channel is None or (channel.is_private and not channel.has_bot):
        raise SlackError("channel_not_found")
    return channel


def readable(workspace: Workspace, args: Args) -> Channel:
    """A conversation whose history may be read: `*:history`, and the bot in it."""
    channel = seen(workspace, args)
    workspace.require_scope(f"{kind(channel)}:history")
    if not channel.has_bot:
        raise SlackError("not_in_channel")
    return channel


def writable(workspace: Workspace, args: Args) -> Channel:
    """Where a message goes: an id, a name, or a person's id (their DM)."""
    named = args.need("channel")
    if named in workspace.users and named != BOT_USER:
        return _direct(workspace, workspace.dm(named))
    channel = workspace.find_channel(named)
    if channel is None or (channel.is_private and not channel.has_bot):
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_im:
        return _direct(workspace, channel)
    if not channel.has_bot and "chat:write.public" not in workspace.manifest.scopes:
        raise SlackError("not_in_channel")
    return channel


def _direct(workspace: Workspace, channel: Channel) -> Channel:
    if not workspace.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel
