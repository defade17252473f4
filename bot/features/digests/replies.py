"""`/digests`, answered: a step or a press in, a Reply out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.blocks.answers import refused, sentence_message
from bot.blocks.help import command_help
from bot.blocks.message import Block, Message
from bot.core.action_ids import Press
from bot.core.digest_words import Wanted, parse_wanted
from bot.core.errors import ApiError, Refused, StoreError
from bot.core.patience import Patience
from bot.core.people import Asking
from bot.core.reply import FieldErrors, Redraw, Reply, Say
from bot.features.digests.drafts import OPERATOR, Drafts, done, taken, what
from bot.features.digests.forms import EDIT, add_dialog, edit_dialog, form_errors, typed_of
from bot.features.digests.making import IN_SLACK, Maker, pack
from bot.features.digests.parts import Parts
from bot.features.digests.saying import SENT, instant, payload_of
from bot.features.digests.views import Telling, digest_message
from bot.features.digests.views.lists import button, list_message, read_back, steps_message
from bot.features.digests.views.values import moment
from bot.features.digests.words import DIGESTS, Step, parse_step
from bot.mirror.past import NotYet
from bot.store.asks import random_id
from bot.store.digests import Digest, Digests, Occurrence
from bot.store.posts import PostKey, Posts

SILENCE = 30.0
LONGEST = 1500
"""Bytes of a digest's words that a button takes."""
NEW, CHANGED = "new", "changed"
"""What *Save* does."""
ELSEWHERE = (
    "It cannot be sent from here, as nothing that is kept here reaches a running Lookout: send it from Slack,"
    " or set DATABASE_URL to the database that `run` uses."
)


