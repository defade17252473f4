"""What can go wrong with a database, as sentences: the errors of its drivers become ours here alone."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.errors import StoreError
from bot.store.address import Address

BUSY = "is in use by another process that does not let go: end that process, or ask again in a moment"
CURES = {
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_FULL": "finds no room: the disk is full; free some space",
    "SQLITE_IOERR": "cannot be read or written: see that its disk is there, healthy and not full",
    "SQLITE_CORRUPT": "is damaged: move the file away, and a new one is made at the next start",
    "SQLITE_NOTADB": "is no SQLite file: move it away, or name another file in DATABASE_URL",
    "SQLITE_READONLY": "cannot be written: give this user the right to write the file and its folder",
    "SQLITE_PERM": "cannot be opened: give this user the right to read and write the file and its folder",
    "SQLITE_CANTOPEN": "cannot be opened: see that it is a file, and its folder one that this user may write",
}

STRANGER = "refuses the user or password: set DATABASE_URL to those that are valid now"
ABSENT = "is not there: make it, or name another one in DATABASE_URL"
CROWDED = "has no connection left: end other users of it, or take a larger plan"
BROKEN_OFF = "broke off the connection: ask again in a moment"
AWAY = "is starting or ending: ask again in a moment"
UNREACHED = "cannot be reached: see that its server runs, and that DATABASE_URL names its host and port"
UNSAFE = "cannot be reached safely: see what DATABASE_URL says of sslmode, and that its server takes SSL"
DAMAGED = "is damaged: name an empty one in DATABASE_URL, and the copy of the account is made anew"
STATES = {
    "08": BROKEN_OFF,
    "25006": "can only be read: it is a standby, or set so; name the one that is written in DATABASE_URL",
    "25P03": BROKEN_OFF,
    "28": STRANGER,
    "3D000": ABSENT,
    "40": "was written by two at once, and one had to give way: ask again",
    "42501": "does not let this user make and write tables: give it the right to",
    "53100": "finds no room: its disk is full; free some space, or take a larger plan",
    "53300": CROWDED,
    "53": "runs short of what it needs: ask again in a moment, or take a larger plan",
    "55P03": BUSY,
    "57014": "took too long: ask again in a moment",
    "57P03": AWAY,
    "57P": BROKEN_OFF,
    "58": "cannot read or write its files: see that its disk is healthy and not full",
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""By the beginning of a SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html"""
REFUSALS = (
    (r"authentication failed|no password supplied|role .* does not exist|no pg_hba\.conf entry", STRANGER),
    (r"database .* does not exist", ABSENT),
    (r"too many (connections|clients)|connection slots are reserved", CROWDED),
    (r"the database system is|the server is not accepting", AWAY),
    (r"(?i)SSL|certificate", UNSAFE),
)
"""What a server says to who connects: that comes as text alone."""


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn what a database can suffer into StoreError; a mistake in our own SQL stays what it is.

    PostgreSQL's own words are left out: they hold names and addresses.
    """
    try:
        yield
    except DBAPIError as error:
        sentence = cure(error.orig) if address.server is None else server_cure(error)
        if sentence is None:
            raise
        raise StoreError(f"{address.name} {sentence}.") from (error if address.server is None else None)
    except PoolTimeout as error:
        raise StoreError(f"{address.name} is overloaded: ask again in a moment.") from error


def cure(error: BaseException | None) -> str | None:
    """What to do about an error of SQLite; None where it is no trouble of the database's.

    Names and extended names (SQLITE_BUSY_SNAPSHOT): https://www.sqlite.org/rescode.html
    """
    if not isinstance(error, sqlite3.Error):
        return None
    name = getattr(error, "sqlite_errorname", "")
    return CURES.get("_".join(name.split("_")[:2]))


def server_cure(error: DBAPIError) -> str | None:
    """What to do about an error of PostgreSQL; None where it is no trouble of the database's."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return next((STATES[state[:n]] for n in (5, 3, 2) if state[:n] in STATES), None)
    if error.connection_invalidated:
        return BROKEN_OFF
    if type(error.orig).__name__ not in {"OperationalError", "ConnectionTimeout"}:
        return None
    text = str(error.orig)
    return next((said for pattern, said in REFUSALS if re.search(pattern, text)), UNREACHED)
