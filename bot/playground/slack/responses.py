"""`response_url`: what may be said through it (docs.slack.dev/interactivity/handling-user-interaction)."""

from bot.playground.slack import limits as most
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.chat import Content, response_content
from bot.playground.slack.people import BOT_USER
from bot.playground.slack.values import Json, Message
from bot.playground.slack.workspace import Grant, Workspace


def respond(workspace: Workspace, token: str, body: Json) -> None:
    """Carry out one POST; SlackError with its HTTP status where Slack says no.

    Five times within 30 minutes. A click's can replace or delete its message; a command has none, so its
    `replace_original` only adds another (bolt-python issue 1268).
    """
    grant = _usable(workspace, token)
    original = _original(workspace, grant)
    if body.get("delete_original"):
        grant.used += 1
        if original is not None:
            workspace.drop(original)
        return
    said = _said(workspace, body)
    grant.used += 1
    if body.get("replace_original") and original is not None:
        _replace(workspace, original, said)
    else:
        post_answer(workspace, grant, body, said, "response_url")


def _usable(workspace: Workspace, token: str) -> Grant:
    grant = workspace.response_urls.get(token)
    if grant is None or workspace.clock.now() - grant.at > most.RESPONSE_URL_SECONDS:
        raise SlackError("expired_url", status=404)
    if grant.used >= most.RESPONSE_URL_USES:
        raise SlackError("used_url", status=404)
    return grant


def _original(workspace: Workspace, grant: Grant) -> Message | None:
    return workspace.messages.get(grant.message.key) if grant.message else None


def _said(workspace: Workspace, body: Json) -> Content:
    try:
        said = response_content(workspace, body)
    except SlackError as error:
        raise SlackError(error.code, status=400, **error.extra) from error
    if said.is_empty:
        raise SlackError("no_text", status=400)
    return said


def _replace(workspace: Workspace, original: Message, said: Content) -> None:
    edited = None if original.is_ephemeral else workspace.new_ts()
    workspace.edit(original, text=said.text, blocks=said.blocks, attachments=said.attachments, edited=edited)


def post_answer(workspace: Workspace, grant: Grant, body: Json, said: Content, via: str) -> Message:
    """A new message: for the asker alone unless `response_type` is `in_channel`."""
    public = body.get("response_type") == "in_channel"
    return workspace.put(
        Message(
            grant.channel,
            workspace.new_ts(),
            BOT_USER,
            said.text,
            said.blocks,
            said.attachments,
            for_user=None if public else grant.user,
            thread_ts=body.get("thread_ts"),
            via=via,
        )
    )
