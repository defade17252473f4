"""The channels of digests: those of settings and of a terminal are names until Slack has been asked."""

from dataclasses import dataclass, field, replace

from bot.core.errors import SlackError
from bot.slack.channel import Channels, Place
from bot.store.digests import Digest, Digests


class Unfit(SlackError):
    """No digest can be posted in a channel; the sentence says why, with the cure."""


@dataclass(frozen=True, slots=True)
class Places:
    """A channel that was found by its name is found for as long as the process lives."""

    channels: Channels
    digests: Digests
    _found: dict[str, str] = field(default_factory=dict)

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

    async def looked_at(self, typed: str) -> tuple[str, str]:
        """The id of a channel, by that or its name (`#data`), and what people call it.

        Raises SlackError, Unfit where no digest can be posted there.
        """
        found = await self.found(typed)
        place = await self.channels.look_at(found)
        if why := unfit(place, typed):
            raise Unfit(why)
        return found, called(place, typed)

    async def found(self, typed: str) -> str:
        """Its id, fit or not. Raises SlackError, Unfit where the bot sees no such channel."""
        found = await self.channels.resolve(typed) if typed.startswith("#") else typed
        if found is None:
            raise Unfit(unseen(typed))
        return found


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
