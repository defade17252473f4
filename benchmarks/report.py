"""What was measured, as the table and the lines below it."""

import os
from collections.abc import Iterator, Sequence

from benchmarks import asking
from benchmarks.comparison import Read
from benchmarks.local import Own
from benchmarks.run import Measured, Verdicts
from benchmarks.table import Row, milliseconds, p50, p95
from benchmarks.truth import Wrong

MEMORY, FLAT = 200.0, 10.0
POLLS = 8.0
LOCAL, SAME = 0.050, 1.25


def rows(found: Measured, verdicts: Verdicts, wanted: frozenset[str]) -> list[Row]:
    """In the order of the table, those that are wanted."""
    return [row for name, row in _rows(found, verdicts) if name in wanted]


def _rows(found: Measured, verdicts: Verdicts) -> Iterator[tuple[str, Row]]:
    fill, held = found.filled.rows(found.a_page, verdicts.fill) if found.filled else (None, None)
    yield from _questions(found, verdicts)
    if fill:
        yield "fill", fill
    if found.polls is not None:
        yield "polling", _polls(found.polls)
    if found.grown is not None:
        yield "memory", _memory(found.peak, found.grown)
    if held:
        yield "fill", held
    if found.local:
        yield "local", _local(*found.local)
    if found.digest:
        yield "digest", found.digest.row()
    yield from _crowds(found, verdicts)


def _questions(found: Measured, verdicts: Verdicts) -> Iterator[tuple[str, Row]]:
    if found.warm:
        yield "warm", asking.warm_row(found.warm, found.trip, verdicts.warm)
    if found.many_open:
        yield "many-open", asking.many_open_row(found.many_open, found.trip, verdicts.many_open)
    if found.cold:
        yield "cold", asking.cold_row(found.cold, found.trip, verdicts.cold)


def _crowds(found: Measured, verdicts: Verdicts) -> Iterator[tuple[str, Row]]:
    if found.burst:
        what = "50 commands within one second"
        yield "burst", asking.crowd_row(what, found.burst, verdicts.burst, shared=False)
    if found.minute:
        what = "10 commands a second for a minute; those that come while a look is under way share the next"
        yield "minute", asking.crowd_row(what, found.minute, verdicts.minute, shared=True)


def _polls(a_minute: float) -> Row:
    return Row(
        "requests a minute while polling and diagnosing, backlog done, questions apart",
        f"≤ {POLLS:.0f} on average",
        f"{a_minute:.1f}",
        a_minute <= POLLS,
    )


def _memory(peak: float, grown: float) -> Row:
    flat = grown <= FLAT
    return Row(
        "memory of the bot while it mirrors 15 days (300,000 attempts)",
        f"≤ {MEMORY:.0f} MB, flat",
        f"{peak:.0f} MB at its highest, {grown:+.0f} MB over 600 questions",
        peak <= MEMORY and flat,
    )


def _local(many: Sequence[Own], few: Sequence[Own]) -> Row:
    long, short = [own.seconds for own in many], [own.seconds for own in few]
    return Row(
        "the bot's own part of a question (from refreshed to rendered) over 15 days, and with 2 days kept",
        f"≤ {milliseconds(LOCAL)} p95; does not grow",
        f"{milliseconds(p50(long))} p50, {milliseconds(p95(long))} p95; with 2 days"
        f" {milliseconds(p50(short))} p50, {milliseconds(p95(short))} p95; of it computing:"
        f" {milliseconds(p50(own.computed for own in many))} p50",
        p95(long) <= LOCAL and p50(long) <= SAME * p50(short),
    )


def below(found: Measured, verdicts: Verdicts) -> list[str]:
    """What it is compared with, and under which load it was measured."""
    lines = []
    if found.loop and found.direct:
        lines.append(f"- a loop over `/api/sessions`: {_read(found.loop, found.trip, verdicts.loop)}")
        lines.append(f"- the feed read anew: {_read(found.direct, found.trip, verdicts.direct)}")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    lines.append(f"- measured on {os.cpu_count()} processors; load {load}")
    return lines


def _read(read: Read, trip: float, wrong: Wrong) -> str:
    took = f"{read.seconds / trip:,.0f} round trips ({read.seconds:.1f} s, {read.requests:,} requests)"
    return f"{took}; {wrong.missed} of {wrong.of:,} failures missed, {wrong.wrong} wrong"
