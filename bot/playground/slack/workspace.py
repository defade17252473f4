"""The workspace's memory: who is there, what was said, and whoever watches it change. No I/O."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bot.playground.slack.clock import Clock
from bot.playground.slack.errors import CannotDo, SlackError
from bot.playground.slack.manifest import Manifest
from bot.playground.slack.people import BOT_USER, Channel, User, Usergroup, bot_user
from bot.playground.slack.values import Change, File, Message, Notice, View, remember

Watcher = Callable[[Change], None]
Choice = tuple[str, str]  # block_id, action_id


@dataclass
class Grant:
    """A trigger or a response_url: whose interaction it came from and how much of it is used up."""

    user: str
    channel: str
    at: float
    message: Message | None = None
    view: str | None = None
    used: int = 0


@dataclass
class Workspace:
    manifest: Manifest
    clock: Clock
    users: dict[str, User]
    channels: dict[str, Channel]
    usergroups: dict[str, Usergroup]
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    _rooms: dict[str, dict[str, Message]] = field(default_factory=dict)
    _threads: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    triggers: dict[str, Grant] = field(default_factory=dict)
    response_urls: dict[str, Grant] = field(default_factory=dict)
    chosen: dict[tuple[str, str], dict[Choice, Any]] = field(default_factory=dict)
    refused_blocks: set[str] = field(default_factory=set)
    file_seconds: float = 0.0
    upload_base: str = ""
    _watchers: list[Watcher] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _last_ts: int = 0

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` at every change from now on; gives back what ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, what: str, subject: Any) -> None:
        for watcher in tuple(self._watchers):
            watcher(Change(what, subject))

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):08}"

    def new_ts(self) -> str:
        """A message's `ts`: the present in microseconds, never the same twice."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    # messages

    def put(self, message: Message) -> Message:
        self._keep(message)
        self.tell("posted", message)
        return message

    def edit(self, message: Message, **changes: Any) -> Message:
        changed = replace(message, version=message.version + 1, **changes)
        self._keep(changed)
        self.tell("edited", changed)
        return changed

    def _keep(self, message: Message) -> None:
        self.messages[message.key] = message
        self._rooms.setdefault(message.channel, {})[message.ts] = message
        if message.thread_ts:
            self._threads.setdefault((message.channel, message.thread_ts), {})[message.ts] = None

    def drop(self, message: Message) -> None:
        del self.messages[message.key], self._rooms[message.channel][message.ts]
        self._threads.get((message.channel, message.thread_ts or ""), {}).pop(message.ts, None)
        self.tell("deleted", message)

    def in_channel(self, channel: str) -> list[Message]:
        """A channel's messages, oldest first, private ones and replies included."""
        return list(self._rooms.get(channel, {}).values())  # a later message has a later ts, always

    def replies(self, message: Message) -> list[Message]:
        """A message's thread without itself, oldest first, private ones included."""
        kept = self._threads.get(message.key, {})
        return [self.messages[message.channel, ts] for ts in kept if ts != message.ts]

    def notify(self, user: str, channel: str | None, text: str, error: str) -> None:
        notice = Notice(user, channel, text, error, self.clock.now())
        remember(self.notices, notice)
        self.tell("notice", notice)

    # people and channels

    def user(self, user: str) -> User:
        """A user by id or name; CannotDo where there is none."""
        found = self.users.get(user) or next((one for one in self.users.values() if one.name == user), None)
        if found is None:
            raise CannotDo(f"no user {user}")
        return found

    def channel(self, channel: str) -> Channel:
        """A channel by id or name, with or without #; CannotDo where there is none."""
        found = self.find_channel(channel)
        if found is None:
            raise CannotDo(f"no channel {channel}")
        return found

    def find_channel(self, channel: str) -> Channel | None:
        name = channel.removeprefix("#")
        by_name = (one for one in self.channels.values() if one.name == name and not one.is_im)
        return self.channels.get(channel) or next(by_name, None)

    def present(self, user: str, channel: str) -> tuple[User, Channel]:
        """Someone in a channel that they can write in, or CannotDo."""
        person, where = self.user(user), self.channel(channel)
        if person.id not in where.members:
            raise CannotDo(f"{person.name} is not in {where.name}")
        if where.is_archived:
            raise CannotDo(f"{where.name} is archived")
        return person, where

    def set_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.tell("channel", channel)
        return channel

    def set_user(self, user: User) -> User:
        self.users[user.id] = user
        self.tell("user", user)
        return user

    def dm(self, user: str) -> Channel:
        """The DM of the bot with a person, opened where it was not."""
        opened = Channel("", "directmessage", frozenset({user, BOT_USER}), is_private=True, is_im=True)
        return self.find_dm(user) or self.set_channel(replace(opened, id=self.new_id("D")))

    def find_dm(self, user: str) -> Channel | None:
        members = frozenset({user, BOT_USER})
        return next((one for one in self.channels.values() if one.is_im and one.members == members), None)

    # what a person has open

    def stack(self, user: str) -> list[View]:
        """A person's open dialogs, the lowest first."""
        return [one for one in self.views.values() if one.user == user]

    def put_view(self, view: View) -> View:
        shelf = self.homes if view.kind == "home" else self.views
        shelf[view.user if view.kind == "home" else view.id] = view
        self.tell("home" if view.kind == "home" else "view", view)
        return view

    def close_views(self, views: Iterable[View]) -> None:
        for view in list(views):
            if self.views.pop(view.id, None):
                self.tell("view_closed", view)

    def find_view(self, view: str) -> View | None:
        homes = (one for one in self.homes.values() if one.id == view)
        return self.views.get(view) or next(homes, None)

    # grants

    def new_trigger(self, grant: Grant) -> str:
        trigger = f"{self.new_id('')}.{self.new_id('')}.{len(self.triggers):08x}"
        self.triggers[trigger] = grant
        return trigger

    def ready_files(self) -> frozenset[str]:
        """The files that Slack has finished looking at (a message may show them)."""
        now = self.clock.now()
        return frozenset(
            one.id
            for one in self.files.values()
            if one.completed_at is not None and one.completed_at + self.file_seconds <= now
        )

    def require_scope(self, *any_of: str) -> None:
        """SlackError `missing_scope` where none of these is granted."""
        if not self.manifest.scopes & set(any_of):
            provided = ",".join(sorted(self.manifest.scopes))
            raise SlackError("missing_scope", needed=any_of[0], provided=provided)


def new_workspace(
    manifest: Manifest,
    clock: Clock,
    users: Iterable[User],
    channels: Iterable[Channel],
    usergroups: Iterable[Usergroup],
) -> Workspace:
    people = (*users, bot_user(manifest))
    return Workspace(
        manifest,
        clock,
        {one.id: one for one in people},
        {one.id: one for one in channels},
        {one.id: one for one in usergroups},
    )
