"""The copy kept up with the account: ticks, and looks that read every open attempt as well.

A retry is a new attempt on an old session, so the feed of all attempts (`GET /api/attempts?include_retried=
true`, newest id first) shows all that begins; a finished attempt never changes, so what can change are the
open ones, and the copy knows these. Ids become visible at commit, so a lower one can appear after a higher:
each reading goes some way back behind the last complete one (`Rules`). Times that are compared with an
attempt's are the server's own; ids, which only ever rise, hold where clocks do not.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.api.client import Client
from bot.core.errors import ApiError, NotFound, OddItem, Unreachable, Unreadable
from bot.core.model import Attempt, Page
from bot.core.patience import Patience
from bot.core.recent import is_recent
from bot.mirror.cover import Fetch, cover
from bot.mirror.rules import RULES, Rules
from bot.mirror.segments import HOLE, Reading, check_readable, may_hold
from bot.mirror.sending import pages_of
from bot.store.attempts import Attempts, Standing, Taken
from bot.store.progress import Mark, News

RECENT = 2000
"""Newest ids that a look lays its pages by."""
ONE_BY_ONE = 3
"""Pages between the head and the mark that are read one after the other; more are read side by side."""
WIDE = 30
LATELY = timedelta(seconds=20)
"""How old what a look lays its pages by may be; a tick every 15 s keeps it younger. What has begun since is
on the head; an open attempt that is missed is found by how the copy stands now, and read in the second
wave."""
SENT = 0.02
"""Seconds after which all requests of a wave have been sent."""


@dataclass(slots=True)
class Heard:
    """What one reading brought: rows, the ids that were seen (odd rows' too) or are gone, the newest row."""

    rows: list[Attempt] = field(default_factory=list)
    odd: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    mark: Mark | None = None
    error: ApiError | None = None

    async def all_of(self, *asking: Awaitable[None]) -> None:
        """Ask at once; the first ApiError is noted, and what came beside it stays."""
        for outcome in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(outcome, ApiError):
                self.error = self.error or outcome
            elif isinstance(outcome, BaseException):
                raise outcome

    def page(self, page: Page[Attempt]) -> None:
        self.take(page.rows, page.odd_ids)

    def take(self, rows: Iterable[Attempt], odd: Iterable[int] = ()) -> None:
        for row in rows:
            self.rows.append(row)
            self.seen.add(row.id)
        self.odd.update(odd)
        self.seen.update(odd)


@dataclass(frozen=True, slots=True)
class Looked:
    """A look as it went: when it began, how many open attempts it did not reach, and what it brought."""

    at: datetime
    unreached: int = 0
    taken: Taken | None = None


@dataclass(slots=True)
class Feed:
    """Keeps a copy up with the account. `now` gives the present in UTC."""

    client: Client
    copy: Attempts
    now: Callable[[], datetime]
    rules: Rules = RULES
    _deep_at: datetime | None = None
    _reread_at: datetime | None = None
    _stood: tuple[Standing, datetime] | None = None
    _seen_at: dict[int, datetime] = field(default_factory=dict)

    async def tick(self, patience: Patience) -> None:
        """Read what has begun, and now and then a page of open attempts. Raises ApiError, having kept what
        came; NotFound where the server has no feed of attempts."""
        at, standing = self.now(), await self._stands()
        if standing.progress.mark is None:
            return
        fetches = self._due(standing, at)
        back = self._back(at)
        heard = await self._wave(standing, fetches, back, patience)
        await self._keep(heard, at, back, complete=False)
        if heard.error is not None:
            raise heard.error

    async def look(self, patience: Patience) -> Looked:
        """Read what has begun and every open attempt, at once; those that a page missed, in a second wave.
        Raises ApiError, having kept what came; NotFound where the server has no feed of attempts."""
        at, plan = self.now(), self._lately() or await self._stands()
        fetches, back = self._all(plan)[: self.rules.wave], self._back(at)
        heard, standing = await self._meanwhile(self._wave(plan, fetches, back, patience))
        if heard.error is None and self.rules.rereads:
            left = [one.id for one in standing.open if one.id not in heard.seen | heard.gone]
            room = self.rules.wave - len(fetches)
            await heard.all_of(*(self._one(attempt_id, heard, patience) for attempt_id in left[:room]))
        unreached = sum(one.id not in heard.seen | heard.gone for one in standing.open)
        taken = await self._keep(heard, at, back, complete=not unreached)
        if heard.error is not None:
            raise heard.error
        return Looked(at, unreached, taken)

    async def _stands(self) -> Standing:
        at, standing = self.now(), await self.copy.standing(RECENT)
        self._stood = standing, at
        opened = {one.id for one in standing.open}
        self._seen_at = {number: seen for number, seen in self._seen_at.items() if number in opened}
        return standing

    def _lately(self) -> Standing | None:
        """How the copy stood a moment ago: good enough to lay pages by, and there at once."""
        if self._stood is None or self._stood[0].progress.mark is None:
            return None
        standing, at = self._stood
        return standing if is_recent(at, self.now(), LATELY) else None

    async def _meanwhile(self, wave: Coroutine[Any, Any, Heard]) -> tuple[Heard, Standing]:
        """What a wave brings, and how the copy stands once its requests are on their way."""
        heard = asyncio.create_task(wave)

        async def stands() -> Standing:
            await asyncio.wait({heard}, timeout=SENT)
            return await self._stands()

        brought, standing = await asyncio.gather(heard, stands(), return_exceptions=True)
        if isinstance(brought, BaseException):
            raise brought
        if isinstance(standing, BaseException):
            raise standing
        return brought, standing

    async def _wave(
        self, standing: Standing, fetches: Sequence[Fetch], back: timedelta, patience: Patience
    ) -> Heard:
        """The head, down to where the last complete reading began, and pages beside it."""
        heard = Heard()
        ended = frozenset(standing.recent).difference(one.id for one in standing.open)
        head = self._head(standing, ended, back, heard, patience)
        await heard.all_of(head, *(self._fetch(fetch, ended, heard, patience) for fetch in fetches))
        return heard

    async def _head(
        self, standing: Standing, ended: frozenset[int], back: timedelta, heard: Heard, patience: Patience
    ) -> None:
        mark = standing.progress.mark
        page = await self.client.attempts(patience=patience, known=ended)
        heard.page(page)
        check_readable(page, self.client.account.name)
        top = page.highest_id
        if top is not None and page.rows:
            heard.mark = Mark(max(top, mark.id if mark else 0), page.rows[0].created_at)
        elif mark is not None and (mark.id == 0 or page.size):
            heard.mark = mark  # still an empty account, or nothing new that can be read
        else:
            raise Unreadable(HOLE)
        if mark is None:
            return
        floor = mark.created_at - back
        for _ in range(ONE_BY_ONE):
            if _reaches(page, mark, floor):
                return
            page = await self.client.attempts(page.lowest_id, patience=patience)
            heard.page(page)
        if not _reaches(page, mark, floor):
            await self._catch_up(page, floor, mark, heard, patience)

    async def _catch_up(
        self, page: Page[Attempt], floor: datetime, mark: Mark, heard: Heard, patience: Patience
    ) -> None:
        """From a page on down to the mark, many pages at once: after a long silence. What comes is kept at
        once, for it may be much."""
        reading, at = Reading(page, floor), self.now()
        lowest = page.lowest_id or 0
        async for rows, odd in pages_of(self.client, reading, patience, WIDE):
            heard.seen.update(row.id for row in rows)
            heard.odd.update(odd)
            await self.copy.put(rows, at)
            lowest = rows[-1].id if rows else lowest
        if not reading.complete:
            raise reading.error or Unreachable("More has begun since the last look than could be read.")
        while lowest > mark.id and page.size:  # clocks went wrong: ids never do
            page = await self.client.attempts(lowest, patience=patience)
            heard.page(page)
            lowest = page.lowest_id or 0

    async def _fetch(self, fetch: Fetch, ended: frozenset[int], heard: Heard, patience: Patience) -> None:
        if fetch.alone:
            return await self._one(fetch.ids[0], heard, patience)
        heard.page(await self.client.attempts(fetch.last_id, fetch.size, patience=patience, known=ended))
        return None

    async def _one(self, attempt_id: int, heard: Heard, patience: Patience) -> None:
        try:
            heard.take([await self.client.attempt(attempt_id, patience=patience)])
        except NotFound:
            await self._look_for(attempt_id, heard, patience)
        except OddItem:
            heard.take((), {attempt_id})

    async def _look_for(self, attempt_id: int, heard: Heard, patience: Patience) -> None:
        """A proxy may say 404 in passing: what the list shows is there, what it leaves out is gone."""
        page = await self.client.attempts(attempt_id + 1, 1, patience=patience)
        heard.take(page.rows, (number for number in page.odd_ids if number >= 0))
        if attempt_id in heard.seen:
            return
        if may_hold(page, attempt_id):
            heard.take((), {attempt_id})
        else:
            heard.gone.add(attempt_id)

    async def _keep(self, heard: Heard, at: datetime, back: timedelta, *, complete: bool) -> Taken:
        """What came is kept even where not all came; the mark moves only if all did."""
        moves = heard.mark is not None and (heard.error is None or not self.rules.waits)
        news = News(
            mark=heard.mark if moves else None,
            ticked_at=at if moves else None,
            looked_at=at if moves and complete else None,
            odd=frozenset(heard.odd),
        )
        taken = await self.copy.put(heard.rows, at, news)
        await self.copy.drop(sorted(heard.gone))
        unfinished = {row.id for row in heard.rows if not row.status.finished}
        self._seen_at |= dict.fromkeys(unfinished | heard.odd, at)
        if moves and back == self.rules.deep_back:
            self._deep_at = at
        return taken

    def _back(self, at: datetime) -> timedelta:
        """How far behind the mark to read: now and then further, until that has gone well."""
        if is_recent(self._deep_at, at, self.rules.deep_every):
            return self.rules.look_back
        return self.rules.deep_back if self.rules.look_back else timedelta()

    def _all(self, standing: Standing) -> list[Fetch]:
        return cover((one.id for one in standing.open), standing.recent) if self.rules.rereads else []

    def _due(self, standing: Standing, at: datetime) -> list[Fetch]:
        """At most one page of open attempts: the one that has waited longest, by the age of those on it.

        A minute unseen weighs as much for an attempt of five minutes as five hours for one of a day.
        """
        if is_recent(self._reread_at, at, self.rules.reread_every):
            return []
        created = {one.id: one.created_at for one in standing.open}

        def waited(fetch: Fetch) -> float:
            return sum(self._waits(attempt_id, created[attempt_id], at) for attempt_id in fetch.ids)

        longest = sorted(self._all(standing), key=waited, reverse=True)[:1]
        if longest:
            self._reread_at = at
        return longest

    def _waits(self, attempt_id: int, created_at: datetime, at: datetime) -> float:
        unseen = (at - self._seen_at.get(attempt_id, created_at)).total_seconds()
        age = (at - created_at).total_seconds()
        return max(unseen, 0.0) / max(age, 60.0)


def _reaches(page: Page[Attempt], mark: Mark, floor: datetime) -> bool:
    """Whether a page goes down to where the last complete reading began, and behind it far enough (by its
    ids alone, where none of its rows can be read)."""
    if page.size == 0 or page.lowest_id is None:
        return True
    return page.lowest_id <= mark.id and (not page.rows or page.rows[-1].created_at < floor)
