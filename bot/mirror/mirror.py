"""Questions answered from the copy, after a look; straight from the API where the copy does not reach."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.api.client import Client
from bot.core.coverage import Coverage
from bot.core.diagnosis import first_line
from bot.core.errors import ApiError, NotFound, StoreError, Unreachable
from bot.core.finding import Found, Seen, Span
from bot.core.model import Attempt, Status
from bot.core.names import Names, Within
from bot.core.patience import Clock, Patience
from bot.core.query import Query
from bot.mirror.diagnosis import Diagnosis
from bot.mirror.duty import Duty
from bot.mirror.errors import first_lines
from bot.mirror.feed import SENT, Feed, Looked
from bot.mirror.fill import Fill
from bot.mirror.leisure import Leisure
from bot.mirror.look import Ahead, Look, Source
from bot.mirror.rules import RULES, Rules
from bot.mirror.scan import LIFETIME, Scan, is_far
from bot.mirror.sweep import Sweep
from bot.mirror.upkeep import Upkeep
from bot.store.attempts import Attempts, Taken
from bot.store.failures import Failures
from bot.store.finding import Finding, Prepared
from bot.store.lease import Lease
from bot.store.progress import Progress
from bot.store.store import Store

log = logging.getLogger("lookout.mirror")

LOOK = 6.0
"""Seconds that a question waits for its look at most; after that the copy answers as it is."""
DEEPEST = 40_000
"""Attempts that may lie between the copy and an old window for it to be reached by reading on."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A look at the copy."""

    finding: Finding
    span: Span
    coverage: Coverage
    ahead: Ahead | None = None
    prepared: Prepared | None = None
    taken: Taken | None = None

    async def find(
        self, query: Query, within: Within, most: int | None = None, first: int | None = None
    ) -> Found:
        expected = within == Within() and self.ahead == Ahead(query, most, first)
        prepared = self.prepared if expected else None
        return await self.finding.find(
            query, within, self.span, self.coverage.as_of, most, first, prepared, self.taken
        )

    async def names(self) -> Names:
        return await self.finding.names()

    async def rest(self, found: Found) -> tuple[Seen, ...]:
        return await self.finding.rest(found)


