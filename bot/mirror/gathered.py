"""Attempts of the feed, as they come, folded into what a digest is reckoned by. No I/O."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.core.digest import BACK, Key, Period, Run
from bot.core.model import Attempt, Status
from bot.core.names import Names, Within
from bot.core.reckoning import unix
from bot.core.statistics import SAMPLE
from bot.store.samples import Success

Days = tuple[date, date] | None
"""Days of session time: the first and the last."""


@dataclass(slots=True)
class Gathered:
    """Of attempts as they come, what a period is reckoned by: all that ended in it and in the one before or
    had not ended, failures since the floor, retries, and what of each workflow went well last before."""

    period: Period
    days: Days
    names: Names = field(default_factory=Names)
    odd: int = 0
    workflows: dict[Key, "_Workflow"] = field(default_factory=dict)
    attempts: dict[int, Attempt] = field(default_factory=dict)

    def take(self, rows: Iterable[Attempt]) -> None:
        start, end, begin, floor = (
            unix(at)
            for at in (self.period.start, self.period.end, self.period.before.start, self.period.floor)
        )
        new = set()
        for row in rows:
            workflow = self.workflows.get(row.key)
            if workflow is None:
                workflow = self.workflows[row.key] = _Workflow(row.project)
                new.add((row.project, row.workflow))
            created = unix(row.created_at)
            if created >= end:
                continue
            ended = None if row.ended_at is None else unix(row.ended_at)
            if row.status is Status.SUCCESS and row.finished_at and ended is not None and ended < end:
                workflow.succeeded((ended, row.id, ended - created))
            if self.days and not self.days[0] <= row.session_time.date() <= self.days[1]:
                continue
            run = Run(row.id, row.session_id, row.key, row.status, created, ended, row.index)
            failed = row.status is Status.ERROR
            if ended is None or ended >= (floor if failed else begin) or row.index != 1:
                workflow.runs.append(run)
                if ended is not None and ended >= (floor if failed else start):
                    self.attempts[row.id] = replace(row, params={}) if row.params else row
            elif row.status is Status.SUCCESS and ended >= unix(self.period.start - BACK):
                workflow.went_well(run)
        if new:
            self.names |= Names(workflows=frozenset(new))

    def runs(self, within: Within) -> Iterator[Run]:
        for (_, name), workflow in self.workflows.items():
            if within.holds(workflow.project, name):
                yield from workflow.runs
                if workflow.last_well is not None:
                    yield workflow.last_well

    def sessions(self, within: Within) -> Collection[int]:
        return {run.session for run in self.runs(within)}

    def successes(self, key: Key) -> Sequence[Success]:
        return self.workflows[key].in_order()


@dataclass(slots=True)
class _Workflow:
    project: str
    runs: list[Run] = field(default_factory=list)
    last_well: Run | None = None
    _successes: list[Success] = field(default_factory=list)

    def succeeded(self, success: Success) -> None:
        self._successes.append(success)
        if len(self._successes) >= 10 * SAMPLE:
            self._successes = self.in_order()

    def went_well(self, run: Run) -> None:
        known = self.last_well
        if known is None or (known.ended or 0, known.id) < (run.ended or 0, run.id):
            self.last_well = run

    def in_order(self) -> list[Success]:
        """The last 20, newest first."""
        return sorted(self._successes, reverse=True)[:SAMPLE]
