from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.end_to_end.staging import Stage, failing, staged


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> str:
    """Both ways in which Slack speaks to the bot."""
    return str(request.param)


@pytest.fixture
async def stage(mode: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot on an account with 23 failed sessions."""
    async with staged(mode, tmp_path, failing(23)) as stage:
        yield stage
