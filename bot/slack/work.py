"""Work under way: Bolt forgets running listeners, so we remember them, and wait for them at the end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger("lookout.slack")

T = TypeVar("T")


class Work:
    """Deliveries being acknowledged, and answers under way. Once `draining` nothing new is taken."""

    def __init__(self) -> None:
        self._taking: set[asyncio.Task[Any]] = set()
        self._answers: set[asyncio.Task[Any]] = set()
        self.draining = False

    async def take(self, delivery: Coroutine[Any, Any, T]) -> T:
        """See a delivery through to its acknowledgement, and give what that gives."""
        return await _kept(self._taking, delivery)

    def start(self, answer: Coroutine[Any, Any, None]) -> None:
        """Let it run on its own; it must not raise."""
        _kept(self._answers, answer)

    async def acknowledged(self, seconds: float) -> None:
        """Wait until what was delivered is acknowledged."""
        await _ended(self._taking, seconds)

    async def finish(self, seconds: float) -> int:
        """Wait for the answers under way; gives how many did not end in time and were given up."""
        await _ended(self._answers, seconds)
        unfinished = tuple(self._answers)
        for task in unfinished:
            task.cancel()
        if unfinished:
            log.warning("%d answers did not end within %.0f s and were given up", len(unfinished), seconds)
            await asyncio.wait(unfinished, timeout=1)
        return len(unfinished)


def _kept(tasks: set[asyncio.Task[Any]], work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


async def _ended(tasks: set[asyncio.Task[Any]], seconds: float) -> None:
    """Until there are none: what is under way may start more."""
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while tasks and (left := end - clock()) > 0:
        await asyncio.wait(tuple(tasks), timeout=left)
