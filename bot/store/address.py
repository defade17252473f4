"""Where the database is: `DATABASE_URL` as a file or as memory."""

from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import SettingsError

CURE = "set DATABASE_URL to sqlite:///lookout.db (in the current folder) or sqlite:////data/lookout.db"
SERVERS = {"postgres": "PostgreSQL", "postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}


@dataclass(frozen=True, slots=True)
class Address:
    """The database's file, None for one in memory. `name` is how sentences that begin with it call it."""

    file: Path | None

    @property
    def name(self) -> str:
        return f"The database {self.file}" if self.file else "The database in memory"


def parse_address(url: str, folder: Path) -> Address:
    """Read `sqlite:///relative`, `sqlite:////absolute`, `sqlite://` (memory) or a bare path.

    Relative paths begin at `folder`. Raises SettingsError for any other database, without repeating the
    value: it may hold a password.
    """
    scheme, colon, rest = url.strip().partition("://")
    if not colon:
        return Address(_file(scheme, folder))
    if scheme.lower() not in {"sqlite", "sqlite+aiosqlite"}:
        raise SettingsError(_unknown(scheme.lower()))
    if rest in {"", "/", "/:memory:"}:
        return Address(None)
    if not rest.startswith("/"):
        raise SettingsError(f"DATABASE_URL needs three slashes before a file's name: {CURE}.")
    return Address(_file(rest[1:], folder))


def _file(path: str, folder: Path) -> Path:
    if "?" in path:
        raise SettingsError(f"DATABASE_URL takes no options after a “?”: {CURE}.")
    if not path:
        raise SettingsError(f"DATABASE_URL names no database: {CURE}.")
    return folder / path


def _unknown(scheme: str) -> str:
    server = SERVERS.get(scheme.partition("+")[0])
    what = f"names a {server} database" if server else "does not begin with sqlite://"
    return f"DATABASE_URL {what}, and this version keeps its data in SQLite: {CURE}."
