"""At every quiescent moment the copy is the truth, whatever account, network and bot went through."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.mirror.rules import RULES, Rules
from bot.playground.account.restless import restless
from tests.mirror.keeping import BEGIN, DAY, as_seen, life, true_rows

SMALL = replace(RULES, exact=8 * DAY, kept=12 * DAY)
SLOW, DENSE = (30 * DAY, 14 * DAY, 1500), (3 * DAY, 1 * DAY, 9000)
"""How long an account's history is, when its copy begins, and its sessions. Dense ones start more than a page
in a minute, at each full hour."""


async def wrong(
    seed: int,
    database: str,
    rules: Rules,
    kind: tuple[timedelta, timedelta, int],
    *,
    lives: int = 3,
    turns: int = 40,
) -> list[str]:
    """Live, die and live again; then what of the last days the copy has not as it is."""
    length, begin, sessions = kind
    history = restless(seed, BEGIN, BEGIN + length, sessions=sessions)
    found: list[str] = []
    async with life(history, seed, database, BEGIN + begin, rules) as alive:
        for _ in range(lives):
            await alive.live(turns)
            copy = await alive.settle()
            since = alive.account.clock.now() - rules.exact
            truth = true_rows(alive.account, since)
            held = {number: as_seen(row) for number, row in copy.items() if row.created_at >= since}
            found += [f"missing {number}" for number in sorted(truth.keys() - held.keys())]
            found += [f"too many {number}" for number in sorted(held.keys() - truth.keys())]
            both = sorted(truth.keys() & held.keys())
            found += [f"{held[one]} is {truth[one]}" for one in both if truth[one] != held[one]]
    return found


@pytest.mark.parametrize("kind", [SLOW, DENSE], ids=["slow", "dense"])
async def test_the_copy_is_the_truth(kind: tuple[timedelta, timedelta, int], database: str) -> None:
    assert await wrong(1, database, SMALL, kind, lives=2, turns=15) == []


SEEDS = [("sqlite", seed) for seed in range(2, 10)] + [("postgresql", seed) for seed in range(2, 5)]


@pytest.mark.long
@pytest.mark.parametrize("kind", [SLOW, DENSE], ids=["slow", "dense"])
@pytest.mark.parametrize(("database", "seed"), SEEDS, indirect=["database"])
async def test_the_copy_is_the_truth_again_and_again(
    seed: int, kind: tuple[timedelta, timedelta, int], database: str
) -> None:
    assert await wrong(seed, database, SMALL, kind, lives=4, turns=60) == []


BROKEN = {
    "no look-back": replace(SMALL, look_back=timedelta()),
    "open attempts are not read again": replace(SMALL, rereads=False),
    "the mark does not wait for all pages": replace(SMALL, waits=False),
}


@pytest.mark.long
@pytest.mark.parametrize("rules", BROKEN.values(), ids=BROKEN)
async def test_without_any_of_its_rules_it_is_not(rules: Rules, tmp_path: Path) -> None:
    for seed in range(6):
        if await wrong(seed, f"sqlite:///{tmp_path / f'{seed}.db'}", rules, DENSE):
            return
    pytest.fail("the copy was right all the same")
