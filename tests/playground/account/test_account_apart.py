"""An account in a process of its own."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import httpx
import pytest

from bot.playground.account.apart import Distance, apart

ANCHOR = datetime(2026, 11, 24, 12, 34, 56, tzinfo=UTC)
NEAR = Distance(ANCHOR, sessions=3000, latency=0.0, connection_cost=0.0, frozen=True)
KEY = {"Authorization": "TD1 1/a"}


async def test_it_serves_the_history_that_is_known_here_and_counts() -> None:
    async with apart(NEAR) as account, httpx.AsyncClient(base_url=account.url, headers=KEY) as client:
        assert await account.now() == ANCHOR
        assert await listed(client) == newest(ANCHOR)
        later = await account.move(timedelta(minutes=9))
        assert later == ANCHOR + timedelta(minutes=9)
        assert await listed(client) == newest(later)
        counts = await account.counts()
        assert (counts.requests, counts.connections, counts.most_in_flight) == (2, 1, 1)
        assert counts.cpu > 0
        assert counts.memory > 10
        await account.reset()
        await client.get("/api/sessions")
        counts = await account.counts()
        assert (counts.requests, counts.connections) == (1, 0)


async def listed(client: httpx.AsyncClient) -> list[int]:
    answer = await client.get("/api/attempts", params={"include_retried": "true"})
    return [int(row["id"]) for row in answer.json()["attempts"]]


def newest(at: datetime) -> list[int]:
    return [each.id for each in islice(NEAR.history().attempts(at), 100)]


async def test_it_misbehaves_when_told() -> None:
    async with apart(NEAR) as account, httpx.AsyncClient(base_url=account.url, headers=KEY) as client:
        await account.storm(too_many=1.0, retry_after=3)
        answer = await client.get("/api/sessions")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
        await account.clear()
        assert (await client.get("/api/sessions")).status_code == 200
        await account.far(30.0, 0.0)
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/api/sessions", timeout=0.1)


async def test_that_it_could_not_start_is_said() -> None:
    with pytest.raises(RuntimeError, match="has ended"):
        async with apart(Distance(datetime(2026, 11, 24))):  # noqa: DTZ001 - no zone
            pass
