"""What the mirror is held against: a loop over the list of sessions, and the feed read for each question."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks.stage import KEY
from benchmarks.truth import Told
from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account
from bot.core.finding import Span
from bot.core.model import Status
from bot.core.patience import Patience
from bot.mirror.scan import Scan
from bot.playground.account.apart import Apart

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Read:
    """One reading of the failures of 24 h: how long it took, in seconds, and in how many requests."""

    seconds: float
    requests: int
    told: Told


async def loop_over_sessions(account: Apart) -> Read:
    """As existing tools do: page by page, down to sessions that were begun before the window."""
    sent, begun, requests, failed = datetime.now(UTC), time.perf_counter(), 0, set()
    since = sent - DAY
    below: dict[str, str] = {}
    headers = {"Authorization": f"TD1 {KEY}"}
    async with httpx.AsyncClient(base_url=account.url, headers=headers, timeout=20.0) as client:
        while True:
            answer = await client.get("/api/sessions", params={"page_size": "100", **below})
            rows: list[dict[str, Any]] = answer.raise_for_status().json()["sessions"]
            requests += 1
            failed |= set(_failed(rows, since))
            if not rows or all(_at(row["lastAttempt"]["createdAt"]) < since for row in rows):
                break
            below = {"last_id": rows[-1]["id"]}
    return Read(time.perf_counter() - begun, requests, _told(sent, failed))


def _failed(rows: Iterable[dict[str, Any]], since: datetime) -> Iterable[int]:
    for last in (row["lastAttempt"] for row in rows):
        failed = last["done"] and not last["success"] and not last["cancelRequested"]
        if failed and _at(last["finishedAt"]) >= since:
            yield int(last["id"])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def direct(account: Apart) -> Read:
    """As `ask` does without a copy: eight days of the feed, many pages at once."""
    sent, begun = datetime.now(UTC), time.perf_counter()
    site = Account(self_hosted(account.url), Access.key(KEY))
    async with Client(site) as client:
        scan = Scan(client, lambda: datetime.now(UTC))
        look = await scan.look(Span(sent - DAY), Patience(time.monotonic, silence=30.0))
        lasts = (last for last in look.lasts if last.status is Status.ERROR)
        failed = {last.id for last in lasts if last.finished_at and last.finished_at >= sent - DAY}
        return Read(time.perf_counter() - begun, client.stats.requests, _told(sent, failed))


def _told(sent: datetime, failed: set[int]) -> Told:
    return Told(sent, datetime.now(UTC), frozenset(failed), len(failed), 0, None)
