"""How the demo ends: at once, whatever is under way."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Until the work has ended, or SIGTERM or Ctrl-C ends it. Raises what it raises.

    Whoever ends it knows that answers under way are given up: no warning says so.
    """
    stopping = asyncio.create_task(stopped().wait())
    working = asyncio.create_task(work)
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if stopping.done():
        logging.disable(logging.WARNING)
    for task in (working, stopping):
        task.cancel()
    await asyncio.gather(working, stopping, return_exceptions=True)
    if not working.cancelled() and (error := working.exception()):
        raise error


def stopped() -> asyncio.Event:
    """Set by SIGTERM and Ctrl-C."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    return stop