@dataclass(slots=True)
class Mirror(Source):
    """`keeps`: this process keeps the copy up; otherwise (`ask`) it uses a copy that is kept, or the API."""

    client: Client
    scan: Scan
    copy: Attempts
    finding: Finding
    failures: Failures
    upkeep: Upkeep
    now: Callable[[], datetime]
    clock: Clock
    rules: Rules
    keeps: bool

    async def look(self, span: Span, patience: Patience, ahead: Ahead | None = None) -> Look:
        """See `Source.look`. Who is hurried gets what can be had in time, everyone else all of it, fresh.

        Where the database can't be used, the account is read instead, and the answer says why.
        """
        try:
            return await self._looked(span, patience, ahead)
        except StoreError as error:
            log.warning("%s Answering straight from the account.", error)
            seen = await self.scan.look(span, patience)
            return replace(seen, coverage=replace(seen.coverage, trouble=seen.coverage.trouble or str(error)))

    async def _looked(self, span: Span, patience: Patience, ahead: Ahead | None) -> Look:
        floor, hurried = span.start - LIFETIME, patience.total is not None
        progress = await self.copy.progress()
        held = progress.holds_from(floor)
        self.scan.has_feed = progress.mark is not None
        self.upkeep.noticed(progress)
        if self.upkeep.only_sessions or not (held or (hurried and self.keeps)):
            return await self.scan.look(span, patience)
        if not held and is_far(span, patience, self.now()) and await self._is_deep(progress, floor):
            return await self.scan.look(span, patience)
        refreshed = asyncio.create_task(self._refreshed(progress, floor, patience))
        try:
            prepared = await self._prepared(span, ahead, refreshed) if held and ahead else None
            looked, trouble = await refreshed
        except NotFound:
            return await self.scan.look(span, patience)
        finally:
            refreshed.cancel()
        if not hurried and (trouble or looked is None or looked.unreached):
            return await self.scan.look(span, patience)
        progress = await (self._now_held(looked) if held else self.upkeep.filling.until(floor, patience))
        if progress.mark is None:
            return await self.scan.look(span, patience)
        coverage = await self._coverage(progress, floor, looked, trouble)
        return Copied(self.finding, span, coverage, ahead, prepared, looked.taken if looked else None)

    async def _now_held(self, looked: Looked | None) -> Progress:
        """How far the copy goes, as of a look."""
        known = looked.taken.progress if looked and looked.taken else None
        return known or await self.copy.progress()

    async def _prepared(
        self, span: Span, ahead: Ahead, refreshed: asyncio.Task[tuple[Looked | None, str | None]]
    ) -> Prepared | None:
        """What the copy says, read while the account is asked and there is nothing else to do."""
        if self.upkeep.refresh.under_way:
            return None
        await asyncio.wait({refreshed}, timeout=SENT)
        if refreshed.done():
            return None
        with suppress(StoreError):  # told when it is asked for
            return await self.finding.prepare(ahead.query, span, ahead.most, ahead.first)
        return None

    async def errors(
        self, attempts: Iterable[Attempt], patience: Patience, *, wait: bool = True
    ) -> dict[int, str]:
        failed = [each for each in attempts if each.status is Status.ERROR]
        try:
            texts = await self.failures.errors(each.id for each in failed)
        except StoreError:  # the answer is had without the database, and says why
            texts = {}
        found = {number: first_line(text) for number, text in texts.items()}
        if wait or not self.keeps or self.upkeep.only_sessions:
            unread = [each for each in failed if each.id not in found]
            found |= await first_lines(self.client, unread, patience)
        return found

    async def seen(self, attempt: Attempt) -> Seen:
        return await self.finding.seen(attempt)

    async def _refreshed(
        self, progress: Progress, floor: datetime, patience: Patience
    ) -> tuple[Looked | None, str | None]:
        """A look, or why there was none, as a sentence.

        Raises NotFound where the server has no feed of attempts, ApiError where there is no copy yet.
        """
        if progress.mark is None:
            begun = await self.upkeep.filling.until(floor, patience)
            if begun.mark is None and self.upkeep.filling.error is not None:
                raise self.upkeep.filling.error
            return (Looked(begun.ticked_at) if begun.ticked_at else None), None
        try:
            return await self.upkeep.refresh.join(min(LOOK, patience.left())), None
        except TimeoutError:
            late = Unreachable(f"{self.client.account.name} did not answer in time.")
            return None, f"This is not fresh. {late}"
        except (ApiError, StoreError) as error:
            return None, f"This is not fresh. {error}"

    async def _coverage(
        self, progress: Progress, floor: datetime, looked: Looked | None, trouble: str | None
    ) -> Coverage:
        held = progress.holds_from(floor)
        opened = 0 if looked else len((await self.copy.standing()).open)
        return Coverage(
            as_of=looked.at if looked else progress.ticked_at or self.now(),
            since=None if held else progress.bottom_created or self.now(),
            odd=progress.odd,
            trouble=trouble or self._stopped(held),
            copied=True,
            unreached=looked.unreached if looked else opened,
        )

    def _stopped(self, held: bool) -> str | None:
        """Why the copy does not go further back, where it should."""
        return None if held or self.upkeep.filling.error is None else str(self.upkeep.filling.error)

    async def _is_deep(self, progress: Progress, floor: datetime) -> bool:
        """Whether there is too much between the copy's bottom and `floor` to be read while someone waits, by
        what the copy holds of as long a time."""
        if progress.mark is None or progress.bottom_created is None:
            return False
        holds = max(progress.mark.created_at - progress.bottom_created, timedelta(minutes=1))
        missing = progress.bottom_created - floor
        return await self.copy.count() * (missing / holds) > DEEPEST


def make_mirror(
    client: Client,
    store: Store,
    *,
    now: Callable[[], datetime],
    clock: Clock,
    keeps: bool,
    leisure: Leisure,
    rules: Rules = RULES,
    lease: Lease | None = None,
) -> Mirror:
    """A mirror over a store. `now` gives the present in UTC, `clock` is monotonic, in seconds. With a `lease`
    other processes may keep the same copy."""
    copy, failures, duty = Attempts(store), Failures(store), Duty(lease)
    upkeep = Upkeep(
        client=client,
        copy=copy,
        failures=failures,
        feed=Feed(client, copy, now, rules),
        filling=Fill(client, copy, now, clock, leisure, rules, duty),
        sweeping=Sweep(client, copy, now, leisure, rules),
        diagnosis=Diagnosis(client, failures, clock, leisure, duty),
        now=now,
        clock=clock,
        rules=rules,
        duty=duty,
    )
    scan, finding = Scan(client, now), Finding(store)
    return Mirror(client, scan, copy, finding, failures, upkeep, now, clock, rules, keeps)
