"""Rows of the feed that could not be read: set aside by their ids, or by numbers of ours (`core.model`)."""

from collections.abc import Iterable, Set

from sqlalchemy import Connection, delete, insert, or_, select

from bot.core.model import odd_number
from bot.store.rows import chunks
from bot.store.tables import attempts, odd_rows


def set_aside(connection: Connection, odd: Set[int]) -> None:
    """But for those that are known as such, or were read before they were odd, when they had ended."""
    for some in chunks(sorted(odd)):
        ended = attempts.c.id.in_(some), attempts.c.ended.is_not(None)
        known = {*connection.scalars(select(odd_rows.c.id).where(odd_rows.c.id.in_(some)))}
        known.update(connection.scalars(select(attempts.c.id).where(*ended)))
        if more := [{"id": number} for number in some if number not in known]:
            connection.execute(insert(odd_rows), more)


def take_back(connection: Connection, ids: Iterable[int]) -> None:
    """What can be read is odd no longer."""
    if connection.scalar(select(odd_rows.c.id).limit(1)) is None:
        return
    _delete(connection, ids)


def take_back_between(connection: Connection, lowest: int, highest: int, but: Set[int] = frozenset()) -> None:
    """All from `lowest` to `highest`, those without an id among them, but for some."""
    ids = odd_rows.c.id
    there = or_(ids.between(lowest, highest), ids.between(odd_number(highest), odd_number(lowest, 0)))
    _delete(connection, sorted(set(connection.scalars(select(ids).where(there))) - but))


def _delete(connection: Connection, ids: Iterable[int]) -> None:
    for some in chunks(ids):
        connection.execute(delete(odd_rows).where(odd_rows.c.id.in_(some)))
