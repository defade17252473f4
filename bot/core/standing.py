"""How the copy stands: for those who want to know whether it can be relied on."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MirrorStanding:
    """Times are aware UTC; None is never, or not known.

    `keeps`: this process keeps the copy up; otherwise it only reads what another left in the database.
    `only_sessions`: the server has nothing but the list of sessions, so there is nothing to copy.
    `begun`: there is a copy. It holds all attempts created since `filled_to` (None: since the account's first
    one); it is `whole` where that is as far back as is kept, to `aim`, and `exact` where it answers for the
    last 24 h exactly. `ticked_at` is when the last complete tick or look began, `looked_at` the last complete
    look. `trouble` is why it does not get on, as a sentence.

    `unfinished` counts attempts that have not ended, `odd` rows set aside as unreadable, `unread` failed
    attempts whose error is still to be read; `a_minute` is how many requests a minute this process sends of
    late, for whatever purpose. `lease` names who keeps the copy up, where several could.
    """

    keeps: bool
    only_sessions: bool
    begun: bool
    filled_to: datetime | None
    aim: datetime
    whole: bool
    exact: bool
    ticked_at: datetime | None
    looked_at: datetime | None
    trouble: str | None
    unfinished: int
    odd: int
    unread: int
    a_minute: float | None
    lease: str | None = None
