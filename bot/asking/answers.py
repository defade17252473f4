"""The road that lists share: a question or a press in, a Reply out."""

from dataclasses import dataclass, replace
from typing import Generic

from bot.asking.desk import Desk, Missed
from bot.asking.kept import kept_ask
from bot.asking.kinds import Kind, Page
from bot.asking.lists import kept_page, new_page
from bot.asking.menus import narrowed
from bot.blocks.answers import Suggestion, suggestions
from bot.blocks.listing import Listing
from bot.blocks.message import Message
from bot.core.action_ids import Press, question
from bot.core.errors import Refused
from bot.core.people import Asking
from bot.core.query import Query
from bot.core.reply import Redraw, Reply, Say
from bot.core.words import parse
from bot.store.asks import Ask

ASKED_ANEW = "This list was no longer kept, so it was asked anew."


@dataclass(frozen=True, slots=True)
class Lists(Generic[Page]):
    """The lists of one kind, asked and pressed."""

    desk: Desk
    kind: Kind[Page]

    async def asked(self, query: Query, asking: Asking) -> Reply:
        """Raises Refused and ApiError."""
        return self._drawn(await new_page(self.desk, self.kind, query, asking), public=query.here)

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        """A press on its pager or menus, or on Share in channel. Raises Refused and ApiError."""
        ask = await kept_ask(self.desk, press.ask)
        if press.verb == "share":
            return await self._shared(press, ask, asking)
        mine = ask is None or ask.asker == asking.person.id
        page = await self._turned(press, ask, asking)
        if asking.public and not (mine and ask):
            return self._drawn(page, public=False)
        return Redraw(self.kind.draw(page)) if isinstance(page, Listing) else self._drawn(page, public=False)

    async def _turned(self, press: Press, ask: Ask | None, asking: Asking) -> Page | Missed:
        """The list after a press on its pager or menus."""
        number = int(press.choice) if press.verb == "page" and press.choice.isdecimal() else 1
        if ask is not None and press.verb == "page":
            kept = await self._kept(ask, number, asking, public=asking.public)
            if kept is not None:
                return kept
        query = self._query(ask.words if ask else press.words, asking)
        if press.verb != "page":
            query = narrowed(query, press, await self._projects(ask, asking))
        notes = (ASKED_ANEW,) if press.verb == "page" else ()
        page = await new_page(self.desk, self.kind, query, asking, page=number, notes=notes)
        return replace(page, public=asking.public) if isinstance(page, Listing) else page

    async def _shared(self, press: Press, ask: Ask | None, asking: Asking) -> Reply:
        """What the asker sees, for everyone in the channel, and by whom."""
        number = int(press.choice) if press.choice.isdecimal() else 1
        page: Page | Missed | None = await self._kept(ask, number, asking, public=True) if ask else None
        if page is None:
            query = self._query(press.words, asking)
            page = await new_page(self.desk, self.kind, query, asking, page=number, notes=(ASKED_ANEW,))
        if isinstance(page, Listing):
            page = replace(page, shared_by=asking.person.name, public=True)
        return self._drawn(page, public=True)

    async def _kept(self, ask: Ask, number: int, asking: Asking, *, public: bool) -> Page | None:
        return await kept_page(self.desk, self.kind, ask, number, asking, public=public)

    async def _projects(self, ask: Ask | None, asking: Asking) -> tuple[str, ...]:
        page = await self._kept(ask, 1, asking, public=False) if ask else None
        return page.projects if page else ()

    def _query(self, words: str, asking: Asking) -> Query:
        """The question behind a list. Raises Refused where its words are gone as well."""
        parsed = parse(words, now=self.desk.now(), zone=asking.person.zone) if words else None
        if not isinstance(parsed, Query):
            raise Refused("This list is no longer kept: type the command again.")
        return parsed

    def _drawn(self, page: Page | Missed, *, public: bool) -> Say:
        """A list as a message of its own; what could not be understood is for the asker alone."""
        if isinstance(page, Listing):
            return Say(self.kind.draw(page), public)
        return Say(misunderstood(self.kind.name, page))


def misunderstood(name: str, answer: Missed) -> Message:
    """The sentence, with a button for each thing that may have been meant; no words are all there are."""
    return suggestions(
        answer.sentence,
        [Suggestion(words or f"all {name}", question(name, words)) for words in answer.corrected],
    )
