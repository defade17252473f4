"""What an ask keeps: the whole list, so that turning its pages reads nothing again. JSON, zlib-compressed."""

import zlib
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from bot.features.sessions.views import ListPage, Row

MOST_ROWS = 1000

_LIST = TypeAdapter(ListPage)


def pack(whole: ListPage) -> bytes:
    return zlib.compress(_LIST.dump_json(whole), 6)


def unpack(payload: bytes) -> ListPage | None:
    """None for what another version kept: it is then asked anew."""
    try:
        return _LIST.validate_json(zlib.decompress(payload))
    except (ValidationError, zlib.error):
        return None


def turned(
    whole: ListPage, page: int, now: datetime, *, public: bool = False, shared_by: str | None = None
) -> ListPage:
    """One page of the whole list, as drawn at `now`; a page behind the last is the last."""
    page = max(1, min(page, whole.pages))
    part = slice((page - 1) * whole.per_page, page * whole.per_page)
    return replace(
        whole,
        rows=whole.rows[part],
        groups=None if whole.groups is None else whole.groups[part],
        page=page,
        fresh=replace(whole.fresh, now=now),
        public=public,
        shared_by=shared_by,
    )


def with_errors(whole: ListPage, errors: dict[int, str]) -> ListPage:
    """The list with the root errors that were read, by attempt id."""

    def told(row: Row) -> Row:
        return replace(row, error=errors[row.last.id]) if row.last.id in errors else row

    return replace(whole, rows=tuple(map(told, whole.rows)))
