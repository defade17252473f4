"""Wakes what has to be done again and again. No logic: who is woken decides what there is to do."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.core.errors import LookoutError

log = logging.getLogger("lookout.ticker")


@dataclass(frozen=True, slots=True)
class Wake:
    """Call `call` every `every`, first after that long or, with `at_once`, at the start.

    A call that is still under way when its next turn comes takes the turn's place: no call overlaps itself.
    """

    name: str
    every: timedelta
    call: Callable[[], Awaitable[object]]
    at_once: bool = False


@asynccontextmanager
async def ticking(*wakes: Wake) -> AsyncIterator[None]:
    """Wake them for as long as the context lasts; calls under way at its end are cancelled and waited for."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        # The default lets a call that is a second late fall out, silently.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    calls = _Calls()
    for wake in wakes:
        first = {"next_run_time": datetime.now(UTC)} if wake.at_once else {}
        scheduler.add_job(
            calls.make, "interval", [wake], seconds=wake.every.total_seconds(), id=wake.name, **first
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await calls.end()
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it shuts down in the loop's next turn


@dataclass(slots=True)
class _Calls:
    """The calls under way, by the scheduler's task. The scheduler cancels at its end, but waits for none."""

    under_way: dict[asyncio.Task[object] | None, asyncio.Future[object]] = field(default_factory=dict)

    async def make(self, wake: Wake) -> None:
        turn, call = asyncio.current_task(), asyncio.ensure_future(wake.call())
        self.under_way[turn] = call
        try:
            await asyncio.wait([call])
            if not call.cancelled():
                call.result()
        except LookoutError as error:
            log.warning("%s: %s", wake.name, error)
        finally:
            del self.under_way[turn]

    async def end(self) -> None:
        turns = [turn for turn in self.under_way if turn]
        for call in self.under_way.values():
            call.cancel()
        if turns:
            await asyncio.wait(turns)
