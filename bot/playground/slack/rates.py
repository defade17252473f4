"""Slack's rate limits: calls a minute for each method, one message a second for each channel."""

import math
from collections import defaultdict, deque

from bot.playground.slack import limits as most
from bot.playground.slack.clock import Clock
from bot.playground.slack.errors import SlackError


class Rates:
    """Counts calls; SlackError 429 `ratelimited` with `Retry-After` where one is too many."""

    def __init__(self, clock: Clock, *, burst: int = most.POST_BURST, tiers: bool = True) -> None:
        self._clock, self._burst, self._tiers = clock, burst, tiers
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._buckets: dict[str, tuple[float, float]] = {}  # channel: (messages left, as of)

    def count(self, method: str) -> None:
        """One call of a method, in a window of a minute."""
        if not self._tiers:
            return
        allowed = most.TIERS.get(most.METHOD_TIERS.get(method, 0), most.SPECIAL_A_MINUTE)
        calls, now = self._calls[method], self._clock.now()
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= allowed:
            raise _limited(calls[0] + 60 - now)
        calls.append(now)

    def count_post(self, channel: str) -> None:
        """One message in a channel: one a second, with a small burst."""
        now = self._clock.now()
        left, since = self._buckets.get(channel, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * most.POSTS_A_SECOND)
        if left < 1:
            self._buckets[channel] = (left, now)
            raise _limited((1 - left) / most.POSTS_A_SECOND)
        self._buckets[channel] = (left - 1, now)


def _limited(seconds: float) -> SlackError:
    return SlackError("ratelimited", status=429, retry_after=max(1, math.ceil(seconds)))
