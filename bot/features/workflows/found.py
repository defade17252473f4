"""From what a query found to the health of its workflows: judged, picked out, put in order. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.api.sites import Site
from bot.core.finding import Flow
from bot.core.model import UNFINISHED, Status
from bot.core.query import Pattern, Place, Query, Sort
from bot.core.statistics import success_rate
from bot.core.words import words
from bot.features.workflows.views import Health


def picked(flows: Iterable[Flow], statuses: frozenset[Status]) -> list[Flow]:
    """The workflows whose last result is one of these, or that have a session in such an unfinished state."""
    return [flow for flow in flows if not statuses or any(stands(flow, status) for status in statuses)]


def stands(flow: Flow, status: Status) -> bool:
    return flow.counts.get(status, 0) > 0 if status in UNFINISHED else result_of(flow) is status


def by_status(flows: Iterable[Flow]) -> Mapping[Status, int]:
    """How many workflows each status would pick."""
    known = list(flows)
    return {status: sum(stands(flow, status) for flow in known) for status in Status}


def result_of(flow: Flow) -> Status:
    """How the last session that has ended did; where none has, what the newest is at."""
    return (flow.ended or flow.newest).status


def in_order(flows: Iterable[Flow], sort: Sort | None) -> list[Flow]:
    """Those that fail first; then by name, or as asked."""
    key = _order(sort or Sort.NAME)
    return sorted(flows, key=lambda flow: (flow.streak == 0, key(flow), _name(flow)))


def _order(sort: Sort) -> Callable[[Flow], float]:
    match sort:
        case Sort.NAME:
            return lambda flow: 0.0
        case Sort.NEWEST:
            return lambda flow: -_ended(flow).timestamp()
        case Sort.DURATION:
            return lambda flow: -(flow.pace.usual if flow.pace else timedelta()).total_seconds()


def _ended(flow: Flow) -> datetime:
    last = flow.ended or flow.newest
    return last.finished_at or last.created_at


def _name(flow: Flow) -> tuple[str, str, str, str, int]:
    project, workflow = flow.newest.project, flow.newest.workflow
    return project.casefold(), workflow.casefold(), project, workflow, flow.newest.project_id


def health(flow: Flow, query: Query, site: Site) -> Health:
    """One workflow's row; its Details asks for its sessions of the same window."""
    newest, ended = flow.newest, flow.ended
    place = Place(project=Pattern(newest.project), workflow=Pattern(newest.workflow))
    return Health(
        project=newest.project,
        workflow=newest.workflow,
        result=result_of(flow),
        words=words(Query(places=(place,), when=query.when, session_days=query.session_days)),
        counts=flow.counts,
        ended_at=ended.finished_at if ended else None,
        ran=ended.ran if ended else None,
        usual=flow.pace.usual if flow.pace else None,
        rate=success_rate(flow.counts),
        streak=flow.streak,
        url=site.workflow_url(newest.workflow_id) if newest.workflow_id is not None else None,
    )
