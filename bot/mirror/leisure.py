"""What is not urgent takes its turn: a few requests a second in all, whoever sends them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.core.patience import Clock, Patience

A_SECOND = 4.0
AT_LEISURE = 2
"""Requests in flight."""
SILENCE = 30.0
"""Seconds without one good answer after which what goes on in the background gives up, to be woken again."""


@dataclass(slots=True)
class Leisure:
    """At most `rate` turns a second, evenly."""

    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    rate: float = A_SECOND
    _next: float = 0.0

    async def turn(self) -> None:
        now = self.clock()
        at = max(now, self._next)
        self._next = at + 1.0 / self.rate
        if at > now:
            await self.sleep(at - now)

    def patience(self, total: float | None = None) -> Patience:
        """Requests take turns until so many seconds are over; without `total`, until all is silent."""
        return Patience(self.clock, total, SILENCE if total is None else None, self.turn)
