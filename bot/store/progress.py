"""How far the copy goes: one row, that only ever moves forward."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, literal, or_, select, update

from bot.core.model import MARGIN
from bot.store.odd import set_aside
from bot.store.tables import Seconds, mirror, odd_rows


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest attempt of the feed at a complete tick or look: its id, and its creation by the server's
    clock."""

    id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the copy goes. `mark` is None before the first fill has begun. `ticked_at` is when the last
    complete tick or look began, `looked_at` when the last one that read every open attempt did (UTC, the
    bot's clock); `began_at` is when the first fill began, by the server's clock.

    All attempts from `bottom_id` up to the mark are held, created since `bottom_created`; 0 is the account's
    beginning.
    """

    mark: Mark | None = None
    ticked_at: datetime | None = None
    looked_at: datetime | None = None
    began_at: datetime | None = None
    bottom_id: int | None = None
    bottom_created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress(Reach):
    """`swept_at` is when the last sweep began (UTC, the bot's clock), `sequence` the last number of a change;
    `odd` counts rows set aside as unreadable."""

    swept_at: datetime | None = None
    sequence: int = 0
    odd: int = 0

    def holds_from(self, floor: datetime) -> bool:
        """Whether every attempt created since `floor` is held, up to the mark."""
        if self.mark is None or self.bottom_id is None:
            return False
        return self.bottom_id == 0 or (
            self.bottom_created is not None and self.bottom_created <= floor - MARGIN
        )


@dataclass(frozen=True, slots=True)
class News(Reach):
    """What a transaction adds; None leaves a part as it is. `odd` are rows set aside, by their ids.

    All attempts from `bottom_id` to below `bottom_from` were read: the bottom moves down to there only where
    that follows on what is held, for meanwhile the copy may have let go of some.
    """

    bottom_from: int | None = None
    odd: frozenset[int] = frozenset()


NOTHING_NEW = News()

ANOTHER_VERSION = update(mirror).values(version=mirror.c.version + 1)
"""To be executed in each transaction by which a question may find something else; errors apart, which are
read for themselves (`seeing.with_errors`)."""


def read_version(connection: Connection) -> int:
    return connection.scalar(select(mirror.c.version)) or 0


def read_progress(connection: Connection) -> Progress:
    row = (connection.execute(select(mirror))).one()
    odd = connection.scalar(select(func.count()).select_from(odd_rows))
    mark = Mark(row.mark_id, row.mark_created) if row.mark_id is not None else None
    return Progress(
        sequence=row.sequence,
        mark=mark,
        ticked_at=row.ticked_at,
        looked_at=row.looked_at,
        began_at=row.began_at,
        bottom_id=row.bottom_id,
        bottom_created=row.bottom_created,
        swept_at=row.swept_at,
        odd=odd or 0,
    )


def write_news(connection: Connection, news: News, sequence: int) -> None:
    """A mark moves up, and with it the times; the bottom moves down. A late look moves nothing back, and only
    where a fill begins does a first mark stand: what is below it would never be read."""
    plain: dict[str, Any] = {"sequence": sequence}
    if news.began_at is not None:
        plain["began_at"] = func.coalesce(mirror.c.began_at, literal(news.began_at, Seconds))
    connection.execute(update(mirror).values(plain))
    if news.mark is not None:
        values: dict[str, Any] = {"mark_id": news.mark.id, "mark_created": news.mark.created_at}
        values |= {"ticked_at": news.ticked_at} if news.ticked_at else {}
        values |= {"looked_at": news.looked_at} if news.looked_at else {}
        behind = mirror.c.mark_id <= news.mark.id
        if news.began_at is not None:
            behind = or_(mirror.c.mark_id.is_(None), behind)
        connection.execute(update(mirror).where(behind).values(values))
    set_aside(connection, news.odd)
    if news.bottom_id is not None:
        lower = mirror.c.bottom_id > news.bottom_id
        if news.bottom_from is not None:
            lower = and_(lower, mirror.c.bottom_id <= news.bottom_from)
        lower = or_(mirror.c.bottom_id.is_(None), lower)
        values = {"bottom_id": news.bottom_id, "bottom_created": news.bottom_created}
        connection.execute(update(mirror).where(lower).values(values))
