"""A Slack on loopback that behaves like Slack towards an app, with Slack's rules."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.playground.slack import limits as most
from bot.playground.slack.clock import Clock, RealClock
from bot.playground.slack.deliver import Courier, Posted, sign
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.faults import Fault, Faults
from bot.playground.slack.hands import Hands
from bot.playground.slack.manifest import read_manifest
from bot.playground.slack.payloads import VERIFICATION
from bot.playground.slack.people import (
    BOT_USER,
    Channel,
    User,
    Usergroup,
    default_channels,
    default_usergroups,
    default_users,
)
from bot.playground.slack.rates import Rates
from bot.playground.slack.sending import Sender
from bot.playground.slack.server import Server, Tokens
from bot.playground.slack.sockets import Sockets
from bot.playground.slack.values import Call, Delivery, File, Message, Notice, UrlPost, View
from bot.playground.slack.voices import Voices
from bot.playground.slack.witness import Witness
from bot.playground.slack.workspace import Watcher, new_workspace

RIGHT = "right"  # for `forge`: the header as Slack would send it


class LocalSlack:
    """`async with LocalSlack(manifest_text) as slack:` listens on 127.0.0.1 until the block ends.

    Which mode it delivers in: Socket Mode, or signed HTTP once `deliver_to(url)` was called.
    """

    bot_token = "xoxb-local-bot-token"  # noqa: S105 - stands for a secret, opens nothing
    app_token = "xapp-local-app-token"  # noqa: S105
    signing_secret = "local-signing-secret"  # noqa: S105

    def __init__(
        self,
        manifest_text: str,
        port: int = 0,
        clock: Clock | None = None,
        users: Iterable[User] | None = None,
        channels: Iterable[Channel] | None = None,
        usergroups: Iterable[Usergroup] | None = None,
        *,
        burst: int = most.POST_BURST,
        tiers: bool = True,
    ) -> None:
        self.clock: Clock = clock or RealClock()
        self.workspace = new_workspace(
            read_manifest(manifest_text),
            self.clock,
            default_users() if users is None else users,
            default_channels() if channels is None else channels,
            default_usergroups() if usergroups is None else usergroups,
        )
        self.faults = Faults()
        self.tokens = Tokens(self.bot_token, self.app_token)
        self.sockets = Sockets(self.clock, self.workspace.tell)
        rates = Rates(self.clock, burst=burst, tiers=tiers)
        self.server = Server(self.workspace, self.tokens, self.faults, rates, self.sockets)
        self.courier = Courier(self.clock, self.sockets, self.signing_secret)
        self.sender = Sender(self.workspace, self.courier)
        self.hands = Hands(self.workspace, self.sender)
        voices = Voices(self.workspace, self.sender)
        self.command, self.press, self.choose = self.hands.command, self.hands.press, self.hands.choose
        self.submit, self.close_dialog, self.suggest = (
            self.hands.submit,
            self.hands.close_dialog,
            self.hands.suggest,
        )
        self.say, self.open_home, self.repeat = voices.say, voices.open_home, self.sender.repeat
        self._port = port
        witness = Witness(self.workspace, self._lately)
        self.wait_for, self.next_message = witness.wait_for, witness.next_message
        self.changed, self.next_view = witness.changed, witness.next_view

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.server.routes(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.server.base = self.hands.base = self.url
        self.workspace.upload_base = f"{self.url}/upload/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.sender.close()
        await self.sockets.close()
        await self.courier.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """The base for an SDK: `http://127.0.0.1:PORT/api/`."""
        return f"{self.url}/api/"

    def deliver_to(self, request_url: str | None) -> None:
        """Deliver over signed HTTP to this address (None: through sockets)."""
        self.courier.request_url = request_url

    # what was written down

    @property
    def calls(self) -> list[Call]:
        return self.server.calls

    @property
    def url_posts(self) -> list[UrlPost]:
        return self.server.url_posts

    @property
    def deliveries(self) -> list[Delivery]:
        return self.sender.deliveries

    @property
    def notices(self) -> list[Notice]:
        return self.workspace.notices

    def calls_of(self, method: str) -> list[Call]:
        return [one for one in self.calls if one.method == method]

    # what stands there

    def messages(self, channel: str, user: str | None = None) -> list[Message]:
        """A channel's messages, oldest first: all of them, or those that one person sees."""
        where = self.workspace.channel(channel)
        viewer = None if user is None else self.workspace.user(user).id
        rows = self.workspace.in_channel(where.id)
        return [one for one in rows if viewer is None or one.for_user in {None, viewer}]

    def current(self, message: Message) -> Message:
        """A message as it stands now; CannotDo where it is gone."""
        found = self.workspace.messages.get(message.key)
        if found is None:
            raise CannotDo("that message is gone")
        return found

    def dialog(self, user: str) -> View | None:
        """The dialog that a person has on top."""
        stack = self.workspace.stack(self.workspace.user(user).id)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        return self.workspace.homes.get(self.workspace.user(user).id)

    def dm_of(self, user: str) -> Channel:
        """The DM between a person and the bot."""
        return self.workspace.dm(self.workspace.user(user).id)

    def file(self, file_id: str) -> File:
        return self.workspace.files[file_id]

    # speaking to the bot

    def mention(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> asyncio.Task[list[Delivery]]:
        """Say `@Lookout …` in a channel."""
        return self.say(user, channel, f"<@{BOT_USER}> {text}", thread_ts=thread_ts)

    def dm(self, user: str, text: str, *, thread_ts: str | None = None) -> asyncio.Task[list[Delivery]]:
        """Write to the bot in its DM."""
        return self.say(user, self.dm_of(user).id, text, thread_ts=thread_ts)

    # the workspace's own life

    def invite_bot(self, channel: str) -> asyncio.Task[list[Delivery]]:
        where = self.workspace.channel(channel)
        joined = self.workspace.set_channel(replace(where, members=where.members | {BOT_USER}))
        event = {"type": "member_joined_channel", "user": BOT_USER, "channel": joined.id, "inviter": "U0ANA"}
        return self.sender.event("member_joined_channel", event, joined)

    def remove_bot(self, channel: str) -> asyncio.Task[list[Delivery]]:
        where = self.workspace.channel(channel)
        left = self.workspace.set_channel(replace(where, members=where.members - {BOT_USER}))
        name = "group_left" if left.is_private else "channel_left"
        return self.sender.event(name, {"type": name, "channel": left.id}, left)

    def archive(self, channel: str) -> asyncio.Task[list[Delivery]]:
        where = self.workspace.channel(channel)
        gone = self.workspace.set_channel(replace(where, is_archived=True))
        name = "group_archive" if gone.is_private else "channel_archive"
        return self.sender.event(name, {"type": name, "channel": gone.id, "user": "U0ANA"}, gone)

    # watching

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Hear of every change (see `Change`); gives back what ends that."""
        return self.workspace.watch(watcher)

    def _lately(self) -> str:
        calls = [(one.method, one.error) for one in self.calls[-5:]]
        sent = [(one.kind, one.outcome) for one in self.deliveries[-5:]]
        posts = [(one.status, one.error) for one in self.url_posts[-5:]]
        return f"calls {calls}, deliveries {sent}, response_url {posts}, notices {self.notices[-3:]}"

    # going wrong

    def misbehave(self, method: str, fault: Fault, times: int | None = 1) -> None:
        """Let a method (or `response_url`, `upload`, `*`) go wrong; see `faults`."""
        self.faults.arm(method, fault, times)

    def behave(self, method: str | None = None) -> None:
        self.faults.clear(method)

    def revoke(self, token: str | None = None) -> None:
        """Take no token any more (or not this one): `token_revoked`."""
        self.tokens.revoked |= {token} if token else {self.bot_token, self.app_token}

    def refuse_block(self, *kinds: str) -> None:
        """These block types have not been rolled out here: `invalid_blocks`."""
        self.workspace.refused_blocks |= set(kinds)

    async def verify(self) -> bool:
        """Check the request URL as Slack does before it delivers events there: the challenge comes back."""
        challenge = {"token": VERIFICATION, "challenge": "3eZbrw1aB10", "type": "url_verification"}
        delivery = await self.sender.send("event", challenge)
        back = delivery.answer.get("challenge") if isinstance(delivery.answer, dict) else delivery.answer
        return delivery.ok and back == challenge["challenge"]

    async def forge(
        self,
        body: bytes = b"command=%2Fsessions&text=",
        *,
        signature: str | None = RIGHT,
        timestamp: str | None = RIGHT,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> int:
        """POST to the app with headers of one's own (None: missing); gives the HTTP status."""
        right = self.courier.signed(body)
        stamp = right["X-Slack-Request-Timestamp"] if timestamp == RIGHT else timestamp
        good = sign(self.signing_secret, stamp or "", body)
        mark = good if signature == RIGHT else signature
        named = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": mark, "Content-Type": content_type}
        headers = {name: value for name, value in named.items() if value is not None}
        return (await self.courier.post(Posted(body, headers))).status
