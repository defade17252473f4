"""A reading carried out: requests sent, many at once, and pages given out as they follow on each other."""

import asyncio
from collections.abc import AsyncGenerator

from bot.api.client import Client
from bot.core.errors import ApiError
from bot.core.model import Attempt, Page
from bot.core.patience import Patience
from bot.mirror.segments import Ask, Reading


async def pages_of(
    client: Client, reading: Reading, patience: Patience, width: int
) -> AsyncGenerator[tuple[list[Attempt], frozenset[int]], None]:
    """Rows and odd ids, newest first and without a gap, a page at a time, until the reading is complete or
    can't go on. `width` requests are in flight at most.

    Requests in flight are never canceled: whoever leaves early leaves them to end by themselves.
    """
    flying: dict[asyncio.Task[Page[Attempt]], Ask] = {}
    try:
        while True:
            for rows, odd in reading.take():
                yield rows, odd
                await asyncio.sleep(0)
            while len(flying) < width and patience.left() > 0 and (ask := reading.next()):
                flying[asyncio.create_task(client.attempts(ask.last_id, patience=patience))] = ask
                await asyncio.sleep(0)  # thirty at once would hold the loop for too long
            if not flying:
                return
            done, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                _tell(reading, flying.pop(task), task)
    finally:
        for task in flying:
            _LEFT.add(task)
            task.add_done_callback(_gone)


_LEFT: set[asyncio.Task[Page[Attempt]]] = set()
"""Whoever asked has gone: what is in flight ends by itself (canceling it would harm the pool)."""


def _gone(task: asyncio.Task[Page[Attempt]]) -> None:
    _LEFT.discard(task)
    if not task.cancelled():
        task.exception()


def _tell(reading: Reading, ask: Ask, task: asyncio.Task[Page[Attempt]]) -> None:
    try:
        page = task.result()
    except ApiError as error:
        reading.failed(ask, error)
    else:
        reading.answered(ask, page)
