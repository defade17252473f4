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
        ("mysql://bot:hush@db/lookout", "names a MySQL database"),
        ("hush://lookout", "begins with neither sqlite:// nor postgres://"),
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


@pytest.mark.parametrize(
    ("url", "name", "known"),
    [
        (
            "postgres://bot:hush%2F@db.example.com:5432/lookout?sslmode=require",
            "The database lookout on db.example.com",
            {"user": "bot", "password": "hush/", "port": "5432", "sslmode": "require"},
        ),
        ("postgresql://bot@db/lookout", "The database lookout on db", {"user": "bot"}),
        ("postgresql+psycopg://db/lookout", "The database lookout on db", {"host": "db"}),
        (
            " Postgres://bot@/lookout?host=/tmp\n",
            "The database lookout on this machine",
            {"host": "/tmp"},  # noqa: S108 - a socket's folder
        ),
        ("postgres:///lookout?password=hush", "The database lookout on this machine", {"password": "hush"}),
        ("postgres://b:h@[::1]:6543/l", "The database l on ::1", {"host": "::1", "port": "6543"}),
    ],
)
def test_a_server_is_understood(url: str, name: str, known: dict[str, str]) -> None:
    address = parse_address(url, HERE)
    assert address.file is None
    assert address.name == name
    assert known.items() <= dict(address.server or {}).items()
    assert "hush" not in f"{address!r} {address}"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://bot:hush/1@db/lookout", "signs such as / or @ in the password"),
        ("postgres://bot:hu@sh@db/lookout", "signs such as / or @ in the password"),
        ("postgres://bot:%hush@db/lookout", "write it as postgres://"),
        ("postgres://bot@db:hush/lookout", "signs such as / or @"),
        ("postgres://bot:hush@db/lookout?hush=1", "options of PostgreSQL's own"),
        ("postgres://bot:hush@db", "names no database"),
    ],
)
def test_a_server_s_address_that_cannot_be_read_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        parse_address(url, HERE)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
