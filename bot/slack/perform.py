"""Carries out a Reply in Slack: the one place that answers people.

Every answer goes through `reply()` on the shared connection pool, states its `response_type`, is sent once
and has its outcome checked: Bolt's `respond` does none of these. An outcome that is unclear (a dropped
connection, a 5xx) is not repeated, for the message may be there.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.dialog import dialog, form
from bot.blocks.message import Block, Message
from bot.blocks.pieces import section
from bot.blocks.text import prose
from bot.core.errors import SlackError
from bot.core.reply import Dialog, FieldErrors, File, Home, Nothing, Redraw, Reply, Say
from bot.slack.trouble import FOREIGN, code, translate

log = logging.getLogger("lookout.slack")

BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
CLOSED = frozenset({"not_in_channel", "channel_not_found", "user_not_in_channel"})
"""Channels that the bot cannot post in: what is private goes to the asker's DM then."""
LONGEST_WAIT = 30.0
"""Seconds of Retry-After that an answer waits for; after that nobody reads it any more."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer goes. `public`: the pressed message is one that everybody sees.

    Without a channel it was asked in the Home tab or a dialog: `trigger` opens a dialog, for three seconds.
    """

    user: str
    channel: str = ""
    response_url: str = ""
    public: bool = False
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back from a response_url: `error` is Slack's word, "" when it took the message."""

    error: str = ""
    retry_after: float | None = None


