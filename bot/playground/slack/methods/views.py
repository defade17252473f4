"""`views.*`: dialogs and the Home tab (docs.slack.dev/surfaces/modals)."""

from dataclasses import replace
from typing import Any

from bot.playground.slack import limits as most
from bot.playground.slack.args import Args
from bot.playground.slack.dialogs import check_view, new_view, shown_view, updated_view
from bot.playground.slack.errors import SlackError, invalid
from bot.playground.slack.values import Json, View
from bot.playground.slack.workspace import Grant, Workspace


def checked(workspace: Workspace, given: Any, kind: str) -> Json:
    """A view that Slack takes, or SlackError `invalid_arguments` / `view_too_large`."""
    problems = check_view(given, kind, frozenset(workspace.refused_blocks), workspace.ready_files())
    if problems:
        too_large = any("view_too_large" in one for one in problems)
        raise SlackError("view_too_large") if too_large else invalid("invalid_arguments", problems)
    external = given.get("external_id")
    if external and any(one.body["external_id"] == external for one in workspace.views.values()):
        raise SlackError("duplicate_external_id")
    view: Json = given
    return view


def spend(workspace: Workspace, trigger: str) -> Grant:
    """Use a trigger: once, and within 3 seconds."""
    grant = workspace.triggers.get(trigger)
    if grant is None:
        raise SlackError("invalid_trigger_id")
    if grant.used:
        raise SlackError("exchanged_trigger_id")
    if workspace.clock.now() - grant.at > most.TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    grant.used += 1
    return grant


def opened(workspace: Workspace, args: Args) -> Json:
    trigger = args.need("trigger_id")
    view = checked(workspace, args.json("view", "invalid_arguments"), "modal")
    user = spend(workspace, trigger).user
    workspace.close_views(workspace.stack(user))
    return {"view": shown_view(workspace, new_view(workspace, view, user))}


def push(workspace: Workspace, args: Args) -> Json:
    trigger = args.need("trigger_id")
    view = checked(workspace, args.json("view", "invalid_arguments"), "modal")
    grant = workspace.triggers.get(trigger)
    if grant is not None and grant.view not in workspace.views:
        raise SlackError("invalid_trigger_id")
    user = spend(workspace, trigger).user
    return {"view": shown_view(workspace, pushed(workspace, view, user))}


def pushed(workspace: Workspace, view: Json, user: str) -> View:
    stack = workspace.stack(user)
    if len(stack) >= most.VIEW_STACK:
        raise SlackError("push_limit_reached")
    return new_view(workspace, view, user, stack[-1] if stack else None)


def update(workspace: Workspace, args: Args) -> Json:
    """Change an open view, by `view_id` or `external_id`; a `hash` must be its present one."""
    old = _named(workspace, args)
    if "hash" in args and args.text("hash") != old.hash:
        raise SlackError("hash_conflict")
    given = args.json("view", "invalid_arguments")
    own = isinstance(given, dict) and given.get("external_id") == old.body["external_id"]
    fresh = {key: value for key, value in given.items() if key != "external_id"} if own else given
    view = checked(workspace, fresh, old.kind)
    return {"view": shown_view(workspace, updated_view(workspace, old, view))}


def _named(workspace: Workspace, args: Args) -> View:
    if "view_id" in args:
        found = workspace.find_view(args.text("view_id"))
    else:
        wanted = args.need("external_id")
        found = next((one for one in workspace.views.values() if one.body["external_id"] == wanted), None)
    if found is None:
        raise SlackError("not_found")
    return found


def publish(workspace: Workspace, args: Args) -> Json:
    """Set a person's Home tab."""
    user = args.need("user_id")
    if not workspace.manifest.home_tab:
        raise SlackError("not_enabled")
    if user not in workspace.users:
        raise SlackError("user_not_found")
    old = workspace.homes.get(user)
    if "hash" in args and old is not None and args.text("hash") != old.hash:
        raise SlackError("hash_conflict")
    view = checked(workspace, args.json("view", "invalid_arguments"), "home")
    if old is not None:
        return {"view": shown_view(workspace, updated_view(workspace, old, view))}
    return {"view": shown_view(workspace, new_view(workspace, view, user))}


def with_errors(view: View, errors: dict[str, str]) -> View:
    return replace(view, errors=errors, version=view.version + 1)
