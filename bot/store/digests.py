"""Digests: those made by command, the occurrences of all of them, and who did what to them when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store.store import Statement, Store
from bot.store.tables import audit, digests, occurrences, tellings
from bot.store.tables import digest_troubles as troubles

PAYLOADS_FOR = timedelta(days=60)
"""How long what a digest told is kept, for its buttons."""
AUDIT_FOR = timedelta(days=400)
LOCK = 0x44696765737473
"""PostgreSQL's lock on occurrences ("Digests")."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest. `cron` has five fields, `zone` is an IANA name, `words` narrow it as those of `/sessions` do.

    `channel` is Slack's id or, unchecked, what was typed (`#data`), which `run` looks up; `place` is how
    people call it. `maker` is Slack's id of who made it, "" the operator, and `by` their name. `declared`
    ones stand in the settings. `trouble` is why it cannot be posted now, as a sentence.
    """

    name: str
    cron: str
    zone: str
    channel: str
    place: str
    made_at: datetime
    words: str = ""
    quiet: bool = False
    paused: bool = False
    maker: str = ""
    by: str = ""
    timed_at: datetime | None = None
    resumed_at: datetime | None = None
    declared: bool = False
    trouble: str | None = None

    @property
    def checked(self) -> bool:
        return not self.channel.startswith("#")

    @property
    def timed_since(self) -> datetime:
        return self.timed_at or self.made_at

    @property
    def due_since(self) -> datetime:
        """Nothing falls due up to then."""
        return max(self.timed_since, self.resumed_at or self.timed_since)


KEPT = tuple(name for name in Digest.__dataclass_fields__ if name not in ("declared", "trouble"))
"""What a digest's row holds."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What one post of a digest covers: [`start`, `end`), UTC; `replaces` counts the occurrences before `end`
    that it covers as well.

    `state` is `due`, `late` (a line says so), `told`, `silent` or `found` (a channel tells it); `cursor` is
    the number of the last change that it has seen; `note` says where its start, or that of the one after a
    found one, comes from, if that needs saying. `waits_since` is the first instant that could not be told in
    its time, where that is not `end`.
    """

    digest: str
    end: datetime
    start: datetime
    state: str = "due"
    replaces: int = 0
    cursor: int | None = None
    note: str = ""
    payload: bytes | None = None
    waits_since: datetime | None = None

    @property
    def first(self) -> datetime:
        """When it should have been told."""
        return self.waits_since or self.end


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that someone did: `who` is Slack's id, "" the operator; `name` what they were called then;
    `channels` are those it was about."""

    at: datetime
    who: str
    did: str
    what: str
    name: str = ""
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digests:
    store: Store

    async def all(self) -> list[Digest]:
        """Those made by command, by name."""
        told = digests.outerjoin(troubles, troubles.c.digest == digests.c.name)
        query = select(digests, troubles.c.sentence.label("trouble")).select_from(told)
        query = query.order_by(digests.c.name)
        return await self.store.read(lambda c: [_digest(row._mapping) for row in c.execute(query)])  # noqa: SLF001

    async def everyone(self, declared: Sequence[Digest]) -> list[Digest]:
        """Those made by command that no declared one hides, then the declared ones, each with its trouble."""
        hidden = {digest.name.casefold() for digest in declared}
        made = [each for each in await self.all() if each.name.casefold() not in hidden]
        troubles = await self.troubles()
        return [*made, *(replace(each, trouble=troubles.get(each.name)) for each in declared)]

    async def get(self, name: str) -> Digest | None:
        return next((each for each in await self.all() if each.name == name), None)

    async def put(self, digest: Digest, step: Step, was: str | None = None) -> bool:
        """Make it, or change the one that `was` called so; False where the name is taken, or it is gone."""
        values = {name: getattr(digest, name) for name in KEPT}

        def work(connection: Connection) -> bool:
            self._in_turn(connection)
            others = set(connection.scalars(select(digests.c.name)))
            if (was is None and digest.name in others) or (was is not None and was not in others):
                return False
            if was is None:
                connection.execute(insert(digests).values(values))
            else:
                connection.execute(update(digests).where(digests.c.name == was).values(values))
                connection.execute(delete(troubles).where(troubles.c.digest == was))
            _note(connection, step)
            return True

        return await self.store.write(work)

    async def change(self, name: str, step: Step | None = None, **values: Any) -> bool:
        """Set some of its columns; False where it is gone."""

        def work(connection: Connection) -> bool:
            changed = connection.execute(update(digests).where(digests.c.name == name).values(values))
            if changed.rowcount and step:
                _note(connection, step)
            return changed.rowcount > 0

        return await self.store.write(work)

    async def placed(self, name: str, typed: str, channel: str) -> None:
        """The id of the channel that was `typed`, unless it has been changed since."""
        mine = (digests.c.name == name) & (digests.c.channel == typed)
        change = update(digests).where(mine).values(channel=channel)
        await self.store.write(lambda connection: connection.execute(change))

    async def troubles(self) -> dict[str, str]:
        """Why digests cannot be posted now, by name; declared ones, too."""
        query = select(troubles.c.digest, troubles.c.sentence)
        return await self.store.read(lambda c: {row.digest: row.sentence for row in c.execute(query)})

    async def trouble(self, name: str, sentence: str | None, *also: Statement) -> bool:
        """Write down why it cannot be posted, None that it can, and do the rest with it; False, and nothing
        is done, where that stands there already."""

        def work(connection: Connection) -> bool:
            self._in_turn(connection)
            mine = troubles.c.digest == name
            known = connection.scalar(select(troubles.c.sentence).where(mine))
            if known == sentence:
                return False
            connection.execute(delete(troubles).where(mine))
            if sentence is not None:
                connection.execute(insert(troubles).values(digest=name, sentence=sentence))
            for statement in also:
                connection.execute(statement)
            return True

        return await self.store.write(work)

    async def remove(self, name: str, step: Step) -> bool:
        """Let go of it; what it has told stays for its buttons."""

        def work(connection: Connection) -> bool:
            self._in_turn(connection)
            gone = connection.execute(delete(digests).where(digests.c.name == name)).rowcount > 0
            if gone:
                waiting = occurrences.c.state.in_(["due", "late"])
                connection.execute(delete(occurrences).where(occurrences.c.digest == name, waiting))
                connection.execute(delete(troubles).where(troubles.c.digest == name))
                _note(connection, step)
            return gone

        return await self.store.write(work)

    async def note(self, step: Step) -> None:
        """Write down what was done, where nothing else is written."""
        await self.store.write(lambda connection: _note(connection, step))

    async def steps(self, most: int = 50) -> list[Step]:
        """What was done last, the newest first."""
        query = select(audit).order_by(audit.c.id.desc()).limit(most)
        return await self.store.read(lambda c: [_step(row) for row in c.execute(query)])

    async def last(self, name: str, before: datetime | None = None) -> Occurrence | None:
        """The newest occurrence of a digest that ends before an instant, whatever became of it."""
        query = select(occurrences).where(occurrences.c.digest == name).order_by(occurrences.c.end.desc())
        if before is not None:
            query = query.where(occurrences.c.end < before)
        return await self.store.read(lambda c: _occurrence(c.execute(query.limit(1)).one_or_none()))

    async def occurrence(self, name: str, end: datetime) -> Occurrence | None:
        query = select(occurrences).where(occurrences.c.digest == name, occurrences.c.end == end)
        return await self.store.read(lambda c: _occurrence(c.execute(query).one_or_none()))

    async def left_out(self, occurrence: Occurrence) -> bool:
        """Whether later occurrences go on behind it, and none covers it as well."""
        later = occurrences.c.digest == occurrence.digest, occurrences.c.end > occurrence.end
        query = select(func.min(occurrences.c.start)).where(*later)
        first = await self.store.read(lambda connection: connection.scalar(query))
        return first is not None and first >= occurrence.end

    async def waiting(self, name: str) -> list[Occurrence]:
        """Occurrences that have not been told yet, the oldest first."""
        query = select(occurrences).where(
            occurrences.c.digest == name, occurrences.c.state.in_(["due", "late"])
        )
        found = await self.store.read(lambda c: c.execute(query.order_by(occurrences.c.end)).all())
        return [each for row in found if (each := _occurrence(row))]

    async def cursor(self, name: str, since: datetime, before: datetime) -> int | None:
        """The last change that was seen by the digest before, one since `since`; None where none is known."""
        query = (
            select(occurrences.c.cursor)
            .where(
                occurrences.c.digest == name,
                occurrences.c.end > since,
                occurrences.c.end < before,
                occurrences.c.cursor.is_not(None),
            )
            .order_by(occurrences.c.end.desc())
            .limit(1)
        )
        return await self.store.read(lambda c: c.scalar(query))

    async def due(self, occurrence: Occurrence, after: datetime | None) -> bool:
        """Take it in, if the digest's newest occurrence still ends at `after` (None: there is none); what is
        due and has not been told yet is replaced by it. False where another process was quicker."""

        def work(connection: Connection) -> bool:
            self._in_turn(connection)
            mine = occurrences.c.digest == occurrence.digest
            if connection.scalar(select(func.max(occurrences.c.end)).where(mine)) != after:
                return False
            untold = mine & (occurrences.c.state == "due")
            missed = connection.execute(select(occurrences).where(untold).order_by(occurrences.c.end)).all()
            new = occurrence
            if missed:
                more = sum(each.replaces + 1 for each in missed)
                new = replace(
                    new,
                    start=missed[0].start,
                    replaces=new.replaces + more,
                    note=missed[0].note,
                    waits_since=missed[0].waits_since or missed[0].end,
                )
                connection.execute(delete(occurrences).where(untold))
            connection.execute(insert(occurrences).values(_values(new)))
            return True

        return await self.store.write(work)

    async def take_in(self, found: Sequence[Occurrence]) -> None:
        """What a channel tells of a digest of which nothing is known; nothing is done where something is."""

        def work(connection: Connection) -> None:
            self._in_turn(connection)
            names = {each.digest for each in found}
            known = select(func.count()).select_from(occurrences).where(occurrences.c.digest.in_(names))
            if found and not connection.scalar(known):
                connection.execute(insert(occurrences), [_values(each) for each in found])

        await self.store.write(work)

    async def settle(self, occurrence: Occurrence, was: str, *also: Statement) -> bool:
        """Write down what has become of it, and do the rest with it or nothing; False where it is no longer
        as it `was`."""
        values = {name: getattr(occurrence, name) for name in ("state", "cursor", "payload")}
        where = (
            occurrences.c.digest == occurrence.digest,
            occurrences.c.end == occurrence.end,
            occurrences.c.state == was,
        )

        def work(connection: Connection) -> bool:
            self._in_turn(connection)
            if not connection.execute(update(occurrences).where(*where).values(values)).rowcount:
                return False
            for statement in also:
                connection.execute(statement)
            return True

        return await self.store.write(work)

    def _in_turn(self, connection: Connection) -> None:
        """Two processes that replace, or tell, one occurrence at the same time would cover it twice; of two
        that make a digest of one name one would stumble."""
        if self.store.address.server is not None:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))

    async def keep(self, telling: str, payload: bytes, now: datetime) -> None:
        """Keep what was told beside a digest's times, for its buttons, under an id."""
        values = {"id": telling, "made_at": now, "payload": payload}
        await self.store.write(lambda connection: connection.execute(insert(tellings).values(values)))

    async def kept(self, telling: str) -> bytes | None:
        query = select(tellings.c.payload).where(tellings.c.id == telling)
        return await self.store.read(lambda connection: connection.scalar(query))

    async def prune(self, now: datetime) -> None:
        def work(connection: Connection) -> None:
            connection.execute(delete(tellings).where(tellings.c.made_at < now - PAYLOADS_FOR))
            old = occurrences.c.end < now - PAYLOADS_FOR
            connection.execute(update(occurrences).where(old).values(payload=None))
            connection.execute(delete(audit).where(audit.c.at < now - AUDIT_FOR))

        await self.store.write(work)


def _note(connection: Connection, step: Step) -> None:
    values = {name: getattr(step, name) for name in ("at", "who", "did", "what", "name")}
    connection.execute(insert(audit).values(values | {"channels": " ".join(step.channels)}))


def _step(row: Any) -> Step:
    return Step(row.at, row.who, row.did, row.what, row.name, tuple(row.channels.split()))


def _digest(row: Any) -> Digest:
    return Digest(**{name: row[name] for name in (*KEPT, "trouble")})


def _occurrence(row: Any) -> Occurrence | None:
    return (
        None if row is None else Occurrence(*(getattr(row, each) for each in Occurrence.__dataclass_fields__))
    )


def _values(occurrence: Occurrence) -> dict[str, Any]:
    return {name: getattr(occurrence, name) for name in Occurrence.__dataclass_fields__}
