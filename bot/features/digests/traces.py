"""What a channel tells of a declared digest of which the database knows nothing: a disk that did not last.

The last post says how far the digest covered. A line that one is late covers nothing: it is taken up, to be
edited. Read down to a post that is older than any line may wait, page by page: what Slack asks to wait for is
gone on with from there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.core.errors import SlackError
from bot.features.digests.making import cron_of, replaced
from bot.features.digests.saying import KIND, key_of, late_line, payload_of
from bot.outbox.looks import EVENT
from bot.slack.channel import Channels, Found, TryLater
from bot.store.digests import Digest, Digests, Occurrence
from bot.store.posts import Posts

HISTORY = timedelta(days=31)
"""How far back a channel is asked."""
PENDING = timedelta(days=1)
"""How long a line may wait to be edited while later posts stand already."""
CATCH_UP = timedelta(days=1)
"""A declared digest without any trace tells its last occurrence if that is not older."""
AGAIN = timedelta(minutes=1)
NO_TRACE = "No earlier digest was found in this channel."


@dataclass(slots=True)
class _Reading:
    cursor: str = ""
    found: list[Found] = field(default_factory=list)
    error: SlackError | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Traces:
    channels: Channels
    digests: Digests
    posts: Posts
    now: Callable[[], datetime]
    _readings: dict[str, _Reading] = field(default_factory=dict)

    async def take_in(self, digest: Digest, latest: datetime) -> None:
        """Keep what the channel tells; `latest` is the newest occurrence's instant.

        Raises SlackError; once its time has come, a later call goes on where this one ended.
        """
        reading = self._readings.setdefault(digest.name, _Reading())
        if reading.error and reading.not_before and self.now() < reading.not_before:
            raise reading.error
        try:
            await self._read(digest, reading)
        except SlackError as error:
            asked = error.after if isinstance(error, TryLater) else None
            wait = AGAIN if asked is None else timedelta(seconds=asked)
            reading.error, reading.not_before = error, self.now() + wait
            raise
        del self._readings[digest.name]
        await self._keep(digest, reading.found, latest)

    async def _read(self, digest: Digest, reading: _Reading) -> None:
        oldest, wanted = self.now() - HISTORY, {"kind": KIND, "digest": digest.name}
        while True:
            page = self.channels.page(digest.channel, EVENT, wanted, oldest, cursor=reading.cursor)
            found, reading.cursor = await page
            reading.found += found
            settled = any(not _pending(one) and _end(one) < self.now() - PENDING for one in found)
            if settled or not reading.cursor:
                return

    async def _keep(self, digest: Digest, found: list[Found], latest: datetime) -> None:
        whole = {_end(one): one for one in found if not _pending(one)}
        lines = {_end(one): one for one in found if _pending(one)}
        waits = {end: one for end, one in lines.items() if not _covered(end, whole.values())}
        kept = [await self._late(digest, one) for _, one in sorted(waits.items())]
        if whole:
            newest = max(whole)
            kept.append(Occurrence(digest.name, newest, _start(whole[newest]), "found"))
        elif not kept:
            cron = cron_of(digest)
            end = latest if self.now() - latest > CATCH_UP else cron.before(latest)
            kept.append(Occurrence(digest.name, end, cron.before(end), "found", note=NO_TRACE))
        await self.digests.take_in(kept)

    async def _late(self, digest: Digest, line: Found) -> Occurrence:
        """One that is to be told in the place of its line."""
        start, end = _start(line), _end(line)
        late = Occurrence(digest.name, end, start, "late", replaces=replaced(digest, start, end))
        message, payload = late_line(late, "nothing could be read yet."), payload_of(late, pending=True)
        key = key_of(digest.name, end)
        await self.posts.adopt(key, digest.channel, line.ts, message, payload, self.now())
        return late


def _covered(end: datetime, posts: Iterable[Found]) -> bool:
    """Whether one of the posts tells a period that ends then: a line may stand although its edit was given
    up, and what it was to tell may be in a later post."""
    return any(_start(one) < end <= _end(one) for one in posts)


def _pending(found: Found) -> bool:
    return bool(found.payload.get("pending"))


def _start(found: Found) -> datetime:
    return datetime.fromisoformat(str(found.payload["from"])).astimezone(UTC)


def _end(found: Found) -> datetime:
    return datetime.fromisoformat(str(found.payload["to"])).astimezone(UTC)
