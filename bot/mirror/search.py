"""Where in the attempts feed a moment of long ago lies, found in a few requests.

Ids rise with time, if not evenly, and any integer is taken for `last_id`: so the id that was given at a
moment is interpolated between two rows, looked at, and interpolated again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.api.client import Client
from bot.core.model import MARGIN, Attempt, Page
from bot.core.patience import Patience

NEAR = timedelta(hours=1)
MOST = 10
"""Requests at most; what is not near by then is begun from all the same, a little too early."""


@dataclass(slots=True)
class Bracket:
    """An id whose row was created at `at` or later (`above`, with when), and one whose row was before that
    (`below`; its time is None where the account has nothing down there)."""

    at: datetime
    above: tuple[int, datetime]
    below: tuple[int, datetime | None] = (0, None)

    def learn(self, last_id: int, row: Attempt | None) -> None:
        """The newest row below `last_id`."""
        if row is None:
            self.below = max(self.below, (last_id - 1, None), key=lambda point: point[0])
        elif row.created_at >= self.at:
            self.above = row.id, row.created_at
        else:
            self.below = row.id, row.created_at

    @property
    def done(self) -> bool:
        return self.above[1] - self.at <= NEAR or self.above[0] - self.below[0] < 2

    def guess(self, pace: float) -> int:
        """An id between them; `pace` is how many ids there are a second, while nothing better is known."""
        high, low = self.above[0], self.below[0]
        wanted = (self.above[1] - self.at - NEAR / 2).total_seconds()
        if self.below[1] is not None:
            seconds = max(1.0, (self.above[1] - self.below[1]).total_seconds())
            pace = (high - low) / seconds
        return min(high - 1, max(low + 1, high - int(wanted * pace)))


async def last_id_at(client: Client, head: Page[Attempt], at: datetime, patience: Patience) -> int | None:
    """The `last_id` to begin at for all that was created up to `at`; None: at the feed's first page.

    Raises ApiError.
    """
    if not head.rows or head.rows[-1].created_at <= at + MARGIN:
        return None
    newest, oldest = head.rows[0], head.rows[-1]
    bracket = Bracket(at + MARGIN, (oldest.id, oldest.created_at))
    took = max(1.0, (newest.created_at - oldest.created_at).total_seconds())
    pace = max(1.0, newest.id - oldest.id) / took
    for turn in range(MOST):
        if bracket.done:
            break
        last_id = bracket.guess(pace) if turn % 3 < 2 else (bracket.above[0] + bracket.below[0]) // 2
        page = await client.attempts(last_id, 1, patience=patience)
        bracket.learn(last_id, page.rows[0] if page.rows else None)
    return bracket.above[0] + 1