class Performer:
    """`web` must not retry by itself: it posts."""

    def __init__(
        self,
        web: AsyncWebClient,
        session: aiohttp.ClientSession,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._web = web
        self._session = session
        self._sleep = sleep

    async def perform(self, reply: Reply, to: Address) -> None:
        """Carry it out. Raises SlackError when Slack could not be told."""
        match reply:
            case Say(message, public):
                await self._say(message, to, "in_channel" if public else "ephemeral")
            case Redraw(message):
                kind = "in_channel" if to.public else "ephemeral"
                await self._answer(message, to, {"response_type": kind, "replace_original": True})
            case File():
                await self._file(reply, to)
            case Home(blocks):
                await self._publish(blocks, to)
            case Dialog():
                await self._ask(reply, to)
            case Nothing() | FieldErrors():
                pass

    async def _say(self, message: Message, to: Address, kind: str) -> None:
        await self._answer(message, to, {"response_type": kind, "replace_original": False})

    async def _answer(self, message: Message, to: Address, how: dict[str, Any]) -> None:
        """Post; where Slack refuses the blocks the plain text goes out, where the address is used up a fresh
        message."""
        public = how["response_type"] == "in_channel"
        if not to.channel:
            return await self._open(message, to)
        if not to.response_url:
            return await self._post(message, to, public=public)
        outcome = await self.reply(to.response_url, message.payload() | how)
        if outcome.error in BAD_BLOCKS:
            log.warning("Slack refused the blocks of an answer (%s): sent as plain text", outcome.error)
            outcome = await self.reply(to.response_url, {"text": message.text} | how)
        if outcome.error:
            log.warning("an answer's response_url was refused (%s): posted anew", outcome.error)
            await self._post(message, to, public=public)
        return None

    async def reply(self, response_url: str, payload: dict[str, Any]) -> Outcome:
        """One POST to a `response_url`, waited for once where Slack asks to slow down.

        Raises SlackError when the outcome is unclear.
        """
        outcome = await self._reply_once(response_url, payload)
        if outcome.retry_after is not None and outcome.retry_after <= LONGEST_WAIT:
            await self._sleep(outcome.retry_after)
            outcome = await self._reply_once(response_url, payload)
        return outcome

    async def _reply_once(self, response_url: str, payload: dict[str, Any]) -> Outcome:
        try:
            async with self._session.post(response_url, json=payload) as answer:
                body = await answer.text()
        except FOREIGN as error:
            raise translate(error, "answering") from error
        if answer.status >= 500:
            raise SlackError(f"Slack failed while answering (HTTP {answer.status}).")
        if answer.status == 429:
            return Outcome("ratelimited", retry_after_of(answer.headers.get("Retry-After")))
        return Outcome(refusal(answer.status, body))

    async def _post(self, message: Message, to: Address, *, public: bool) -> None:
        """A message without a response_url; where Slack refuses the blocks the plain text goes out."""
        try:
            await self._post_once(message.payload(), to, public=public)
        except FOREIGN as error:
            if code(error) in BAD_BLOCKS and message.blocks:
                log.warning("Slack refused the blocks of an answer (%s): sent as plain text", code(error))
                await self._post(Message(message.text), to, public=public)
            elif code(error) in CLOSED and not public:
                dm = Address(to.user, await self._direct(to.user))
                await self._post(message, dm, public=True)
            else:
                raise translate(error, "answering") from error

    async def _post_once(self, payload: dict[str, Any], to: Address, *, public: bool) -> None:
        payload = {name: value for name, value in payload.items() if value}
        if public:
            await self._web.chat_postMessage(channel=to.channel, **payload)
        else:
            await self._web.chat_postEphemeral(channel=to.channel, user=to.user, **payload)

    async def _open(self, message: Message, to: Address) -> None:
        """A dialog for who asked in the Home tab; where Slack opens none (too late, or with blocks that a
        dialog lacks) it goes to their DM."""
        try:
            await self._web.views_open(trigger_id=to.trigger, view=dialog(message))
        except FOREIGN as error:
            if not code(error):
                raise translate(error, "opening a dialog") from error
            log.warning("an answer goes to the asker's DM: Slack opened no dialog (%s)", code(error))
            await self._post(message, Address(to.user, await self._direct(to.user)), public=True)

    async def _ask(self, asked: Dialog, to: Address) -> None:
        """A dialog to be filled in; where Slack opens none (after three seconds) what one types instead."""
        try:
            await self._web.views_open(trigger_id=to.trigger, view=form(asked, to.channel))
        except FOREIGN as error:
            log.warning("Slack opened no dialog (%s)", code(error) or type(error).__name__)
            said = prose(f"Slack opened no dialog. Type it instead: {asked.typed}")
            await self._say(Message(said, (section(said),)), to, "ephemeral")

    async def _publish(self, blocks: tuple[Block, ...], to: Address) -> None:
        try:
            await self._web.views_publish(user_id=to.user, view={"type": "home", "blocks": list(blocks)})
        except FOREIGN as error:
            raise translate(error, "drawing the Home tab") from error

    async def _file(self, file: File, to: Address) -> None:
        """A public file goes to the channel; a private one, or one that the channel does not take, to the
        asker's DM with a word where it was asked."""
        note = "The file is in your direct messages with Lookout."
        try:
            if file.public:
                try:
                    await self._upload(file, to.channel)
                except SlackError as error:
                    log.warning("a file goes to the asker's DM: %s", error)
                    note = f"The file could not be put into this channel. {error} {note}"
                else:
                    return
            await self._upload(file, await self._direct(to.user))
        except SlackError as error:
            log.warning("a file could not be delivered: %s", error)
            note = f"The file could not be delivered. {error}"
        await self._say(noted(file.message, note), to, "ephemeral")

    async def _direct(self, user: str) -> str:
        try:
            answer = await self._web.conversations_open(users=user)
        except FOREIGN as error:
            raise translate(error, "opening your direct messages") from error
        return str((answer.get("channel") or {}).get("id", ""))

    async def _upload(self, file: File, channel: str) -> None:
        try:
            await self._web.files_upload_v2(
                channel=channel,
                content=file.content,
                filename=file.name,
                title=file.name,
                initial_comment=file.message.text,
            )
        except FOREIGN as error:
            raise translate(error, "uploading a file") from error


def noted(message: Message, note: str) -> Message:
    """The message beside a file, with where the file went."""
    said = prose(note)
    return Message(f"{message.text}\n{said}", (*message.blocks, section(said)))


def refusal(status: int, body: str) -> str:
    """Slack's word for why a response_url was not taken; "" when it was (`ok`, or JSON with ok true)."""
    if body.strip() in ("ok", ""):
        return "" if status < 400 else f"http_{status}"
    try:
        told = json.loads(body)
    except ValueError:
        return "" if status < 400 else body.strip()[:80]
    if not isinstance(told, dict):
        return "" if status < 400 else f"http_{status}"
    if told.get("ok", status < 400):
        return ""
    return str(told.get("error") or f"http_{status}")


def retry_after_of(value: str | None) -> float:
    """Seconds; one where Slack names none (https://docs.slack.dev/apis/web-api/rate-limits)."""
    return float(value) if value and value.isdigit() else 1.0
