"""What the history of a workflow says of an attempt, in SQL: see `core.statistics`."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from bot.core.model import Status
from bot.core.query import Shape
from bot.core.statistics import STUCK_AFTER, Pace
from bot.store.tables import attempts, workflows


def unix(at: datetime) -> ColumnElement[int]:
    return literal(int(at.timestamp()), BigInteger)


def ran() -> ColumnElement[int]:
    """Seconds from creation to end; NULL where there is none."""
    return attempts.c.finished - attempts.c.created


def has_shape(shape: Shape, now: datetime) -> ColumnElement[bool]:
    """`workflows` is joined; for `now` see `core.statistics`."""
    match shape:
        case Shape.RETRIED:
            named = and_(attempts.c.number.is_(None), attempts.c.retry_name.is_not(None))
            return or_(attempts.c.number > 1, named)
        case Shape.SLOW:
            running = attempts.c.status == Status.RUNNING.value
            took = case((running, unix(now) - attempts.c.created), else_=ran())
            return took > workflows.c.slow_after
        case Shape.STUCK:
            long_ago = now - STUCK_AFTER
            waits = attempts.c.status.in_([Status.QUEUED.value, Status.BLOCKED.value])
            return or_(and_(waits, attempts.c.created < long_ago), attempts.c.canceling_since < long_ago)


def with_streaks(rows: Select[Any]) -> Select[Any]:
    """`rows` of attempts, each with its `streak`: how many times in a row its workflow has ended in error, up
    to and with it; 0 if it did not.

    Ends are in the order of seconds and ids, killed ones count neither way, and one whose end is unknown
    counts alone.
    """
    listed = rows.cte("listed").prefix_with("MATERIALIZED")
    good, bad, at = attempts.alias(), attempts.alias(), attempts.alias()
    before = (
        select(good.c.id)
        .where(
            listed.c.status == Status.ERROR.value,
            good.c.workflow == listed.c.workflow,
            good.c.status == Status.SUCCESS.value,
            good.c.finished.is_not(None),
            tuple_(good.c.finished, good.c.id) < tuple_(listed.c.finished, listed.c.id),
        )
        .order_by(good.c.finished.desc(), good.c.id.desc())
        .limit(1)
        .correlate(listed)
        .scalar_subquery()
    )
    row = select(listed, before.label("success")).cte("marked").prefix_with("MATERIALIZED")
    since = func.coalesce(at.c.finished, literal(-1)), func.coalesce(at.c.id, literal(-1))
    count = (
        select(func.count())
        .select_from(bad)
        .where(
            bad.c.workflow == row.c.workflow,
            bad.c.status == Status.ERROR.value,
            tuple_(bad.c.finished, bad.c.id) <= tuple_(row.c.finished, row.c.id),
            tuple_(bad.c.finished, bad.c.id) > tuple_(*since),
        )
        .correlate(row, at)
        .scalar_subquery()
    )
    failed = row.c.status == Status.ERROR.value
    times = case((failed & row.c.finished.is_(None), 1), (failed, count), else_=0)
    return select(row, times.label("streak")).join_from(row, at, at.c.id == row.c.success, isouter=True)


def standing(workflow: ColumnElement[int], end: datetime | None) -> ColumnElement[int]:
    """How many failures in a row stand at the end of a workflow's attempts that ended before `end`."""
    good, bad, at = attempts.alias(), attempts.alias(), attempts.alias()
    success = (
        select(good.c.id)
        .where(
            good.c.workflow == workflow,
            good.c.status == Status.SUCCESS.value,
            good.c.finished.is_not(None) if end is None else good.c.finished < end,
        )
        .order_by(good.c.finished.desc(), good.c.id.desc())
        .limit(1)
        .correlate(workflow.table)
        .scalar_subquery()
    )
    succeeded_at = select(at.c.finished).where(at.c.id == success).scalar_subquery()
    return (
        select(func.count())
        .select_from(bad)
        .where(
            bad.c.workflow == workflow,
            bad.c.status == Status.ERROR.value,
            bad.c.finished.is_not(None) if end is None else bad.c.finished < end,
            tuple_(bad.c.finished, bad.c.id)
            > tuple_(func.coalesce(succeeded_at, literal(-1)), func.coalesce(success, literal(-1))),
        )
        .correlate(workflow.table)
        .scalar_subquery()
    )


def pace_in(row: Row[Any]) -> Pace | None:
    """Of a row with the columns `usual` and `ninetieth`."""
    if row.usual is None:
        return None
    return Pace(timedelta(seconds=row.usual), timedelta(seconds=row.ninetieth))
