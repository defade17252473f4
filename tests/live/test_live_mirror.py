"""A copy kept up with a real server through turmoil is what the server has, and answers as it does."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio

from bot.core.finding import Found, Span
from bot.core.names import Settled, settle
from bot.core.patience import Patience
from bot.core.query import Query
from bot.core.words import parse
from bot.mirror.look import Look
from bot.mirror.mirror import Mirror
from bot.mirror.scan import Scan

from . import truth
from .digdag import Address, Row
from .kept import Line, Watch, copied, opened, told, watched
from .turmoil import Turmoil, feed, side_by_side, turmoil

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = timedelta(days=1)
WORDS = [
    *("", "failed", "killed", "success", "running", "finished", "retried", "failed retried", "slow"),
    *("by workflow", "failed by workflow", "failed sort:duration", "sort:name limit:30"),
]


@dataclass(slots=True)
class Lived:
    """What has been lived through: a copy, and what the server told just before and after its last look.

    `old` are attempts that were there before the copy was begun; all but two had ended.
    """

    mirror: Mirror
    watch: Watch
    turmoil: Turmoil
    old: set[int]
    copy: dict[int, Line]
    before: dict[int, Row]
    after: dict[int, Row]

    @property
    def steady(self) -> dict[int, Row]:
        """What did not change while the copy looked: all of ours, and what else the server may hold."""
        return {number: row for number, row in self.after.items() if self.before.get(number) == row}

    @property
    def ours(self) -> dict[int, Row]:
        return {number: self.steady[number] for number in sorted(self.turmoil.ids)}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lived(address: Address, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    database = f"sqlite:///{tmp_path_factory.mktemp('mirror')}/lookout.db"
    watch = Watch()
    async with turmoil(address) as life:
        running, ending = [await life.start("hang") for _ in range(2)]
        await life.many(130)
        old = await life.quiet(running, ending)
        async with opened(address, database) as parts, watched(parts.mirror, watch, life.server):
            await storm(life, old)
        await life.many(250)  # more than two pages, and nobody looks
        async with opened(address, database) as parts:
            mirror = parts.mirror
            async with watched(mirror, watch, life.server):
                await storm(life, await life.rows())
                await life.quiet(running, ending)
                assert await life.server.kill(ending["id"])  # some pages down by now
                await life.quiet(running)
            await mirror.upkeep.hold()
            await mirror.upkeep.fill()
            since = datetime.now(UTC) - DAY
            before = await feed(life.server, since)
            await mirror.upkeep.refresh.join(60)
            copy = await copied(mirror)
            after = await feed(life.server, since)
            await mirror.upkeep.hold()
            await mirror.upkeep.diagnose()
            await watch.follow(mirror.copy)
            yield Lived(mirror, watch, life, {int(row["id"]) for row in old}, copy, before, after)


async def storm(life: Turmoil, known: list[Row]) -> None:
    """Starts, kills and retries of old sessions, all at once; then retries of those again."""
    old = [row for row in known if row["done"] and row["workflow"]["name"] != "rounds"]
    failed = [row for row in old if truth.status(row) == "error"]
    first, second = failed[:20], failed[20:32]
    fine = [row for row in old if truth.status(row) == "success"][:6]
    name = f"again & again {len(life.ids)}"
    async with asyncio.TaskGroup() as happens:
        happens.create_task(life.many(120))
        happens.create_task(life.kills(12))
        happens.create_task(life.retries(first + fine, name))
        happens.create_task(life.resumes(second, f"resume {name}"))
    await life.retries(first[:8] + second[:4], f"{name}, once more")


async def test_the_copy_is_what_the_server_has(lived: Lived) -> None:
    ours, steady = lived.ours, lived.steady
    tally = Counter(truth.status(row) for row in ours.values())
    assert tally.keys() == {"success", "error", "killed", "running"}
    assert min(tally["success"], tally["error"], tally["killed"]) > 20
    assert max(row["index"] for row in ours.values()) >= 3
    assert ours.keys() == {
        n for n, row in steady.items() if row["project"]["id"] == lived.turmoil.project["id"]
    }
    wrong = {number: (lived.copy.get(number), told(row)) for number, row in steady.items()}
    assert {number: pair for number, pair in wrong.items() if pair[0] != pair[1]} == {}
    since = min(truth.instant(row["createdAt"]) for row in ours.values())
    assert {n for n, line in lived.copy.items() if line.created_at >= since} <= lived.after.keys()


async def test_a_look_is_never_older_than_the_question(lived: Lived) -> None:
    assert lived.watch.looks > 5
    assert lived.watch.stale == []


async def test_every_end_after_the_fill_began_has_one_number(lived: Lived) -> None:
    began = (await lived.mirror.copy.progress()).began_at
    assert began is not None
    numbers = [number for number, _, _ in lived.watch.changes]
    assert numbers == sorted(set(numbers))
    ends: dict[int, list[str]] = {}
    for _, number, status in lived.watch.changes:
        if status.finished:
            ends.setdefault(number, []).append(status.value)
    ended = {n: truth.instant(row["finishedAt"]) for n, row in lived.steady.items() if row["done"]}
    news = {n: [truth.status(lived.steady[n])] for n, at in ended.items() if at >= began}
    assert len(news.keys() & lived.turmoil.ids) > 500
    assert {number: ends.get(number) for number in news} == news
    history = {number for number in lived.old & ended.keys() if ended[number] < began}
    assert len(history) > 50
    assert not history & ends.keys()


async def test_each_failed_attempt_has_its_root_error(lived: Lived) -> None:
    failed = [number for number, row in lived.ours.items() if truth.status(row) == "error"]
    wanted: dict[int, str] = {}

    async def read(number: int) -> None:
        tasks = (await lived.turmoil.server.get(f"/api/attempts/{number}/tasks"))["tasks"]
        wanted[number] = truth.error(truth.failed_task(tasks))

    await side_by_side(read(number) for number in failed)
    assert {"boom", "checksum differs", "the real reason", "input file is missing"} < set(wanted.values())
    assert "" not in wanted.values()
    assert await lived.mirror.failures.errors(failed) == wanted


@pytest.mark.parametrize("words", WORDS)
async def test_the_copy_and_the_server_answer_alike(lived: Lived, words: str) -> None:
    ends = sorted(truth.instant(row["finishedAt"]) for row in lived.ours.values() if row["done"])
    middle, late = ends[len(ends) // 3], ends[2 * len(ends) // 3]
    days = (lived.turmoil.day + DAY / 2).date()
    now = datetime.now(UTC)
    spans = [Span(now - DAY), Span(middle, late), Span(now - DAY, days=(days, days), whenever=True)]
    for span in spans:
        from_copy, from_server = await answers(lived, f'{words} project:"{lived.turmoil.name}"', span)
        assert from_copy == from_server
        assert from_copy.total > 0 or words in {"running", "slow", "killed"}


async def answers(lived: Lived, words: str, span: Span) -> tuple[Found, Found]:
    """What the copy and a reading of the account say to the same words."""
    found = []
    sources: tuple[Mirror | Scan, ...] = (lived.mirror, lived.mirror.scan)
    for source in sources:
        look = await lived.turmoil.server.until(partial(looked, source, span), "an answer of the copy's")
        assert look.coverage.complete
        assert look.coverage.trouble is None
        settled = settle(asked(words), await look.names(), complete_names=True)
        assert isinstance(settled, Settled)
        result = await look.find(settled.query, settled.within)
        shown = [each.last for each in result.rows]
        errors = await source.errors(shown[:10], Patience(lived.mirror.clock, silence=30.0))
        found.append((plain(result, lived.turmoil.name), errors))
    assert found[0][1] == found[1][1]
    return found[0][0], found[1][0]


async def looked(source: Mirror | Scan, span: Span) -> Look | None:
    """None where a busy server kept the copy waiting, so that the account was read instead."""
    look = await source.look(span, Patience(time.monotonic, silence=30.0))
    return look if look.coverage.copied is isinstance(source, Mirror) else None


def asked(words: str) -> Query:
    query = parse(words, now=datetime.now(UTC), zone=UTC)
    assert isinstance(query, Query)
    return query


def plain(found: Found, project: str) -> Found:
    """Errors are asked for apart; flows have no order; other projects may come and go."""
    return replace(
        found,
        rows=tuple(replace(seen, error=None) for seen in found.rows),
        counts=dict(found.counts),
        offered=dict(found.offered),
        projects=tuple(name for name in found.projects if name == project),
        flows=tuple(sorted(found.flows, key=lambda flow: flow.newest.id)),
    )
