"""A history in which all that can happen to attempts happens often: what a long random test lives through.

It is drawn whole from a seed, past and future; the clock decides what of it is seen. What `lifelike` tells is
likely, this is not: commits come late, retries start days later or while the attempt before still runs, ends
come up to seven days after it, kills are asked for long before the end or overtaken by success, what waits is
killed, and a few wait, or are being canceled, for ever. A project is deleted half-way while its attempts run
on, and its name is used again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from bot.playground.account.model import Attempt
from bot.playground.account.written import As, Written

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=length) for length in (1, 60, 3600, 86400))
LIFETIME = 7 * DAY  # what ends, ends before
PROJECTS, REUSED = ("sales", "crm", "ads & <more>"), "reborn"
WORKFLOWS = ("load", "send", "report")
Value = TypeVar("Value")
Weighed = tuple[tuple[Value, int], ...]  # what there is, and how often
LENGTHS: Weighed[timedelta] = ((MINUTE, 45), (10 * MINUTE, 30), (2 * HOUR, 15), (DAY, 7), (LIFETIME, 3))
WAITS: Weighed[timedelta] = ((SECOND, 80), (2 * MINUTE, 12), (HOUR, 6), (2 * DAY, 2))
PAUSES: Weighed[timedelta] = (
    (MINUTE, 30),
    (10 * MINUTE, 30),
    (6 * HOUR, 15),
    (DAY, 15),
    (3 * DAY, 6),
    (6 * DAY, 4),
)
ENDS: Weighed[As] = (
    ("success", 66),
    ("error", 20),
    ("killed", 10),
    ("queued", 1),
    ("canceling", 2),
)
ATTEMPTS: Weighed[int] = ((1, 78), (2, 12), (3, 7), (5, 3))


@dataclass(frozen=True, slots=True)
class _Life:
    """An attempt before it has an id; `given` is what `Written` is told of it."""

    session: int
    created: datetime
    visible: datetime
    given: dict[str, Any]


def restless(
    seed: int,
    begin: datetime,
    end: datetime,
    *,
    sessions: int = 1000,
    late: float = 50.0,
    late_share: float = 0.15,
    longest: timedelta = LIFETIME,
) -> Written:
    """So many sessions, created from `begin` to `end`, half of them at full hours, and retried up to `end`.

    late: the longest time from an id to its commit, in seconds; `late_share` of the attempts take some of it.
    longest: how long an attempt waits or runs at most; where that is short, few are open at a time.
    Times are in whole seconds; ids are sparse and, but for seconds, in the order of creation.
    """
    drawn = _Draws(Random(seed), begin, end, late, late_share, longest)
    lives = [life for number in range(sessions) for life in drawn.session(number)]
    lives.sort(key=lambda life: (life.created, life.session))
    return _written(lives, drawn.rng, begin, end)


@dataclass(frozen=True, slots=True)
class _Draws:
    rng: Random
    begin: datetime
    end: datetime
    late: float
    late_share: float
    longest: timedelta

    def session(self, number: int) -> Iterator[_Life]:
        at = self.begin + self._part(self.end - self.begin)
        if self.rng.random() < 0.5:
            at = max(self.begin, at.replace(minute=0, second=0)) + self._part(MINUTE)
        for _ in range(self._one(ATTEMPTS)):
            if at >= self.end:
                return
            life = self._life(number, at)
            yield life
            over = life.given.get("finished") or life.visible + DAY
            after = life.visible if self.rng.random() < 0.25 else over
            at = after + SECOND + self._part(self._one(PAUSES))

    def _life(self, session: int, created: datetime) -> _Life:
        lag = self.late * self.rng.random() if self.rng.random() < self.late_share else 0.0
        visible = created + timedelta(seconds=int(lag))
        started = visible + SECOND + self._part(min(self._one(WAITS), self.longest))
        end = self._one(ENDS)
        if end in ("queued", "canceling") and self.longest < LIFETIME:
            end = "success"
        given: dict[str, Any] = {"outcome": end, "waiting": self.rng.choice(("queued", "blocked"))}
        if end in ("success", "error", "killed"):
            length = SECOND + self._part(min(self._one(LENGTHS), self.longest))
            finished = min(started + length, created + LIFETIME - MINUTE)
            given |= {"started": started, "finished": finished}
            given |= self._cancel(end, visible, started, finished)
        elif end == "canceling":
            given |= {"started": started, "cancel": visible + self._part(DAY)}
        return _Life(session, created, visible, given)

    def _cancel(
        self, end: As, visible: datetime, started: datetime, finished: datetime
    ) -> dict[str, datetime]:
        """When a kill was asked for: any time before the end, rarely in vain; what waits is killed, too."""
        if end == "killed" and self.rng.random() < 0.2:
            asked = visible + self._part(started - visible)
            over = asked + SECOND + self._part(MINUTE)
            return {"cancel": asked, "started": max(started, over), "finished": over}
        if end == "killed" or (end == "success" and self.rng.random() < 0.04):
            return {"cancel": finished - self._part(min(finished - started, 6 * HOUR))}
        return {}

    def _part(self, of: timedelta) -> timedelta:
        return timedelta(seconds=int(of.total_seconds() * self.rng.random()))

    def _one(self, of: Weighed[Value]) -> Value:
        return self.rng.choices([value for value, _ in of], [weight for _, weight in of])[0]


def _written(lives: list[_Life], rng: Random, begin: datetime, end: datetime) -> Written:
    """Gives ids, in the order of creation, and homes."""
    history = Written(begin)
    homes = [history.project(name, created=begin - DAY) for name in PROJECTS]
    middle = begin + (end - begin) / 2
    gone = history.delete_project(history.project(REUSED, created=begin - DAY), middle)
    again = history.project(REUSED, created=middle)
    first: dict[int, Attempt] = {}
    number, session = rng.randrange(10_000, 20_000), rng.randrange(1_000, 2_000)
    for life in lives:
        number += rng.randrange(1, 40)
        given = {**life.given, "id": number, "created": life.created, "visible": life.visible}
        known = first.get(life.session)
        if known is not None:
            if known.session.project.id != gone.id or life.created < middle:
                history.retry(known, retry_name=_name(rng, number), **given)
            continue
        session += rng.randrange(1, 30)
        home = rng.choice([*homes, gone if life.created < middle else again])
        first[life.session] = history.run(
            home, rng.choice(WORKFLOWS), session_id=session, **_earlier(given, rng)
        )
    return history


def _earlier(given: dict[str, Any], rng: Random) -> dict[str, Any]:
    """`createdAt` is when a transaction began; its id was taken up to seconds later."""
    return given | {"created": given["created"] - timedelta(seconds=rng.choice((0, 0, 0, 1, 3)))}


def _name(rng: Random, number: int) -> str:
    return rng.choice((f"retry-{number}", f"再実行 {number}", f"{rng.getrandbits(128):032x}"))
