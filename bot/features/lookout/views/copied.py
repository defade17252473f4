"""How the copy stands, in words. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.blocks.human import counted, day, duration, moment
from bot.core.standing import MirrorStanding

LAGS = timedelta(minutes=2)
"""A copy that is kept up and has not been caught up for so long has trouble."""


def copied_trouble(copied: MirrorStanding, now: datetime) -> str:
    """What is wrong with it, as a sentence; "" where all is well."""
    if copied.trouble:
        return copied.trouble
    if copied.keeps and copied.ticked_at and now - copied.ticked_at > LAGS:
        return f"It lags: the last complete tick was {duration(now - copied.ticked_at)} ago."
    return ""


def copied_lines(copied: MirrorStanding, now: datetime, zone: ZoneInfo) -> list[str]:
    """How far it goes, how old it is, what it holds, and who keeps it."""
    if copied.only_sessions:
        return ["none: this server lists sessions only"]
    if not copied.begun:
        return ["none yet: its fill has not begun" if copied.keeps else "there is none in the database"]
    lines = [_reach(copied, now, zone), _age(copied, now, zone), _holds(copied), _kept(copied)]
    return [line for line in lines if line]


def _reach(copied: MirrorStanding, now: datetime, zone: ZoneInfo) -> str:
    """`filled back to Mon 9 Nov 13:00, complete`, or how far it has still to go."""
    since = moment(copied.filled_to, now, zone) if copied.filled_to else "the account's beginning"
    reach = f"filled back to {since}"
    if copied.whole:
        return f"{reach}, complete"
    exact = "exact" if copied.exact else "not yet exact"
    return f"{reach}, on its way to {moment(copied.aim, now, zone)}; {exact} for the last 24 h"


def _age(copied: MirrorStanding, now: datetime, zone: ZoneInfo) -> str:
    """`last complete look 13:59:31, 12 s ago · lag 4 s`: the lag is since the last complete tick or look."""
    look, tick = copied.looked_at, copied.ticked_at
    said = ["no complete look yet"]
    if look is not None:
        at = f"{day(look, now, zone)} {look.astimezone(zone):%H:%M:%S}".strip()
        said = [f"last complete look {at}, {duration(now - look)} ago"]
    return " · ".join(said + ([f"lag {duration(now - tick)}"] if tick else []))


def _holds(copied: MirrorStanding) -> str:
    return " · ".join(
        [
            f"{counted(copied.unfinished, 'open attempt')}",
            f"{counted(copied.unread, 'error')} still to be read",
            f"{counted(copied.odd, 'odd row')} set aside",
        ]
    )


def _kept(copied: MirrorStanding) -> str:
    return " · ".join(_keeping(copied))


def _keeping(copied: MirrorStanding) -> Iterator[str]:
    if copied.a_minute is not None:
        yield f"{copied.a_minute:,.1f} requests a minute of late"
    yield f"kept up by {copied.lease}" if copied.lease else "nobody keeps it up just now"
