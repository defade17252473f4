"""What the tests against a real server stand on: its address, a stage set once for all, and the bot on it."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.answering import Answering
from bot.app import mirror_wakes
from bot.core.finding import Span
from bot.core.patience import Patience
from bot.ticker import ticking

from .asking import Asker, asker_of, asker_on
from .digdag import Address
from .kept import opened
from .staging import Stage, staged


@pytest.fixture(scope="session")
def address() -> Address:
    """The server in DIGDAG_URL (`http://host:port`, with `user:password@` where it wants them)."""
    url = os.environ.get("DIGDAG_URL", "").strip()
    if not url:
        pytest.skip("DIGDAG_URL is not set")
    return Address.of(url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def keeper(address: Address, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Answering]:
    """A bot that keeps a copy of the server, from before anything happens there."""
    database = f"sqlite:///{tmp_path_factory.mktemp('copy')}/lookout.db"
    async with opened(address, database) as parts:
        await parts.mirror.upkeep.hold()
        await parts.mirror.upkeep.fill()
        async with ticking(*mirror_wakes(parts.mirror.upkeep, 15)):
            yield parts


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(address: Address, keeper: Answering) -> AsyncIterator[Stage]:
    async with staged(address) as ready:
        yield ready


@pytest_asyncio.fixture(params=["account", "copy"], loop_scope="session")
async def bot(request: pytest.FixtureRequest, address: Address, keeper: Answering) -> AsyncIterator[Asker]:
    """The bot on the server: as `ask` opens it without a copy, and over a copy that is kept."""
    if request.param == "account":
        async with asker_on(address) as asker:
            yield asker
    else:
        answered = await keeper.mirror.look(
            Span(datetime.now(UTC) - timedelta(days=1)), Patience(keeper.mirror.clock, silence=30.0)
        )
        assert answered.coverage.copied
        yield asker_of(keeper)
