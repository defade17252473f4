"""At every quiescent moment the copy is the truth, whatever account, network and bot went through."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.mirror.rules import RULES, Rules
from bot.playground.account.restless import restless
from tests.mirror.keeping import BEGIN, DAY, life

SMALL = replace(RULES, exact=8 * DAY, kept=12 * DAY)


class Kind(NamedTuple):
    """How long an account's history is, when its copy begins, its sessions, how long an attempt is open at
    most, and what share of them is committed late."""

    length: timedelta
    begin: timedelta
    sessions: int
    longest: timedelta = 7 * DAY
    late_share: float = 0.15


SLOW = Kind(30 * DAY, 14 * DAY, 1500)
DENSE = Kind(3 * DAY, 1 * DAY, 9000)
BURSTS = Kind(2 * DAY, DAY / 2, 40_000, longest=timedelta(minutes=2), late_share=0.6)
"""Starts several pages in a minute, at each full hour; few attempts are open, so that reading these again
shows no other by chance."""


async def wrong(
    seed: int,
    database: str,
    rules: Rules,
    kind: Kind,
    *,
    lives: int = 3,
    turns: int = 40,
) -> list[str]:
    """Live, die and live again; then what of the last days the copy has not as it is."""
    history = restless(
        *(seed, BEGIN, BEGIN + kind.length),
        sessions=kind.sessions,
        longest=kind.longest,
        late_share=kind.late_share,
    )
    found: list[str] = []
    async with life(history, seed, database, BEGIN + kind.begin, rules) as alive:
        for _ in range(lives):
            found += await alive.live(turns)
            found += await alive.settle()
    return found


@pytest.mark.parametrize("kind", [SLOW, DENSE], ids=["slow", "dense"])
async def test_the_copy_is_the_truth(kind: Kind, database: str) -> None:
    assert await wrong(1, database, SMALL, kind, lives=2, turns=8) == []


SEEDS = [("sqlite", seed) for seed in range(2, 10)] + [("postgresql", seed) for seed in range(2, 5)]


@pytest.mark.long
@pytest.mark.parametrize("kind", [SLOW, DENSE], ids=["slow", "dense"])
@pytest.mark.parametrize(("database", "seed"), SEEDS, indirect=["database"])
async def test_the_copy_is_the_truth_again_and_again(seed: int, kind: Kind, database: str) -> None:
    assert await wrong(seed, database, SMALL, kind, lives=4, turns=60) == []


BROKEN = {
    "no look-back": (replace(SMALL, look_back=timedelta()), BURSTS),
    "open attempts are not read again": (replace(SMALL, rereads=False), DENSE),
    "the mark does not wait for all pages": (replace(SMALL, waits=False), BURSTS),
}


@pytest.mark.long
@pytest.mark.parametrize(("rules", "kind"), BROKEN.values(), ids=BROKEN)
async def test_without_any_of_its_rules_it_is_not(rules: Rules, kind: Kind, tmp_path: Path) -> None:
    for seed in range(6):
        if await wrong(seed, f"sqlite:///{tmp_path / f'{seed}.db'}", rules, kind):
            assert await wrong(seed, f"sqlite:///{tmp_path / 'right.db'}", SMALL, kind) == []
            return
    pytest.fail("the copy was right all the same")
