"""`/sessions`, answered: a question or a press in, a Reply out."""

from dataclasses import dataclass, replace

from bot.blocks.answers import Suggestion, suggestions
from bot.blocks.help import command_help
from bot.blocks.message import Message
from bot.core.action_ids import Press, question
from bot.core.errors import Refused
from bot.core.names import NoSuchName
from bot.core.people import Asking
from bot.core.query import Help, Misread, OneAttempt, OneSession, Query
from bot.core.reply import Redraw, Reply, Say
from bot.core.words import parse
from bot.features.sessions.desk import Desk
from bot.features.sessions.files import new_file
from bot.features.sessions.lists import kept_ask, kept_page, narrowed, new_list
from bot.features.sessions.stories import attempt_story, session_story
from bot.features.sessions.views import ListPage, Story, list_message, story_message
from bot.features.sessions.words import SESSIONS
from bot.store.asks import Ask

ASKED_ANEW = "This list was no longer kept, so it was asked anew."


@dataclass(frozen=True, slots=True)
class Sessions:
    desk: Desk
    prefix: str = ""

    async def asked(self, words: str, asking: Asking) -> Reply:
        """Raises Refused and ApiError."""
        match parse(words, now=self.desk.now(), zone=asking.person.zone):
            case Help():
                return Say(command_help(SESSIONS, self.prefix))
            case Misread() as misread:
                return Say(misunderstood(misread))
            case OneSession(session_id, here):
                return told(await session_story(self.desk, session_id, asking), public=here)
            case OneAttempt(attempt_id, here):
                return told(await attempt_story(self.desk, attempt_id, asking), public=here)
            case Query() as query if query.csv:
                found = await new_file(self.desk, query, asking)
                return Say(misunderstood(found)) if isinstance(found, Misread | NoSuchName) else found
            case Query() as query:
                return drawn(await new_list(self.desk, query, asking), public=query.here)

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        """Raises Refused and ApiError."""
        if not press.verb:
            return await self.asked(press.words, asking)
        ask = await kept_ask(self.desk, press.ask)
        if press.verb == "share":
            return await self._shared(press, ask, asking)
        if press.verb == "tell":
            return await self._told(press.words, asking)
        mine = ask is None or ask.asker == asking.person.id
        page = await self._turned(press, ask, asking)
        if asking.public and not (mine and ask):
            return drawn(page, public=False)
        return Redraw(list_message(page)) if isinstance(page, ListPage) else Say(misunderstood(page))

    async def _turned(self, press: Press, ask: Ask | None, asking: Asking) -> ListPage | Misread | NoSuchName:
        """The list after a press on its pager or menus."""
        number = int(press.choice) if press.verb == "page" and press.choice.isdecimal() else 1
        if ask is not None and press.verb == "page":
            kept = await kept_page(self.desk, ask, number, asking, public=asking.public)
            if kept is not None:
                return kept
        query = self._query(ask.words if ask else press.words, asking)
        if press.verb != "page":
            query = narrowed(query, press, await self._projects(ask, asking))
        notes = (ASKED_ANEW,) if press.verb == "page" else ()
        page = await new_list(self.desk, query, asking, page=number, notes=notes)
        return replace(page, public=asking.public) if isinstance(page, ListPage) else page

    def _query(self, words: str, asking: Asking) -> Query:
        """The question behind a list. Raises Refused where its words are gone as well."""
        parsed = parse(words, now=self.desk.now(), zone=asking.person.zone) if words else None
        if not isinstance(parsed, Query):
            raise Refused("This list is no longer kept: type the command again.")
        return parsed

    async def _projects(self, ask: Ask | None, asking: Asking) -> tuple[str, ...]:
        page = await kept_page(self.desk, ask, 1, asking, public=False) if ask else None
        return page.projects if page else ()

    async def _told(self, words: str, asking: Asking) -> Reply:
        """A story, read anew, for everyone in the channel."""
        match parse(words, now=self.desk.now(), zone=asking.person.zone):
            case OneSession(session_id):
                story = await session_story(self.desk, session_id, asking)
            case OneAttempt(attempt_id):
                story = await attempt_story(self.desk, attempt_id, asking)
            case _:
                raise Refused("This button is from another version of Lookout: type the command again.")
        return told(replace(story, shared_by=asking.person.name), public=True)

    async def _shared(self, press: Press, ask: Ask | None, asking: Asking) -> Reply:
        """What the asker sees, for everyone in the channel, and by whom."""
        number = int(press.choice) if press.choice.isdecimal() else 1
        kept = await kept_page(self.desk, ask, number, asking, public=True) if ask else None
        page = kept or await new_list(
            self.desk, self._query(press.words, asking), asking, page=number, notes=(ASKED_ANEW,)
        )
        if isinstance(page, ListPage):
            page = replace(page, shared_by=asking.person.name, public=True)
        return drawn(page, public=True)


def drawn(page: ListPage | Misread | NoSuchName, *, public: bool) -> Say:
    """A list as a message of its own; what could not be understood is for the asker alone."""
    return Say(list_message(page), public) if isinstance(page, ListPage) else Say(misunderstood(page))


def told(story: Story, *, public: bool) -> Say:
    return Say(story_message(replace(story, public=public)), public)


def misunderstood(answer: Misread | NoSuchName) -> Message:
    """The sentence, with a button for each thing that may have been meant; no words are all sessions."""
    return suggestions(
        answer.sentence,
        [Suggestion(words or "all sessions", question(SESSIONS.name, words)) for words in answer.corrected],
    )
