"""What `/lookout` answers: help over all commands, and the bot's own state."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks import pieces
from bot.blocks.human import counted, duration, moment, number
from bot.blocks.message import Message
from bot.blocks.text import prose


@dataclass(frozen=True, slots=True)
class Standing:
    """The bot's own state. Times are aware UTC; `trouble` are sentences, "" where all is well."""

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


def status_message(standing: Standing) -> Message:
    rows = [
        ("Account", standing.account, standing.account_trouble or _account(standing)),
        ("Slack", standing.slack, standing.slack_trouble or "connected"),
        ("Database", standing.database, standing.database_trouble or _asks(standing)),
    ]
    troubled = [
        row
        for row in rows
        if row[2] in (standing.account_trouble, standing.slack_trouble, standing.database_trouble)
    ]
    headline = "Lookout has trouble" if troubled else "Lookout is well"
    small = _small(standing)
    blocks = [pieces.header(headline)]
    blocks += [pieces.section(_line(row, row in troubled)) for row in rows]
    text = "\n".join([headline, *(f"{title}: {what} · {said}" for title, what, said in rows), small])
    return Message(prose(text), (*blocks, pieces.context(prose(small))))


def _line(row: tuple[str, str, str], troubled: bool) -> str:
    title, what, said = row
    return f"{'🔴' if troubled else '🟢'} *{title}* · {prose(what)}\n{prose(said)}"


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
    running = f"Lookout {standing.version} · up {up}{seen}"
    return f"as of {as_of} · {running} · questions are read straight from the API"
