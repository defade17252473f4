"""The posts: what is to be said unasked, and how far it has been said. Each once: by its key."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Row,
    Update,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from bot.blocks.message import Message
from bot.store.store import Store
from bot.store.tables import Utc, posts

KEPT_FOR = timedelta(days=90)
FAR = timedelta(hours=1)
"""No claim and no wait is longer: what ends later is of a clock that was set back since."""
RESTS = timedelta(minutes=10)
"""How long one that was given up is left alone before it may be tried again."""
LEASE = timedelta(seconds=30)
"""How long a claim holds: whoever dies with one is followed after that."""
MOST = 50


class State(StrEnum):
    PLANNED = "planned"
    POSTED = "posted"
    GONE = "gone"  # no longer to be said: Slack refuses it for good


@dataclass(frozen=True, slots=True)
class PostKey:
    """What a post is, to be said once: its kind (`digest`), whose it is, and which one of those."""

    kind: str
    subject: str
    occasion: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it stands in the database.

    `wanted` is the version of `message` and `payload`; `shown` the one that stands in the channel at `ts`, 0
    for none. `unclear`: it may stand there although nothing tells. `anew`: someone took it away and it is
    posted once more; `repeats`: it may stand there twice, for the channel cannot be read. `tries` counts
    claims since it was last settled; `trouble` is a sentence, "" for none. Instants are UTC.
    """

    id: int
    key: PostKey
    channel: str
    message: Message
    payload: Mapping[str, Any]
    wanted: int
    shown: int
    state: State
    ts: str | None
    unclear: bool
    anew: bool
    repeats: bool
    tries: int
    trouble: str
    planned_at: datetime
    posted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of a store. `now` is UTC: on SQLite, whose users share a machine, claims go by it; on
    PostgreSQL by the server's clock. All raise StoreError.
    """

    store: Store

    async def plan(
        self,
        key: PostKey,
        channel: str,
        message: Message,
        payload: Mapping[str, Any],
        now: datetime,
        *,
        unclear: bool = False,
    ) -> bool:
        """Have it said in `channel`: its id, or a person's for their DM. False: it was planned before.

        `unclear`: it may stand there already (a database that does not last), and is looked up first.
        """
        plan = self.plan_of(key, channel, message, payload, now, unclear=unclear)
        return await self._made(plan)

    def plan_of(
        self,
        key: PostKey,
        channel: str,
        message: Message,
        payload: Mapping[str, Any],
        now: datetime,
        *,
        unclear: bool = False,
    ) -> ReturningInsert[tuple[int]]:
        """The same as a statement, for a transaction that does more."""
        new = _contents(message, payload) | {"channel": channel, "unclear": unclear, "planned_at": now}
        return self._insert(key, new)

    async def adopt(
        self,
        key: PostKey,
        channel: str,
        ts: str,
        message: Message,
        payload: Mapping[str, Any],
        now: datetime,
    ) -> bool:
        """Take up a post that was found in the channel, to be edited to this; False: it was known before."""
        new = _contents(message, payload) | {"channel": channel, "planned_at": now}
        adopting = self._insert(key, new | {"state": State.POSTED, "ts": ts, "posted_at": now})
        return await self._made(adopting)

    async def want(self, key: PostKey, message: Message, payload: Mapping[str, Any]) -> bool:
        """Have it say this from now on, if it is said at all; False where it does already, or was never
        planned."""
        return await self._change(self.want_of(key, message, payload))

    def want_of(self, key: PostKey, message: Message, payload: Mapping[str, Any]) -> Update:
        """The same as a statement, for a transaction that does more."""
        new = _contents(message, payload)
        other = or_(posts.c.message != new["message"], posts.c.payload != new["payload"])
        change = update(posts).where(*_is(key), other)
        return change.values(**new, wanted=posts.c.wanted + 1)

    async def claim(
        self,
        holder: str,
        now: datetime,
        lease: timedelta = LEASE,
        most: int = MOST,
        without: Collection[str] = (),
    ) -> Sequence[Post]:
        """What there is to do, for `holder` alone until the lease ends: one post of each channel, none of the
        channels in `without`. Each is given as it stood before.

        New posts go out in the order they were planned, whatever the oldest waits for: what is read in a
        channel covers all that was to be said there before. Edits wait for nobody.
        """
        planned = posts.c.state == State.PLANNED
        next_ones = select(func.min(posts.c.id)).where(planned).group_by(posts.c.channel)
        in_turn = or_(~planned, posts.c.id.in_(next_ones))
        first = select(func.min(posts.c.id).label("id")).where(*self._due(now), in_turn)
        first = first.where(posts.c.channel.not_in(list(without))).group_by(posts.c.channel)
        first = first.order_by(func.min(posts.c.id)).limit(most)
        ids = await self.store.read(lambda connection: connection.scalars(first).all())
        if not ids:
            return ()
        taken = select(posts).where(posts.c.id.in_(ids), *self._due(now)).order_by(posts.c.id)
        ours = {
            "claimed_by": holder,
            "claimed_until": self._at(now, lease),
            "tries": posts.c.tries + 1,
        }

        def work(connection: Connection) -> Sequence[Post]:
            rows = connection.execute(taken.with_for_update(skip_locked=True)).all()
            mine = posts.c.id.in_([row.id for row in rows])
            connection.execute(update(posts).where(mine).values(ours))
            return [_post(row) for row in rows]

        return await self.store.write(work)

    async def begin(self, post: Post, holder: str, now: datetime, lease: timedelta = LEASE) -> bool:
        """From now on it may stand in the channel; the lease begins anew. False where the claim was lost."""
        values = {"unclear": True, "claimed_until": self._at(now, lease)}
        return await self._change(_claimed(post, holder).values(values))

    async def settle(
        self, post: Post, holder: str, now: datetime, ts: str, version: int, *, repeats: bool = False
    ) -> bool:
        """It stands in the channel at `ts`, in this version. False where the claim was lost."""
        values = {
            "state": State.POSTED,
            "ts": ts,
            "shown": version,
            "unclear": False,
            "posted_at": func.coalesce(posts.c.posted_at, literal(now, Utc)),
            "repeats": repeats,
            "tries": 0,
            "trouble": "",
        }
        return await self._change(_claimed(post, holder).values(values | FREE))

    async def release(
        self, post: Post, holder: str, now: datetime, after: timedelta, *, unclear: bool, trouble: str
    ) -> bool:
        """Set it aside, for whoever comes then. False where the claim was lost."""
        values = {"claimed_until": self._at(now, min(after, FAR)), "unclear": unclear, "trouble": trouble}
        return await self._change(_claimed(post, holder).values(FREE | values))

    async def renew(self, post: Post, holder: str) -> bool:
        """It was taken away: it is posted once more. False where the claim was lost."""
        values = {"state": State.PLANNED, "ts": None, "shown": 0, "anew": True, "tries": 0}
        return await self._change(_claimed(post, holder).values(values | FREE))

    async def gone(self, post: Post, holder: str, now: datetime, trouble: str) -> bool:
        """It can't be said any more; where it `repeats`, it may stand there all the same. False where the
        claim was lost."""
        values = {"state": State.GONE, "trouble": trouble, "repeats": post.repeats}
        rests = {"claimed_until": self._at(now, RESTS)}
        return await self._change(_claimed(post, holder).values(FREE | values | rests))

    async def given_up(self, kind: str, now: datetime) -> Sequence[Post]:
        """Those that were, a while ago, the oldest first; without such as were taken away twice: nobody wants
        them there."""
        gone = posts.c.kind == kind, posts.c.state == State.GONE, ~posts.c.anew
        query = select(posts).where(*gone, self._passed(now)).order_by(posts.c.id)
        return await self.store.read(lambda connection: [_post(row) for row in connection.execute(query)])

    async def rest(self, post: Post, now: datetime) -> bool:
        """Leave one that was given up alone for another while."""
        return await self._change(_given_up(post).values(claimed_until=self._at(now, RESTS)))

    async def again(self, post: Post, channel: str) -> bool:
        """Try one that was given up again, anew in another `channel`. False where it is tried already."""
        stands = post.ts is not None and channel == post.channel
        values: dict[str, Any] = {"state": State.POSTED if stands else State.PLANNED, "tries": 0}
        if not stands:
            values |= {"channel": channel, "ts": None, "shown": 0}
        return await self._change(_given_up(post).values(FREE | values))

    async def get(self, key: PostKey) -> Post | None:
        """The post, or None where none was planned."""
        query = select(posts).where(*_is(key))
        row = await self.store.read(lambda connection: connection.execute(query).one_or_none())
        return _post(row) if row else None

    async def latest(self, kind: str, subject: str) -> Post | None:
        """The one that was planned last of a subject."""
        query = select(posts).where(posts.c.kind == kind, posts.c.subject == subject)
        query = query.order_by(posts.c.id.desc()).limit(1)
        row = await self.store.read(lambda connection: connection.execute(query).one_or_none())
        return _post(row) if row else None

    async def prune(self, now: datetime) -> None:
        """Let go of what was planned long ago and waits for nothing."""
        old = posts.c.planned_at < now - KEPT_FOR, ~_waits()
        await self.store.write(lambda connection: connection.execute(delete(posts).where(*old)))

    def _insert(self, key: PostKey, values: dict[str, Any]) -> ReturningInsert[tuple[int]]:
        names = {"kind": key.kind, "subject": key.subject, "occasion": key.occasion}
        whole = DEFAULTS | names | values
        if self.store.address.server is None:
            return sqlite.insert(posts).values(whole).on_conflict_do_nothing().returning(posts.c.id)
        return postgresql.insert(posts).values(whole).on_conflict_do_nothing().returning(posts.c.id)

    async def _made(self, change: ReturningInsert[tuple[int]]) -> bool:
        return await self.store.write(lambda connection: connection.execute(change).first() is not None)

    async def _change(self, change: Update) -> bool:
        return await self.store.write(lambda connection: connection.execute(change).rowcount > 0)

    def _due(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        return _waits(), self._passed(now)

    def _passed(self, now: datetime) -> ColumnElement[bool]:
        until = posts.c.claimed_until
        passed = until <= self._at(now, timedelta())
        return or_(until.is_(None), passed, until > self._at(now, FAR + LEASE))

    def _at(self, now: datetime, after: timedelta) -> ColumnElement[datetime]:
        if self.store.address.server is None:
            return literal(now + after, Utc)
        return func.clock_timestamp(type_=DateTime(timezone=True)) + literal(after)


FREE: dict[str, Any] = {"claimed_by": "", "claimed_until": None}
DEFAULTS: dict[str, Any] = {
    "wanted": 1,
    "shown": 0,
    "state": State.PLANNED,
    "ts": None,
    "unclear": False,
    "anew": False,
    "repeats": False,
    "claimed_by": "",
    "claimed_until": None,
    "tries": 0,
    "trouble": "",
}


def _contents(message: Message, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"message": json.dumps(message.payload()), "payload": json.dumps(dict(payload))}


def _waits() -> ColumnElement[bool]:
    behind = and_(posts.c.state == State.POSTED, posts.c.shown < posts.c.wanted)
    return or_(posts.c.state == State.PLANNED, behind)


def _is(key: PostKey) -> tuple[ColumnElement[bool], ...]:
    return posts.c.kind == key.kind, posts.c.subject == key.subject, posts.c.occasion == key.occasion


def _claimed(post: Post, holder: str) -> Update:
    return update(posts).where(posts.c.id == post.id, posts.c.claimed_by == holder)


def _given_up(post: Post) -> Update:
    return update(posts).where(posts.c.id == post.id, posts.c.state == State.GONE)


def _post(row: Row[Any]) -> Post:
    said = json.loads(row.message)
    return Post(
        id=row.id,
        key=PostKey(row.kind, row.subject, row.occasion),
        channel=row.channel,
        message=Message(said["text"], tuple(said["blocks"])),
        payload=json.loads(row.payload),
        wanted=row.wanted,
        shown=row.shown,
        state=State(row.state),
        ts=row.ts,
        unclear=row.unclear,
        anew=row.anew,
        repeats=row.repeats,
        tries=row.tries,
        trouble=row.trouble,
        planned_at=row.planned_at,
        posted_at=row.posted_at,
    )
