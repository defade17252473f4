"""What tests of several parts share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import Server, programs, serving


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server, started once."""
    installed = programs()
    if installed is None:
        if os.environ.get("LOOKOUT_TEST_ALL"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("needs PostgreSQL (apt-get install postgresql)")
    with serving(installed) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lookout.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()
