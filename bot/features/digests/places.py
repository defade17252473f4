"""The channels of digests: those of settings and of a terminal are names until Slack has been asked.

What is posted in a private channel, and its name, is for its members alone. One that Lookout cannot see is
called as the settings, or a terminal, call it.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.errors import SlackError
from bot.core.people import Asking
from bot.core.recent import is_recent
from bot.slack.channel import Channels, Place, PostRefused
from bot.store.digests import Digest, Digests

LOOKED = timedelta(minutes=10)
"""How long it is remembered whether a channel is private, and that a name is no channel's."""
AT_ONCE = 8
"""Channels that are looked at side by side."""


class Unfit(SlackError):
    """No digest can be posted in a channel; the sentence says why, with the cure."""


@dataclass(frozen=True, slots=True)
class Places:
    """A channel that was found by its name, and looked at, is for as long as the process lives. `now` is
    UTC."""

    channels: Channels
    digests: Digests
    now: Callable[[], datetime]
    _found: dict[str, str] = field(default_factory=dict)
    _named: dict[str, tuple[str | None, datetime]] = field(default_factory=dict)
    _private: dict[str, tuple[bool, datetime]] = field(default_factory=dict)

    async def placed(self, digest: Digest) -> Digest:
        """With its channel's id; looked at, if it never was. Raises SlackError, Unfit as `looked_at` does."""
        if digest.checked and not digest.declared:
            return digest
        typed = digest.channel
        if typed not in self._found:
            self._found[typed], _ = await self.looked_at(typed)
        if not digest.declared:
            await self.digests.placed(digest.name, typed, self._found[typed])
        return replace(digest, channel=self._found[typed])

    async def looked_at(self, typed: str, person: str = "") -> tuple[str, str]:
        """The id of a channel, by that or its name (`#data`), and what people call it. For a `person` a
        private one that they are not in is as good as none.

        Raises SlackError, Unfit where no digest can be posted there.
        """
        found = await self.found(typed)
        try:
            place = await self.channels.look_at(found)
        except PostRefused as error:
            raise Unfit(unseen(typed)) if is_unseen(error) else error from error
        if person and place.private and not await self.channels.has(found, person):
            raise Unfit(unseen(typed))
        if why := unfit(place, typed):
            raise Unfit(why)
        return found, called(place, typed)

    async def found(self, typed: str) -> str:
        """Its id, fit or not. Raises SlackError, Unfit where the bot sees no such channel."""
        found = await self.channels.resolve(typed) if typed.startswith("#") else typed
        if found is None:
            raise Unfit(unseen(typed))
        return found

    async def shown(self, channels: Collection[str], asking: Asking) -> dict[str, bool | None]:
        """Whether who asks may be told of a channel: of a private one if they are in it; None where Slack
        cannot be asked now."""
        few = asyncio.Semaphore(AT_ONCE)

        async def shows(channel: str) -> bool | None:
            async with few:
                return await self._shows(channel, asking)

        each = sorted(set(channels))
        return dict(zip(each, await asyncio.gather(*(shows(one) for one in each)), strict=True))

    async def _shows(self, typed: str, asking: Asking) -> bool | None:
        try:
            channel = await self._found_lately(typed)
            if channel in (None, asking.channel) or not await self._is_private(channel):
                return True
            return await self.channels.has(channel, asking.person.id)
        except SlackError as error:
            return False if is_unseen(error) else None

    async def _found_lately(self, typed: str) -> str | None:
        """Its id; None for a name that is no channel's that the bot sees."""
        if not typed.startswith("#"):
            return typed
        found, at = self._named.get(typed, (None, None))
        if found is None and not self._is_fresh(at):
            found = self._found.get(typed) or await self.channels.resolve(typed)
            self._named[typed] = found, self.now()
        return found

    async def _is_private(self, channel: str) -> bool:
        """A channel that the bot cannot see is a private one: of any other Slack tells it."""
        private, at = self._private.get(channel, (True, None))
        if not self._is_fresh(at):
            try:
                private = (await self.channels.look_at(channel)).private
            except PostRefused as error:
                if not is_unseen(error):
                    raise
                private = True
            self._private[channel] = private, self.now()
        return private

    def _is_fresh(self, at: datetime | None) -> bool:
        return is_recent(at, self.now(), LOOKED)


def is_unseen(error: SlackError) -> bool:
    """Whether Slack says that the bot sees no such channel."""
    return isinstance(error, PostRefused) and error.word == "channel_not_found"


def called(place: Place, typed: str) -> str:
    return f"#{place.name}" if place.name else typed


def unseen(typed: str) -> str:
    """A channel that is not, or that the bot cannot see, with the cure."""
    return f"There is no channel {typed} that Lookout can see: type /invite @Lookout there first."


def unfit(place: Place, typed: str) -> str:
    """Why no digest can be posted there, with the cure; "" where it can."""
    name = called(place, typed)
    if place.archived:
        return f"{name} is archived: choose another channel."
    if place.shared:
        return (
            f"{name} is shared with people outside this workspace, and a digest shows what only members may"
            " see: choose another channel."
        )
    if not place.member:
        return f"Lookout is not a member of {name}: type /invite @Lookout there, then say it again."
    return ""
