"""The outbox: carries what is planned into its channels, each post once; see `bot.store.posts`.

A post is claimed for a while, and marked just before it is sent: whoever finds the mark, and it not settled,
does not know whether Slack took it, and reads the channel first. So a process may die anywhere.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.errors import LookoutError
from bot.outbox.gates import Gates
from bot.outbox.rules import RULES, Rules
from bot.outbox.turn import POSTING, Lost, Turn
from bot.slack.channel import Channels
from bot.store.lease import real_now
from bot.store.posts import Post, Posts

log = logging.getLogger("lookout.outbox")


async def _nobody(post: Post, sentence: str) -> None:
    """For those that nobody is to be told of."""


@dataclass(slots=True)
class Outbox:
    """`holder` is a text that no other process has; `clock` is monotonic, in seconds; `now` is UTC.

    `lost` is told of each post that is given up, with a sentence, before that is written down: it may be told
    twice where a process dies in between, so it had better be something that is said once, like a post.
    """

    posts: Posts
    channels: Channels
    holder: str
    now: Callable[[], datetime] = real_now
    clock: Callable[[], float] = time.monotonic
    lost: Lost = _nobody
    rules: Rules = RULES
    _gates: Gates = field(init=False)
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _waking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._gates = Gates(self.clock)

    async def wake(self) -> None:
        """Begin with what there is to do: a post in each channel where nothing is under way.

        Raises StoreError.
        """
        async with self._waking:
            without = {*self._busy, *self._gates.shut_now(POSTING)}
            began = self.clock()
            claimed = await self.posts.claim(self.holder, self.now(), self.rules.lease, without=without)
            for post in claimed:
                self._begin(post, began)

    async def run(self) -> None:
        """The same, and wait until all that is under way has ended. Raises StoreError."""
        await self.wake()
        await self.settle()

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._busy:
            await asyncio.wait(set(self._busy.values()))

    async def stop(self, seconds: float) -> None:
        """Wait so long for what is under way, then leave it: it will be looked up."""
        under_way = set(self._busy.values())
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _begin(self, post: Post, began: float) -> None:
        turn = Turn(
            post,
            self.posts,
            self.channels,
            self._gates,
            self.rules,
            self.holder,
            self.now,
            began,
            self.lost,
        )
        task = asyncio.create_task(turn.take())
        self._busy[post.channel] = task
        task.add_done_callback(lambda done: self._ended(post, done))

    def _ended(self, post: Post, done: asyncio.Task[None]) -> None:
        del self._busy[post.channel]
        error = None if done.cancelled() else done.exception()
        if isinstance(error, LookoutError):
            log.warning("a post is left as it is: %s", error)
        elif error is not None:
            log.error("a post failed", exc_info=error)
