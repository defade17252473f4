"""`users.*` and `usergroups.*`."""

from bot.playground.slack.args import Args
from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.conversations import page
from bot.playground.slack.people import TEAM, Usergroup, user_json
from bot.playground.slack.values import Json
from bot.playground.slack.workspace import Workspace


def info(workspace: Workspace, args: Args) -> Json:
    user = workspace.users.get(args.need("user"))
    if user is None:
        raise SlackError("user_not_found")
    if user.is_stranger and not _shares_channel(workspace, user.id):
        raise SlackError("user_not_visible")
    return {"user": _user(workspace, user.id, locale=args.flag("include_locale"))}


def _shares_channel(workspace: Workspace, user: str) -> bool:
    return any(one.has_bot and user in one.members for one in workspace.channels.values())


def _user(workspace: Workspace, user: str, *, locale: bool) -> Json:
    email = "users:read.email" in workspace.manifest.scopes
    return user_json(workspace.users[user], workspace.clock.now(), locale=locale, email=email)


def listed(workspace: Workspace, args: Args) -> Json:
    chosen, cursor = page(sorted(workspace.users), args, most=1000)
    locale = args.flag("include_locale")
    return {
        "members": [_user(workspace, one, locale=locale) for one in chosen],
        "cache_ts": int(workspace.clock.now()),
        "response_metadata": {"next_cursor": cursor},
    }


def usergroups(workspace: Workspace, args: Args) -> Json:
    include = args.flag("include_users")
    return {"usergroups": [_group(one, users=include) for one in workspace.usergroups.values()]}


def _group(group: Usergroup, *, users: bool) -> Json:
    return {
        "id": group.id,
        "team_id": TEAM,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "date_delete": 0,
        "user_count": len(group.users),
        **({"users": list(group.users)} if users else {}),
    }


def usergroup_users(workspace: Workspace, args: Args) -> Json:
    group = workspace.usergroups.get(args.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}
