"""What can go wrong with a database, as sentences: the errors of SQLite become ours here alone."""

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


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn what a database can suffer into StoreError; a mistake in our own SQL stays what it is."""
    try:
        yield
    except DBAPIError as error:
        sentence = cure(error.orig)
        if sentence is None:
            raise
        raise StoreError(f"{address.name} {sentence}.") from error
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
