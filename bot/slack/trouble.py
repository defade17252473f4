"""Slack's errors, translated once into ours."""

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core.errors import SlackError, SlackRefusedToken

REFUSED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
    }
)
FOREIGN = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""What slack_sdk and aiohttp raise when a call does not succeed."""

CURES = {
    "missing_scope": "the app lacks the scope {needed}: install it again with the current manifest",
    "not_in_channel": "the bot is not a member of that channel: /invite @Lookout there",
    "channel_not_found": "that channel does not exist or the bot cannot see it: /invite @Lookout there",
    "is_archived": "that channel is archived",
    "ratelimited": "Slack asks to slow down: try again in a minute",
}


def code(error: BaseException) -> str:
    """Slack's own word for what is wrong (`not_in_channel`), or "" where no clear answer came."""
    answer = error.response if isinstance(error, SlackApiError) else None
    data = getattr(answer, "data", answer)  # with a 5xx it may be anything
    word = data.get("error") if isinstance(data, dict) else None
    return word if isinstance(word, str) else ""


def translate(error: BaseException, doing: str, variable: str = "SLACK_BOT_TOKEN") -> SlackError:
    """One of our errors, with a sentence; `doing` completes "Slack … while <doing>"."""
    word = code(error)
    if word in REFUSED:
        return SlackRefusedToken(
            f"Slack refuses {variable} ({word}): copy it anew from the app's page at api.slack.com/apps."
        )
    if word == "missing_scope" and variable == "SLACK_APP_TOKEN":
        return SlackRefusedToken(
            "SLACK_APP_TOKEN lacks the scope connections:write: make a new app-level token with it."
        )
    if not word:
        return SlackError(f"Slack could not be reached while {doing} ({type(error).__name__}).")
    needed = error.response.get("needed", "it needs") if isinstance(error, SlackApiError) else ""
    cure = CURES.get(word, word).format(needed=needed)
    return SlackError(f"Slack refused while {doing}: {cure}.")
