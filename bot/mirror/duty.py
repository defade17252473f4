"""Who keeps the copy up: of several processes on one database the one with the lease; every one answers."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from bot.core.errors import StoreError
from bot.store.lease import Lease

RENEW_EVERY = timedelta(seconds=3)
"""A lease lasts 15 s: whoever dies is followed within 18."""


@dataclass(slots=True)
class Duty:
    """Without a lease the duty is always this process's."""

    lease: Lease | None = None

    def ours(self) -> bool:
        """As far as can be known without asking: who was stopped for longer than the lease knows at once."""
        return self.lease is None or self.lease.held()

    async def hold(self) -> bool:
        """Renew it, or take it where it is free; whether it has come to us just now. Raises StoreError."""
        if self.lease is None:
            return False
        before = self.lease.held()
        return await self.lease.take() and not before

    async def release(self) -> None:
        """Leave it to another; without a database it will end by itself."""
        if self.lease is not None and self.lease.held():
            with suppress(StoreError):
                await self.lease.release()

    async def whose(self) -> str | None:
        """Who has it, None for nobody, or where there is none to have. Raises StoreError."""
        return await self.lease.whose() if self.lease is not None else None
