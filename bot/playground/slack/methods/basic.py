"""`api.test` and `auth.test`."""

from bot.playground.slack.args import Args
from bot.playground.slack.people import BOT, BOT_USER, TEAM, TEAM_DOMAIN
from bot.playground.slack.values import Json
from bot.playground.slack.workspace import Workspace


def api_test(_: Workspace, args: Args) -> Json:
    return {"args": args.raw}


def auth_test(workspace: Workspace, _: Args) -> Json:
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": "Lookout Demo",
        "user": workspace.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }
