"""A period of a digest as it stood at its end: from the copy after a complete look begun since then, and from
the attempts feed what the copy does not hold.

An attempt lives at most 7 days, so what ended since a period's floor was created at most 7 days before it.
Of what is read from the feed only that is kept by which the period is reckoned.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from bot.core.coverage import Coverage
from bot.core.diagnosis import first_line
from bot.core.digest import Key, Period, Reckoning
from bot.core.errors import LookoutError, NotFound
from bot.core.finding import Seen, Span
from bot.core.model import MARGIN
from bot.core.names import Names, NoSuchName, Settled, Within, settle
from bot.core.patience import Patience
from bot.core.query import Misread, Query
from bot.core.reckoning import causes, reckon, streaks
from bot.core.statistics import pace_of
from bot.core.window import days as days_of
from bot.mirror.diagnosis import failure_of
from bot.mirror.errors import root_tasks
from bot.mirror.feed import Feed
from bot.mirror.gathered import Days, Gathered
from bot.mirror.mirror import Mirror
from bot.mirror.scan import LIFETIME
from bot.mirror.search import last_id_at
from bot.mirror.segments import WIDTH, Reading
from bot.mirror.sending import pages_of
from bot.store.past import Facts, Past
from bot.store.progress import Progress
from bot.store.rows import chunks
from bot.store.samples import merged

WIDE = 10_000
"""Requests of the look of an account in which more is open than an ordinary look reaches."""
LOOKS = 3
NO_NAMES = Names()
NAMED = 1000
"""Failed attempts, and slower ones, whose details are read."""
DIAGNOSED = 200
"""Failed attempts whose errors are read at once where someone waits for them."""

Missed = Misread | NoSuchName
"""What of the words names nothing."""


class NotYet(LookoutError):
    """What stood at an instant cannot be told yet: the sentence says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """`seen` are the attempts that the reckoning names (of failed and slower ones the first 1,000).
    `sequence` is the number of the last change that the copy had seen; `as_of` (UTC) when the look or the
    reading began; `coverage.feed` tells what it was read from."""

    reckoning: Reckoning
    seen: Mapping[int, Seen]
    sequence: int
    as_of: datetime
    coverage: Coverage


async def past(
    mirror: Mirror,
    query: Query,
    period: Period,
    zone: ZoneInfo,
    patience: Patience,
    *,
    cursor: int | None = None,
    fresh: bool = True,
    diagnosed: bool = False,
    names: Names = NO_NAMES,
) -> Told | Missed:
    """Reckon a period for the places and session days of `query`; days are cut in `zone`.

    What is seen with a change above `cursor` only, but ended before the period, is told as late. Unless
    `fresh`, the copy tells what it has without a look. `diagnosed`: errors that nobody has read yet are read
    now. `names` are those that are known beside the copy's.
    Raises NotYet where no complete look begun since the period's end could be had, ApiError, StoreError.
    """
    if mirror.now() < period.end:
        raise NotYet(f"It ends at {period.end:%H:%M} UTC only.")
    wanted = days_of(query.session_days, now=period.end, zone=zone) if query.session_days else None
    days = (wanted.first, wanted.last) if wanted else None
    reader = _Reader(mirror, query, period, zone, patience, cursor, days, names, diagnosed)
    try:
        return await reader.read(fresh=fresh)
    except NotFound as error:
        if (await mirror.copy.progress()).mark is not None:  # a proxy's 404 passes
            raise NotYet(str(error)) from error
        return await reader.from_sessions()


@dataclass(slots=True)
class _Reader:
    mirror: Mirror
    query: Query
    period: Period
    zone: ZoneInfo
    patience: Patience
    cursor: int | None
    days: Days
    names: Names
    diagnosed: bool
    copy: Past = field(init=False)

    def __post_init__(self) -> None:
        self.copy = Past(self.mirror.copy.store)

    async def read(self, *, fresh: bool) -> Told | Missed:
        """Raises NotFound where the server has no feed of attempts."""
        if self.mirror.upkeep.only_sessions:
            return await self.from_sessions()
        progress, begun = await self.mirror.copy.progress(), self.mirror.now()
        if not self._helps(progress):
            return await self._alone(await self._from_feed(None), progress, begun)
        as_of = await self._looked(progress) if fresh else progress.ticked_at or begun
        for _ in range(LOOKS):
            progress = await self.mirror.copy.progress()
            held = progress.holds_from(self.period.floor - LIFETIME)
            bottom = 0 if held else progress.bottom_id or 0
            found = await self._from_feed(bottom) if bottom else Gathered(self.period, self.days)
            told = await self._beside(found, as_of)
            if not isinstance(told, Told) or self._stayed(progress, await self.mirror.copy.progress()):
                return told
        raise NotYet("What is kept changes faster than it can be read.")

    def _helps(self, progress: Progress) -> bool:
        """Whether the copy holds any of it."""
        if progress.mark is None or progress.bottom_id is None:
            return False
        bottom = progress.bottom_created
        return progress.bottom_id == 0 or (bottom is not None and bottom < self.period.end + MARGIN)

    def _stayed(self, before: Progress, after: Progress) -> bool:
        """Whether all that was held is still: what is old is let go."""
        return (after.bottom_id or 0) <= (before.bottom_id or 0)

    async def _looked(self, progress: Progress) -> datetime:
        """When a complete look began that is none too old; one is had if need be. Raises NotYet, ApiError."""
        end = self.period.end
        if progress.looked_at is not None and end <= progress.looked_at <= self.mirror.now():
            return progress.looked_at  # by a clock that was ahead it may be later than now
        for _ in range(LOOKS):
            try:
                looked = await self.mirror.upkeep.refresh.join(self.patience.left())
            except TimeoutError:
                break
            if looked.unreached:
                rules = replace(self.mirror.rules, wave=WIDE)
                feed = Feed(self.mirror.client, self.mirror.copy, self.mirror.now, rules)
                looked = await feed.look(self.patience)
            self.patience.good()
            if looked.at >= end and not looked.unreached:
                return looked.at
        raise NotYet(f"{self.mirror.client.account.name} could not be read completely in time.")

    async def _from_feed(self, below: int | None) -> Gathered:
        """What was created since the floor less a lifetime, of ids `below`; None: from the period's end on
        down. Raises ApiError, NotYet."""
        client, found = self.mirror.client, Gathered(self.period, self.days)
        if below is None:
            page = await client.attempts(patience=self.patience)
            below = await last_id_at(client, page, self.period.end, self.patience)
        if below is not None:
            page = await client.attempts(below, patience=self.patience)
        reading = Reading(page, self.period.floor - LIFETIME)
        async for rows, odd in pages_of(client, reading, self.patience, WIDTH):
            found.take(rows)
            found.odd += len(odd)
        if not reading.complete:
            raise reading.error or NotYet(f"{client.account.name} could not be read to the end in time.")
        return found

    async def from_sessions(self) -> Told | Missed:
        """From a server that has nothing but sessions, by the last attempt of each."""
        begun = self.mirror.now()
        look = await self.mirror.scan.look(Span(self.period.floor), self.patience)
        if not look.coverage.complete:
            name = self.mirror.client.account.name
            raise NotYet(look.coverage.trouble or f"{name} could not be read to the end in time.")
        found = Gathered(self.period, self.days, names=await look.names(), odd=look.coverage.odd)
        every = {row.id: row for row in chain(look.lasts, *look.endings.values())}
        await asyncio.to_thread(found.take, every.values())
        told = await self._alone(found, Progress(), begun)
        return replace(told, coverage=look.coverage) if isinstance(told, Told) else told

    async def _beside(self, found: Gathered, as_of: datetime) -> Told | Missed:
        """With what the copy holds: of the sessions found, every attempt, so that none counts twice."""
        within = await self._within(found)
        if not isinstance(within, Within):
            return within
        sessions = await asyncio.to_thread(found.sessions, within)
        facts = await self.copy.facts(self.period, within, self.days, self.cursor, sessions)
        return await self._told(facts, found, within, as_of)

    async def _alone(self, found: Gathered, progress: Progress, as_of: datetime) -> Told | Missed:
        within = await self._within(found)
        if not isinstance(within, Within):
            return within
        return await self._told(Facts((), (), {}, progress), found, within, as_of)

    async def _within(self, found: Gathered) -> Within | Missed:
        if not self.query.places:
            return Within()
        names = self.names | found.names | await self.mirror.finding.names()
        settled = settle(self.query, names, complete_names=True)
        return settled.within if isinstance(settled, Settled) else settled

    async def _told(self, facts: Facts, found: Gathered, within: Within, as_of: datetime) -> Told:
        counted = await asyncio.to_thread(self._counted, facts, found, within)
        failed = counted.reckoning.failed
        broken = [each.last for each in (*counted.reckoning.still_broken, *counted.reckoning.new)]
        known = dict(await self.copy.errors([*failed, *broken]))
        if self.diagnosed:
            known |= await self._diagnosed([each for each in (*broken, *failed) if each not in known])
        reckoning = replace(counted.reckoning, causes=causes(failed, counted.workflows, known))
        here = dict(await self.copy.details(sorted(counted.named - counted.gathered.keys())))
        for number, seen in (here | dict(counted.gathered)).items():
            unread = seen.error is None and number in known
            here[number] = replace(seen, error=known[number][1]) if unread else seen
        progress = facts.progress
        coverage = Coverage(as_of, odd=found.odd + progress.odd, copied=bool(facts.runs))
        return Told(reckoning, here, progress.sequence, as_of, coverage)

    async def _diagnosed(self, attempts: Sequence[int]) -> Mapping[int, tuple[str, str]]:
        """Fingerprint and first line of the root errors of these, the first so many; what cannot be had is
        left out."""
        found: dict[int, tuple[str, str]] = {}
        for some in chunks(dict.fromkeys(attempts[:DIAGNOSED]), WIDTH):
            read = [root_tasks(self.mirror.client, each, self.patience) for each in some]
            for attempt, tasks in zip(some, await asyncio.gather(*read), strict=True):
                if tasks is not None:
                    failure = failure_of(attempt, tasks)
                    found[attempt] = failure.fingerprint, first_line(failure.error)
        return found

    def _counted(self, facts: Facts, found: Gathered, within: Within) -> "_Counted":
        """In a thread: it is much, and would hold the event loop."""
        runs = {run.id: run for run in found.runs(within)}
        runs |= {run.id: run for run in facts.runs}
        samples = {key: merged(facts.samples.get(key, ()), found.successes(key)) for key in found.workflows}
        samples |= {key: list(each) for key, each in facts.samples.items() if key not in samples}
        known = {key: pace_of([seconds for _, _, seconds in each]) for key, each in samples.items()}
        paces = {key: pace for key, pace in known.items() if pace is not None}
        reckoning = reckon(runs.values(), self.period, self.zone, paces, facts.late, facts.before)
        named = _named(reckoning)
        here = [found.attempts[each] for each in sorted(named & found.attempts.keys())]
        rows = streaks(runs.values(), [each.id for each in here]) if here else {}
        return _Counted(
            reckoning=reckoning,
            workflows={each: runs[each].workflow for each in reckoning.failed},
            named=named,
            gathered={each.id: Seen(each, paces.get(each.key), rows.get(each.id, 0)) for each in here},
        )


@dataclass(frozen=True, slots=True)
class _Counted:
    """A reckoning without causes; the workflows of its failed attempts, the ids that it names, and those of
    them that were read from the feed."""

    reckoning: Reckoning
    workflows: Mapping[int, Key]
    named: frozenset[int]
    gathered: Mapping[int, Seen]


def _named(told: Reckoning) -> frozenset[int]:
    failing = {each.last for each in (*told.still_broken, *told.new)}
    recovered = {attempt for each in told.recovered for attempt in (each.last, each.by)}
    flapping, slower = {each.last for each in told.flapping}, {each.attempt for each in told.slower[:NAMED]}
    return frozenset(failing | recovered | flapping | slower | {*told.failed[:NAMED], *told.late})
