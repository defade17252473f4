"""Attempts that the copy lets go of: those that the account no longer has, and those that are too old."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, delete, func, or_, select, update

from bot.store.odd import take_back_between
from bot.store.progress import ANOTHER_VERSION
from bot.store.rows import chunks
from bot.store.tables import attempts, mirror


def drop(connection: Connection, gone: Sequence[int]) -> None:
    """Let go of attempts that the account no longer has (404): a session's last is then another."""
    _in_turn(connection)
    sessions = connection.scalars(select(attempts.c.session_id).where(attempts.c.id.in_(gone))).all()
    connection.execute(delete(attempts).where(attempts.c.id.in_(gone)))
    left = select(attempts.c.session_id, attempts.c.id, attempts.c.number)
    lasts: dict[int, tuple[int, int]] = {}
    for row in connection.execute(left.where(attempts.c.session_id.in_(sessions))).all():
        lasts[row.session_id] = max(lasts.get(row.session_id, (0, 0)), (row.number or 0, row.id))
    ids = [attempt_id for _, attempt_id in lasts.values()]
    connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(is_last=True))
    connection.execute(ANOTHER_VERSION)


def prune(connection: Connection, before: datetime, most: int) -> bool:
    """Let go of ended attempts that were created before an instant, the oldest first and `most` at a time;
    whether there may be more."""
    _in_turn(connection)
    oldest = select(attempts.c.id, attempts.c.created, attempts.c.ended).order_by(attempts.c.id).limit(most)
    rows = connection.execute(oldest).all()
    gone = [row.id for row in rows if row.created < before and row.ended is not None]
    if gone:
        for some in chunks(gone):
            connection.execute(delete(attempts).where(attempts.c.id.in_(some)))
        _raise_bottom(connection, before, max(gone))
        take_back_between(connection, 0, max(gone))
        connection.execute(ANOTHER_VERSION)
    return bool(gone) and len(rows) == most and rows[-1].created < before


def _raise_bottom(connection: Connection, before: datetime, highest_gone: int) -> None:
    """What was let go is remembered as such, and the copy begins above it."""
    connection.execute(update(mirror).values(let_go=_at_least(mirror.c.let_go, highest_gone)))
    kept = connection.scalar(select(func.min(attempts.c.id)).where(attempts.c.ended.is_not(None)))
    bottom = _at_least(mirror.c.bottom_id, kept or highest_gone + 1)
    below = or_(mirror.c.bottom_created.is_(None), mirror.c.bottom_created < before)
    change = update(mirror).where(mirror.c.bottom_id.is_not(None), below)
    connection.execute(change.values(bottom_id=bottom, bottom_created=before))


def _at_least(column: ColumnElement[int], least: int) -> ColumnElement[int]:
    return case((column > least, column), else_=least)


def _in_turn(connection: Connection) -> None:
    """Which attempt is a session's last depends on others: who writes them takes turns."""
    connection.execute(select(mirror.c.id).with_for_update())
