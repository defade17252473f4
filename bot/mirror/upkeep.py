"""Keeping the copy up: what has to be done again and again, where that is this process's duty."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.api.client import Client
from bot.core.errors import ApiError, LookoutError, NotFound, StoreError
from bot.core.patience import Clock, Patience, Waits
from bot.mirror.diagnosis import Diagnosis
from bot.mirror.duty import Duty
from bot.mirror.feed import Feed, Looked
from bot.mirror.fill import Fill, server_time
from bot.mirror.refresh import Refresh
from bot.mirror.rules import Rules
from bot.mirror.sweep import Sweep
from bot.store.attempts import Attempts
from bot.store.failures import KEPT_FOR, Failures
from bot.store.progress import Progress

log = logging.getLogger("lookout.mirror")

TICK = 60.0
"""Seconds that a tick may take, retries included."""
READY_WITHIN = timedelta(minutes=2)
"""How old the last complete tick or look may be where a process gets ready."""
NO_FEED = Waits(30.0, 600.0)
"""Until a server without a feed is asked for it again: a proxy's 404 passes, so it is soon at first."""


@dataclass(slots=True)
class Upkeep:
    """`now` gives the present in UTC, `clock` is monotonic, in seconds.

    `ready`: the last 24 h could be answered exactly, once.
    """

    client: Client
    copy: Attempts
    failures: Failures
    feed: Feed
    filling: Fill
    sweeping: Sweep
    diagnosis: Diagnosis
    now: Callable[[], datetime]
    clock: Clock
    rules: Rules
    duty: Duty
    refresh: Refresh = field(init=False)
    ready: bool = False
    _troubles: dict[str, str] = field(default_factory=dict)
    _no_feed: Waits | None = None
    _begun: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.refresh = Refresh(self._look)

    async def _look(self) -> Looked:
        return await self.feed.look(Patience(self.clock, total=TICK))

    @property
    def trouble(self) -> str | None:
        """Why it does not get on, as a sentence: of the last time that each thing was tried."""
        return next(iter(self._troubles.values()), None)

    @property
    def only_sessions(self) -> bool:
        """Whether the server has nothing but the list of sessions, as far as is known."""
        return self._no_feed is not None

    async def hold(self) -> None:
        """Keep the lease, or take it where it is free: who gets it begins at once."""
        await self._quietly("hold", self._hold())

    async def _hold(self) -> None:
        if await self.duty.hold() and (self._begun is None or self._begun.done()):
            self._begun = asyncio.create_task(self._begin())
        if not self.duty.ours():
            for what in ("tick", "diagnose", "sweep"):  # they are another's now
                self._troubles.pop(what, None)

    async def _begin(self) -> None:
        with suppress(LookoutError):  # told when their turn comes
            await self.tick()
            await self.fill()

    async def tick(self) -> None:
        """Keep up. A look that is under way does as much."""
        await self._look_for_copy()
        if self.duty.ours() and not self.refresh.under_way and not self.only_sessions:
            await self._quietly("tick", self.feed.tick(Patience(self.clock, total=TICK)))

    async def fill(self) -> None:
        """Fill the copy where it is not full yet; it is ready once the last 24 h can be answered exactly."""
        await self._look_for_copy()
        if self._no_feed is not None and self.clock() < self._no_feed.until:
            return
        try:
            await self._quietly("fill", self.filling.run())
        finally:
            await self._look_for_copy()
            await self.is_ready()

    async def _look_for_copy(self) -> None:
        if self._no_feed is not None:
            self.noticed(await self.copy.progress())

    def noticed(self, progress: Progress) -> None:
        """How the copy stands, told to who takes the server for one that has sessions only: where there is a
        copy, of this process or another, there is a feed, and it is as if that list had never been read."""
        if self._no_feed is not None and progress.mark is not None:
            self._no_feed, self.ready = None, False

    async def is_ready(self) -> bool:
        """Whether the last 24 h can be answered exactly; what fails once they could does not matter. Raises
        StoreError."""
        if not self.ready:
            progress = await self.copy.progress()
            ticked = progress.ticked_at is not None and abs(self.now() - progress.ticked_at) < READY_WITHIN
            self.ready = ticked and progress.holds_from(self.now() - self.rules.exact)
        return self.ready

    async def diagnose(self) -> None:
        """Read the errors that nobody has read yet."""
        if not self.only_sessions:
            await self._quietly("diagnose", self.diagnosis.run())

    async def sweep(self) -> None:
        """Once a day, look whether anything was missed."""
        if self.duty.ours() and not self.only_sessions:
            await self._quietly("sweep", self.sweeping.run())

    async def prune(self) -> None:
        """Let go of what is kept no longer: by the server's clock where ours is ahead, for what is gone is no
        news any more."""
        mark = (await self.copy.progress()).mark
        if mark is None:
            return
        now = min(self.now(), server_time(self.client.stats.date) or mark.created_at)
        while self.duty.ours() and await self.copy.prune(now - self.rules.kept - timedelta(days=1)):
            pass
        if self.duty.ours():
            await self.failures.prune(now - KEPT_FOR)

    async def _quietly(self, what: str, work: Awaitable[None]) -> None:
        """What fails again and again is told once, until it is something else."""
        try:
            await work
        except NotFound as error:
            if (await self.copy.progress()).mark is None:
                await self._list_of_sessions(what)
            else:  # where there is a copy there was a feed: a proxy's 404 passes
                self._failed(what, error)
        except (ApiError, StoreError) as error:
            self._failed(what, error)
        else:
            self._troubles.pop(what, None)

    def _failed(self, what: str, error: LookoutError) -> None:
        if str(error) != self._troubles.get(what):
            log.warning("%s The copy stays as it is meanwhile.", error)
        self._troubles[what] = str(error)

    async def _list_of_sessions(self, what: str) -> None:
        """A server that has nothing but the list of sessions: ready once that has been read."""
        try:
            await self.client.sessions(patience=Patience(self.clock, total=TICK))
        except ApiError as error:
            self._failed(what, error)
            return
        self._no_feed = (self._no_feed or NO_FEED).after(self.clock())
        self.ready = True
        self._troubles.pop(what, None)

    async def stop(self) -> None:
        """Nothing goes on once the database is closed."""
        if self._begun is not None:
            self._begun.cancel()
            await asyncio.gather(self._begun, return_exceptions=True)
        await self.refresh.stop()
        await self.filling.stop()
        await self.duty.release()
