"""The tables, as the newest migration leaves them (a test holds the two against each other)."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()

Id = BigInteger().with_variant(Integer, "sqlite")
"""An id of the API's, or a number of ours; in SQLite an INTEGER, which alone can be a table's own order."""


class Utc(TypeDecorator[datetime]):
    """An instant: aware in Python, always UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Seconds(TypeDecorator[datetime]):
    """An instant in whole seconds, as the API tells them: aware UTC in Python, Unix time in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


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

mirror = Table(
    "mirror",  # how far the copy goes: one row
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("sequence", Id, nullable=False),  # the last number given to a change
    Column("mark_id", Id),  # the newest attempt at the last complete tick or look
    Column("mark_created", Seconds),
    Column("ticked_at", Utc),  # when that began
    Column("looked_at", Utc),  # when the last look that read every open attempt began
    Column("began_at", Seconds),  # when the first fill began, by the server's clock
    Column("bottom_id", Id),  # all attempts from here up are held; 0: the account's first
    Column("bottom_created", Seconds),
    Column("swept_at", Utc),
    Column("let_go", Id),  # the highest id that was let go of for its age
    Column("version", Id, nullable=False, server_default="0"),  # rises whenever what is found may differ
)

leases = Table(
    "leases",  # whose turn it is to do what one process does for all: a row a duty
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Utc, nullable=False),
)

odd_rows = Table(
    "odd_rows",  # rows of the feed that could not be read
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # below 0: one whose own id can't be read
)

workflows = Table(
    "workflows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Id, nullable=False),
    Column("project", Text, nullable=False),
    Column("workflow", Text, nullable=False),
    # The last 20 successes, newest first, as JSON: [[finished, attempt, seconds], …]; and what they say.
    Column("sample", Text, nullable=False),
    Column("usual", Float),
    Column("ninetieth", Float),
    Column("slow_after", Float),
    UniqueConstraint("project_id", "workflow", name="workflows_key"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("session_id", Id, nullable=False),
    Column("workflow", Integer, nullable=False),  # workflows.id
    Column("session_time", Seconds, nullable=False),
    Column("session_offset", Integer, nullable=False),  # of the session time's own zone, in seconds
    Column("session_day", Integer, nullable=False),  # there, as a proleptic ordinal
    Column("status", String(10), nullable=False),
    Column("created", Seconds, nullable=False),
    Column("finished", Seconds),
    Column("ended", Seconds),  # finished; created where a finished one tells no end
    Column("number", Integer),  # its place among the attempts of its session, from 1
    Column("workflow_id", Id),  # of the revision that it ran
    Column("session_uuid", String(64)),
    Column("retry_name", Text),
    Column("pool_id", Text),
    Column("cancel_requested", Boolean, nullable=False),
    Column("canceling_since", Seconds),  # when it was first seen so
    Column("seen", Id, nullable=False),  # when what stands here was asked for, in Unix milliseconds
    Column("is_last", Boolean, nullable=False),  # of its session
    Column("changed", Id),  # the number of its last change of status; none for what is history
    Column("diagnosed", Boolean, nullable=False),  # a failed one's root error has been read
)
_last, _open = attempts.c.is_last, attempts.c.ended.is_(None)
_undiagnosed = (attempts.c.status == "error") & ~attempts.c.diagnosed
Index(
    "attempts_in_window",
    *(attempts.c.ended, attempts.c.workflow, attempts.c.status),
    sqlite_where=_last,
    postgresql_where=_last,
)
Index("attempts_for_day", attempts.c.session_day, sqlite_where=_last, postgresql_where=_last)
Index("attempts_of_session", attempts.c.session_id)
Index("attempts_of_workflow", attempts.c.workflow, attempts.c.status, attempts.c.finished, attempts.c.id)
Index("attempts_open", attempts.c.id, sqlite_where=_open, postgresql_where=_open)
Index("attempts_undiagnosed", attempts.c.id, sqlite_where=_undiagnosed, postgresql_where=_undiagnosed)
Index("attempts_changed", attempts.c.changed)

failures = Table(
    "failures",
    metadata,
    Column("attempt_id", Id, primary_key=True, autoincrement=False),
    Column("workflow", Integer, nullable=False),  # workflows.id
    Column("finished", Seconds),
    Column("task", Text, nullable=False),  # full name of the task that failed; "" where none did
    Column("error", Text, nullable=False),  # its text, redacted
    Column("fingerprint", String(16), nullable=False),
    Index("failures_by_age", "finished"),
)

digests = Table(
    "digests",  # those made by command
    metadata,
    Column("name", String(80), primary_key=True),
    Column("cron", Text, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("channel", Text, nullable=False),  # Slack's id; as typed (#data) until it has been looked up
    Column("place", Text, nullable=False),  # what people call it
    Column("made_at", Utc, nullable=False),
    Column("words", Text, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("maker", String(32), nullable=False),  # Slack's id; "" is the operator
    Column("by", Text, nullable=False),  # what they were called
    Column("timed_at", Utc),  # since when these are its times, if they have been changed
    Column("resumed_at", Utc),
)

digest_troubles = Table(
    "digest_troubles",  # why a digest, a declared one too, cannot be posted now
    metadata,
    Column("digest", String(80), primary_key=True),
    Column("sentence", Text, nullable=False),
)

tellings = Table(
    "tellings",  # what was told beside the times, for its buttons
    metadata,
    Column("id", String(16), primary_key=True),
    Column("made_at", Utc, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

occurrences = Table(
    "occurrences",  # of all digests: what each post covers
    metadata,
    Column("digest", String(80), primary_key=True),
    Column("end", Utc, primary_key=True),
    Column("start", Utc, nullable=False),
    Column("state", String(10), nullable=False),  # due, late, told, silent
    Column("replaces", Integer, nullable=False),
    Column("cursor", Id),  # the last change that it has seen
    Column("note", Text, nullable=False),
    Column("payload", LargeBinary),  # what it told, for its buttons
    Column("waits_since", Utc),  # the first instant of what it replaces, if that was not told in its time
)

audit = Table(
    "audit",  # who did what, and when
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("who", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("did", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("channels", Text, nullable=False, server_default=""),
)

posts = Table(
    "posts",  # what is said unasked
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("message", Text, nullable=False),  # JSON: {"text": …, "blocks": […]}
    Column("payload", Text, nullable=False),  # JSON: what its metadata tells beside its key
    Column("wanted", Integer, nullable=False),  # the version of message and payload
    Column("shown", Integer, nullable=False),  # the one that stands in the channel
    Column("state", String(8), nullable=False),
    Column("ts", String(32)),  # of the message in the channel
    Column("unclear", Boolean, nullable=False),  # it may stand there although nothing tells
    Column("anew", Boolean, nullable=False),
    Column("repeats", Boolean, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("claimed_until", Utc),  # nobody touches it before
    Column("tries", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("planned_at", Utc, nullable=False),
    Column("posted_at", Utc),
    UniqueConstraint("kind", "subject", "occasion", name="posts_key"),
)
_waits = (posts.c.state == "planned") | ((posts.c.state == "posted") & (posts.c.shown < posts.c.wanted))
Index("posts_waiting", posts.c.channel, posts.c.id, sqlite_where=_waits, postgresql_where=_waits)
