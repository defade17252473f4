"""The rules that make the copy exact, and what they cost; a test that breaks one must find the copy wrong."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    """How the copy is kept.

    An attempt is given its id at insert and seen at commit, up to a minute later: so a tick pages down to
    what was created `look_back` before the newest row of the last complete one, and every `deep_every` to
    `deep_back` before it. With `rereads` open attempts are read again; with `waits` the mark moves only when
    all pages came.

    `kept` is how long attempts are kept; `exact` what an exact answer for the last 24 h needs (an attempt
    lives 7 days at most). A tick reads one page of open attempts again every `reread_every`.
    """

    look_back: timedelta = timedelta(seconds=60)
    deep_every: timedelta = timedelta(minutes=10)
    deep_back: timedelta = timedelta(minutes=10)
    rereads: bool = True
    waits: bool = True
    kept: timedelta = timedelta(days=15)
    exact: timedelta = timedelta(days=8)
    reread_every: timedelta = timedelta(seconds=40)
    fill_width: int = 16
    wave: int = 62
    """Requests of one look at most, its second wave apart: two times what the client has in flight."""


RULES = Rules()
