"""The one road: who → may they → feature → Reply. Start reading here.

A listener, `ask` and the demo hand in a question (`/sessions failed`) or what a button says
(`sessions ask:7f3 page:2`), and get a Reply. Whatever goes wrong on the way becomes a Reply as well.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, runtime_checkable

from bot.blocks.answers import bug, refused, trouble
from bot.commands import UMBRELLA, split
from bot.core.action_ids import Press, parse
from bot.core.errors import ApiError, LookoutError, Refused, SlackError
from bot.core.people import Asking, Caller, Person
from bot.core.reply import FieldErrors, Home, Nothing, Reply, Say

log = logging.getLogger("lookout.dispatch")

HOME = "home"
"""The feature that draws the Home tab."""


class Feature(Protocol):
    """What answers one command, and the presses on its messages."""

    async def asked(self, words: str, asking: Asking) -> Reply: ...

    async def pressed(self, press: Press, asking: Asking) -> Reply: ...


@runtime_checkable
class Fillable(Protocol):
    """A feature with dialogs. `checked` is pure: it says what is wrong with the fields."""

    def checked(self, what: str, fields: Mapping[str, str]) -> FieldErrors | None: ...

    async def submitted(self, what: str, fields: Mapping[str, str], asking: Asking) -> Reply: ...


class Dispatch:
    """`who` looks a caller up; `hurried` says that answers have Slack's ten seconds."""

    def __init__(
        self,
        features: Mapping[str, Feature],
        who: Callable[[Caller], Awaitable[Person]],
        *,
        prefix: str = "",
        hurried: bool = True,
    ) -> None:
        self._features = features
        self._who = who
        self._prefix = prefix
        self._hurried = hurried

    async def asked(self, question: str, caller: Caller) -> Reply:
        """Answer a command as it was typed."""
        return await self._answered(lambda asking: self._ask(question, asking), caller)

    async def pressed(self, value: str, block: str, caller: Caller) -> Reply:
        """Answer a press by what the button or option in a block says; "" is a link button."""
        if not value:
            return Nothing()
        return await self._answered(lambda asking: self._press(value, block, asking), caller)

    async def submitted(self, callback: str, fields: Mapping[str, str], caller: Caller) -> Reply:
        """Answer a dialog that was filled in; `callback` names its feature and what it is for."""
        return await self._answered(lambda asking: self._submit(callback, fields, asking), caller)

    async def checked(self, callback: str, fields: Mapping[str, str], caller: Caller) -> FieldErrors | None:
        """What is wrong with a dialog's fields, while Slack waits: nothing is asked of anyone for it."""
        name, _, what = callback.partition(" ")
        feature: object = self._features.get(name)
        try:
            return feature.checked(what, fields) if isinstance(feature, Fillable) else None
        except Exception:
            log.exception("a dialog could not be checked: this is a bug")
            return None

    async def home(self, caller: Caller) -> Reply:
        """Draw the Home tab; what would have been said instead stands there."""
        reply = await self._answered(lambda asking: self._features[HOME].asked("", asking), caller)
        return Home(reply.message.blocks) if isinstance(reply, Say) else reply

    async def _ask(self, question: str, asking: Asking) -> Reply:
        name, words = split(question, self._prefix)
        return await self._features[name or UMBRELLA].asked(words, asking)

    async def _submit(self, callback: str, fields: Mapping[str, str], asking: Asking) -> Reply:
        name, _, what = callback.partition(" ")
        feature: object = self._features.get(name)
        if not isinstance(feature, Fillable):
            raise Refused("This dialog is from an older version of Lookout: type the command again.")
        return await feature.submitted(what, fields, asking)

    async def _press(self, value: str, block: str, asking: Asking) -> Reply:
        press = parse(value, block)
        if press is None or press.feature not in self._features:
            raise Refused("This button is from an older version of Lookout: type the command again.")
        return await self._features[press.feature].pressed(press, asking)

    async def _answered(self, answer: Callable[[Asking], Awaitable[Reply]], caller: Caller) -> Reply:
        """The net: everything becomes an answer; what is foreseen is one line in the log."""
        try:
            person = await self._person(caller)
            return await answer(Asking(person, caller.channel, caller.public, self._hurried))
        except Refused as error:
            return Say(refused(str(error)))
        except ApiError as error:
            log.warning("an answer could not be had: %s", error)
            return Say(trouble(str(error)), failed=True)
        except LookoutError as error:
            log.warning("an answer could not be had: %s", error)
            return Say(refused(str(error)), failed=True)
        except Exception:
            log.exception("an answer could not be had: this is a bug")
            return Say(bug(), failed=True)

    async def _person(self, caller: Caller) -> Person:
        """Who asks. Raises Refused for whom Lookout does not answer, and where that cannot be checked."""
        try:
            person = await self._who(caller)
        except SlackError as error:
            log.warning("an asker could not be looked up: %s", error)
            raise Refused(
                "Lookout could not check who you are, and answers nobody unchecked."
                f" {error} Try again in a minute."
            ) from error
        guard(person)
        return person


def guard(person: Person) -> None:
    """Refuse guests and people of other workspaces: what the bot's key sees is for full members."""
    if person.gone:
        raise Refused("Slack does not know you as a member of this workspace, so Lookout does not answer.")
    if person.outsider:
        raise Refused(
            "Lookout answers members of its own workspace only: ask a colleague there to share the answer."
        )
    if person.guest:
        raise Refused(
            "Lookout does not answer guests of this workspace: ask a full member to share the answer."
        )
