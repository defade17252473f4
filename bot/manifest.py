"""The Slack app's manifest, derived from the command table.

`manifest.yml` is the Socket Mode one; with `url` it is for signed HTTP.
Fields: https://docs.slack.dev/reference/app-manifest
"""

from typing import Any

import yaml

from bot.commands import COMMANDS

SCOPES = (
    "channels:history",  # whether a post has arrived, and how far the last digest covered
    "channels:read",  # a digest's channel: whether Lookout is in it, and who else is
    "chat:write",  # digests; answers that a response_url cannot take any more
    "commands",
    "files:write",  # csv
    "groups:history",  # the same of private channels
    "groups:read",
    "im:write",  # the asker's DM, where a private answer's file goes
    "users:read",  # the asker's zone, and whether they are a guest
)

EVENTS = ("app_home_opened",)  # the Home tab is drawn when someone looks at it


def manifest(url: str | None = None, prefix: str = "") -> dict[str, Any]:
    """Shape of Slack's manifest schema, version 2. `url` is the public base address (https)."""
    request_url = f"{url.rstrip('/')}/slack/events" if url else None
    return {
        "_metadata": {"major_version": 2, "minor_version": 0},
        "display_information": {
            "name": "Lookout",
            "description": "See, understand and mend Treasure Workflow and Digdag sessions",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Lookout", "always_online": True},
            "slash_commands": [
                command(row.name, row.summary, row.usage, prefix, request_url) for row in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": ({"request_url": request_url} if request_url else {})
            | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True} | ({"request_url": request_url} if request_url else {}),
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }


def command(name: str, summary: str, usage: str, prefix: str, request_url: str | None) -> dict[str, Any]:
    row = {"command": f"/{prefix}{name}", "description": summary, "usage_hint": usage, "should_escape": False}
    return row | ({"url": request_url} if request_url else {})


def manifest_yaml(url: str | None = None, prefix: str = "") -> str:
    return yaml.safe_dump(manifest(url, prefix), sort_keys=False, allow_unicode=True, width=120)
