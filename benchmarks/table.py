"""The table: what must be reached, what was measured, and whether it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    must: str
    measured: str
    reached: bool


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed. Raises ValueError for none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("There is nothing to measure by.")
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def p50(values: Iterable[float]) -> float:
    return percentile(values, 0.5)


def p95(values: Iterable[float]) -> float:
    return percentile(values, 0.95)


def p99(values: Iterable[float]) -> float:
    return percentile(values, 0.99)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def drawn(rows: Sequence[Row]) -> str:
    """As Markdown."""
    lines = ["| | must reach | measured | |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {row.what} | {row.must} | {row.measured} | {'ok' if row.reached else 'NOT REACHED'} |"
        for row in rows
    ]
    return "\n".join(lines)
