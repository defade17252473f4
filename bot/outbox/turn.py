"""One turn at one post that is claimed: look it up where it may be there already, post or edit it, settle."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.blocks.message import Message
from bot.core.errors import SlackError
from bot.outbox.gates import Gates
from bot.outbox.looks import EVENT, looks, match, metadata, noted, version_of
from bot.outbox.rules import Rules
from bot.slack.channel import Channels, Found, PostRefused, Unclear
from bot.slack.perform import BAD_BLOCKS
from bot.store.posts import Post, Posts, State

log = logging.getLogger("lookout.outbox")

POSTING, EDITING, READING = "post ", "edit", "read"
MISSING = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words at an edit for a message that is not there, or not ours to change any more."""
MENDED = frozenset({"missing_scope"})
"""What an operator may mend: it is tried again and again."""

Lost = Callable[[Post, str], Awaitable[None]]


@dataclass(slots=True)
class Turn:
    """`began` is when the claim was asked for, by the clock of `gates`: what lasts too long is given up, for
    another process may be at it by then."""

    post: Post
    posts: Posts
    channels: Channels
    gates: Gates
    rules: Rules
    holder: str
    now: Callable[[], datetime]
    began: float
    lost: Lost

    async def take(self) -> None:
        """Raises StoreError: whoever claims the post next looks it up."""
        try:
            await (self._edit() if self.post.state is State.POSTED else self._post())
        except PostRefused as error:
            await self._refused(error)
        except SlackError as error:
            await self._later(error)

    async def _post(self) -> None:
        if self.post.unclear and self.rules.looks_up and await self._look_up():
            return
        self.began = self.gates.clock()
        if not await self.posts.begin(self.post, self.holder, self.now(), self.rules.lease):
            return
        try:
            ts = await self._send(POSTING + self.post.channel, self._put)
        except Unclear:
            self.post = replace(self.post, unclear=True)
            raise
        await self._settle(ts, self.post.wanted)

    async def _look_up(self) -> bool:
        """Whether it stands in the channel; what cannot be read may be said twice, and says so."""
        try:
            found = await self.gates.through(READING, self._find)
        except PostRefused as error:
            log.warning("a post is made again unchecked: %s", error)
            self.post = replace(self.post, repeats=True)
            return False
        if found is not None:
            await self._settle(found.ts, version_of(found.payload, self.post))
            return True
        self.post = replace(self.post, unclear=False)
        return False

    async def _edit(self) -> None:
        await self._send(EDITING, self._change)
        await self._settle(self.post.ts or "", self.post.wanted)

    async def _send(self, gate: str, call: Callable[[Message], Awaitable[str]]) -> str:
        """As it should look, or plainer where Slack refuses that."""
        message = noted(self.post.message, anew=self.post.anew, repeats=self.post.repeats)
        refused = None
        for look in looks(message):
            self._be_in_time()
            try:
                ts = await self.gates.through(gate, partial(call, look))
            except PostRefused as error:
                if error.word not in BAD_BLOCKS:
                    raise
                log.warning("Slack refuses the blocks of a post (%s): it is sent plainer", error.word)
                refused = error
            else:
                self.gates.shut(POSTING + self.post.channel, self.rules.pace)
                return ts
        raise refused or PostRefused("Slack refused an empty message.", "no_text")

    def _be_in_time(self) -> None:
        """A call takes up to a third of the lease: it must end within."""
        if self.gates.clock() - self.began > self.rules.lease.total_seconds() * 2 / 3:
            raise SlackError("It took too long to get here.")

    async def _find(self) -> Found | None:
        since = self.post.planned_at - self.rules.skew
        return await self.channels.find(self.post.channel, EVENT, match(self.post), since)

    async def _put(self, message: Message) -> str:
        return await self.channels.post(self.post.channel, message, metadata(self.post))

    async def _change(self, message: Message) -> str:
        ts = self.post.ts or ""
        await self.channels.edit(self.post.channel, ts, message, metadata(self.post))
        return ts

    async def _settle(self, ts: str, version: int) -> None:
        repeats = self.post.repeats
        await self.posts.settle(self.post, self.holder, self.now(), ts, version, repeats=repeats)

    async def _refused(self, error: PostRefused) -> None:
        if error.word in MENDED:
            await self._later(error)
        elif error.word in MISSING and self.post.state is State.POSTED and not self.post.anew:
            log.warning("a message is gone (%s): it is posted anew", error.word)
            await self.posts.renew(self.post, self.holder)
        else:
            log.warning("a post is given up (%s): %s", error.word, error)
            await self.lost(self.post, str(error))
            await self.posts.gone(self.post, self.holder, self.now(), str(error))

    async def _later(self, error: SlackError) -> None:
        after = getattr(error, "after", None)
        wait = self.rules.wait(self.post.tries) if after is None else timedelta(seconds=after)
        level = logging.WARNING if after is None else logging.INFO
        log.log(level, "a post waits for %.0f s: %s", wait.total_seconds(), error)
        await self.posts.release(
            self.post, self.holder, self.now(), wait, unclear=self.post.unclear, trouble=str(error)
        )
