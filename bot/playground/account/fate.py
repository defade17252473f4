"""What becomes of runs: waits, durations, outcomes, retries; all drawn from the seed, the same whenever
asked.

Times are Unix seconds. A bucket (calendar.py) is drawn as a whole, a fixed number of draws a run, so that
each run can be had at random.
"""

from collections import OrderedDict
from dataclasses import dataclass
from random import Random

from bot.playground.account.calendar import BUCKET, Calendar
from bot.playground.account.catalog import Plan
from bot.playground.account.model import Outcome, Waiting

HOUR, DAY = 3600, 86400
LONGEST = int(6.5 * DAY)  # an attempt lives 7 days at most
RETRIED = 0.015  # share of sessions that fail first and are retried
LIVE_RETRIED = 0.03  # the same where someone watches
# After how many buckets each further attempt follows, and how often that is so.
CHAINS: tuple[tuple[tuple[int, ...], int], ...] = (
    ((2,), 20),
    ((3,), 16),
    ((6,), 12),
    ((12,), 10),
    ((36,), 6),
    ((144,), 5),
    ((288,), 5),
    ((576,), 3),
    ((1440,), 2),
    ((2, 6), 8),
    ((3, 36), 4),
    ((12, 288), 3),
    ((2, 6, 12), 4),
    ((36, 576, 1440), 1),
)
LAGS = tuple(sorted({lag for chain, _ in CHAINS for lag in chain}))
KEPT_DAYS, KEPT_CHAINS = 64, 8192


@dataclass(frozen=True, slots=True)
class Fate:
    """One attempt's life."""

    created: int
    visible: int
    started: int
    finished: int
    outcome: Outcome
    waiting: Waiting = "queued"
    cancel: int | None = None
    cause: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Twist:
    """What a story makes of one session: its first attempt, and later ones."""

    first: Fate
    again: tuple[Fate, ...] = ()


