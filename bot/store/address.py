"""Where the database is: `DATABASE_URL` as a file, as memory, or as one of a PostgreSQL server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.errors import SettingsError

FILES = "sqlite:///lookout.db (in the current folder) or sqlite:////data/lookout.db"
SERVER = "postgres://user:password@host:5432/name"
CURE = f"set DATABASE_URL to {FILES}, or to {SERVER}"
POSTGRES = {"postgres", "postgresql", "postgresql+psycopg"}
OTHERS = {"mysql": "a MySQL database", "mariadb": "a MariaDB database"}


@dataclass(frozen=True, slots=True)
class Address:
    """The database's file, or what libpq needs to reach its server; neither for one in memory.

    `server` holds the password. `name` is how sentences that begin with it call the database.
    """

    file: Path | None = None
    server: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        if self.server is not None:
            host = self.server.get("host", "/")
            where = "this machine" if host.startswith("/") else host
            return f"The database {self.server['dbname']} on {where}"
        return f"The database {self.file}" if self.file else "The database in memory"

    @property
    def another(self) -> str:
        """What to do about a database that is not to be used."""
        if self.server is not None:
            return "name another database in DATABASE_URL"
        return "name another file in DATABASE_URL, or move this one away"


def parse_address(url: str, folder: Path) -> Address:
    """Read `postgres://…`, `sqlite:///relative`, `sqlite:////absolute`, `sqlite://` (memory) or a bare path.

    Relative paths begin at `folder`. Raises SettingsError for any other database, without repeating the
    value: it may hold a password.
    """
    scheme, colon, rest = url.strip().partition("://")
    if not colon:
        return Address(_file(scheme, folder))
    scheme = scheme.lower()
    if scheme in POSTGRES:
        return Address(server=_server(rest))
    if scheme not in {"sqlite", "sqlite+aiosqlite"}:
        raise SettingsError(_unknown(scheme))
    if rest in {"", "/", "/:memory:"}:
        return Address()
    if not rest.startswith("/"):
        raise SettingsError(f"DATABASE_URL needs three slashes before a file's name: {CURE}.")
    return Address(_file(rest[1:], folder))


def _file(path: str, folder: Path) -> Path:
    if "?" in path:
        raise SettingsError(f"DATABASE_URL takes no options after a “?” for a file: {CURE}.")
    if not path:
        raise SettingsError(f"DATABASE_URL names no database: {CURE}.")
    return folder / path


def _server(rest: str) -> Mapping[str, str]:
    """Read as libpq reads it: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS

    A / in a password would end the host: what follows is taken for names then, which must not be shown.
    """
    from psycopg import ProgrammingError  # takes a third of a second, which a file has no use for
    from psycopg.conninfo import conninfo_to_dict

    try:
        read = {name: str(value) for name, value in conninfo_to_dict(f"postgresql://{rest}").items()}
    except ProgrammingError:
        raise SettingsError(
            f"DATABASE_URL cannot be read: write it as {SERVER},"
            " with options of PostgreSQL's own after a “?”, such as sslmode=require."
        ) from None
    ports = read.get("port", "").split(",")
    if "@" in read.get("host", "") + read.get("dbname", "") or not all(
        port.isdecimal() for port in ports if port
    ):
        raise SettingsError(
            f"DATABASE_URL cannot be read: write it as {SERVER}, and signs such as / or @ in the password"
            " as %2F and %40."
        )
    if not read.get("dbname"):
        raise SettingsError(f"DATABASE_URL names no database: write it as {SERVER}.")
    return read


def _unknown(scheme: str) -> str:
    other = OTHERS.get(scheme.partition("+")[0])
    what = f"names {other}" if other else "begins with neither sqlite:// nor postgres://"
    return f"DATABASE_URL {what}, and data are kept in SQLite or PostgreSQL: {CURE}."
