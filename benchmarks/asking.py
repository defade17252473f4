"""Questions, from the command to the message in Slack."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from benchmarks.stage import KEY, PEOPLE, Answer, Stage
from benchmarks.table import Row, milliseconds, p50, p95, p99
from benchmarks.truth import Told, Wrong, told
from bot.playground.account.apart import Apart

QUESTIONS = 40
BETWEEN = 0.4
"""Seconds between one answer and the next question."""
COLD, QUIET = 8, 26.0
"""Questions after so many seconds without one."""
ACKNOWLEDGED, ANSWERED = 0.5, 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions that were answered, and what their answers told."""

    answers: Sequence[Answer]
    told: Sequence[Told]
    looks: int = 0

    @property
    def unreached(self) -> int:
        return max(each.unreached for each in self.told)

    @property
    def stale(self) -> int:
        """Answers that were not fresh."""
        return sum(each.trouble is not None for each in self.told)

    def trips(self, trip: float) -> list[float]:
        return [answer.answered / trip for answer in self.answers]


async def round_trip(account: Apart, tries: int = 20) -> float:
    """Seconds that one small request takes, on a warm connection."""
    took = []
    headers = {"Authorization": f"TD1 {KEY}"}
    async with httpx.AsyncClient(base_url=account.url, headers=headers, timeout=20.0) as client:
        for _ in range(tries + 1):
            answer = await client.get("/api/attempts", params={"page_size": "1"})
            took.append(answer.raise_for_status().elapsed.total_seconds())
    return p50(took[1:])


async def questions(stage: Stage, many: int = QUESTIONS) -> Asked:
    """One after the other, the first two left out: they make the connections warm."""
    for _ in range(2):
        await stage.ask()
    answers = []
    for _ in range(many):
        answers.append(await stage.ask())
        await asyncio.sleep(BETWEEN)
    return Asked(answers, await told(stage.database, answers))


async def crowd(stage: Stage, many: int, seconds: float) -> Asked:
    """So many commands within so many seconds, by fifty people in turn."""
    before = (await stage.bot.state()).looks
    asking = []
    for number in range(many):
        asking.append(asyncio.create_task(stage.ask(number % len(PEOPLE))))
        await asyncio.sleep(seconds / many)
    answers = await asyncio.gather(*asking)
    looks = (await stage.bot.state()).looks - before
    return Asked(answers, await told(stage.database, answers), looks)


def warm_row(asked: Asked, trip: float, wrong: Wrong) -> Row:
    trips = asked.trips(trip)
    return Row(
        "`/sessions failed` for 24 h from the command to the message in Slack, warm connections",
        "≤ 1.3 round trips p50, ≤ 2.0 p95, 0 missed, 0 wrong",
        f"{p50(trips):.2f} p50, {p95(trips):.2f} p95, {wrong} of {wrong.of:,} (a round trip:"
        f" {milliseconds(trip)})",
        p50(trips) <= 1.3 and p95(trips) <= 2.0 and not wrong and not asked.stale,
    )


def many_open_row(asked: Asked, trip: float, wrong: Wrong) -> Row:
    trips = asked.trips(trip)
    return Row(
        "the same with 300 attempts open",
        "≤ 3.0 p95; what is as of the last tick is said",
        f"{p50(trips):.2f} p50, {p95(trips):.2f} p95, {wrong} of {wrong.of:,};"
        f" {asked.unreached} at most as of the last tick",
        p95(trips) <= 3.0 and not wrong and not asked.stale,
    )


def cold_row(asked: Asked, trip: float, wrong: Wrong) -> Row:
    trips = asked.trips(trip)
    return Row(
        "the same when the account has closed all connections but the poll's for want of questions",
        "≤ 4.0 p50",
        f"{p50(trips):.2f} p50, {p95(trips):.2f} p95, {wrong} of {wrong.of:,}",
        p50(trips) <= 4.0 and not wrong and not asked.stale,
    )


def crowd_row(what: str, asked: Asked, wrong: Wrong, *, shared: bool) -> Row:
    acknowledged = p99([answer.acknowledged for answer in asked.answers])
    slowest = max(answer.answered for answer in asked.answers)
    joined = f"; {len(asked.answers)} commands shared {asked.looks} looks" if shared else ""
    joined += f"; {asked.stale} answers said that they are not fresh" if asked.stale else ""
    fast = acknowledged <= ACKNOWLEDGED and slowest <= ANSWERED
    return Row(
        what,
        f"p99 acknowledgement ≤ {milliseconds(ACKNOWLEDGED)}, each answered within {ANSWERED:.0f} s",
        f"{milliseconds(acknowledged)} p99, the slowest answer after {slowest:.1f} s, {wrong}{joined}",
        fast and not wrong and not asked.stale and (not shared or asked.looks < len(asked.answers)),
    )


async def after_quiet(stage: Stage) -> tuple[Asked, float]:
    """Questions that find cold connections, and how many requests a minute are sent in between."""
    await stage.ask()
    answers, requests = [], 0
    for _ in range(COLD):
        await stage.account.reset()
        await asyncio.sleep(QUIET)
        requests += (await stage.account.counts()).requests
        answers.append(await stage.ask())
    return Asked(answers, await told(stage.database, answers)), requests / (COLD * QUIET) * 60
