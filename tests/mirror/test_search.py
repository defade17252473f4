"""A moment of long ago is found in a few requests, and a window there read exactly as it stood."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.names import Within
from bot.core.patience import Patience
from bot.core.query import Query
from bot.mirror.look import Span
from bot.mirror.scan import AS_IT_STOOD
from bot.mirror.search import last_id_at
from bot.playground.account import Account, Clock, Lifelike, Written
from tests.mirror.keeping import Kept, Time, mirrored

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HISTORY = Lifelike(5, sessions=30_000, per_day=200, anchor=NOW)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    clock = Clock(NOW)
    clock.freeze(NOW)
    async with (
        Account(HISTORY, clock=clock) as account,
        mirrored(account, Time(clock), f"sqlite:///{tmp_path}/copy.db") as made,
    ):
        yield made


@pytest.mark.parametrize("days", [1, 20, 60, 140, 400])
async def test_it_is_found_in_a_few_requests(kept: Kept, days: int) -> None:
    client, patience = kept.mirror.client, Patience(kept.time.monotonic, total=8)
    head = await client.attempts(patience=patience)
    before = client.stats.requests
    last_id = await last_id_at(client, head, NOW - days * DAY, patience)
    assert client.stats.requests - before <= 10
    assert last_id is not None
    page = await client.attempts(last_id, patience=patience)
    if days < 140:
        assert timedelta() <= page.rows[0].created_at - (NOW - days * DAY) <= DAY


async def test_a_window_of_long_ago_is_as_it_stood_then(kept: Kept) -> None:
    span = Span(NOW - 60 * DAY, NOW - 59 * DAY)
    look = await kept.mirror.scan.look(span, Patience(kept.time.monotonic, total=8))
    found = await look.find(Query(), Within())
    stood: dict[int, int] = {}
    for attempt in HISTORY.attempts(NOW):
        if attempt.created <= NOW - 59 * DAY:
            stood.setdefault(attempt.session.id, attempt.id)
    ended = {
        attempt.id: attempt.finished
        for attempt in HISTORY.attempts(NOW)
        if stood.get(attempt.session.id) == attempt.id and attempt.finished
    }
    whole = {number: at.replace(microsecond=0) for number, at in ended.items()}
    expected = {number for number, at in whole.items() if span.start <= at < NOW - 59 * DAY}
    assert {seen.last.id for seen in found.rows} == expected
    assert len(expected) > 50
    assert (look.coverage.trouble, look.coverage.complete) == (AS_IT_STOOD, True)


@pytest.mark.parametrize(("deepest", "copied"), [(1_000, False), (1_000_000, True)])
async def test_what_can_be_reached_by_reading_on_is_and_is_exact(
    kept: Kept, deepest: int, copied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.mirror.mirror.DEEPEST", deepest)
    await kept.mirror.upkeep.fill()
    span = Span(NOW - 60 * DAY, NOW - 59 * DAY)
    look = await kept.mirror.look(span, Patience(kept.time.monotonic, total=60))
    assert (look.coverage.copied, look.coverage.complete) == (copied, True)
    assert (look.coverage.trouble is None) == copied


async def test_a_young_account_has_nothing_there(tmp_path: Path) -> None:
    clock = Clock(NOW)
    clock.freeze(NOW)
    history = Written(NOW - DAY)
    for number in range(300):
        history.run("sales", "load", created=NOW - timedelta(minutes=300 - number))
    async with (
        Account(history, clock=clock) as account,
        mirrored(account, Time(clock), f"sqlite:///{tmp_path}/copy.db") as made,
    ):
        look = await made.mirror.look(
            Span(NOW - 60 * DAY, NOW - 59 * DAY), Patience(made.time.monotonic, total=8)
        )
        assert (await look.find(Query(), Within())).total == 0
