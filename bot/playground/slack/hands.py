"""What people do: type, press, choose, submit, speak. Each act is checked as Slack's client would, then sent.

Every act gives a task at once; awaiting it waits until the app acknowledged (or failed to).
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.playground.slack import limits as most
from bot.playground.slack import payloads
from bot.playground.slack.answers import submitted, take_command_answer
from bot.playground.slack.blocks import elements, every_block
from bot.playground.slack.checks import items
from bot.playground.slack.deliver import Courier
from bot.playground.slack.dialogs import shown_view
from bot.playground.slack.elements import MENU_OPTION, all_options
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.inputs import fill
from bot.playground.slack.people import BOT_USER, Channel, User
from bot.playground.slack.state import FIELDS, find_option, value_of
from bot.playground.slack.typed import addressed, escaped
from bot.playground.slack.values import Delivery, Json, Message, View
from bot.playground.slack.workspace import Grant, Workspace

T = TypeVar("T")
_BUTTONS = {"button", "workflow_button", "icon_button", "feedback_buttons"}


@dataclass
class Hands:
    workspace: Workspace
    courier: Courier
    deliveries: list[Delivery] = field(default_factory=list)
    base: str = ""
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def send(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Delivery:
        return self._noted(await self.courier.deliver(kind, payload, retry=retry, reason=reason))

    def _noted(self, delivery: Delivery) -> Delivery:
        self.deliveries.append(delivery)
        self.workspace.tell("delivery", delivery)
        return delivery

    def repeat(self, delivery: Delivery) -> asyncio.Task[Delivery]:
        """Send once more, byte for byte, what was sent before."""

        async def again() -> Delivery:
            return self._noted(await self.courier.repeat(delivery))

        return self._start(again())

    def _granted(self, grant: Grant) -> tuple[str, str]:
        """A trigger and a response_url for an interaction."""
        token = self.workspace.new_id("R")
        self.workspace.response_urls[token] = grant
        return self.workspace.new_trigger(replace(grant)), f"{self.base}/response/{token}"

    def _present(self, user: str, channel: str) -> tuple[User, Channel]:
        person, where = self.workspace.user(user), self.workspace.channel(channel)
        if person.id not in where.members:
            raise CannotDo(f"{person.name} is not in {where.name}")
        if where.is_archived:
            raise CannotDo(f"{where.name} is archived")
        return person, where

    # commands

    def command(self, user: str, channel: str, text: str) -> asyncio.Task[Delivery]:
        """Type a slash command, like `/sessions failed`, in a channel (id or name) or in the bot's DM."""
        person, where = self._present(user, channel)
        name, _, rest = text.strip().partition(" ")
        command = self.workspace.manifest.command(name)
        if command is None:
            raise CannotDo(f"{name} is not a valid command")
        grant = Grant(person.id, where.id, self.workspace.clock.now())
        trigger, url = self._granted(grant)
        words = escaped(self.workspace, rest.strip()) if command.should_escape else rest.strip()
        form = payloads.command_form(person, where, name, words, url, trigger)
        return self._start(self._commanded(form, grant))

    async def _commanded(self, form: Json, grant: Grant) -> Delivery:
        delivery = await self.send("command", form)
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

        block, one = _find(where, action_id, is_it)
        shown: Json = {key: one[key] for key in ("text", "value", "style", "url") if key in one}
        return self._act(person, where, block, {"type": one["type"], **shown}, one)

    def choose(
        self, user: str, where: Message | View, action_id: str, option: Any, *, block_id: str | None = None
    ) -> asyncio.Task[Delivery]:
        """Choose in a menu by option value or text (a list for several); ids for people and channels."""
        person, where = self._facing(user, where)
        block, one = _find(where, action_id, lambda b, _: block_id is None or b["block_id"] == block_id)
        if one["type"] == "overflow":
            chosen = {"type": "overflow", "selected_option": find_option(all_options(one), option)}
            return self._act(person, where, block, chosen, one)
        if one["type"] not in FIELDS:
            raise CannotDo(f"{action_id} is a {one['type']}")
        if one["type"].endswith("external_select") and not isinstance(option, dict):
            return self._start(self._choose_loaded(person, where, block, one, str(option)))
        return self._chosen(person, where, block, one, value_of(one, option))

    def _chosen(
        self, person: User, where: Message | View, block: Json, one: Json, state: Json
    ) -> asyncio.Task[Delivery]:
        key = block["block_id"], one["action_id"]
        self.workspace.chosen.setdefault((_surface(where), person.id), {})[key] = state
        return self._act(person, where, block, state, one)

    async def _choose_loaded(
        self, person: User, where: Message | View, block: Json, one: Json, words: str
    ) -> Delivery:
        loaded = await self._suggested(person, where, block, one, words)
        option = find_option(all_options(loaded.answer or {}), words)
        return await self._chosen(person, where, block, one, value_of(one, option))

    def suggest(self, user: str, where: Message | View, action_id: str, words: str) -> asyncio.Task[Delivery]:
        """Type in an external menu; the options stand in the delivery's `answer`."""
        person, where = self._facing(user, where)
        block, one = _find(where, action_id, lambda *_: True)
        return self._start(self._suggested(person, where, block, one, words))

    async def _suggested(
        self, person: User, where: Message | View, block: Json, one: Json, words: str
    ) -> Delivery:
        if not self.workspace.manifest.options_load:
            raise CannotDo("the manifest has no message_menu_options_url")
        body = shown_view(self.workspace, where) if isinstance(where, View) else None
        asked = {"action_id": one["action_id"], "block_id": block["block_id"], "value": words}
        delivery = await self.send("options", payloads.suggestion(self.workspace, person, where, body, asked))
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
        self._present(user, message.channel)
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
        return self._start(self._acted(person, where, payload))

    async def _acted(self, person: User, where: Message | View, payload: Json) -> Delivery:
        delivery = await self.send("action", payload)
        if not delivery.ok:
            channel = where.channel if isinstance(where, Message) else None
            self.workspace.notify(person.id, channel, "This app did not respond.", delivery.outcome)
        return delivery

    # dialogs

    def submit(self, view: View, values: Json | None = None) -> asyncio.Task[Delivery]:
        """Fill inputs (by action_id, block_id or label) and submit; CannotDo where a needed one is empty."""
        person, now_open = self._facing(view.user, view)
        top = self._top(now_open)
        fill(self.workspace, top, values or {})
        trigger = self.workspace.new_trigger(Grant(person.id, "", self.workspace.clock.now(), view=top.id))
        body = shown_view(self.workspace, top)
        return self._start(self._submitted(top, payloads.view_submission(person, body, trigger)))

    def _top(self, view: Message | View) -> View:
        stack = self.workspace.stack(view.user) if isinstance(view, View) else []
        if not isinstance(view, View) or view.kind != "modal" or stack[-1].id != view.id:
            raise CannotDo("that dialog is not on top")
        return view

    async def _submitted(self, view: View, payload: Json) -> Delivery:
        delivery = await self.send("submission", payload)
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
            return [await self.send("closed", payloads.view_closed(person, body, cleared=cleared))]

        return self._start(told())

    # speaking

    def say(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> asyncio.Task[list[Delivery]]:
        """Post as a person; gives what the app was sent of it (nothing, unless it is subscribed)."""
        person, where = self._present(user, channel)
        if where.is_im and not self.workspace.manifest.messages_writable:
            raise CannotDo("sending messages to this app has been turned off")
        words = addressed(self.workspace, text)
        said = Message(where.id, self.workspace.new_ts(), person.id, words, thread_ts=thread_ts)
        self.workspace.put(said)
        events = [
            payloads.event_callback(self.workspace, payloads.said_event(kind, person, where, said), where)
            for kind in self._heard(where, said)
        ]
        return self._start(self._tell_events(events))

    def _heard(self, channel: Channel, said: Message) -> Iterator[str]:
        hears = self.workspace.manifest.hears
        if not channel.has_bot:
            return
        if f"<@{BOT_USER}>" in said.text and not channel.is_im and hears("app_mention"):
            yield "app_mention"
        group = "message.groups" if channel.is_private else "message.channels"
        if hears("message.im" if channel.is_im else group):
            yield "message"

    def open_home(self, user: str) -> asyncio.Task[list[Delivery]]:
        """Open the app's Home tab."""
        person = self.workspace.user(user)
        if not self.workspace.manifest.home_tab:
            raise CannotDo("the manifest has no Home tab")
        channel = self.workspace.dm(person.id)
        home = self.workspace.homes.get(person.id)
        view = shown_view(self.workspace, home) if home else None
        event = payloads.home_opened(person, channel, view, self.workspace.new_ts())
        return self.event("app_home_opened", event, channel)

    def event(self, name: str, event: Json, channel: Channel | None) -> asyncio.Task[list[Delivery]]:
        """Send an event if the manifest subscribes to it (`message.im` and the like by that name)."""
        heard = self.workspace.manifest.hears(name)
        events = [payloads.event_callback(self.workspace, event, channel)] if heard else []
        return self._start(self._tell_events(events))

    async def _tell_events(self, events: list[Json]) -> list[Delivery]:
        deliveries = [await self.send("event", one) for one in events]
        for one in deliveries:
            if not one.ok and not one.no_retry:
                self._start(self._retry(one))
        return deliveries

    async def _retry(self, failed: Delivery) -> None:
        """Up to three times more: at once, after a minute, after five."""
        for number, seconds in enumerate(most.EVENT_RETRIES, 1):
            await self.workspace.clock.sleep(seconds)
            failed = await self.send("event", failed.payload, retry=number, reason=_reason(failed))
            if failed.ok or failed.no_retry:
                return


def _reason(failed: Delivery) -> str:
    if failed.outcome == "operation_timeout":
        return "http_timeout" if failed.via == "http" else "timeout"
    return "http_error" if failed.status else "connection_failed"


def _surface(where: Message | View) -> str:
    return where.id if isinstance(where, View) else where.ts


def _find(
    where: Message | View, action_id: str | None, is_it: Callable[[Json, Json], bool]
) -> tuple[Json, Json]:
    """The element and its block, or CannotDo with what there is."""
    there = [(block, one) for block in every_block(list(where.blocks)) for one in elements(block)]
    for block, one in there:
        if action_id in {None, one["action_id"]} and is_it(block, one):
            return block, one
    offered = [(one["action_id"], one.get("text", {}).get("text")) for _, one in there]
    raise CannotDo(f"nothing like that stands there; there are {offered}")
