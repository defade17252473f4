from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.api.loopback import Act, Loopback, Serve, loopback


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that does these acts; it ends with the test."""
    async with AsyncExitStack() as stack:

        async def start(*acts: Act) -> Loopback:
            return await stack.enter_async_context(loopback(*acts))

        yield start
