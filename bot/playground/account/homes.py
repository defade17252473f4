"""The projects of a lifelike account: their ids, pushes and revisions, and one whose name was used again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from bot.playground.account.catalog import ROOTS, SHAPES, Plan
from bot.playground.account.fate import DAY
from bot.playground.account.history import Wanted
from bot.playground.account.model import Attempt, Project, Workflow
from bot.playground.account.tasks import Step

FIRST_PUSH = datetime(2020, 1, 1, tzinfo=UTC)
FIRST_WORKFLOW, REVISIONS = 1000, 4096  # workflow ids: a block of revisions for each workflow
REUSED = "legacy-reports"


class Homes:
    """Where each plan lives at each time. The project `legacy-reports` is deleted two days before the
    anchor, and another of that name is made a minute later.
    """

    def __init__(self, seed: int, plans: tuple[Plan, ...], anchor: int) -> None:
        self._plans = plans
        names = list(dict.fromkeys(plan.project for plan in plans))
        self._ids = {name: 1001 + 7 * place for place, name in enumerate(names)}
        self._days = {name: Random(f"{seed}/push/{name}").randrange(2, 40) for name in names}
        self._gone = datetime.fromtimestamp(anchor - 2 * DAY, UTC).replace(minute=30, second=0)
        self._again = self._gone + timedelta(minutes=1)
        self._project = {
            name: Project(number, name, FIRST_PUSH, FIRST_PUSH, "") for name, number in self._ids.items()
        }
        if REUSED in self._project:
            self._project[REUSED] = replace(self._project[REUSED], deleted=self._gone)
        self._reborn = Project(1001 + 7 * len(names), REUSED, self._again, self._again, "")
        self._numbers = {(plan.project, plan.name): number for number, plan in enumerate(plans)}

    def project(self, number: int, created: int) -> Project:
        name = self._plans[number].project
        if name == REUSED and created >= self._gone.timestamp():
            return self._reborn
        return self._project[name]

    def plan(self, attempt: Attempt) -> Plan:
        return self._plans[self._numbers[attempt.session.project.name, attempt.session.workflow]]

    def numbers(self, wanted: Wanted) -> frozenset[int] | None:
        """The plans whose runs are wanted; None is all."""
        if wanted.project is None:
            return None
        names = {name for name, number in self._ids.items() if number == wanted.project}
        if wanted.project == self._reborn.id:
            names = {REUSED}
        return frozenset(
            number
            for number, plan in enumerate(self._plans)
            if plan.project in names and wanted.workflow in (None, plan.name)
        )

    def workflow_id(self, number: int, created: int) -> int:
        """The revision of that time."""
        project = self.project(number, created)
        slot = len(self._plans) + number if project is self._reborn else number
        return FIRST_WORKFLOW + slot * REVISIONS + self._pushes(project, datetime.fromtimestamp(created, UTC))

    def _pushes(self, project: Project, at: datetime) -> int:
        """How many pushes came after the first one."""
        return max(0, (at - project.created) // timedelta(days=self._days[project.name]))

    def _pushed(self, project: Project, pushes: int) -> Project:
        at = project.created + timedelta(days=self._days[project.name]) * pushes
        return replace(
            project, updated=at, revision=f"{Random(f'{project.id}/{pushes}').getrandbits(128):032x}"
        )

    def projects(self, now: datetime) -> list[Project]:
        found = [self._pushed(each, self._pushes(each, now)) for each in self._project.values()]
        if REUSED in self._project and self._again <= now:
            found.append(self._pushed(self._reborn, self._pushes(self._reborn, now)))
        return sorted(found, key=lambda each: each.id)

    def workflows(self, now: datetime) -> list[Workflow]:
        made = (self._workflow(number, int(now.timestamp())) for number in range(len(self._plans)))
        found = [each for each in made if each.project.alive(now)]
        return sorted(found, key=lambda each: each.id)

    def _workflow(self, number: int, at: int) -> Workflow:
        project, identity = self.project(number, at), self.workflow_id(number, at)
        return self._made(number, project, identity)

    def _made(self, number: int, project: Project, identity: int) -> Workflow:
        plan = self._plans[number]
        pushed = self._pushed(project, (identity - FIRST_WORKFLOW) % REVISIONS)
        return Workflow(identity, plan.name, pushed, pushed.revision, plan.zone, config(plan))

    def definition(self, number: int, now: datetime) -> Workflow | None:
        slot, pushes = divmod(number - FIRST_WORKFLOW, REVISIONS)
        if not 0 <= slot < 2 * len(self._plans):
            return None
        reborn, plan = divmod(slot, len(self._plans))
        project = self._project[self._plans[plan].project]
        if reborn:
            if project.name != REUSED:
                return None
            project = self._reborn
        if project.created > now or pushes > self._pushes(project, now):
            return None
        return self._made(plan, project, number)


@lru_cache(4096)
def _revision(project: int, pushes: int) -> str:
    return f"{Random(f'{project}/{pushes}').getrandbits(128):032x}"


def config(plan: Plan) -> dict[str, Any]:
    """The definition as `/api/workflows` shows it: schedule, `_export` and the like, steps."""
    return {
        **_schedule(plan),
        **ROOTS.get(plan.shape, {}),
        **{step.name: _config(step) for step in SHAPES[plan.shape]},
    }


def _config(step: Step) -> Mapping[str, Any]:
    if step.caller:
        return step.config
    return {**step.config, **{child.name: _config(child) for child in step.children}}


def _schedule(plan: Plan) -> dict[str, Any]:
    hour, minute = divmod(plan.minute, 60)
    match plan.kind:
        case "minutes":
            return {"schedule": {"minutes_interval>": plan.every}}
        case "hourly":
            return {"schedule": {"hourly>": f"{plan.minute:02}:00"}}
        case "daily":
            return {"schedule": {"daily>": f"{hour:02}:{minute:02}:00"}}
        case "weekdays":
            return {"schedule": {"cron>": f"{minute} {hour} * * 1-5"}}
        case "live":
            return {"schedule": {"minutes_interval>": 1}}
        case "adhoc":
            return {}
