"""A mirror of a restless account, kept up by hand: time, faults and deaths come by chance, and are ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import select

from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account as Asked
from bot.core.errors import ApiError
from bot.core.model import Attempt
from bot.core.patience import Patience
from bot.mirror.leisure import Leisure
from bot.mirror.mirror import Mirror, make_mirror
from bot.mirror.rules import RULES, Rules
from bot.playground.account import Account, Clock
from bot.playground.account.history import History
from bot.store.rows import attempt_of
from bot.store.store import Account as Owner
from bot.store.store import open_store
from bot.store.tables import attempts, workflows

BEGIN = datetime(2026, 10, 20, tzinfo=UTC)
DAY = timedelta(days=1)
WORK = ("tick", "tick", "tick", "look", "look", "fill", "prune", "sweep", "diagnose")


@dataclass
class Time:
    """The account's clock, stopped, and the bot's: what the bot waits for passes at once."""

    clock: Clock
    ahead: timedelta = timedelta()
    slept: float = 0.0

    def now(self) -> datetime:
        return self.clock.now() + self.ahead

    def monotonic(self) -> float:
        return self.clock.now().timestamp() + self.slept

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds


@dataclass
class Kept:
    """The mirror of one life: after a death there is another, on the same file."""

    mirror: Mirror
    time: Time

    async def do(self, work: str) -> None:
        """What can't be had is tried again some other time, as the ticker does."""
        with suppress(ApiError):
            await (self.look() if work == "look" else getattr(self.mirror.upkeep, work)())

    async def look(self) -> None:
        await self.mirror.upkeep.refresh.join(600)


@asynccontextmanager
async def mirrored(account: Account, time: Time, database: str, rules: Rules = RULES) -> AsyncIterator[Kept]:
    site = Asked(self_hosted(account.url), Access.key("1/abc"))
    async with (
        open_store(database, Owner(account.url)) as store,
        Client(site, clock=time.monotonic, sleep=time.sleep, now=time.now) as client,
    ):
        mirror = make_mirror(
            client,
            store,
            now=time.now,
            clock=time.monotonic,
            keeps=True,
            leisure=Leisure(time.monotonic, time.sleep),
            rules=rules,
        )
        try:
            yield Kept(mirror, time)
        finally:
            await mirror.upkeep.stop()


@dataclass
class Life:
    """An account and its copy over many days; `seed` decides what happens to them."""

    account: Account
    time: Time
    database: str
    seed: int
    rules: Rules = RULES
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)

    async def live(self, turns: int) -> list[str]:
        """Do what there is to do, in storms and out of them, for a while; then the process ends. Gives what
        is wrong with the copy before that, where it has come to rest."""
        async with mirrored(self.account, self.time, self.database, self.rules) as kept:
            await kept.do("fill")
            for _ in range(turns):
                self.happen()
                await kept.do(self.chance.choice(WORK))
            return await self._at_rest(kept) if self.chance.random() < 0.5 else []

    def happen(self) -> None:
        """Time passes, clocks jump, and the weather changes."""
        chance = self.chance
        self.time.clock.move(timedelta(seconds=chance.choice([1, 5, 15, 15, 40, 90, 300])))
        if chance.random() < 0.03:
            self.time.clock.move(timedelta(hours=chance.choice([1, 1, 6])))
        if chance.random() < 0.1:
            self.time.ahead = timedelta(seconds=chance.choice([0, 0, -3000, 40, 7200]))
        if chance.random() < 0.3:
            self.account.faults.clear()
            if chance.random() < 0.6:
                self.account.faults.storm(failing=0.2, cut=0.1, dropped=0.05, too_many=0.05, slow=0.1)
            if chance.random() < 0.2:  # a proxy's
                path = chance.choice(["/api/attempts", "/api/attempts/"])
                self.account.faults.status(404, path, share=chance.choice([0.2, 1.0]))

    async def settle(self) -> list[str]:
        """What is wrong with the copy once a new process has come to rest."""
        async with mirrored(self.account, self.time, self.database, self.rules) as kept:
            return await self._at_rest(kept)

    async def _at_rest(self, kept: Kept) -> list[str]:
        """After a fill and one look in fair weather, and nothing else. The look's wave is as wide as need be:
        far more attempts are open here than in a busy account."""
        self.account.faults.clear()
        feed = kept.mirror.upkeep.feed
        feed.rules = replace(self.rules, wave=10_000)
        await kept.mirror.upkeep.filling.run()
        await feed.look(Patience(self.time.monotonic, total=600))
        feed.rules = self.rules
        return await differences(self.account, kept.mirror, self.account.clock.now() - self.rules.exact)


async def differences(account: Account, mirror: Mirror, since: datetime) -> list[str]:
    """What was created since then and is not in the copy as it is, and what is too many there."""
    truth = true_rows(account, since)
    copy = await everything(mirror)
    held = {number: as_seen(row) for number, row in copy.items() if row.created_at >= since}
    found = [f"missing {number}" for number in sorted(truth.keys() - held.keys())]
    found += [f"too many {number}" for number in sorted(held.keys() - truth.keys())]
    both = sorted(truth.keys() & held.keys())
    return found + [f"{held[one]} is {truth[one]}" for one in both if truth[one] != held[one]]


async def everything(mirror: Mirror) -> dict[int, Attempt]:
    """Every attempt in the copy, by id."""
    async with mirror.copy.store.reading() as connection:
        query = select(
            attempts, workflows.c.project_id, workflows.c.project, workflows.c.workflow.label("name")
        )
        rows = await connection.execute(query.join(workflows, workflows.c.id == attempts.c.workflow))
        return {row.id: attempt_of(row, row.project_id, row.project, row.name) for row in rows}


def as_seen(row: Attempt) -> tuple[object, ...]:
    """What of an attempt the account's truth tells as well."""
    return (
        *(row.id, row.index, row.session_id, row.project_id, row.project, row.workflow, row.workflow_id),
        *(row.session_time, row.status.value, row.cancel_requested, row.created_at, row.finished_at),
        row.retry_attempt_name,
    )


def true_rows(account: Account, since: datetime) -> dict[int, tuple[object, ...]]:
    return {
        number: (
            *(one.id, one.index, one.session_id, one.project_id, one.project, one.workflow, one.workflow_id),
            *(one.session_time, str(one.status), one.cancel_requested, one.created, one.finished),
            one.retry_name,
        )
        for number, one in account.truth(since).items()
    }


@asynccontextmanager
async def life(
    history: History, seed: int, database: str, at: datetime, rules: Rules = RULES
) -> AsyncIterator[Life]:
    clock = Clock(at)
    clock.freeze(at)
    async with Account(history, clock=clock) as account:
        yield Life(account, Time(clock), database, seed, rules)
