"""How many requests a minute are sent of late."""

from collections import Counter
from dataclasses import dataclass, field

SPAN = 600.0
"""Seconds that are looked back."""
_PIECE = 10.0
_FEWEST = 60.0


@dataclass(slots=True)
class Recent:
    """Requests of the last ten minutes, counted by pieces of ten seconds. Times are of a monotonic clock."""

    pieces: Counter[int] = field(default_factory=Counter)
    began: float | None = None

    def note(self, at: float) -> None:
        """A request was sent."""
        self.began = at if self.began is None else self.began
        self.pieces[int(at // _PIECE)] += 1
        if len(self.pieces) > 2 * SPAN / _PIECE:
            self._forget(at)

    def a_minute(self, now: float) -> float | None:
        """On average over the last ten minutes, or since the first; None in the first minute."""
        if self.began is None or now - self.began < _FEWEST:
            return None
        self._forget(now)
        return self.pieces.total() * 60.0 / min(SPAN, now - self.began)

    def _forget(self, now: float) -> None:
        oldest = (now - SPAN) // _PIECE
        for piece in [piece for piece in self.pieces if piece < oldest]:
            del self.pieces[piece]