@dataclass(frozen=True, slots=True)
class DigestsCommand:
    maker: Maker
    digests: Digests
    posts: Posts
    drafts: Drafts
    parts: Parts
    now: Callable[[], datetime]
    prefix: str = ""

    async def asked(self, words: str, asking: Asking) -> Reply:
        """Raises StoreError."""
        step = parse_step(words)
        try:
            return await self._step(step, asking)
        except Refused as error:
            return Say(refused(str(error)), failed=True)

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        """Raises Refused, StoreError."""
        match press.verb:
            case "":
                return await self.asked(press.words, asking)
            case "save":
                return await self._save(press.words, press.choice, asking)
            case "trial":
                return await self._trial(press.words, press.choice, asking)
            case "send":
                return await self._send(press.choice, press.words, asking)
            case "part":
                return Say(await self.parts.page(press.words, press.choice, 1))
            case "page":
                (key, _, address), page = press.words.partition(" "), press.choice
                shown = await self.parts.page(address, key, int(page) if page.isdecimal() else 1)
                return Say(shown) if asking.public else Redraw(shown)
        raise Refused("This button is from another version of Lookout: type the command again.")

    def checked(self, what: str, fields: Mapping[str, str]) -> FieldErrors | None:
        """What is wrong with the fields of the dialog, each beside its own."""
        wrong = form_errors(fields, named=not what.startswith(EDIT))
        return FieldErrors(wrong) if wrong else None

    async def submitted(self, what: str, fields: Mapping[str, str], asking: Asking) -> Reply:
        """As if it had been typed. Raises Refused, StoreError."""
        if not what.startswith(EDIT):
            return await self._add(typed_of(fields), asking)
        digest = await self.drafts.mine(what.removeprefix(EDIT), asking)
        return await self._change(digest, typed_of(fields), asking)

    async def _step(self, step: Step, asking: Asking) -> Reply:
        match step.verb:
            case "help":
                return Say(command_help(DIGESTS, self.prefix))
            case "list":
                return Say(await self._list(asking))
            case "history":
                return Say(await self._history(asking))
            case "add" if not step.rest:
                return add_dialog(asking.person.zone.key, asking.channel, self.prefix)
            case "add":
                return await self._add(step.rest, asking)
            case _:
                return await self._with(step, asking)

    async def _with(self, step: Step, asking: Asking) -> Reply:
        """A step that names a digest."""
        match step.verb:
            case "show":
                digest = await self.drafts.known(step.name, asking)
                return Say(list_message([self.drafts.listed(digest)], self.prefix))
            case "preview":
                return await self._preview(await self.drafts.known(step.name, asking), asking)
            case "send":
                return await self._ask_to_send(await self.drafts.known(step.name, asking), asking)
            case "edit":
                return await self._edit(step, asking)
            case "pause" | "resume":
                digest = await self.drafts.mine(step.name, asking)
                return await self._pause(digest, step.verb == "pause", asking)
            case _:
                return await self._remove(await self.drafts.mine(step.name, asking), asking)

    async def _list(self, asking: Asking) -> Message:
        shown, hidden = await self.drafts.shown(asking)
        return list_message([self.drafts.listed(each) for each in shown], self.prefix, hidden=hidden)

    async def _history(self, asking: Asking) -> Message:
        zone = asking.person.zone
        steps, hidden = await self.drafts.steps(asking)
        rows = [
            (moment(each.at, zone), each.name or each.who or OPERATOR, f"{each.did} {each.what}")
            for each in steps
        ]
        return steps_message(rows, zone.key, hidden=hidden)

    # Making one

    async def _add(self, text: str, asking: Asking) -> Reply:
        digest = await self.drafts.wanted(text, asking)
        if asking.hurried:
            return await self._offered(digest, zoned(text, digest), NEW, asking)
        note = await self._doubts(digest)
        await self._keep(digest, asking)
        return Say(read_back(self.drafts.listed(digest), "", (), (), f"Saved. {note}".strip()))

    async def _doubts(self, digest: Digest) -> str:
        """What could not be looked at before it is kept. Raises Refused for words that name nothing."""
        notes = []
        if not digest.checked:
            notes.append(
                f"The channel {digest.place} is unchecked, as SLACK_BOT_TOKEN is not set here:"
                " `run` checks it."
            )
        try:
            await self.maker.names_something(digest, Patience(self.maker.clock, total=IN_SLACK))
        except (ApiError, StoreError) as error:
            notes.append(f"Its words are unchecked: {error}")
        return " ".join(notes)

    async def _offered(self, digest: Digest, text: str, what_to: str, asking: Asking) -> Reply:
        """Read back and previewed before it is kept."""
        if len(text.encode()) > LONGEST:
            raise Refused("This digest is too long for a button: say it with fewer words, or declare it.")
        told, note = await self._try(digest, asking)
        preview = digest_message(told) if told else None
        buttons: list[Block] = [button("Save", "save", what_to, text, style="primary")]
        if what_to == NEW:
            buttons.append(button("Post a trial", "trial", self._nonce(), text))
        shown = preview.blocks if preview else ()
        return Say(
            read_back(self.drafts.listed(digest), preview.text if preview else "", shown, buttons, note)
        )

    def _nonce(self) -> str:
        """What tells one press on a button from the same press again."""
        return str(int(self.now().timestamp()))

    def _patience(self, asking: Asking) -> Patience:
        clock = self.maker.clock
        return Patience(clock, total=IN_SLACK) if asking.hurried else Patience(clock, silence=SILENCE)

    async def _try(self, digest: Digest, asking: Asking) -> tuple[Telling | None, str]:
        """What it tells of its last occurrence, kept for its buttons, or why that cannot be said."""
        try:
            occurrence = await self.maker.at(digest, self.now())
            told, _ = await self.maker.told(
                digest, occurrence, self._patience(asking), diagnosed=not asking.hurried
            )
        except (NotYet, ApiError) as error:
            return None, f"A preview could not be had now: {error}"
        told = replace(told, kept=random_id())
        await self.digests.keep(told.kept, pack(told), self.now())
        return told, ""

    async def _keep(self, digest: Digest, asking: Asking) -> None:
        step = done(self.now(), asking, "added", what(digest), digest)
        if not await self.digests.put(digest, step):
            raise Refused(taken(digest.name))

    async def _save(self, text: str, what_to: str, asking: Asking) -> Reply:
        if what_to == CHANGED:
            was = await self.drafts.mine(text.split()[0], asking)
            changed = await self.drafts.wanted(text, asking, was)
            return Redraw(await self._changed(was, changed, asking))
        digest = await self.drafts.wanted(text, asking)
        await self._keep(digest, asking)
        return Redraw(read_back(self.drafts.listed(digest), "", (), (), "Saved."))

    async def _trial(self, text: str, nonce: str, asking: Asking) -> Reply:
        """Posted once, whoever presses how often."""
        digest = await self.drafts.wanted(text, asking)
        note = await self._post(digest, nonce, asking)
        return Say(sentence_message(note))

    async def _post(self, digest: Digest, nonce: str, asking: Asking) -> str:
        """In a channel that has been looked at, by who may. Raises Refused where it cannot be told."""
        told, note = await self._try(digest, asking)
        if told is None:
            raise Refused(note)
        covers = Occurrence(digest.name, told.end, told.start)
        by = f"Sent by {asking.person.name}, beside its own times."
        message = digest_message(replace(told, notes=(*told.notes, by)))
        key = PostKey(SENT, digest.name, f"{instant(told.end)} {nonce}")
        if not await self.posts.plan(key, digest.channel, message, payload_of(covers), self.now()):
            return f"It has been sent to {digest.place} already."
        await self.digests.note(done(self.now(), asking, "sent", what(digest), digest))
        return f"It goes to {digest.place} now."

    # What is done to one

    async def _preview(self, digest: Digest, asking: Asking) -> Reply:
        told, note = await self._try(digest, asking)
        if told is None:
            return Say(refused(note), failed=True)
        return Say(digest_message(told))

    async def _ask_to_send(self, digest: Digest, asking: Asking) -> Reply:
        if not asking.hurried and self.drafts.forgets:
            raise Refused(ELSEWHERE)
        digest, nonce = await self.drafts.placed(digest, asking), self._nonce()
        if not asking.hurried:
            note = await self._post(digest, nonce, asking)
            return Say(sentence_message(f"{note} A running Lookout posts it."))
        told, note = await self._try(digest, asking)
        if told is None:
            return Say(refused(note), failed=True)
        message = digest_message(told)
        buttons = [button(f"Send to {digest.place}", "send", digest.name, nonce, style="primary")]
        return Say(read_back(self.drafts.listed(digest), message.text, message.blocks, buttons))

    async def _send(self, name: str, nonce: str, asking: Asking) -> Reply:
        digest = await self.drafts.placed(await self.drafts.known(name, asking), asking)
        return Say(sentence_message(await self._post(digest, nonce, asking)))

    async def _edit(self, step: Step, asking: Asking) -> Reply:
        """A dialog, or all of it said anew, which is offered as a new one is."""
        digest = await self.drafts.mine(step.name, asking)
        if not step.rest:
            return edit_dialog(digest, self.prefix)
        return await self._change(digest, step.rest, asking)

    async def _change(self, digest: Digest, text: str, asking: Asking) -> Reply:
        whole = f"{digest.name} {text}"
        changed = await self.drafts.wanted(whole, asking, digest)
        if asking.hurried:
            return await self._offered(changed, zoned(whole, changed), CHANGED, asking)
        note = await self._doubts(changed)
        return Say(await self._changed(digest, changed, asking, note))

    async def _changed(self, digest: Digest, changed: Digest, asking: Asking, note: str = "") -> Message:
        change = f"{what(digest)} to {what(changed)}"
        step = done(self.now(), asking, "changed", change, digest, changed)
        if not await self.digests.put(changed, step, digest.name):
            raise Refused(f"The digest `{digest.name}` is gone.")
        return read_back(self.drafts.listed(changed), "", (), (), f"Changed. {note}".strip())

    async def _pause(self, digest: Digest, paused: bool, asking: Asking) -> Reply:
        step = done(self.now(), asking, "paused" if paused else "resumed", digest.name, digest)
        resumed_at = digest.resumed_at if paused else self.now()
        await self.digests.change(digest.name, step, paused=paused, resumed_at=resumed_at)
        note = "Paused: nothing is posted until it is resumed." if paused else "It goes on."
        return Say(read_back(self.drafts.listed(replace(digest, paused=paused)), "", (), (), note))

    async def _remove(self, digest: Digest, asking: Asking) -> Reply:
        step = done(self.now(), asking, "removed", what(digest), digest)
        await self.digests.remove(digest.name, step)
        return Say(sentence_message(f"The digest {digest.name} is gone. What it has posted stays."))


def zoned(text: str, digest: Digest) -> str:
    """With the zone it was read in, so that a button is read alike whoever presses it."""
    wanted = parse_wanted(text)
    named = isinstance(wanted, Wanted) and wanted.zone is not None
    return text if named else f"{text} zone {digest.zone}"
