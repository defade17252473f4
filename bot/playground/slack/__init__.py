"""A local Slack: the double for tests and the stage for the demo. It imports nothing of the bot.

Start reading in `local`. Not modelled: shortcuts, unfurls, workflow steps, edits by people, reactions, pins,
group messages (mpim) and organisations (enterprise grid).
"""

from bot.playground.slack.clock import Clock, RealClock, SteppedClock
from bot.playground.slack.errors import CannotDo, ManifestError
from bot.playground.slack.faults import Broken, Drop, RateLimited, Refuse, Slow
from bot.playground.slack.local import RIGHT, LocalSlack
from bot.playground.slack.people import (
    BOT_USER,
    OTHER_TEAM,
    TEAM,
    Channel,
    User,
    Usergroup,
    default_channels,
    default_usergroups,
    default_users,
)
from bot.playground.slack.values import (
    Call,
    Change,
    Delivery,
    File,
    Message,
    Notice,
    UrlPost,
    View,
    mentions,
)

__all__ = [
    "BOT_USER",
    "OTHER_TEAM",
    "RIGHT",
    "TEAM",
    "Broken",
    "Call",
    "CannotDo",
    "Change",
    "Channel",
    "Clock",
    "Delivery",
    "Drop",
    "File",
    "LocalSlack",
    "ManifestError",
    "Message",
    "Notice",
    "RateLimited",
    "RealClock",
    "Refuse",
    "Slow",
    "SteppedClock",
    "UrlPost",
    "User",
    "Usergroup",
    "View",
    "default_channels",
    "default_usergroups",
    "default_users",
    "mentions",
]
