"""`DATABASE_URL`, as people write it."""

from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from bot.store.address import parse_address

HERE = Path("/srv/bot")


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///lookout.db", HERE / "lookout.db"),
        ("sqlite:///data/lookout.db", HERE / "data/lookout.db"),
        ("sqlite:////data/lookout.db", Path("/data/lookout.db")),
        ("sqlite+aiosqlite:///lookout.db", HERE / "lookout.db"),
        ("SQLite:///lookout.db", HERE / "lookout.db"),
        (" sqlite:///lookout.db\n", HERE / "lookout.db"),
        ("lookout.db", HERE / "lookout.db"),
        ("/data/lookout.db", Path("/data/lookout.db")),
        ("sqlite://", None),
        ("sqlite:///", None),
        ("sqlite:///:memory:", None),
    ],
)
def test_a_file_or_memory_is_understood(url: str, file: Path | None) -> None:
    assert parse_address(url, HERE).file == file


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://bot:hush@db:5432/lookout", "names a PostgreSQL database"),
        ("postgresql+psycopg://bot:hush@db/lookout", "names a PostgreSQL database"),
        ("mysql://bot:hush@db/lookout", "names a MySQL database"),
        ("hush://lookout", "does not begin with sqlite://"),
        ("sqlite://lookout.db", "needs three slashes"),
        ("sqlite:///lookout.db?mode=hush", "takes no options"),
        ("", "names no database"),
    ],
)
def test_anything_else_is_refused_with_the_cure(url: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        parse_address(url, HERE)
    assert "sqlite:///lookout.db" in str(caught.value)
    assert "hush" not in str(caught.value)
