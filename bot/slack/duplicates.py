"""Deliveries that were seen already: Slack repeats what it believes lost, and Bolt answers each copy."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

KEPT_SECONDS = 600.0
KEPT_DELIVERIES = 20_000


class Duplicates:
    """Remembers deliveries for ten minutes. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[bytes, float] = {}

    def seen(self, body: Mapping[str, Any]) -> bool:
        """Whether this delivery came before; it has come now."""
        key = digest(body)
        now = self._clock()
        self._forget(now)
        if key in self._seen:
            return True
        self._seen[key] = now
        return False

    def _forget(self, now: float) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > now - KEPT_SECONDS and len(self._seen) < KEPT_DELIVERIES:
                return
            del self._seen[oldest]


def digest(body: Mapping[str, Any]) -> bytes:
    """An event is known by its `event_id`, anything else by all that it says (its trigger_id is unique)."""
    text = body.get("event_id") or json.dumps(body, sort_keys=True)
    return hashlib.sha256(str(text).encode()).digest()
