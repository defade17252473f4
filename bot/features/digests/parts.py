"""The lists of a digest that stands, whole and page by page: what its buttons show, days later too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.blocks.message import Message
from bot.core.errors import ApiError, Refused, SlackError, StoreError
from bot.core.patience import Patience
from bot.features.digests.drafts import Drafts
from bot.features.digests.making import IN_SLACK, Maker, cron_of, kept, unpack
from bot.features.digests.views import Telling, part_message
from bot.features.digests.views.values import addressed
from bot.mirror.past import NotYet
from bot.store.digests import Digests, Occurrence


@dataclass(frozen=True, slots=True)
class Parts:
    maker: Maker
    digests: Digests
    drafts: Drafts

    async def page(self, words: str, key: str, page: int) -> Message:
        """A page of one list; `words` are what a button holds. Raises Refused, StoreError."""
        told, notes = await self._told(words)
        part = told.part(key)
        if part is None:
            raise Refused("This list is empty now.")
        return part_message(told, part, page, notes)

    async def _told(self, words: str) -> tuple[Telling, Sequence[str]]:
        """What that digest told; read anew, as it stood then, where it is not kept, and that is said."""
        if (address := addressed(words)) is None:
            raise Refused("This button is from another version of Lookout: type the command again.")
        payload = await self.digests.kept(address.kept) if address.kept else None
        if payload is not None and (told := unpack(payload)) is not None:
            return told, ()
        occurrence = None if address.kept else await self.digests.occurrence(address.name, address.end)
        if occurrence is not None and (told := kept(occurrence)) is not None:
            return told, ()
        digest = await self.drafts.known(address.name)
        start = address.start or cron_of(digest).before(address.end)
        occurrence = occurrence or Occurrence(address.name, address.end, start)
        patience = Patience(self.maker.clock, total=IN_SLACK)
        try:
            told, _ = await self.maker.told(digest, occurrence, patience, fresh=False)
        except (NotYet, ApiError, StoreError, SlackError) as error:
            raise Refused(
                f"What it told is not kept any more, and could not be read again: {error}"
            ) from error
        return replace(told, kept=address.kept), ("Read anew: what it told is not kept here any more.",)
