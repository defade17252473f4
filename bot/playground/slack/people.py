"""Who and what is in the workspace: users, channels, user groups."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.slack.manifest import Manifest

TEAM, TEAM_DOMAIN = "T0LOOKOUT", "lookout-demo"
OTHER_TEAM, OTHER_DOMAIN = "T0OUTSIDE", "outside"
APP, BOT, BOT_USER = "A0LOOKOUT", "B0LOOKOUT", "U0LOOKOUT"


@dataclass(frozen=True)
class User:
    """A person (or the bot); `tz` is an IANA zone, `team_id` is another's for an outsider."""

    id: str
    name: str
    real_name: str
    tz: str = "America/Los_Angeles"
    locale: str = "en-US"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    team_id: str = TEAM

    @property
    def is_stranger(self) -> bool:
        return self.team_id != TEAM


@dataclass(frozen=True)
class Channel:
    """A conversation; a DM (`is_im`) has one person and the bot as members."""

    id: str
    name: str
    members: frozenset[str] = frozenset()
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    is_im: bool = False
    topic: str = ""

    @property
    def has_bot(self) -> bool:
        return BOT_USER in self.members


@dataclass(frozen=True)
class Usergroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...] = field(default=())


def bot_user(manifest: Manifest) -> User:
    return User(BOT_USER, manifest.bot_name.lower(), manifest.bot_name, "UTC", is_bot=True)


def default_users() -> tuple[User, ...]:
    """Ana, Kenji and Lou in three zones, a guest, and someone of another company."""
    return (
        User("U0ANA", "ana", "Ana", "Europe/Berlin"),
        User("U0KENJI", "kenji", "Kenji", "Asia/Tokyo", "ja-JP"),
        User("U0LOU", "lou", "Lou", "America/New_York"),
        User("U0GUEST", "gus", "Gus", "Europe/London", "en-GB", is_restricted=True),
        User("U0OUTSIDE", "olga", "Olga", "Europe/Paris", "fr-FR", team_id=OTHER_TEAM),
    )


def default_channels() -> tuple[Channel, ...]:
    """The bot is in #data-alerts, #incidents (private), #partners (shared) and was in #old-alerts."""
    people = frozenset({"U0ANA", "U0KENJI", "U0LOU"})
    guest, outsider, bot = {"U0GUEST"}, {"U0OUTSIDE"}, {BOT_USER}
    return (
        Channel("C0ALERTS", "data-alerts", people | guest | bot),
        Channel("C0SALES", "sales", people),
        Channel("C0RANDOM", "random", people),
        Channel("C0OLD", "old-alerts", people | bot, is_archived=True),
        Channel("C0SECRET", "incidents", frozenset({"U0ANA", "U0LOU"}) | bot, is_private=True),
        Channel("C0PARTNERS", "partners", people | outsider | bot, is_ext_shared=True),
    )


def default_usergroups() -> tuple[Usergroup, ...]:
    return (
        Usergroup("S0DATA", "data-team", "Data team", ("U0ANA", "U0KENJI")),
        Usergroup("S0ONCALL", "on-call", "On call", ("U0LOU",)),
    )


def user_json(user: User, now: float, *, locale: bool, email: bool) -> dict[str, Any]:
    """A user as `users.info` gives it; `tz_offset` in seconds, as of `now`."""
    offset = datetime.fromtimestamp(now, ZoneInfo(user.tz)).utcoffset()
    profile = {"real_name": user.real_name, "display_name": user.name, "team": user.team_id}
    if email and not user.is_bot and not user.is_stranger:
        profile["email"] = f"{user.name}@example.com"
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": int(now),
        **({"is_stranger": True} if user.is_stranger else {}),
        **({"locale": user.locale} if locale else {}),
    }


def channel_json(channel: Channel, *, num_members: bool = False) -> dict[str, Any]:
    """A conversation as `conversations.info` gives it."""
    base: dict[str, Any] = {"id": channel.id, "created": 1_700_000_000, "is_archived": channel.is_archived}
    if channel.is_im:
        person = next(iter(channel.members - {BOT_USER}))
        return {**base, "is_im": True, "is_org_shared": False, "user": person}
    shared = [TEAM, OTHER_TEAM] if channel.is_ext_shared else [TEAM]
    return {
        **base,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_member": channel.has_bot,
        "context_team_id": TEAM,
        "shared_team_ids": shared,
        "creator": "U0ANA",
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        **({"num_members": len(channel.members)} if num_members else {}),
    }
