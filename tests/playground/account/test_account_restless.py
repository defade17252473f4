"""The restless history: everything that can happen does, and stays possible; and the truth of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from bot.playground.account import Account, AnyKey, Attempt, Clock, Lifelike, Written, restless, truth
from bot.playground.account.wire import Flavour

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
END = BEGIN + 20 * DAY
LATER = END + 12 * DAY


@pytest.fixture(scope="module", params=range(3))
def every(request: pytest.FixtureRequest) -> list[Attempt]:
    """All attempts, oldest id first."""
    return list(restless(request.param, BEGIN, END, sessions=1500).attempts(LATER))[::-1]


def sessions(every: list[Attempt]) -> list[list[Attempt]]:
    found: dict[int, list[Attempt]] = {}
    for each in every:
        found.setdefault(each.session.id, []).append(each)
    return list(found.values())


def test_what_happens_is_possible(every: list[Attempt]) -> None:
    for each in every:
        assert each.created <= each.visible
        assert each.finished is None or each.visible < each.finished < each.created + 7 * DAY
        assert each.finished is None or each.outcome != "killed" or each.cancel is not None
        assert each.cancel is None or each.visible <= each.cancel
        assert each.cancel is None or each.finished is None or each.cancel <= each.finished
    for attempts in sessions(every):
        assert [each.index for each in attempts] == list(range(1, len(attempts) + 1))
        for earlier, later in pairwise(attempts):
            assert earlier.visible < later.created
            assert earlier.superseded == later.visible
        assert len({each.retry_name for each in attempts}) == len(attempts)


def test_each_thing_happens_often(every: list[Attempt]) -> None:
    pairs = [pair for attempts in sessions(every) for pair in pairwise(attempts)]
    happens = Counter(
        late=sum(each.visible > each.created + 5 * SECOND for each in every),
        overtaken=sum(lower.visible > higher.visible for lower, higher in pairwise(every)),
        disorder=sum(lower.created > higher.created for lower, higher in pairwise(every)),
        retried_days_later=sum(later.created > earlier.visible + DAY for earlier, later in pairs),
        retried_while_running=sum(
            earlier.finished is not None and later.created < earlier.finished for earlier, later in pairs
        ),
        finished_days_later=sum(
            each.finished is not None and each.finished > each.created + DAY for each in every
        ),
        killed=sum(each.outcome == "killed" for each in every),
        killed_in_vain=sum(
            each.finished is not None and each.outcome == "success" and each.cancel is not None
            for each in every
        ),
        killed_while_waiting=sum(
            each.finished is not None and each.started >= each.finished for each in every
        ),
        never_ending=sum(each.finished is None for each in every),
        unknown_home=sum(each.session.project.name == "reborn" for each in every),
    )
    assert min(happens.values()) >= 3, happens
    assert max(each.visible - each.created for each in every) <= 53 * SECOND


def test_how_late_commits_come_is_bounded_by_what_is_asked_for() -> None:
    prompt = restless(1, BEGIN, END, late_share=0.0)
    assert max(each.visible - each.created for each in prompt.attempts(LATER)) <= 3 * SECOND
    slow = [each.visible - each.created for each in restless(1, BEGIN, END, late=300.0).attempts(LATER)]
    assert timedelta(seconds=100) < max(slow) <= timedelta(seconds=303)


def test_the_same_seed_tells_the_same() -> None:
    one, same, other = (list(restless(seed, BEGIN, END).attempts(LATER)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


@pytest.mark.parametrize("flavour", ["hosted", "digdag"])
async def test_the_truth_is_what_all_pages_tell(flavour: Flavour) -> None:
    clock = Clock()
    clock.freeze(BEGIN + 10 * DAY)
    headers = {"Authorization": "TD1 1/a"}
    async with (
        Account(restless(4, BEGIN, END), clock=clock, flavour=flavour, auth=AnyKey()) as account,
        httpx.AsyncClient(base_url=account.url, headers=headers) as client,
    ):
        for _ in range(3):
            wanted = account.truth()
            rows = await walked(client)
            assert [int(row["id"]) for row in rows] == list(wanted)
            told = [plain(row) for row in rows]
            assert told == [
                (each.status, each.cancel_requested, each.created, each.finished, each.index, each.session_id)
                for each in wanted.values()
            ]
            assert {"running", "canceling", "success", "error", "killed"} <= {each[0] for each in told}
            clock.move(timedelta(hours=7, seconds=13))


async def walked(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The rows of all pages of the feed."""
    found: list[dict[str, Any]] = []
    while True:
        last = {"last_id": found[-1]["id"]} if found else {}
        answer = await client.get("/api/attempts", params={"include_retried": "true", **last})
        if not (rows := answer.json()["attempts"]):
            return found
        found += rows


def plain(row: dict[str, Any]) -> tuple[Any, ...]:
    """What a row says, with Digdag's flag as a status."""
    status = "canceling" if row["status"] == "running" and row["cancelRequested"] else row["status"]
    return (
        status,
        row["cancelRequested"],
        datetime.fromisoformat(row["createdAt"]),
        datetime.fromisoformat(row["finishedAt"]) if row.get("finishedAt") else None,
        row["index"],
        int(row["sessionId"]),
    )


def test_the_truth_of_a_while_is_that_part_of_all_of_it() -> None:
    now = BEGIN + 15 * DAY
    for history in (restless(2, BEGIN, END), Lifelike(1, 2000, anchor=now)):
        since = now - 2 * DAY
        whole, part = truth(history, now), truth(history, now, since)
        assert part == {number: each for number, each in whole.items() if each.created >= since}
        assert 0 < len(part) < len(whole)


def test_nothing_is_true_before_it_is_visible() -> None:
    history = Written()
    made = history.run(created=BEGIN, visible=BEGIN + 40 * SECOND)
    assert truth(history, BEGIN + 39 * SECOND) == {}
    assert list(truth(history, BEGIN + 40 * SECOND)) == [made.id]
