"""Work under way: Bolt forgets running listeners, so we remember them, and wait for them at the end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("lookout.slack")


class Work:
    """Answers under way. After `drain` begins nothing new is taken."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.draining = False

    def start(self, answer: Coroutine[Any, Any, None]) -> None:
        """Let it run on its own; it must not raise."""
        task = asyncio.create_task(answer)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> int:
        """Take nothing new and wait for what is under way; returns how many did not end in time."""
        self.draining = True
        if not self._tasks:
            return 0
        _, unfinished = await asyncio.wait(self._tasks, timeout=seconds)
        for task in unfinished:
            task.cancel()
        if unfinished:
            log.warning("%d answers did not end within %.0f s and were given up", len(unfinished), seconds)
        return len(unfinished)
