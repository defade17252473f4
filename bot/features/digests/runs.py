"""Digests that fall due: each occurrence is told once, as it stood then, or says that it is late.

Who is woken while another process has the duty does nothing. An occurrence is a row before it is told, and a
post is planned under a key made of the digest's name and the instant: whatever dies in between is taken up
again, and comes to the same post.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.blocks.message import Message
from bot.core.errors import ApiError, LookoutError, Refused, StoreError
from bot.core.patience import Patience
from bot.features.digests.making import Maker, cron_of, is_of, replaced, settled
from bot.features.digests.places import Places
from bot.features.digests.saying import KIND, SENT, instant, key_of, late_line, payload_of
from bot.features.digests.traces import Traces
from bot.features.digests.views import digest_message, lost_message
from bot.mirror.past import NotYet
from bot.store.digests import Digest, Digests, Occurrence
from bot.store.posts import Post, PostKey, Posts, State
from bot.store.store import Statement

log = logging.getLogger("lookout.digests")

LATE = timedelta(minutes=30)
AT_ONCE = 4
"""Digests that are told at the same time."""
PATIENCE = 300.0
"""Seconds that reading for one digest may take."""
AGAIN = timedelta(minutes=1)
"""After how long a channel that could not be used is tried again."""
SILENT = "It covers all since the last digest in this channel: silent ones are not remembered here."
GONE = "What was to be posted before could not be posted; it is in this one."
REPEATS = "What was to be posted before may stand in the channel all the same; it is in this one, too."


@dataclass(slots=True)
class DigestRuns:
    """`now` gives the present in UTC; `lasting` says that the database outlives the process; `late` is how
    long after its time a digest that cannot be told is silent about it."""

    maker: Maker
    digests: Digests
    posts: Posts
    places: Places
    declared: Sequence[Digest]
    now: Callable[[], datetime]
    lasting: bool
    ours: Callable[[], bool]
    prefix: str = ""
    late: timedelta = LATE
    traces: Traces = field(init=False)
    _tried: dict[str, datetime] = field(default_factory=dict)
    _logged: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.traces = Traces(self.places.channels, self.digests, self.posts, self.now)

    async def run(self) -> None:
        """Tell what is due. What fails is tried again at the next call."""
        if not self.ours():
            return
        everyone, few = await self.digests.everyone(self.declared), asyncio.Semaphore(AT_ONCE)
        given_up = await self.posts.given_up(KIND, self.now())
        await asyncio.gather(*(self._quietly(digest, given_up, few) for digest in everyone))

    async def _quietly(self, digest: Digest, given_up: Sequence[Post], few: asyncio.Semaphore) -> None:
        mine = [post for post in given_up if post.key.subject == digest.name]
        try:
            async with few:
                await self._one(digest, mine)
        except Refused as error:
            await self._complain(digest, str(error), "words")
        except LookoutError as error:
            await self._trouble(digest, str(error))

    async def _one(self, digest: Digest, given_up: Sequence[Post]) -> None:
        if digest.paused or (placed := await self._placed(digest)) is None:
            return
        if (due := await self._due(placed)) is not None:
            await self.digests.due(*due)
        for waiting in await self.digests.waiting(digest.name):
            await self._tell(placed, waiting)
        await self._again(placed, given_up)
        if digest.trouble:
            await self._mended(digest)

    async def _placed(self, digest: Digest) -> Digest | None:
        """With its channel's id; None while there is none. Raises SlackError, now and then."""
        tried = self._tried.get(digest.channel)
        if tried is not None and self.now() - tried < AGAIN:
            return None
        self._tried[digest.channel] = self.now()
        placed = await self.places.placed(digest)
        del self._tried[digest.channel]
        return placed

    async def _due(self, digest: Digest) -> tuple[Occurrence, datetime | None] | None:
        """What is to be told that has not been taken in yet, and where the newest that was taken in ends."""
        cron, now = cron_of(digest), self.now()
        latest = cron.latest(now)
        last = await self.digests.last(digest.name)
        if latest <= digest.due_since or (last is not None and last.end >= latest):
            return None
        if last is None and digest.declared:
            await self.traces.take_in(digest, latest)
            return await self._due(digest)
        if last is not None and is_of(digest, last):
            start, note = await self._after(digest, last, cron.before(latest))
        else:
            start, note = cron.before(next(iter(cron.after(digest.due_since)))), ""
        if start >= latest:
            return None
        replaces = await asyncio.to_thread(replaced, digest, start, latest)
        new = Occurrence(digest.name, latest, start, replaces=replaces, note=note)
        return new, last.end if last else None

    async def _after(self, digest: Digest, last: Occurrence, before: datetime) -> tuple[datetime, str]:
        """Where the next begins: where the last ends that Slack took; and what is to be said of it, where it
        should have begun at `before`."""
        if lost := await self._given_up(digest, last):
            return lost[-1][0].start, REPEATS if any(post.repeats for _, post in lost) else GONE
        if last.state != "found":
            return last.end, ""
        return last.end, last.note or (SILENT if not self.lasting and last.end < before else "")

    async def _given_up(self, digest: Digest, last: Occurrence) -> list[tuple[Occurrence, Post]]:
        """The newest occurrences whose posts were given up, one behind the other from `last` on back: the
        next one covers them."""
        found: list[tuple[Occurrence, Post]] = []
        one: Occurrence | None = last
        while one is not None and (post := await self._gone(one)):
            found.append((one, post))
            earlier = await self.digests.last(digest.name, one.end)
            one = earlier if earlier and is_of(digest, earlier) else None
        return found

    async def _again(self, digest: Digest, given_up: Sequence[Post]) -> None:
        """What was given up, and no later one covers or will cover, is tried again now and then: as the one
        that it is."""
        last = await self.digests.last(digest.name) if given_up else None
        if last is None:
            return
        covered = {post.id for _, post in await self._given_up(digest, last)}
        for post in given_up:
            if post.id not in covered and await self._left_out(digest, post):
                await self.posts.again(post, digest.channel)
            else:
                await self.posts.rest(post, self.now())

    async def _left_out(self, digest: Digest, post: Post) -> bool:
        """Whether no later occurrence covers what a post of this digest's was to tell."""
        known = await self.digests.occurrence(digest.name, datetime.fromisoformat(post.key.occasion))
        return known is not None and is_of(digest, known) and await self.digests.left_out(known)

    async def _gone(self, occurrence: Occurrence) -> Post | None:
        """Its post, if that was given up."""
        post = await self.posts.get(key_of(occurrence.digest, occurrence.end))
        return post if post is not None and post.state is State.GONE else None

    async def _tell(self, digest: Digest, occurrence: Occurrence) -> None:
        """Raises Refused where its words name nothing any more."""
        try:
            told, sequence = await self.maker.told(
                digest, occurrence, Patience(self.maker.clock, total=PATIENCE)
            )
        except (NotYet, ApiError, StoreError) as error:
            if occurrence.state == "due" and self.now() - occurrence.first >= self.late:
                await self._say_late(digest, occurrence, str(error))
            else:
                log.info("the digest %s waits: %s", digest.name, error)
            return
        quiet = digest.quiet and not told.failed and occurrence.state == "due"
        new = settled(occurrence, told, sequence, "silent" if quiet else "told")
        said = [] if quiet else [self._said(digest, occurrence, digest_message(told))]
        await self.digests.settle(new, occurrence.state, *said)

    async def _say_late(self, digest: Digest, occurrence: Occurrence, why: str) -> None:
        line = self._said(digest, occurrence, late_line(occurrence, why), pending=True)
        await self.digests.settle(replace(occurrence, state="late"), occurrence.state, line)

    def _said(
        self, digest: Digest, occurrence: Occurrence, message: Message, *, pending: bool = False
    ) -> Statement:
        """Has it posted; a line that stands already becomes it."""
        key, payload = key_of(digest.name, occurrence.end), payload_of(occurrence, pending=pending)
        if occurrence.state == "late":
            return self.posts.want_of(key, message, payload)
        unclear = digest.declared and not self.lasting
        return self.posts.plan_of(key, digest.channel, message, payload, self.now(), unclear=unclear)

    async def lost(self, post: Post, sentence: str) -> None:
        """A post was given up: its maker is told once, the list says it. Called by the outbox."""
        if post.key.kind not in (KIND, SENT):
            return
        for digest in await self.digests.everyone(self.declared):
            moved = digest.checked and not digest.declared and digest.channel != post.channel
            if digest.name == post.key.subject and not moved:
                await self._complain(digest, sentence, post.key.occasion)

    async def _complain(self, digest: Digest, sentence: str, occasion: str) -> None:
        """Of what only a person can mend, its maker is told as well, once."""
        said: list[Statement] = []
        if digest.maker:
            key = PostKey("lost digest", digest.name, f"{digest.channel} {occasion} {instant(self.now())}")
            message = lost_message(digest.name, digest.place, sentence, self.prefix)
            said = [self.posts.plan_of(key, digest.maker, message, {}, self.now())]
        await self._trouble(digest, sentence, *said)

    async def _mended(self, digest: Digest) -> None:
        """Nothing is wrong any more, unless its last post does not stand in the channel yet."""
        post = await self.posts.latest(KIND, digest.name)
        if post is None or post.state is State.POSTED:
            await self._well(digest)

    async def _trouble(self, digest: Digest, sentence: str, *also: Statement) -> None:
        """Told once, until it is something else."""
        if self._logged.get(digest.name) != sentence:
            log.warning("the digest %s in %s: %s", digest.name, digest.place, sentence)
        self._logged[digest.name] = sentence
        with suppress(StoreError):  # the log has it
            await self.digests.trouble(digest.name, sentence, *also)

    async def _well(self, digest: Digest) -> None:
        self._logged.pop(digest.name, None)
        await self.digests.trouble(digest.name, None)
