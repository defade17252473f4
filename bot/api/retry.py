"""Whether a request that failed is made again, and when. Pure: chance, time and the budget are arguments.

Why no retry library: a wait hangs on a budget that many requests share, on the server's own `Retry-After` and
on whether anything ever answered. What would be left to a library is the loop.
"""

from dataclasses import dataclass

from bot.core.errors import ApiError, ServerFailed, TooManyRequests
from bot.core.patience import Patience


@dataclass(frozen=True, slots=True)
class Rules:
    """Seconds and counts of the retries.

    `tries` is the most where an answer must come soon. Who has a bound on silence alone goes on until that is
    out, but no longer than `hopeless` where nothing ever answered and what failed is likely to last.
    """

    tries: int = 4
    first: float = 0.2
    longest: float = 5.0
    hopeless: float = 3.0


RULES = Rules()


def wait_before_next(
    error: ApiError, *, tries: int, since: float, patience: Patience, chance: float, rules: Rules
) -> float | None:
    """Seconds to wait before the same request is made again; None to give up with `error`.

    `tries` were made so far, the first one `since` seconds ago; `chance` is from 0 to 1. Waits double, each
    with jitter, and never reach the end of the budget. A `Retry-After` is kept to, or not begun where it is
    too long.
    """
    left = patience.left()
    soon = patience.total is not None or patience.silence is None
    if not error.passing or left <= 0 or (soon and tries >= rules.tries):
        return None
    if error.lasting and not patience.answered and since >= rules.hopeless:
        return None
    asked = error.retry_after if isinstance(error, TooManyRequests | ServerFailed) else None
    if asked is not None:
        wait = asked + chance * rules.first
        return wait if wait < left else None
    doubled = min(rules.longest, rules.first * 2.0 ** min(tries - 1, 16))
    wait = doubled * (0.5 + chance / 2)
    if wait < left:
        return wait
    return None if soon or left < rules.first else left / 2