class Fates:
    """Draws the lives of all runs of a calendar. `scale` stretches usual durations."""

    def __init__(self, seed: int, plans: tuple[Plan, ...], calendar: Calendar, scale: float) -> None:
        self._seed = seed
        self._plans = plans
        self._calendar = calendar
        self._scale = scale
        self._troubles: OrderedDict[int, dict[int, tuple[int, int, str]]] = OrderedDict()
        self._chains: OrderedDict[int, dict[int, tuple[Fate, ...]]] = OrderedDict()
        self.twists: dict[tuple[int, int], Twist] = {}

    def usual(self, plan: Plan) -> float:
        """Seconds that a run of this plan usually takes."""
        return plan.usual if plan.kind == "live" else plan.usual * self._scale

    def firsts(self, bucket: int) -> list[Fate]:
        """The first attempt of each session of a bucket, by position."""
        rng, chains = Random(f"{self._seed}/{bucket}"), self.chains(bucket)
        return [
            self._first(
                bucket, place, second, number, [rng.random() for _ in range(6)], chains.get(place, ())
            )
            for place, (second, number) in enumerate(self._calendar.fires(bucket))
        ]

    def chains(self, bucket: int) -> dict[int, tuple[Fate, ...]]:
        """The further attempts of those sessions of a bucket that are retried, by position."""
        if bucket not in self._chains:
            self._chains[bucket] = self._again(bucket)
            if len(self._chains) > KEPT_CHAINS:
                self._chains.popitem(last=False)
        return self._chains[bucket]

    def _first(
        self, bucket: int, place: int, second: int, number: int, draws: list[float], again: tuple[Fate, ...]
    ) -> Fate:
        twist = self.twists.get((bucket, place))
        if twist is not None:
            return twist.first
        plan, created = self._plans[number], bucket * BUCKET + second
        wait, waiting = _wait(draws[0])
        length = min(_length(draws[1], draws[2], self.usual(plan)), LONGEST)
        outcome, cause = self._outcome(number, created, draws[3], draws[4])
        if again:
            wait, outcome = 1, "killed" if draws[3] < 0.1 else "error"
            length = min(length, int((again[0].created - created) * 0.8))
            cause = cause or _pick(plan.causes, draws[4])
        elif outcome == "error" and length < DAY / 2:
            length = max(2, int(length * (0.1 + 0.9 * draws[4])))
        finished = created + wait + length
        cancel = max(created + wait, finished - 2 - int(draws[5] ** 3 * 600)) if outcome == "killed" else None
        visible = created + _commit(draws[5])
        return Fate(created, visible, created + wait, finished, outcome, waiting, cancel, cause)

    def _outcome(self, number: int, created: int, draw: float, pick: float) -> tuple[Outcome, str | None]:
        plan = self._plans[number]
        if plan.flaps is not None:
            stretch, cycle, bad = plan.flaps
            return ("error", plan.causes[0]) if created // stretch % cycle < bad else ("success", None)
        begin, end, cause = self._trouble(created // DAY).get(number, (0, 0, ""))
        if begin <= created < end:
            return "error", cause
        if draw < plan.failing:
            return "error", _pick(plan.causes, pick)
        return ("killed", None) if draw > 0.996 else ("success", None)

    def _trouble(self, day: int) -> dict[int, tuple[int, int, str]]:
        """Incidents of a UTC day: which plans fail from when to when, and of what; some share one cause."""
        found = self._troubles.get(day)
        if found is None:
            rng = Random(f"{self._seed}/trouble/{day}")
            found = {}
            for number, plan in enumerate(self._plans):
                if rng.random() < 0.015:
                    found[number] = _incident(day, plan, rng)
            if rng.random() < 0.25:
                begin = day * DAY + rng.randrange(20 * HOUR)
                found |= {
                    number: (begin, begin + 2 * HOUR, "presto_memory")
                    for number in range(len(self._plans))
                    if rng.random() < 0.05
                }
            self._troubles[day] = found
            if len(self._troubles) > KEPT_DAYS:
                self._troubles.popitem(last=False)
        return found

    def _again(self, bucket: int) -> dict[int, tuple[Fate, ...]]:
        fires = self._calendar.fires(bucket)
        if not fires:
            return {}
        rng = Random(f"{self._seed}/again/{bucket}")
        found = {
            place: self._chain(bucket, number, Random(f"{self._seed}/chain/{bucket}/{place}"))
            for place, (_, number) in enumerate(fires)
            if rng.random() < (LIVE_RETRIED if self._plans[number].kind == "live" else RETRIED)
        }
        for place in range(len(fires)):
            twist = self.twists.get((bucket, place))
            if twist is not None:
                found.pop(place, None)
                found |= {place: twist.again} if twist.again else {}
        return found

    def _chain(self, bucket: int, number: int, rng: Random) -> tuple[Fate, ...]:
        lags = rng.choices([chain for chain, _ in CHAINS], [weight for _, weight in CHAINS])[0]
        lags = LAGS[:1] if self._plans[number].kind == "live" else lags
        times = [(bucket + lag) * BUCKET + rng.randrange(BUCKET) for lag in lags]
        plan, chain = self._plans[number], list[Fate]()
        for place, created in enumerate(times):
            gap = times[place + 1] - created if place + 1 < len(times) else LONGEST
            outcome: Outcome = "error"
            if place + 1 == len(times):
                outcome = rng.choices(("success", "error", "killed"), (75, 20, 5))[0]
            length = int(min(self.usual(plan) * rng.uniform(0.5, 1.3), gap * 0.8)) + 2
            chain.append(again(created, length, outcome, rng.choice(plan.causes), rng))
        return tuple(chain)


def again(created: int, length: int, outcome: Outcome, cause: str, rng: Random) -> Fate:
    """A further attempt; a person's, a script's or a console's name for it."""
    name = rng.choice(
        (f"retry-{rng.getrandbits(40):010x}", f"再実行 {created}", f"{rng.getrandbits(128):032x}")
    )
    return Fate(
        created=created,
        visible=created + _commit(rng.random()),
        started=created + 1,
        finished=created + length,
        outcome=outcome,
        cancel=created + length - 3 if outcome == "killed" else None,
        cause=cause if outcome == "error" else None,
        name=name,
    )


def _incident(day: int, plan: Plan, rng: Random) -> tuple[int, int, str]:
    begin = day * DAY + rng.randrange(20 * HOUR)
    length = rng.randrange(HOUR, 6 * HOUR)
    if plan.kind in ("daily", "weekdays"):
        begin, length = day * DAY, DAY
    return begin, begin + length, rng.choice(plan.causes)


def _pick(causes: tuple[str, ...], draw: float) -> str:
    return causes[int(draw * len(causes))]


def _wait(draw: float) -> tuple[int, Waiting]:
    if draw < 0.9:
        return 1, "queued"
    if draw < 0.97:
        return 5 + int((draw - 0.9) / 0.07 * 240), "queued"
    return 10 + int((draw - 0.97) / 0.03 * 590), "blocked"


def _length(tail: float, spread: float, usual: float) -> int:
    """Mostly about as usual; some slow ones, few of hours, fewer of days."""
    if tail < 0.0002:
        return int(DAY * (1 + 5.5 * spread**4))
    if tail < 0.0012:
        return int(HOUR * (1 + 3 * spread))
    if tail < 0.01:
        return int(usual * (3 + 3 * spread))
    return max(2, int(usual * (0.8 + 0.4 * spread)))


def _commit(draw: float) -> int:
    """Seconds from the id to its commit: most at once, some a few, few up to twenty."""
    return 0 if draw < 0.9 else 1 + int(((draw - 0.9) / 0.1) ** 3 * 19)


def mean_length(plans: tuple[Plan, ...]) -> float:
    """The mean usual duration of a run, in seconds, before scaling."""
    runs = sum(plan.runs for plan in plans)
    return sum(plan.runs * plan.usual for plan in plans) / max(runs, 1)


def scale_for(plans: tuple[Plan, ...], open_attempts: float) -> float:
    """How to stretch usual durations so that about so many attempts are open at any time (Little's law)."""
    runs = max(sum(plan.runs for plan in plans), 1)
    tails = 0.0002 * 2.1 * DAY + 0.001 * 2.5 * HOUR + 20
    return max(0.1, (open_attempts * DAY / runs - tails) / (0.94 * max(mean_length(plans), 1)))
