"""The copy swept once a day: read again, at leisure, and repaired.

What an exact answer for the last 24 h needs is compared with the account: what no tick saw is added, and what
the account no longer has is let go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.api.client import Client
from bot.core.errors import ApiError, NotFound, OddItem, Unreachable
from bot.core.model import MARGIN, Attempt
from bot.core.recent import is_recent
from bot.mirror.leisure import AT_LEISURE, Leisure
from bot.mirror.rules import RULES, Rules
from bot.mirror.segments import Reading
from bot.mirror.sending import pages_of
from bot.store.attempts import Attempts
from bot.store.progress import Mark, News

EVERY = timedelta(days=1)


@dataclass(slots=True)
class Sweep:
    """Sweeps a copy. `now` gives the present in UTC."""

    client: Client
    copy: Attempts
    now: Callable[[], datetime]
    leisure: Leisure
    rules: Rules = RULES

    async def run(self) -> None:
        """Sweep, a day after the last one, or after the fill began. Raises ApiError."""
        progress, begun = await self.copy.progress(), self.now()
        if progress.mark is None or is_recent(progress.swept_at or progress.began_at, begun, EVERY):
            return
        patience = self.leisure.patience()
        head = await self.client.attempts(patience=patience)
        reading = Reading(head, begun - self.rules.exact)
        above, lowest, seen = head.highest_id or 0, None, set[int]()
        failed: list[ApiError] = []
        async for rows, odd in pages_of(self.client, reading, patience, AT_LEISURE):
            await self.copy.put(rows, self.now(), News(odd=odd))
            seen |= odd
            if rows and lowest is not None:
                failed += await self._repair(rows, odd, lowest, progress.mark)
            lowest = rows[-1].id if rows else lowest
        if not reading.complete:
            raise reading.error or Unreachable("The account could not be read to the end.")
        if failed:
            raise failed[0]
        await self.copy.swept(begun, lowest or 0, above, seen)

    async def _repair(
        self, rows: list[Attempt], odd: frozenset[int], above: int, mark: Mark
    ) -> list[ApiError]:
        """Whatever the copy has between the lowest row of the page before and that of this one must be on
        this one, if it was there when the sweep began. Gives what kept it from looking for some."""
        held = await self.copy.ids(rows[-1].id, above - 1, mark.created_at - MARGIN)
        failed: list[ApiError] = []
        for attempt_id in sorted(held - {row.id for row in rows} - odd):
            try:
                await self._recheck(attempt_id)
            except ApiError as error:
                failed.append(error)
        return failed

    async def _recheck(self, attempt_id: int) -> None:
        """Missing where it should be listed, and missing (404) when asked for: gone. One that can't be read
        is there."""
        try:
            await self.client.attempt(attempt_id, patience=self.leisure.patience())
        except NotFound:
            await self.copy.drop([attempt_id])
        except OddItem:
            pass
