"""`/sessions`, answered: a question or a press in, a Reply out."""

from dataclasses import dataclass, replace

from bot.asking.answers import Lists, misunderstood
from bot.asking.desk import Desk
from bot.blocks.help import command_help
from bot.core.action_ids import Press
from bot.core.errors import Refused
from bot.core.names import NoSuchName
from bot.core.people import Asking
from bot.core.query import Help, Misread, OneAttempt, OneSession, Query
from bot.core.reply import Reply, Say
from bot.core.words import parse
from bot.features.sessions.files import new_file
from bot.features.sessions.lists import SESSION_LISTS
from bot.features.sessions.stories import attempt_story, session_story
from bot.features.sessions.views import ListPage, Story, story_message
from bot.features.sessions.words import SESSIONS


@dataclass(frozen=True, slots=True)
class Sessions:
    desk: Desk
    prefix: str = ""

    @property
    def lists(self) -> Lists[ListPage]:
        return Lists(self.desk, SESSION_LISTS)

    async def asked(self, words: str, asking: Asking) -> Reply:
        """Raises Refused and ApiError."""
        match parse(words, now=self.desk.now(), zone=asking.person.zone):
            case Help():
                return Say(command_help(SESSIONS, self.prefix))
            case Misread() as misread:
                return Say(misunderstood(SESSIONS.name, misread))
            case OneSession(session_id, here):
                return told(await session_story(self.desk, session_id, asking), public=here)
            case OneAttempt(attempt_id, here):
                return told(await attempt_story(self.desk, attempt_id, asking), public=here)
            case Query() as query if query.csv:
                found = await new_file(self.desk, query, asking)
                if isinstance(found, Misread | NoSuchName):
                    return Say(misunderstood(SESSIONS.name, found))
                return found
            case Query() as query:
                return await self.lists.asked(query, asking)

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        """Raises Refused and ApiError."""
        match press.verb:
            case "":
                return await self.asked(press.words, asking)
            case "tell":
                return await self._told(press.words, asking)
            case _:
                return await self.lists.pressed(press, asking)

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


def told(story: Story, *, public: bool) -> Say:
    return Say(story_message(replace(story, public=public)), public)
