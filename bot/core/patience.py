"""How long one answer may keep asking the API.

In Slack an answer reads for at most ten seconds in all; `ask` and files read to the end, but give up after
thirty seconds without one good answer. Time is whatever monotonic clock is handed in, in seconds.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf

Clock = Callable[[], float]


@dataclass(slots=True)
class Patience:
    """A budget shared by all requests of one answer.

    `total` bounds the whole, `silence` the time since the last good answer; None leaves that one out. Each
    request waits for its `turn`, where there are turns, and so does each that is made again.
    """

    clock: Clock
    total: float | None = None
    silence: float | None = None
    turn: Callable[[], Awaitable[None]] | None = None
    answered: bool = False
    _began: float = field(init=False)
    _good: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self._good = self.clock()

    def good(self) -> None:
        """A good answer came."""
        self.answered = True
        self._good = self.clock()

    def left(self) -> float:
        """Seconds until asking must end; 0 when it must end now, `inf` without bounds."""
        now = self.clock()
        ends = [
            inf if self.total is None else self._began + self.total,
            inf if self.silence is None else self._good + self.silence,
        ]
        return max(0.0, min(ends) - now)

    def within(self, total: float) -> "Patience":
        """A shorter budget inside this one that starts now: at most `total` seconds."""
        return Patience(self.clock, min(total, self.left()), self.silence, self.turn)


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits that double, from `next` up to `longest`, in seconds of a monotonic clock; this one is over at
    `until`."""

    next: float
    longest: float
    until: float = -inf

    def after(self, now: float) -> "Waits":
        return Waits(min(2 * self.next, self.longest), self.longest, now + self.next)
