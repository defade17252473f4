"""Lists of workflows: found, with all that an ask keeps; and as a file."""

from dataclasses import replace

from pydantic import TypeAdapter

from bot.asking.desk import Desk, Missed, Sought, seek
from bot.asking.files import file_name, seek_whole, table, utc
from bot.asking.kinds import Draft, Kind
from bot.asking.lists import MOST_ROWS, head_of, limit_note
from bot.blocks.answers import file_note
from bot.core.model import UNFINISHED, Status
from bot.core.patience import Patience
from bot.core.people import Asking
from bot.core.query import Query
from bot.core.reply import File
from bot.features.workflows.found import by_status, health, in_order, picked
from bot.features.workflows.views import FEATURE, Health, HealthPage, header_words, health_message

HEADER = (
    "project",
    "workflow",
    "last_result",
    "last_ended_at",
    "failures_in_a_row",
    "success",
    "error",
    "killed",
    "unfinished",
    "success_rate",
    "usual_seconds",
)


def everything(query: Query) -> Query:
    """What is looked for: a workflow's status and the limit are for workflows, not for their sessions."""
    return Query(shapes=query.shapes, by_workflow=True)


async def find_list(
    desk: Desk, query: Query, asking: Asking, patience: Patience
) -> Draft[HealthPage] | Missed:
    """Raises Refused, ApiError."""
    sought = await seek(desk, query, asking, patience, finds=everything(query))
    if not isinstance(sought, Sought):
        return sought
    return Draft(part_of(whole_list(desk, sought, asking), slice(MOST_ROWS)))


def whole_list(desk: Desk, sought: Sought, asking: Asking) -> HealthPage:
    """The list with every row."""
    query, found = sought.query, sought.found
    chosen = in_order(picked(found.flows, query.statuses), query.sort)
    rows = tuple(health(flow, query, desk.site) for flow in chosen[: query.limit])
    return HealthPage(
        **head_of(desk, sought, asking, len(rows)),
        total=len(chosen),
        failing=sum(flow.streak > 0 for flow in chosen),
        anyhow=len(found.flows),
        to_now=sought.window.to_now,
        counts=found.counts,
        offered=by_status(found.flows),
        rows=rows,
        notes=limit_note(len(chosen), query.limit),
    )


def part_of(whole: HealthPage, rows: slice) -> HealthPage:
    return replace(whole, rows=whole.rows[rows])


async def told(
    desk: Desk, whole: HealthPage, part: HealthPage, asking: Asking, patience: Patience
) -> HealthPage:
    """Nothing is read beside it."""
    return whole


WORKFLOW_LISTS = Kind(FEATURE, TypeAdapter(HealthPage), find_list, part_of, told, health_message)


async def new_file(desk: Desk, query: Query, asking: Asking) -> File | Missed:
    """Every row as csv. Raises ApiError where not all was read."""
    sought = await seek_whole(desk, query, asking, desk.unhurried(), everything(query))
    if not isinstance(sought, Sought):
        return sought
    whole, coverage = whole_list(desk, sought, asking), sought.look.coverage
    name = file_name(FEATURE, coverage)
    note = file_note(header_words(whole), name, whole.fresh, whole.notes)
    return File(note, name, table(HEADER, map(cells, whole.rows)), public=query.here)


def cells(row: Health) -> tuple[str, ...]:
    """Times in UTC, durations in seconds, the rate from 0 to 1; empty is unknown."""
    counts = [row.counts.get(status, 0) for status in (Status.SUCCESS, Status.ERROR, Status.KILLED)]
    unfinished = sum(row.counts.get(status, 0) for status in UNFINISHED)
    return (
        row.project,
        row.workflow,
        row.result.value,
        utc(row.ended_at),
        str(row.streak),
        *map(str, (*counts, unfinished)),
        "" if row.rate is None else f"{row.rate:.4f}",
        "" if row.usual is None else f"{row.usual.total_seconds():g}",
    )
