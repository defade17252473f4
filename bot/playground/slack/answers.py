"""What an acknowledgement's body does: a command's answer, a dialog's next step."""

from typing import Any

from bot.playground.slack.dialogs import updated_view
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.chat import response_content
from bot.playground.slack.methods.views import checked, pushed, with_errors
from bot.playground.slack.responses import post_answer
from bot.playground.slack.values import Delivery, Json, View
from bot.playground.slack.workspace import Grant, Workspace

_TROUBLE = "We had some trouble connecting. Try again?"


def take_command_answer(workspace: Workspace, delivery: Delivery, grant: Grant) -> None:
    """Show what came in the acknowledgement of a command, or that it failed."""
    command = delivery.payload["command"]
    if not delivery.ok:
        _failed(workspace, grant, command, delivery.outcome)
        return
    body = {"text": delivery.answer} if isinstance(delivery.answer, str) else delivery.answer
    if not isinstance(body, dict) or not body:
        return
    try:
        said = response_content(workspace, body)
    except SlackError as error:
        _failed(workspace, grant, command, error.code)
        return
    if not said.is_empty:
        post_answer(workspace, grant, body, said, "ack")


def _failed(workspace: Workspace, grant: Grant, command: str, error: str) -> None:
    workspace.notify(grant.user, grant.channel, f'{command} failed with the error "{error}"', error)


def submitted(workspace: Workspace, delivery: Delivery, view: View) -> None:
    """Close, keep, change or stack dialogs as the acknowledgement of a submission says."""
    if not delivery.ok:
        workspace.notify(view.user, None, _TROUBLE, delivery.outcome)
        return
    try:
        _next_step(workspace, delivery.answer, view)
    except SlackError as error:
        workspace.notify(view.user, None, _TROUBLE, error.code)


def _next_step(workspace: Workspace, answer: Any, view: View) -> None:
    body: Json = answer if isinstance(answer, dict) else {}
    match body.get("response_action"):
        case None:
            workspace.close_views([view])
        case "clear":
            workspace.close_views(workspace.stack(view.user))
        case "errors":
            workspace.put_view(with_errors(view, _errors(body.get("errors"), view)))
        case "update":
            updated_view(workspace, view, checked(workspace, body.get("view"), "modal"))
        case "push":
            pushed(workspace, checked(workspace, body.get("view"), "modal"), view.user)
        case _:
            raise SlackError("invalid_response_action")


def _errors(errors: Any, view: View) -> dict[str, str]:
    """Field errors name input blocks by block_id; anything else Slack does not take."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise SlackError("invalid_errors")
    return {key: str(value) for key, value in errors.items()}
