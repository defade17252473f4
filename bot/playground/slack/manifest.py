"""The app's manifest, read as the text that one would paste into Slack (YAML or JSON).

Fields: docs.slack.dev/reference/app-manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.playground.slack.errors import ManifestError

BOT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "bookmarks:read",
        "bookmarks:write",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.customize",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "links.embed:write",
        "links:read",
        "links:write",
        "metadata.message:read",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "usergroups:write",
        "users.profile:read",
        "users:read",
        "users:read.email",
        "users:write",
    }
)

EVENT_SCOPES = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "subteam_created": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "tokens_revoked": None,
    "user_change": "users:read",
}
"""Bot events that are known here, and the scope without which Slack does not send each."""


@dataclass(frozen=True)
class Command:
    name: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Manifest:
    app_name: str
    bot_name: str
    commands: tuple[Command, ...]
    scopes: frozenset[str]
    events: frozenset[str]
    interactive: bool
    options_load: bool
    home_tab: bool
    messages_tab: bool
    messages_writable: bool
    socket_mode: bool

    def command(self, name: str) -> Command | None:
        return next((one for one in self.commands if one.name == name), None)

    def hears(self, event: str) -> bool:
        """Whether an event is sent: it is subscribed, and its scope is granted."""
        scope = EVENT_SCOPES.get(event)
        return event in self.events and (scope is None or scope in self.scopes)


def read_manifest(text: str) -> Manifest:
    """Read a manifest; ManifestError says what Slack would refuse in it."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ManifestError(f"not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise ManifestError("a manifest is a mapping")
    features, settings = _part(raw, "features"), _part(raw, "settings")
    home, interactivity = _part(features, "app_home"), _part(settings, "interactivity")
    socket_mode = bool(settings.get("socket_mode_enabled", False))
    scopes = _scopes(raw)
    return Manifest(
        app_name=_app_name(raw),
        bot_name=str(_part(features, "bot_user").get("display_name") or _app_name(raw)),
        commands=_commands(features, scopes, needs_url=not socket_mode),
        scopes=scopes,
        events=_events(settings),
        interactive=bool(interactivity.get("is_enabled", False)),
        options_load=socket_mode or bool(interactivity.get("message_menu_options_url")),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_writable=not home.get("messages_tab_read_only_enabled", False),
        socket_mode=socket_mode,
    )


def _part(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = raw.get(key) or {}
    if not isinstance(value, dict):
        raise ManifestError(f"{key} is a mapping")
    return value


def _app_name(raw: Mapping[str, Any]) -> str:
    name = _part(raw, "display_information").get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 35:
        raise ManifestError("display_information.name has 1 to 35 characters")
    return name


def _scopes(raw: Mapping[str, Any]) -> frozenset[str]:
    scopes = frozenset(_part(_part(raw, "oauth_config"), "scopes").get("bot") or ())
    if unknown := scopes - BOT_SCOPES:
        raise ManifestError(f"unknown bot scopes: {', '.join(sorted(unknown))}")
    return scopes


def _events(settings: Mapping[str, Any]) -> frozenset[str]:
    events = frozenset(_part(settings, "event_subscriptions").get("bot_events") or ())
    if unknown := events - EVENT_SCOPES.keys():
        raise ManifestError(f"unknown bot events: {', '.join(sorted(unknown))}")
    return events


def _commands(features: Mapping[str, Any], scopes: frozenset[str], *, needs_url: bool) -> tuple[Command, ...]:
    rows = features.get("slash_commands") or []
    if rows and "commands" not in scopes:
        raise ManifestError("slash commands need the scope `commands`")
    if len(rows) > 50:
        raise ManifestError("at most 50 slash commands")
    return tuple(_command(row, needs_url=needs_url) for row in rows)


def _command(row: Mapping[str, Any], *, needs_url: bool) -> Command:
    name, description = row.get("command", ""), row.get("description", "")
    if not name.startswith("/") or not 2 <= len(name) <= 32:
        raise ManifestError(f"a command begins with / and has at most 32 characters: {name!r}")
    if not 1 <= len(description) <= 2000:
        raise ManifestError(f"{name}: description has 1 to 2000 characters")
    if needs_url and not row.get("url"):
        raise ManifestError(f"{name}: without Socket Mode a command needs its url")
    if len(row.get("usage_hint", "")) > 1000:
        raise ManifestError(f"{name}: usage_hint has at most 1000 characters")
    return Command(name, description, row.get("usage_hint", ""), bool(row.get("should_escape", False)))
