"""Who we are, and who asks: zone, locale, guest or not. Asked of Slack once and kept for ten minutes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.people import Caller, Person
from bot.slack.trouble import FOREIGN, code, translate

KEPT_SECONDS = 600.0
KEPT_PEOPLE = 5000
UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""`users.info`'s words for someone who is not (or not visibly) of this workspace."""


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace and the bot user that the token belongs to, as auth.test tells."""

    team: str
    enterprise: str = ""
    bot_user: str = ""
    name: str = ""


class Identity:
    """Asks Slack who is who. `clock` is monotonic, in seconds."""

    def __init__(self, web: AsyncWebClient, clock: Callable[[], float]) -> None:
        self._web = web
        self._clock = clock
        self._home: Home | None = None
        self._asking_home = asyncio.Lock()
        self._people: dict[str, tuple[float, Person]] = {}

    async def home(self) -> Home:
        """auth.test, asked until it has answered once.

        Raises SlackRefusedToken when Slack does not take the token, SlackError when it cannot be reached.
        """
        async with self._asking_home:
            if self._home is None:
                self._home = await self._ask_home()
            return self._home

    @property
    def known_home(self) -> Home | None:
        return self._home

    async def person(self, caller: Caller) -> Person:
        """Who called, with what Slack says of them.

        Raises SlackError when Slack does not tell: a standing that cannot be checked is not assumed.
        """
        home = await self.home()
        if caller.foreign or (caller.team and caller.team not in (home.team, home.enterprise)):
            return Person(caller.user, caller.user, ZoneInfo("UTC"), team=caller.team, outsider=True)
        kept = self._people.get(caller.user)
        if kept is not None and self._clock() <= kept[0]:
            return kept[1]
        person = await self._ask_person(caller.user, home)
        if not person.gone:  # someone new may be known a moment later
            self._keep(person)
        return person

    def _keep(self, person: Person) -> None:
        self._people.pop(person.id, None)
        self._people[person.id] = (self._clock() + KEPT_SECONDS, person)
        if len(self._people) > KEPT_PEOPLE:
            del self._people[next(iter(self._people))]

    async def _ask_home(self) -> Home:
        try:
            answer = await self._web.auth_test()
        except FOREIGN as error:
            raise translate(error, "asking who we are") from error
        return Home(
            team=str(answer.get("team_id") or ""),
            enterprise=str(answer.get("enterprise_id") or ""),
            bot_user=str(answer.get("user_id") or ""),
            name=str(answer.get("team") or ""),
        )

    async def _ask_person(self, user: str, home: Home) -> Person:
        try:
            answer = await self._web.users_info(user=user, include_locale=True)
        except FOREIGN as error:
            if code(error) in UNKNOWN:
                return Person(user, user, ZoneInfo("UTC"), team=home.team, gone=True)
            raise translate(error, "asking who you are") from error
        return read_person(answer.get("user") or {}, home, user)


def read_person(user: dict[str, Any], home: Home, user_id: str) -> Person:
    """`users.info`'s user as a Person (https://docs.slack.dev/reference/objects/user-object)."""
    profile = user.get("profile") or {}
    person = Person(
        id=user_id,
        name=profile.get("display_name") or profile.get("real_name") or user.get("name") or user_id,
        zone=zone_of(user.get("tz")),
        team=str(user.get("team_id") or home.team),
        locale=str(user.get("locale") or "en-US"),
        gone=bool(user.get("deleted")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    )
    enterprise = (user.get("enterprise_user") or {}).get("enterprise_id")
    of_ours = person.team == home.team or bool(home.enterprise and enterprise == home.enterprise)
    return replace(person, outsider=bool(user.get("is_stranger")) or not of_ours)


def zone_of(name: object) -> ZoneInfo:
    """The IANA zone; UTC where Slack names none, or one that is unknown here."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else ZoneInfo("UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
