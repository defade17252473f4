"""Processes that tell digests: `python -m tests.digests.worker DATABASE API ACCOUNT BEGIN [blind|forgetful]`.

A minute of theirs is a second, counted from BEGIN, an instant of Unix time.
Each line on standard input begins another life, forked from this process. It tells `born PID` and, of what
should never happen, `failed PID …`. A life ends when nobody is there any more who could hear of it.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import aiohttp

from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account as Asked
from bot.core.errors import LookoutError
from bot.features.digests.making import Maker
from bot.features.digests.places import Places
from bot.features.digests.runs import DigestRuns
from bot.mirror.leisure import Leisure
from bot.mirror.mirror import make_mirror
from bot.outbox.outbox import Outbox
from bot.outbox.rules import Rules
from bot.store.digests import Digest, Digests, Step
from bot.store.posts import Posts
from bot.store.store import Account, open_store
from tests.outbox.staging import channels

HERE = "C0ALERTS"
PACE = 60
EVERY = "* * * * *"
NAME = "minutes"
LATE = timedelta(minutes=3)
RULES = Rules(lease=timedelta(seconds=5), pace=0.0, first_wait=0.02, longest_wait=0.3)
BLIND = Rules(lease=timedelta(seconds=0.5), pace=0.0, first_wait=0.02, longest_wait=0.3, looks_up=False)


def told_time(begin: float) -> datetime:
    """The present of the bot and of the account: a minute a second."""
    return datetime.fromtimestamp(begin + (time.time() - begin) * PACE, UTC)


async def live(database: str, api_url: str, account: str, begin: float, how: str) -> None:
    parent = os.getppid()
    made_at = datetime.fromtimestamp(begin, UTC)

    def now() -> datetime:
        return told_time(begin)

    def clock() -> float:
        return time.monotonic() * PACE

    digest = Digest(NAME, EVERY, "UTC", HERE, "#data-alerts", made_at, declared=how == "forgetful")
    site = Asked(self_hosted(account), Access.key("1/abc"))
    async with (
        open_store(database, Account(account)) as store,
        Client(site, now=now) as client,
        aiohttp.ClientSession() as session,
    ):
        leisure = Leisure(time.monotonic, asyncio.sleep, 10_000.0)
        mirror = make_mirror(client, store, now=now, clock=clock, keeps=True, leisure=leisure)
        kept, posts, door = Digests(store), Posts(store), channels(api_url, session)
        door.seconds = 1.5
        if not digest.declared:
            await kept.put(digest, Step(made_at, "", "added", NAME))
        runs = DigestRuns(
            maker=Maker(mirror, kept, clock),
            digests=kept,
            posts=posts,
            places=Places(door, kept, now),
            declared=[digest] if digest.declared else [],
            now=now,
            lasting=not digest.declared,
            ours=lambda: True,
            late=LATE,
        )
        rules = BLIND if how == "blind" else RULES
        outbox = Outbox(posts, door, str(os.getpid()), rules=rules, lost=runs.lost)
        await mirror.upkeep.fill()

        async def again(work: Callable[[], Awaitable[None]]) -> None:
            while os.getppid() == parent:
                with suppress(LookoutError):
                    await work()
                await asyncio.sleep(0.02)

        await asyncio.gather(again(runs.run), again(outbox.run))
        await mirror.upkeep.stop()


def born(database: str, api_url: str, account: str, begin: float, how: str) -> None:
    """A life, from its first moment to its last."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    tell("born")
    try:
        asyncio.run(live(database, api_url, account, begin, how))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the test is to hear of it
        tell(f"failed {error!r}")
    finally:
        os._exit(0)


def tell(what: str) -> None:
    word, _, more = what.partition(" ")
    os.write(sys.stdout.fileno(), f"{word} {os.getpid()} {more}\n".encode())


def main(database: str, api_url: str, account: str, begin: str, how: str = "") -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need nobody to wait for them
    for _ in iter(sys.stdin.readline, ""):
        if os.fork() == 0:
            born(database, api_url, account, float(begin), how)


if __name__ == "__main__":
    main(*sys.argv[1:])
