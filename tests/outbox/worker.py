"""Processes with an outbox: `python -m tests.outbox.worker DATABASE API COUNT [blind|forgetful]`.

Each line on standard input begins another life: a process forked from this one, which has imported all. It
plans COUNT posts and says them; a third of them are a line first, which becomes the digest. `blind`: what may
be in the channel is not looked up. `forgetful`: the database does not last, so that each may be there. It
tells what it does in lines: `born PID`, `done PID`, or `failed PID …`, which no life should.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from random import Random

import aiohttp

from bot.blocks.message import Message
from bot.core.errors import StoreError
from bot.outbox.outbox import Outbox
from bot.outbox.rules import Rules
from bot.store.lease import real_now
from bot.store.posts import Posts, State
from bot.store.store import open_store
from tests.outbox.staging import HERE, OWNER, SECRET, THERE, channels, key

PLACES = (HERE, THERE, SECRET)
SECONDS = 0.8
LEASE = timedelta(seconds=2.5)
RULES = Rules(lease=LEASE, pace=0.0, first_wait=0.02, longest_wait=0.3)
BLIND = Rules(lease=timedelta(seconds=0.5), pace=0.0, first_wait=0.02, longest_wait=0.3, looks_up=False)

WOKEN_EVERY = 0.03
"""Seconds: by a ticker, in a bot."""


def line(number: int) -> Message:
    return Message(f"Number {number} is late")


def digest(number: int) -> Message:
    return Message(f"Number {number}")


def begins_late(number: int) -> bool:
    return number % 3 == 0


class Life:
    def __init__(self, posts: Posts, outbox: Outbox, count: int, *, forgetful: bool) -> None:
        self.posts, self.outbox, self.count, self.forgetful = posts, outbox, count, forgetful
        self.chance = Random()
        self.planned = 0

    async def live(self) -> None:
        """Until all has been said, in its last version; or nobody is there any more who could hear of it."""
        parent = os.getppid()
        while os.getppid() == parent:
            with suppress(StoreError):
                await self.plan()
                await self.outbox.run()
                if self.planned == self.count and await self.all_said():
                    tell("done")
                    break
            await asyncio.sleep(WOKEN_EVERY)

    async def plan(self) -> None:
        """The next that was not planned yet; now and then a line becomes a digest."""
        while self.planned < self.count:
            number, late = self.planned, begins_late(self.planned) and not self.forgetful
            message, payload = (line, {"pending": True}) if late else (digest, {})
            new = await self.posts.plan(
                key(number),
                PLACES[number % len(PLACES)],
                message(number),
                payload,
                real_now(),
                unclear=self.forgetful,
            )
            self.planned += 1
            if new:
                break
        if self.planned == self.count:
            for number in range(self.count):
                await self.posts.want(key(number), digest(number), {})
        elif self.chance.random() < 0.5:
            number = self.chance.randrange(self.planned)
            await self.posts.want(key(number), digest(number), {})

    async def all_said(self) -> bool:
        for number in range(self.count):
            post = await self.posts.get(key(number))
            if post is None or post.state is not State.POSTED or post.shown < post.wanted:
                return False
        return True


async def live(database: str, api_url: str, count: int, how: str) -> None:
    async with open_store(database, OWNER) as store, aiohttp.ClientSession() as session:
        posts, door = Posts(store), channels(api_url, session)
        door.seconds = SECONDS
        outbox = Outbox(posts, door, str(os.getpid()), rules=BLIND if how == "blind" else RULES)
        await Life(posts, outbox, count, forgetful=how == "forgetful").live()


def born(database: str, api_url: str, count: int, how: str) -> None:
    """A life, from its first moment to its last."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    tell("born")
    try:
        asyncio.run(live(database, api_url, count, how))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the test is to hear of it
        tell(f"failed {error!r}")
    finally:
        os._exit(0)


def tell(what: str) -> None:
    word, _, more = what.partition(" ")
    os.write(sys.stdout.fileno(), f"{word} {os.getpid()} {more}\n".encode())


def main(database: str, api_url: str, count: str, how: str = "") -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need nobody to wait for them
    for _ in iter(sys.stdin.readline, ""):
        if os.fork() == 0:
            born(database, api_url, int(count), how)


if __name__ == "__main__":
    main(*sys.argv[1:])
