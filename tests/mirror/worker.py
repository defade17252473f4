"""A process that keeps a copy up, as fast as it can: `python -m tests.mirror.worker DATABASE ACCOUNT [free]`.

With `free` it takes numbers for changes without the lock. Its clock is the account's. It tells each turn in a
line, and ends when nobody hears it any more.
"""

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy.exc import DBAPIError

from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account
from bot.core.errors import ApiError, StoreError
from bot.core.patience import Patience
from bot.mirror.fill import server_time
from bot.mirror.leisure import Leisure
from bot.mirror.mirror import Mirror, make_mirror
from bot.mirror.rules import RULES
from bot.store.store import Account as Owner
from bot.store.store import open_store

SHORT = replace(RULES, kept=timedelta(days=9))
WORK = ("tick", "tick", "look", "look", "fill", "diagnose", "prune")


async def main(database: str, url: str, *, locked: bool) -> None:
    client = Client(Account(self_hosted(url), Access.key("1/abc")))

    def now() -> datetime:
        return server_time(client.stats.date) or datetime.min.replace(tzinfo=UTC)

    async with open_store(database, Owner(url)) as store, client:
        while client.stats.date is None:
            with suppress(ApiError):
                await client.attempts(page_size=1, patience=Patience(time.monotonic, silence=60))
        leisure = Leisure(time.monotonic, asyncio.sleep, rate=1000)
        mirror = make_mirror(
            client, store, now=now, clock=time.monotonic, keeps=True, leisure=leisure, rules=SHORT
        )
        mirror.copy.locked = locked
        await keep(mirror, Random(), () if locked else (DBAPIError,))


async def keep(mirror: Mirror, chance: Random, collisions: tuple[type[Exception], ...]) -> None:
    while True:
        with suppress(ApiError, StoreError, *collisions):
            begun = (await mirror.copy.progress()).mark is not None
            work = chance.choice(WORK) if begun else "fill"
            await (mirror.upkeep.refresh.join(60) if work == "look" else getattr(mirror.upkeep, work)())
        sys.stdout.write("turn\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], locked=sys.argv[3:] != ["free"]))
