"""One clock for all on stage: the account, the local Slack and the bot jump together."""

import asyncio
import time
from datetime import datetime, timedelta

from bot.playground.account.clock import Clock

WIRE_SECONDS = 30.0
"""Shorter waits are matters of the wire (an acknowledgement, a slow answer) and stay real: a clock that jumps
past them would fail what goes well."""


class DemoClock:
    """Runs in real time from `start` on (by default the present), and can be moved forward.

    It is a clock as the local Slack wants it (`now` in Unix seconds, `sleep`), too.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self.clock = Clock(start)
        self._ahead = 0.0
        self._moved = asyncio.Event()

    def time(self) -> datetime:
        """The present, aware UTC."""
        return self.clock.now()

    def now(self) -> float:
        return self.clock.now().timestamp()

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def move(self, by: timedelta) -> None:
        self.clock.move(by)
        self._ahead += by.total_seconds()
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait; a long wait is cut short where the clock is moved past its end."""
        if seconds < WIRE_SECONDS:
            return await asyncio.sleep(seconds)
        end = self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0:
            await asyncio.wait([moved := asyncio.ensure_future(self._moved.wait())], timeout=left)
            moved.cancel()
        return None
