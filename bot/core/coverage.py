"""What an answer covers, and how old it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a look covers, and how old it is.

    `as_of` is when its first request was sent (UTC). `since` is where reading stopped short: attempts
    created before it were not all read, and None means that it is complete. `trouble` is why, as a sentence.
    `feed` "sessions" means a server with nothing but GET /api/sessions: later retries of older sessions may
    be missed, and how many attempts a session has is unknown. `odd` counts rows set aside as unreadable.
    `copied`: answered from a copy, where errors are read in the background, later. `unreached` counts
    unfinished attempts that stand as they were seen before `as_of`.
    """

    as_of: datetime
    since: datetime | None = None
    feed: Literal["attempts", "sessions"] = "attempts"
    odd: int = 0
    trouble: str | None = None
    copied: bool = False
    unreached: int = 0

    @property
    def complete(self) -> bool:
        return self.since is None
