"""`/workflows`, answered: a question or a press in, a Reply out."""

from dataclasses import dataclass, replace

from bot.asking.answers import Lists, misunderstood
from bot.asking.desk import Desk
from bot.blocks.answers import Suggestion, refused, suggestions
from bot.blocks.help import command_help
from bot.blocks.message import Message
from bot.core.action_ids import Press, question
from bot.core.names import NoSuchName
from bot.core.people import Asking
from bot.core.query import Help, Misread, OneAttempt, OneSession, Query
from bot.core.reply import Reply, Say
from bot.core.words import parse
from bot.features.workflows.lists import WORKFLOW_LISTS, new_file
from bot.features.workflows.views import HealthPage
from bot.features.workflows.words import RUN, WORKFLOWS

NO_RUN = (
    "Lookout cannot start workflows yet: it only reads. Start it in the console."
    " If `run` is a name, type `project:run` or `workflow:run`."
)


@dataclass(frozen=True, slots=True)
class Workflows:
    desk: Desk
    prefix: str = ""

    @property
    def lists(self) -> Lists[HealthPage]:
        return Lists(self.desk, WORKFLOW_LISTS)

    async def asked(self, words: str, asking: Asking) -> Reply:
        """Raises Refused and ApiError."""
        if words.casefold().split()[:1] == [RUN]:
            return Say(refused(NO_RUN))
        match parse(words, now=self.desk.now(), zone=asking.person.zone):
            case Help():
                return Say(command_help(WORKFLOWS, self.prefix))
            case Misread() as misread:
                return Say(misunderstood(WORKFLOWS.name, misread))
            case OneSession(number, here):
                return Say(not_one("a session", f"#{number}", here))
            case OneAttempt(number, here):
                return Say(not_one("an attempt", f"attempt:{number}", here))
            case Query() as query if query.csv:
                found = await new_file(self.desk, query, asking)
                if isinstance(found, Misread | NoSuchName):
                    return Say(misunderstood(WORKFLOWS.name, found))
                return found
            case Query() as query:
                return await self.lists.asked(replace(query, by_workflow=False), asking)

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        """Raises Refused and ApiError."""
        if not press.verb:
            return await self.asked(press.words, asking)
        return await self.lists.pressed(press, asking)


def not_one(kind: str, words: str, here: bool) -> Message:
    """An id opens a session, which is another command's."""
    typed = f"{words} here" if here else words
    return suggestions(
        f"`{words}` is {kind}, not a workflow: `/sessions` opens it.",
        [Suggestion(f"sessions {words}", question("sessions", typed))],
    )
