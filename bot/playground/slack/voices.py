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
from bot.playground.slack.values import Change, Delivery, Message
from bot.playground.slack.workspace import Workspace

_ECHOES = {"posted": None, "edited": "message_changed", "deleted": "message_deleted"}


@dataclass
class Voices:
    workspace: Workspace
    sender: Sender

    def __post_init__(self) -> None:
        self.workspace.watch(self._echo)

    def say(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> asyncio.Task[list[Delivery]]:
        """Post as a person; gives what the app was sent of it (nothing, unless it is subscribed)."""
        person, where = self.workspace.present(user, channel)
        manifest = self.workspace.manifest
        if where.is_im and not (manifest.messages_tab and manifest.messages_writable):
            raise CannotDo("sending messages to this app has been turned off")
        words = addressed(self.workspace, text)
        said = Message(where.id, self.workspace.new_ts(), person.id, words, thread_ts=thread_ts)
        self.workspace.put(said)
        events = [
            payloads.event_callback(self.workspace, payloads.said_event(kind, person, where, said), where)
            for kind in self._heard(where, said)
        ]
        return self.sender.start(self.sender.tell_events(events))

    def _echo(self, change: Change) -> None:
        """What the app itself posts, edits and deletes comes back to it, where it hears messages."""
        message = change.subject
        if change.what not in _ECHOES or message.author != BOT_USER or message.is_ephemeral:
            return
        where = self.workspace.channels[message.channel]
        if "message" in self._heard(where, message):
            event = payloads.echo_event(self.workspace, where, message, _ECHOES[change.what])
            sent = payloads.event_callback(self.workspace, event, where)
            self.sender.start(self.sender.tell_events([sent]))

    def _heard(self, channel: Channel, said: Message) -> Iterator[str]:
        hears = self.workspace.manifest.hears
        if not channel.has_bot:
            return
        if f"<@{BOT_USER}>" in said.text and not channel.is_im and hears("app_mention"):
            yield "app_mention"
        group = "message.groups" if channel.is_private else "message.channels"
        if hears("message.im" if channel.is_im else group):
            yield "message"

    def open_home(self, user: str, tab: str = "home") -> asyncio.Task[list[Delivery]]:
        """Open the app's Home tab (or, as `tab="messages"`, the DM with it)."""
        person = self.workspace.user(user)
        if tab == "home" and not self.workspace.manifest.home_tab:
            raise CannotDo("the manifest has no Home tab")
        channel = self.workspace.dm(person.id)
        home = self.workspace.homes.get(person.id)
        view = shown_view(self.workspace, home) if home and tab == "home" else None
        event = payloads.home_opened(person, channel, view, self.workspace.new_ts(), tab)
        return self.sender.event("app_home_opened", event, channel)
