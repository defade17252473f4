"""What `/lookout status` answers: the bot's own state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks import pieces
from bot.blocks.human import counted, duration, moment, number
from bot.blocks.message import Block, Message
from bot.blocks.text import prose
from bot.core.standing import MirrorStanding
from bot.features.lookout.views.copied import copied_lines, copied_trouble


@dataclass(frozen=True, slots=True)
class Standing:
    """The bot's own state. Times are aware UTC; `trouble` are sentences, "" where all is well.

    `copied` is None where the database could not be read.
    """

    now: datetime
    zone: ZoneInfo
    version: str
    started_at: datetime
    account: str
    account_trouble: str
    answered_in: float | None
    last_good_at: datetime | None
    requests: int
    failures: int
    slack: str
    slack_trouble: str
    database: str
    database_trouble: str
    asks: int | None
    copied: MirrorStanding | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that can be well or not; its lines are plain."""

    title: str
    what: str
    lines: tuple[str, ...]
    troubled: bool

    def block(self) -> Block:
        head = f"{'🔴' if self.troubled else '🟢'} *{self.title}* · {prose(self.what)}"
        return pieces.section("\n".join([head, *map(prose, self.lines)]))

    def line(self) -> str:
        return f"{self.title}: {' · '.join([self.what, *self.lines])}"


def status_message(standing: Standing) -> Message:
    parts = list(_parts(standing))
    headline = "Lookout has trouble" if any(part.troubled for part in parts) else "Lookout is well"
    small = _small(standing)
    blocks = [pieces.header(headline), *(part.block() for part in parts), pieces.context(prose(small))]
    text = "\n".join([headline, *(part.line() for part in parts), small])
    return Message(prose(text), tuple(blocks))


def _parts(standing: Standing) -> Iterator[Part]:
    account, slack, database = standing.account_trouble, standing.slack_trouble, standing.database_trouble
    yield Part("Account", standing.account, (account or _account(standing),), bool(account))
    yield Part("Slack", standing.slack, (slack or "connected",), bool(slack))
    yield Part("Database", standing.database, (database or _asks(standing),), bool(database))
    if standing.copied is not None:
        trouble = copied_trouble(standing.copied, standing.now)
        what, *lines = copied_lines(standing.copied, standing.now, standing.zone)
        yield Part("Copy", what, (*([trouble] if trouble else []), *lines), bool(trouble))


def _account(standing: Standing) -> str:
    took = (
        f"answered in {standing.answered_in * 1000:.0f} ms"
        if standing.answered_in is not None
        else "not asked yet"
    )
    asked = f"{counted(standing.requests, 'request')}, {number(standing.failures)} failed"
    return f"{took} · {asked}, since the start"


def _asks(standing: Standing) -> str:
    return f"{counted(standing.asks or 0, 'answer')} kept for turning pages"


def _small(standing: Standing) -> str:
    up = duration(standing.now - standing.started_at)
    good = standing.last_good_at
    seen = f" · last good answer {moment(good, standing.now, standing.zone)}" if good else ""
    as_of = f"{standing.now.astimezone(standing.zone):%H:%M:%S} {standing.zone.key}"
    return f"as of {as_of} · Lookout {standing.version} · up {up}{seen} · {_source(standing.copied)}"


def _source(copied: MirrorStanding | None) -> str:
    """Where questions about the last 24 h are answered from."""
    whence = "from the copy, after a look at the account"
    return f"questions are answered {whence if copied and copied.exact else 'straight from the API'}"
