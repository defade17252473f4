"""What people do: type, press, choose, submit, speak. Each act is checked as Slack's client would, then sent.

Every act gives a task at once; awaiting it waits until the app acknowledged (or failed to).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.playground.slack import limits as most
from bot.playground.slack import payloads
from bot.playground.slack.answers import submitted, take_command_answer
from bot.playground.slack.checks import items
from bot.playground.slack.dialogs import shown_view
from bot.playground.slack.elements import MENU_OPTION, all_options
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.finding import find, offers, surface
from bot.playground.slack.inputs import Name, fill
from bot.playground.slack.people import User
from bot.playground.slack.sending import Sender
from bot.playground.slack.state import FIELDS, find_option, value_of
from bot.playground.slack.typed import escaped
from bot.playground.slack.values import Delivery, Json, Message, View
from bot.playground.slack.workspace import Grant, Workspace

T = TypeVar("T")
_BUTTONS = {"button", "workflow_button", "icon_button"}


@dataclass
class Hands:
    workspace: Workspace
    sender: Sender
    base: str = ""

    def _granted(self, grant: Grant) -> tuple[str, str]:
        """A trigger and a response_url for an interaction."""
        token = self.workspace.new_id("R")
        self.workspace.response_urls[token] = grant
        return self.workspace.new_trigger(replace(grant)), f"{self.base}/response/{token}"

    # commands

    def command(self, user: str, channel: str, text: str) -> asyncio.Task[Delivery]:
        """Type a slash command, like `/sessions failed`, in a channel (id or name) or in the bot's DM."""
        person, where = self.workspace.present(user, channel)
        name, _, rest = text.strip().partition(" ")
        command = self.workspace.manifest.command(name)
        if command is None:
            raise CannotDo(f"{name} is not a valid command")
        grant = Grant(person.id, where.id, self.workspace.clock.now())
        trigger, url = self._granted(grant)
        words = escaped(self.workspace, rest.strip()) if command.should_escape else rest.strip()
        form = payloads.command_form(person, where, name, words, url, trigger)
        return self.sender.start(self._commanded(form, grant))

    async def _commanded(self, form: Json, grant: Grant) -> Delivery:
        delivery = await self.sender.send("command", form)
        take_command_answer(self.workspace, delivery, grant)
        return delivery

    # buttons and menus

    def press(
        self,
        user: str,
        where: Message | View,
        *,
        action_id: str | None = None,
        text: str | None = None,
        block_id: str | None = None,
    ) -> asyncio.Task[Delivery]:
        """Press a button, named by its action_id, by its words, or by both; link buttons too."""
        person, where = self._facing(user, where)

        def is_it(block: Json, one: Json) -> bool:
            words = one.get("text", {}).get("text")
            fits = text is None or words == text
            return one["type"] in _BUTTONS and fits and (block_id is None or block["block_id"] == block_id)

        block, one = find(where, action_id, is_it)
        shown: Json = {key: one[key] for key in ("text", "value", "style", "url") if key in one}
        return self._act(person, where, block, {"type": one["type"], **shown}, one)

    def choose(
        self,
        user: str,
        where: Message | View,
        action_id: str | None,
        option: Any,
        *,
        block_id: str | None = None,
    ) -> asyncio.Task[Delivery]:
        """Choose in a menu by option value or text (a list for several); ids for people and channels.

        Without an action_id: in the first menu that offers the option.
        """
        person, where = self._facing(user, where)

        def is_it(block: Json, one: Json) -> bool:
            fits = action_id is not None or offers(one, option)
            return fits and (block_id is None or block["block_id"] == block_id)

        block, one = find(where, action_id, is_it)
        if one["type"] == "overflow":
            chosen = {"type": "overflow", "selected_option": find_option(all_options(one), option)}
            return self._act(person, where, block, chosen, one)
        if one["type"] not in FIELDS:
            raise CannotDo(f"{action_id} is a {one['type']}")
        if one["type"].endswith("external_select") and not isinstance(option, dict):
            return self.sender.start(self._choose_loaded(person, where, block, one, str(option)))
        return self._chosen(person, where, block, one, value_of(one, option))

    def _chosen(
        self, person: User, where: Message | View, block: Json, one: Json, state: Json
    ) -> asyncio.Task[Delivery]:
        key = block["block_id"], one["action_id"]
        self.workspace.chosen.setdefault((surface(where), person.id), {})[key] = state
        return self._act(person, where, block, state, one)

    async def _choose_loaded(
        self, person: User, where: Message | View, block: Json, one: Json, words: str
    ) -> Delivery:
        loaded = await self._suggested(person, where, block, one, words)
        option = find_option(all_options(loaded.answer or {}), words)
        return await self._chosen(person, where, block, one, value_of(one, option))

    def suggest(
        self, user: str, where: Message | View, action_id: str, words: str, *, block_id: str | None = None
    ) -> asyncio.Task[Delivery]:
        """Type in an external menu; the options stand in the delivery's `answer`."""
        person, where = self._facing(user, where)
        block, one = find(where, action_id, lambda block, _: block_id in {None, block["block_id"]})
        return self.sender.start(self._suggested(person, where, block, one, words))

    async def _suggested(
        self, person: User, where: Message | View, block: Json, one: Json, words: str
    ) -> Delivery:
        if not self.workspace.manifest.options_load:
            raise CannotDo("the manifest has no message_menu_options_url")
        body = shown_view(self.workspace, where) if isinstance(where, View) else None
        asked = {"action_id": one["action_id"], "block_id": block["block_id"], "value": words}
        delivery = await self.sender.send(
            "options", payloads.suggestion(self.workspace, person, where, body, asked)
        )
        answer = delivery.answer if isinstance(delivery.answer, dict) else {}
        if problems := items(MENU_OPTION, 0, most.SELECT_OPTIONS)(all_options(answer), "/options"):
            self.workspace.notify(person.id, None, problems[0], "invalid_options")
            return replace(delivery, answer={"options": []})
        return delivery

    def _facing(self, user: str, where: Message | View) -> tuple[User, Message | View]:
        """Who acts and what stands there now, if that person can see it."""
        person = self.workspace.user(user)
        if not self.workspace.manifest.interactive:
            raise CannotDo("interactivity is not enabled in the manifest")
        if isinstance(where, View):
            view = self.workspace.find_view(where.id)
            if view is None or view.user != person.id:
                raise CannotDo("that view is not open")
            return person, view
        message = self.workspace.messages.get(where.key)
        if message is None:
            raise CannotDo("that message is gone")
        if message.for_user not in {None, person.id}:
            raise CannotDo(f"{person.name} does not see that message")
        self.workspace.present(user, message.channel)
        return person, message

    def _act(
        self, person: User, where: Message | View, block: Json, what: Json, one: Json
    ) -> asyncio.Task[Delivery]:
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise CannotDo("an input sends nothing until its dialog is submitted")
        action = {
            **what,
            "action_id": one["action_id"],
            "block_id": block["block_id"],
            "action_ts": self.workspace.new_ts(),
        }
        now = self.workspace.clock.now()
        if isinstance(where, View):
            trigger = self.workspace.new_trigger(Grant(person.id, "", now, view=where.id))
            body = shown_view(self.workspace, where)
            payload = payloads.view_action(person, where, body, action, trigger)
        else:
            trigger, url = self._granted(Grant(person.id, where.channel, now, message=where))
            payload = payloads.message_action(self.workspace, person, where, action, url, trigger)
        return self.sender.start(self._acted(person, where, payload))

    async def _acted(self, person: User, where: Message | View, payload: Json) -> Delivery:
        delivery = await self.sender.send("action", payload)
        if not delivery.ok:
            channel = where.channel if isinstance(where, Message) else None
            self.workspace.notify(person.id, channel, "This app did not respond.", delivery.outcome)
        return delivery

    # dialogs

    def submit(
        self, view: View, values: Mapping[Name, Any] | Mapping[str, Any] | None = None
    ) -> asyncio.Task[Delivery]:
        """Fill inputs (see `inputs.Name`) and submit; CannotSubmit where a needed one is empty."""
        person, now_open = self._facing(view.user, view)
        top = self._top(now_open)
        fill(self.workspace, top, values or {})
        trigger = self.workspace.new_trigger(Grant(person.id, "", self.workspace.clock.now(), view=top.id))
        body = shown_view(self.workspace, top)
        return self.sender.start(self._submitted(top, payloads.view_submission(person, body, trigger)))

    def _top(self, view: Message | View) -> View:
        stack = self.workspace.stack(view.user) if isinstance(view, View) else []
        if not isinstance(view, View) or view.kind != "modal" or stack[-1].id != view.id:
            raise CannotDo("that dialog is not on top")
        return view

    async def _submitted(self, view: View, payload: Json) -> Delivery:
        delivery = await self.sender.send("submission", payload)
        submitted(self.workspace, delivery, view)
        return delivery

    def close_dialog(self, view: View) -> asyncio.Task[list[Delivery]]:
        """Press Cancel (or Escape); the app hears of it where the view says `notify_on_close`."""
        person, now_open = self._facing(view.user, view)
        top = self._top(now_open)
        body = shown_view(self.workspace, top)
        cleared = bool(top.body["clear_on_close"])
        self.workspace.close_views(self.workspace.stack(person.id) if cleared else [top])

        async def told() -> list[Delivery]:
            if not top.body["notify_on_close"]:
                return []
            return [await self.sender.send("closed", payloads.view_closed(person, body, cleared=cleared))]

        return self.sender.start(told())
