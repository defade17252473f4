"""One look shared by all who ask meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.mirror.feed import Looked


@dataclass(slots=True)
class Refresh:
    """Who asks while a look is under way joins the next one, which begins when it has ended: what a look
    tells is never older than the question."""

    look: Callable[[], Coroutine[Any, Any, Looked]]
    _now: asyncio.Task[Looked] | None = None
    _next: asyncio.Task[Looked] | None = None

    async def join(self, seconds: float) -> Looked:
        """Raises what the look raises, and TimeoutError after `seconds`: it goes on for the others."""
        async with asyncio.timeout(None if seconds == float("inf") else seconds):
            return await asyncio.shield(self._mine())

    def _mine(self) -> asyncio.Task[Looked]:
        if self._next is not None:
            return self._next
        if self._now is None or self._now.done():
            self._now = asyncio.create_task(self.look())
            self._now.add_done_callback(_heard)
            return self._now
        self._next = asyncio.create_task(self._after(self._now))
        self._next.add_done_callback(_heard)
        return self._next

    async def _after(self, before: asyncio.Task[Looked]) -> Looked:
        await asyncio.wait({before})
        self._now, self._next = self._next, None
        return await self.look()

    @property
    def under_way(self) -> bool:
        return self._now is not None and not self._now.done()

    async def stop(self) -> None:
        tasks = [task for task in (self._now, self._next) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _heard(task: asyncio.Task[Looked]) -> None:
    """Whoever asked may have gone: its error is told to nobody then."""
    if not task.cancelled():
        task.exception()
