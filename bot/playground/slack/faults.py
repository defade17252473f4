"""Misbehaviour that can be switched on while the local Slack runs."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Drop:
    """Close the connection without an answer, `after` having done what was asked or before."""

    after: bool = True


@dataclass(frozen=True)
class Broken:
    """Answer with a 5xx and a page; `after` having done what was asked, or without."""

    status: int = 503
    after: bool = False


@dataclass(frozen=True)
class Slow:
    """Do it, then answer only after so many seconds of the clock."""

    seconds: float


@dataclass(frozen=True)
class RateLimited:
    """429 with this `Retry-After` (seconds)."""

    retry_after: int = 1


@dataclass(frozen=True)
class Refuse:
    """Answer `{"ok": false, "error": …}`."""

    error: str


Fault = Drop | Broken | Slow | RateLimited | Refuse


@dataclass
class _Armed:
    method: str
    fault: Fault
    times: int | None


class Faults:
    """What is to go wrong next. Methods are named as in the Web API; `response_url`, `upload` and `*` too."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._storm: Callable[[str], Fault | None] | None = None

    def arm(self, method: str, fault: Fault, times: int | None = 1) -> None:
        """Let `method` go wrong the next `times` times (None: until `clear`)."""
        self._armed.append(_Armed(method, fault, times))

    def storm(self, chance: Random, share: float, faults: Sequence[Fault], methods: Collection[str]) -> None:
        """From now on, until all is cleared: this share of the requests to these methods goes wrong."""

        def strike(method: str) -> Fault | None:
            return chance.choice(faults) if method in methods and chance.random() < share else None

        self._storm = strike

    def clear(self, method: str | None = None) -> None:
        if method is None:
            self._storm = None
        self._armed = [one for one in self._armed if method is not None and one.method != method]

    def take(self, method: str) -> Fault | None:
        """The fault for this request, if one is due; used up by asking."""
        for one in self._armed:
            if one.method in {method, "*"}:
                if one.times is not None:
                    one.times -= 1
                    if one.times <= 0:
                        self._armed.remove(one)
                return one.fault
        return self._storm(method) if self._storm else None
