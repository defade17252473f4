"""The copy filled with the recent past, newest first.

What an exact answer for the last 24 h needs comes at full speed, what is behind it at leisure. How far it
goes is written with the rows themselves: after a crash it goes on where it was.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Self

from bot.api.client import Client
from bot.core.errors import ApiError, StoreError, Unreachable
from bot.core.model import MARGIN, Attempt
from bot.core.patience import Clock, Patience
from bot.mirror.duty import Duty
from bot.mirror.leisure import AT_LEISURE, SILENCE, Leisure
from bot.mirror.rules import RULES, Rules
from bot.mirror.segments import Reading, check_readable
from bot.mirror.sending import pages_of
from bot.store.attempts import Attempts
from bot.store.progress import Mark, News, Progress

BATCH = 500
"""Rows in one transaction: larger ones keep others waiting for longer."""
WRITES_BEHIND = 6
"""Batches that may wait to be written."""
ASK_AGAIN = 0.5
"""Seconds between two looks at how far another process has filled."""


@dataclass(slots=True)
class Fill:
    """Fills a copy. `now` gives the present in UTC, `clock` is monotonic, in seconds.

    `error` is why filling stopped short the last time.
    """

    client: Client
    copy: Attempts
    now: Callable[[], datetime]
    clock: Clock
    leisure: Leisure
    rules: Rules = RULES
    duty: Duty = field(default_factory=Duty)
    error: ApiError | StoreError | None = None
    _waiting: list[datetime] = field(default_factory=list)
    _running: asyncio.Task[None] | None = None
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Fill as far as it goes, where that is this process's duty; any may begin, and reads for who waits.
        Raises ApiError where it stopped short, NotFound where the server has no feed of attempts."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        await asyncio.shield(self._running)

    async def until(self, floor: datetime, patience: Patience) -> Progress:
        """Have it filled down to `floor`, for as long as patience lasts; gives how far it goes by then. What
        nobody waits for any more is not read."""
        self._waiting.append(floor)
        before: Progress | None = None
        try:
            while not (progress := await self.copy.progress()).holds_from(floor):
                if await self._moves_on(before, progress, patience) is False:
                    return await self.copy.progress()
                before = progress
        finally:
            self._waiting.remove(floor)
        return progress

    async def _moves_on(self, before: Progress | None, progress: Progress, patience: Patience) -> bool:
        """Wait until there is more; False where patience is over, or filling stopped."""
        if self._another_fills(before, progress):  # it tells nothing: the database is asked again
            await self.leisure.sleep(min(ASK_AGAIN, patience.left()))
            return patience.left() > 0
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        waits = asyncio.create_task(self._moved.wait())
        await asyncio.wait(
            {waits, self._running}, timeout=patience.left(), return_when=asyncio.FIRST_COMPLETED
        )
        waits.cancel()
        return patience.left() > 0 and not (self._running.done() and self._running.exception())

    def _another_fills(self, before: Progress | None, progress: Progress) -> bool:
        """Whether another process is at it, at full speed, and gets on."""
        if progress.mark is None or self.duty.ours() or progress.holds_from(self.now() - self.rules.exact):
            return False
        return before is None or before.bottom_id != progress.bottom_id

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        patience = Patience(self.clock, silence=SILENCE)
        try:
            progress = await self.copy.progress()
            if progress.mark is None:
                await self._begin(patience)
            if self.duty.ours():
                await self._down(self.now() - self.rules.exact, patience, self.rules.fill_width, self._idle)
            await self._down_to_who_waits()
            while self.duty.ours() and not await self._down(
                *(self.now() - self.rules.kept, self.leisure.patience(), AT_LEISURE, self._interrupted)
            ):
                await self._down_to_who_waits()
        except (ApiError, StoreError) as error:
            self.error = error
            raise
        else:
            self.error = None
        finally:
            self._moves()

    async def _begin(self, patience: Patience) -> None:
        """The feed's first page: from here on ticks go up and the fill goes down."""
        at = self.now()
        head = await self.client.attempts(patience=patience)
        check_readable(head, self.client.account.name)
        began = server_time(self.client.stats.date) or at
        if head.rows and head.highest_id is not None:
            mark = Mark(head.highest_id, head.rows[0].created_at)
        else:
            mark = Mark(0, began)
        news = News(
            mark=mark,
            ticked_at=at,
            began_at=began,
            bottom_id=head.lowest_id or 0,
            bottom_created=head.rows[-1].created_at if head.rows else None,
            odd=head.odd_ids,
        )
        await self.copy.put(head.rows, at, news)
        self._moves()

    async def _down_to_who_waits(self) -> None:
        while self._waiting:
            floor = min(self._waiting)
            if (await self.copy.progress()).holds_from(floor):
                return
            patience = Patience(self.clock, silence=SILENCE)
            await self._down(floor, patience, self.rules.fill_width, lambda: not self._waiting)

    def _idle(self) -> bool:
        """Whether another process fills now."""
        return not self.duty.ours()

    def _interrupted(self) -> bool:
        """Whether what is filled at leisure has to wait."""
        return bool(self._waiting) or self._idle()

    async def _down(
        self, floor: datetime, patience: Patience, width: int, leaves_off: Callable[[], bool]
    ) -> bool:
        """From the bottom down to `floor`; False where it left off for something else, as it is told after
        each page. Raises ApiError."""
        progress = await self.copy.progress()
        if progress.holds_from(floor) or progress.bottom_id is None:
            return True
        at = self.now()
        page = await self.client.attempts(progress.bottom_id, patience=patience)
        reading = Reading(page, floor)
        batch, left_off = _Batch(progress.bottom_id), False
        asked = pages_of(self.client, reading, patience, width)
        async with _Writing() as writing, aclosing(asked) as pages:
            async for rows, odd in pages:
                batch.add(rows, odd)
                if len(batch.rows) >= BATCH:
                    await writing.next(partial(self._keep, batch, at))
                    batch, at = _Batch(batch.lowest), self.now()
                if left_off := leaves_off():
                    break
            await writing.next(partial(self._keep, batch, at))
        if reading.complete:
            await self._finish(floor, batch.lowest)
        elif not left_off:
            raise reading.error or Unreachable("The account did not let the copy be filled.")
        return reading.complete

    async def _keep(self, batch: "_Batch", at: datetime) -> None:
        last = batch.rows[-1] if batch.rows else None
        news = News(
            bottom_id=last.id if last else None,
            bottom_from=batch.below,
            bottom_created=last.created_at if last else None,
            odd=frozenset(batch.odd),
        )
        await self.copy.put(batch.rows, at, news)
        self._moves()

    async def _finish(self, floor: datetime, below: int) -> None:
        """What ended above the floor ended with the account: nothing is `below` the last that was read."""
        if not (await self.copy.progress()).holds_from(floor):
            end = News(bottom_id=0, bottom_created=floor - MARGIN, bottom_from=below)
            await self.copy.put((), self.now(), end)
        self._moves()

    def _moves(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


@dataclass(slots=True)
class _Writing:
    """Writes one after the other, while more is read: now and then one takes long, when the disk follows.

    At the end all has been written, or the first error is raised.
    """

    _under_way: deque[asyncio.Task[None]] = field(default_factory=deque)

    async def next(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin it once those before have ended well; with too many of them, wait. Raises what they do."""
        before = self._under_way[-1] if self._under_way else None
        self._under_way.append(asyncio.create_task(_after(before, work)))
        if len(self._under_way) > WRITES_BEHIND:
            await self._under_way[0]
            self._under_way.popleft()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        ended = await asyncio.gather(*self._under_way, return_exceptions=True)
        if error is None:
            for outcome in ended:
                if isinstance(outcome, BaseException):
                    raise outcome


async def _after(before: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]) -> None:
    if before is not None:
        await asyncio.shield(before)
    await work()


@dataclass(slots=True)
class _Batch:
    """What was read next `below` an id."""

    below: int
    rows: list[Attempt] = field(default_factory=list)
    odd: set[int] = field(default_factory=set)

    @property
    def lowest(self) -> int:
        return self.rows[-1].id if self.rows else self.below

    def add(self, rows: list[Attempt], odd: frozenset[int]) -> None:
        self.rows += rows
        self.odd |= odd


def server_time(date: str | None) -> datetime | None:
    """A server's clock, from the Date header of an answer; None where it tells none."""
    try:
        return parsedate_to_datetime(date or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
