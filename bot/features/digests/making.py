"""One period of a digest, read and told."""

import asyncio
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from bot.asking.names import directory, newest_names
from bot.asking.names import known as listed_names
from bot.core.cron import Cron, Unclear
from bot.core.digest import Period
from bot.core.digest_words import narrowing
from bot.core.errors import Refused
from bot.core.names import Names, Settled, settle
from bot.core.patience import Clock, Patience
from bot.core.query import Query
from bot.features.digests.views import Made, Telling, telling
from bot.mirror.mirror import Mirror
from bot.mirror.past import Told, past
from bot.store.digests import Digest, Digests, Occurrence

IN_SLACK = 9.0
"""Seconds that a preview may read while someone waits in Slack, and names be looked for."""
KEPT_AS: TypeAdapter[Telling] = TypeAdapter(Telling)


@dataclass(frozen=True, slots=True)
class Maker:
    """`site` is where the account is; `clock` is monotonic, in seconds."""

    mirror: Mirror
    digests: Digests
    clock: Clock
    prefix: str = ""

    async def told(
        self,
        digest: Digest,
        occurrence: Occurrence,
        patience: Patience,
        *,
        fresh: bool = True,
        diagnosed: bool = False,
    ) -> tuple[Telling, int]:
        """What it tells of a period (see `mirror.past`), and the number of the last change that it has seen.

        Raises NotYet, ApiError, StoreError, and Refused where its words name nothing any more.
        """
        zone = ZoneInfo(digest.zone)
        period = Period(occurrence.start, occurrence.end)
        cursor = await self.digests.cursor(digest.name, digest.made_at, occurrence.end)
        query = query_of(digest)
        names = await listed_names(self.mirror.client, query, None, patience) if query.places else Names()
        read = await past(
            self.mirror,
            query,
            period,
            zone,
            patience,
            cursor=cursor,
            fresh=fresh,
            diagnosed=diagnosed,
            names=names,
        )
        if not isinstance(read, Told):
            raise Refused(f"The words of this digest find nothing: {read.sentence}")
        site = self.mirror.client.account.site
        made = Made(
            name=digest.name,
            zone=zone,
            site=site.name,
            url=site.session_url,
            words=digest.words,
            replaces=occurrence.replaces,
            note=occurrence.note,
        )
        return telling(read.reckoning, read.seen, made), read.sequence

    async def names_something(self, digest: Digest, patience: Patience) -> None:
        """Raises Refused for words that name nothing in the account; ApiError and StoreError else."""
        query = query_of(digest)
        if not query.places:
            return
        client = self.mirror.client
        names = await directory(client, query, patience) | await newest_names(client, patience)
        found = settle(query, names | await self.mirror.finding.names(), complete_names=True)
        if not isinstance(found, Settled):
            raise Refused(found.sentence)

    async def at(self, digest: Digest, at: datetime) -> Occurrence:
        """The occurrence that is told at an instant: the last one at or before it, as it was or would be."""
        cron = cron_of(digest)
        end = cron.latest(at)
        if known := await self.digests.occurrence(digest.name, end):
            return known
        last = await self.digests.last(digest.name)
        if last is not None and last.end < end and is_of(digest, last):
            replaces = await asyncio.to_thread(replaced, digest, last.end, end)
            return Occurrence(digest.name, end, last.end, replaces=replaces)
        return Occurrence(digest.name, end, cron.before(end))


def is_of(digest: Digest, last: Occurrence) -> bool:
    """Whether an occurrence is this digest's, not one's that was called so before it was made."""
    return digest.declared or last.end > digest.made_at


def cron_of(digest: Digest) -> Cron:
    return Cron(digest.cron, ZoneInfo(digest.zone))


def query_of(digest: Digest) -> Query:
    """What its words narrow it to. Raises Refused for words that no digest takes."""
    query = narrowing(digest.words)
    if isinstance(query, Unclear):
        raise Refused(query.sentence)
    return query


def replaced(digest: Digest, start: datetime, end: datetime) -> int:
    """How many occurrences of its lie between two instants, both left out; none before they were its own."""
    return between(cron_of(digest), max(start, digest.timed_since), end)


def between(cron: Cron, start: datetime, end: datetime) -> int:
    """How many occurrences lie between two instants, both left out."""
    count = 0
    for each in cron.after(start):
        if each >= end:
            break
        count += 1
    return count


def kept(occurrence: Occurrence) -> Telling | None:
    """What it told; None where that is not kept."""
    if occurrence.payload is None:
        return None
    return unpack(occurrence.payload)


def settled(occurrence: Occurrence, told: Telling, sequence: int, state: str) -> Occurrence:
    return replace(occurrence, state=state, cursor=sequence, payload=pack(told))


def pack(told: Telling) -> bytes:
    return zlib.compress(KEPT_AS.dump_json(told), 6)


def unpack(payload: bytes) -> Telling | None:
    """None for what another version kept."""
    try:
        return KEPT_AS.validate_json(zlib.decompress(payload))
    except (ValidationError, zlib.error):
        return None
