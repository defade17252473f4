"""The tables, as the newest migration leaves them (a test holds the two against each other)."""

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Dialect, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class Utc(TypeDecorator[datetime]):
    """An instant: aware in Python, always UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: one database, one account
    Column("url", Text, nullable=False),
    Column("owner", Text, nullable=False),
)

asks = Table(
    "asks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("asker", String(32), nullable=False),
    Column("words", Text, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("as_of", Utc, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("size", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    # Holds all that the bounds look at, so that no payload is read to keep them.
    Index("asks_by_age", "made_at", "id", "size"),
)
