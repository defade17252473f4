"""How the outbox goes about it, in numbers."""

from dataclasses import dataclass
from datetime import timedelta

from bot.store.posts import LEASE


@dataclass(frozen=True, slots=True)
class Rules:
    """Seconds, where nothing else is said.

    `lease` is how long a post is one process's alone. `pace` is the least time between two messages in a
    channel. `first_wait` is how long an unclear outcome is left alone before the channel is read: Slack may
    still be at it; each further one is twice as long, up to `longest_wait`. `skew` is how far Slack's clock
    and ours may be apart. `looks_up`: only a test posts without looking.
    """

    lease: timedelta = LEASE
    pace: float = 1.0
    first_wait: float = 5.0
    longest_wait: float = 60.0
    skew: timedelta = timedelta(hours=1)
    looks_up: bool = True

    def wait(self, tries: int) -> timedelta:
        """After so many tries in vain."""
        return timedelta(seconds=min(self.longest_wait, self.first_wait * 2 ** min(tries, 10)))


RULES = Rules()
