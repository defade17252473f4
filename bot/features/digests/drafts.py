"""Digests by their names, and new ones before they are kept: understood, and their channels looked at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.core.cron import Unclear
from bot.core.digest_words import Wanted, narrowing, parse_wanted
from bot.core.errors import Refused
from bot.core.people import Asking
from bot.features.digests.making import cron_of
from bot.features.digests.places import Places, Unfit
from bot.features.digests.views.lists import Hidden, Listed
from bot.store.digests import Digest, Digests, Step

_T = TypeVar("_T")
NEXTS = 3
OPERATOR = "the operator"
TERMINAL = "terminal"
"""Who asks from the command line: the operator, whom no channel knows."""
NOT_HERE = (
    "Lookout's disk does not last here, so a digest made by command would be lost at the next restart."
    " Declare it in DIGESTS (see the README), or set DATABASE_URL to a PostgreSQL database."
)
UNKNOWN = "Slack could not be asked whether you may see this digest: try again in a moment."
NOT_NOW = (
    "Nothing can be kept now: the database is in this process's memory."
    " Set DATABASE_URL to one that can be used."
)


@dataclass(frozen=True, slots=True)
class Drafts:
    """`forgets` is why nothing that is made here would be kept, "" where it is. Without `places` no channel
    can be checked (`ask`)."""

    digests: Digests
    places: Places | None
    declared: Sequence[Digest]
    now: Callable[[], datetime]
    prefix: str = ""
    forgets: str = ""

    async def everyone(self) -> list[Digest]:
        """By name, with what is wrong with each."""
        return sorted(await self.digests.everyone(self.declared), key=lambda digest: digest.name.casefold())

    async def shown(self, asking: Asking) -> tuple[list[Digest], Hidden]:
        """Those that whoever asks may see, and how many others there are."""
        return await self._of(await self.everyone(), asking)

    async def _of(self, digests: Sequence[Digest], asking: Asking) -> tuple[list[Digest], Hidden]:
        """What one has made oneself is no secret."""
        me = asking.person.id
        seen = await self._seen((each.channel for each in digests if each.maker != me), asking)
        told = [(each, each.maker == me or seen[each.channel]) for each in digests]
        return _parted(told)

    async def steps(self, asking: Asking) -> tuple[list[Step], Hidden]:
        """What was done that whoever asks may know of, the newest first, and how much else there is."""
        steps, me = await self.digests.steps(), asking.person.id
        seen = await self._seen((one for each in steps for one in each.channels), asking)

        def may(step: Step) -> bool | None:
            if step.who == me or self._sees_all(asking):
                return True
            each = {seen[channel] for channel in step.channels} or {False}
            return False if False in each else None if None in each else True

        return _parted([(each, may(each)) for each in steps])

    def _sees_all(self, asking: Asking) -> bool:
        return self.places is None or asking.person.id == TERMINAL

    async def _seen(self, channels: Iterable[str], asking: Asking) -> Mapping[str, bool | None]:
        """See `Places.shown`; a terminal is shown all."""
        if self.places is None or self._sees_all(asking):
            return dict.fromkeys(channels, True)
        return await self.places.shown(set(channels), asking)

    async def known(self, name: str, asking: Asking | None = None) -> Digest:
        """Raises Refused where no digest is called so that whoever asks may see; None may see all."""
        everyone = await self.everyone()
        digest = next((each for each in everyone if each.name.casefold() == name.casefold()), None)
        if digest is not None:
            shown, hidden = await self._of([digest], asking) if asking else ([digest], Hidden())
            if shown:
                return digest
            if hidden.unknown:
                raise Refused(UNKNOWN)
        if not name:
            typed = f"/{self.prefix}digests preview morning"
            raise Refused(f"Say which digest: its name follows the step, as in `{typed}`.")
        shown, hidden = await self._of(everyone, asking) if asking else (everyone, Hidden())
        names = ", ".join(f"`{each.name}`" for each in shown[:10])
        there = f"There are {names}." if names else hidden.nothing
        raise Refused(f"There is no digest `{name}`. {there}")

    async def mine(self, name: str, asking: Asking) -> Digest:
        """One that was made by command, and that whoever asks may change: they are in its channel."""
        digest = await self.known(name, asking)
        if digest.declared:
            raise Refused(
                f"`{digest.name}` is declared in the settings: change DIGESTS and deploy; it can be"
                " previewed and sent from here."
            )
        await self.must_be_here(digest, asking)
        return digest

    async def must_be_here(self, digest: Digest, asking: Asking) -> None:
        """Raises Refused for who is not in its channel; the operator, at a terminal, may be anywhere."""
        if self.places is not None and asking.person.id != TERMINAL:
            with refusing():
                channel = await self.places.found(digest.channel)
            await self.must_be_in(channel, digest.place, asking)

    async def placed(self, digest: Digest, asking: Asking) -> Digest:
        """As it is to be posted now, by whom. Raises Refused where that cannot be, with the cure."""
        if self.places is None:
            return digest
        await self.must_be_here(digest, asking)
        with refusing():
            return await self.places.placed(digest)

    async def must_be_in(self, channel: str, place: str, asking: Asking) -> None:
        assert self.places is not None  # noqa: S101
        if not await self.places.channels.has(channel, asking.person.id):
            raise Refused(
                f"You are not in {place}: whoever changes its digests is. Join it and say it again."
            )

    def listed(self, digest: Digest, now: datetime | None = None) -> Listed:
        cron, now = cron_of(digest), now or self.now()
        return Listed(
            name=digest.name,
            when=cron.words,
            zone=ZoneInfo(digest.zone),
            place=digest.place if digest.checked or digest.declared else f"{digest.place} (not checked yet)",
            nexts=tuple(islice(cron.after(now), NEXTS)),
            words=digest.words,
            quiet=digest.quiet,
            paused=digest.paused,
            declared=digest.declared,
            maker="" if digest.declared else digest.by or digest.maker or OPERATOR,
            trouble=digest.trouble,
        )

    async def wanted(self, text: str, asking: Asking, was: Digest | None = None) -> Digest:
        """Raises Refused for what cannot be understood, or not be posted."""
        if self.forgets:
            raise Refused(self.forgets)
        wanted = parse_wanted(text)
        if isinstance(wanted, Unclear):
            raise Refused(wanted.sentence)
        narrowed = narrowing(wanted.words)
        if isinstance(narrowed, Unclear):
            raise Refused(narrowed.sentence)
        if was is None and wanted.name.casefold() in {each.name.casefold() for each in await self.everyone()}:
            raise Refused(taken(wanted.name))
        zone = wanted.zone or (ZoneInfo(was.zone) if was else asking.person.zone)
        channel, place = await self._channel(wanted, asking)
        stays = was is not None and place == was.place
        as_it_was = was is not None and (was.cron, was.zone) == (wanted.when, zone.key)
        return Digest(
            name=was.name if was else wanted.name,
            cron=wanted.when,
            zone=zone.key,
            channel=channel,
            place=place,
            made_at=was.made_at if was else self.now(),
            words=wanted.words,
            quiet=wanted.quiet,
            paused=was.paused if was else False,
            maker=was.maker if was and stays else who(asking),
            by=was.by if was and stays else name_of(asking),
            timed_at=was.timed_at if was and as_it_was else self.now() if was else None,
            resumed_at=was.resumed_at if was else None,
        )

    async def _channel(self, wanted: Wanted, asking: Asking) -> tuple[str, str]:
        """Its id and what people call it; as typed where Slack cannot be asked. Raises Refused."""
        if self.places is None:
            return wanted.address, wanted.address
        person = "" if asking.person.id == TERMINAL else asking.person.id
        with refusing():
            found, place = await self.places.looked_at(wanted.address, person)
        if person:
            await self.must_be_in(found, place, asking)
        return found, place


def _parted(told: Sequence[tuple[_T, bool | None]]) -> tuple[list[_T], Hidden]:
    """What may be shown, and how much else there is."""
    return [each for each, may in told if may], Hidden.of([may for _, may in told])


def taken(name: str) -> str:
    return f"There is a digest `{name}` already: choose another name, or edit that one if it is yours."


@contextmanager
def refusing() -> Iterator[None]:
    """What is wrong with a channel, told to who asks."""
    try:
        yield
    except Unfit as error:
        raise Refused(str(error)) from error


def who(asking: Asking) -> str:
    """As the audit keeps it: Slack's id, "" the operator at a terminal."""
    return "" if asking.person.id == TERMINAL else asking.person.id


def name_of(asking: Asking) -> str:
    return "" if asking.person.id == TERMINAL else asking.person.name


def done(at: datetime, asking: Asking, did: str, what: str, *digests: Digest) -> Step:
    """For the audit: what was done to these digests."""
    channels = tuple(dict.fromkeys(each.channel for each in digests))
    return Step(at, who(asking), did, what, name_of(asking), channels)


def what(digest: Digest) -> str:
    """As the audit keeps it."""
    return f"{digest.name} ({digest.cron} {digest.zone} in {digest.place})"
