"""Questions answered straight from the API: exact over a window, newest first, for as long as patience lasts.

An attempt lives at most 7 days, so what finished in a window was created at most 7 days before it: down to
there the feed of all attempts (`GET /api/attempts?include_retried=true`) is read, many pages at once.

A server that has nothing but `GET /api/sessions` is read through that list. It is in the order in which
sessions were created, and a session's last attempt is never older than the session. So a row whose last
attempt was created before the floor stands for a session from before the floor, as do all rows below it:
reading may end there. What it misses are retries of still older sessions, which that list never moves up; the
coverage says so.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.api.client import Client
from bot.core.coverage import Coverage
from bot.core.errors import ApiError, NotFound, Unreachable
from bot.core.finding import Seen
from bot.core.model import MARGIN, Attempt, Page
from bot.core.patience import Patience
from bot.core.recent import is_recent
from bot.mirror.errors import first_lines
from bot.mirror.fold import Fold, Key
from bot.mirror.look import Ahead, Folded, Source, Span
from bot.mirror.search import last_id_at
from bot.mirror.segments import PAGE, WIDTH, Reading
from bot.mirror.sending import pages_of

LIFETIME = timedelta(days=7)
"""The longest that an attempt lives: attempt TTL."""
REMEMBER_404 = timedelta(minutes=10)
FAR = timedelta(days=8)
AS_IT_STOOD = "Sessions that were retried after this window are shown as they stood at its end."
_REPEATED = (
    "The API repeats a page of sessions instead of giving the next one; is a proxy or cache in front of it?"
)


class Scan(Source):
    """Reads the API for each question anew. `now` gives the present in UTC.

    `has_feed`: the server is known to have the feed of attempts, so a 404 for it is a proxy's, and trouble.
    """

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._sessions_since: datetime | None = None
        self.has_feed = False

    async def look(self, span: Span, patience: Patience, ahead: Ahead | None = None) -> Folded:
        """See `Source.look`. A 404 for the attempts feed is remembered for ten minutes, no longer: a proxy's
        may pass."""
        as_of = self._now()
        if self.has_feed or not is_recent(self._sessions_since, as_of, REMEMBER_404):
            try:
                head = await self._client.attempts(patience=patience)
            except NotFound:
                if self.has_feed:
                    raise
                self._sessions_since = as_of
            else:
                if is_far(span, patience, as_of):
                    return await self._long_ago(span, patience, head, as_of)
                return await self._attempts(span, patience, head, as_of)
        return await self._sessions(span, patience, as_of)

    async def errors(
        self, attempts: Iterable[Attempt], patience: Patience, *, wait: bool = True
    ) -> dict[int, str]:
        return await first_lines(self._client, attempts, patience)

    async def seen(self, attempt: Attempt) -> Seen:
        return Seen(attempt)

    async def _attempts(
        self,
        span: Span,
        patience: Patience,
        head: Page[Attempt],
        as_of: datetime,
        until: datetime | None = None,
    ) -> Folded:
        reading, fold = Reading(head, span.start - LIFETIME), Fold(span, until)
        since = await self._read(reading, fold, patience) or as_of
        error = reading.error
        if error is not None and reading.taken == 0:
            raise error
        coverage = Coverage(
            as_of,
            since=None if reading.complete else since,
            odd=fold.odd,
            trouble=None if reading.complete else _trouble(error, patience),
        )
        return Folded(fold.lasts(), coverage, span.end, await _endings(fold), fold.names())

    async def _long_ago(self, span: Span, patience: Patience, head: Page[Attempt], as_of: datetime) -> Folded:
        """As `_attempts`, from where the window ended on down: what began later is left out, as is said."""
        at = span.end or as_of
        last_id = await last_id_at(self._client, head, at, patience)
        begin = head if last_id is None else await self._client.attempts(last_id, patience=patience)
        seen = await self._attempts(span, patience, begin, as_of, until=at)
        trouble = f"{AS_IT_STOOD} {seen.coverage.trouble or ''}".strip()
        return replace(seen, coverage=replace(seen.coverage, trouble=trouble))

    async def _read(self, reading: Reading, fold: Fold, patience: Patience) -> datetime | None:
        """Read and fold until it is complete or can't go on; gives the creation of the last row folded."""
        since: datetime | None = None
        async for rows, odd in pages_of(self._client, reading, patience, WIDTH):
            fold.add(rows)
            fold.odd += len(odd)
            since = rows[-1].created_at if rows else since
        return since

    async def _sessions(self, span: Span, patience: Patience, as_of: datetime) -> Folded:
        fold = Fold(span)
        since, trouble = await self._walk(span.start - LIFETIME, fold, patience)
        coverage = Coverage(as_of, since and min(since, as_of), "sessions", fold.odd, trouble)
        lasts = tuple(sorted(fold.lasts(), key=lambda last: -last.id))
        return Folded(lasts, coverage, span.end, await _endings(fold), fold.names())

    async def _walk(
        self, floor: datetime, fold: Fold, patience: Patience
    ) -> tuple[datetime | None, str | None]:
        """Page by page; gives since when all is read (None: down to the floor) and what stopped it short.

        A few last rows whose ids can't be read are the end: nothing can be asked for below them.
        """
        page = await self._client.sessions(patience=patience)
        oldest, last_id = datetime.max.replace(tzinfo=floor.tzinfo), None
        while page.size:
            fold.odd += page.odd
            if page.lowest_id is None and page.size < PAGE:
                return None, None
            if page.lowest_id is None or (last_id is not None and page.lowest_id >= last_id):
                return oldest, _REPEATED
            rows = [row for row in page.rows if last_id is None or row.id < last_id]
            lasts = [row.last for row in rows if row.last is not None]
            fold.add(lasts)
            oldest, last_id = min([oldest, *(last.created_at for last in lasts)]), page.lowest_id
            if oldest < floor - MARGIN:
                return None, None
            if patience.left() <= 0:
                return oldest, None
            try:
                page = await self._client.sessions(last_id, patience=patience)
            except ApiError as error:
                return oldest, _trouble(error, patience)
        return None, None


def is_far(span: Span, patience: Patience, now: datetime) -> bool:
    """Whether a window ended so long ago that Slack's ten seconds may not reach it from the present."""
    return patience.total is not None and span.end is not None and not span.whenever and span.end < now - FAR


def _trouble(error: ApiError | None, patience: Patience) -> str | None:
    """The error's sentence, unless a request was merely cut because the whole time was up."""
    cut = isinstance(error, Unreachable) and patience.total is not None and patience.left() <= 0
    return None if error is None or cut else str(error)


async def _endings(fold: Fold) -> dict[Key, tuple[Attempt, ...]]:
    endings: dict[Key, tuple[Attempt, ...]] = {}
    for key, attempts in fold.endings():
        endings[key] = attempts
        await asyncio.sleep(0)
    return endings
