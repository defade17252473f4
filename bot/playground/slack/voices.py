"""What people say to the bot or near it, and what of that the app hears."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from bot.playground.slack import payloads
from bot.playground.slack.dialogs import shown_view
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.people import BOT_USER, Channel
from bot.playground.slack.sending import Sender
from bot.playground.slack.typed import addressed
from bot.playground.slack.values import Delivery, Message
from bot.playground.slack.workspace import Workspace


@dataclass
class Voices:
    workspace: Workspace
    sender: Sender

    def say(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> asyncio.Task[list[Delivery]]:
        """Post as a person; gives what the app was sent of it (nothing, unless it is subscribed)."""
        person, where = self.workspace.present(user, channel)
        if where.is_im and not self.workspace.manifest.messages_writable:
            raise CannotDo("sending messages to this app has been turned off")
        words = addressed(self.workspace, text)
        said = Message(where.id, self.workspace.new_ts(), person.id, words, thread_ts=thread_ts)
        self.workspace.put(said)
        events = [
            payloads.event_callback(self.workspace, payloads.said_event(kind, person, where, said), where)
            for kind in self._heard(where, said)
        ]
        return self.sender.start(self.sender.tell_events(events))

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
        return self.sender.event("app_home_opened", event, channel)
