"""What the tests against a real server stand on: its address, a stage set once for all, and the bot on it."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from .asking import Asker, asker_on
from .digdag import Address
from .staging import Stage, staged


@pytest.fixture(scope="session")
def address() -> Address:
    """The server in DIGDAG_URL (`http://host:port`, with `user:password@` where it wants them)."""
    url = os.environ.get("DIGDAG_URL", "").strip()
    if not url:
        pytest.skip("DIGDAG_URL is not set")
    return Address.of(url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(address: Address) -> AsyncIterator[Stage]:
    async with staged(address) as ready:
        yield ready


@pytest_asyncio.fixture(loop_scope="session")
async def bot(address: Address) -> AsyncIterator[Asker]:
    """The bot on the server, as `ask` opens it."""
    async with asker_on(address) as asker:
        yield asker
