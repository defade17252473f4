"""A list as a file: whole, or refused. Values are the truth as the API has it, for programs.

Quoted as RFC 4180 says, with LF line ends. A name that begins with `=` or `+` stays as it is: altering it
would make the file wrong for every program, to please a spreadsheet.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.asking.desk import Desk, Missed, Sought, not_to_the_end, seek
from bot.core.coverage import Coverage
from bot.core.errors import Unreachable
from bot.core.patience import Patience
from bot.core.people import Asking
from bot.core.query import Query


async def seek_whole(
    desk: Desk, query: Query, asking: Asking, patience: Patience, finds: Query | None = None
) -> Sought | Missed:
    """As `seek`, read to the end. Raises ApiError where not all was read: a hole would go unseen."""
    sought = await seek(desk, query, asking, patience, finds=finds)
    if isinstance(sought, Sought) and not sought.look.coverage.complete:
        why = not_to_the_end(sought.look.coverage)
        raise Unreachable(f"The file was not made, for it would have a hole. {why}")
    return sought


def file_name(of: str, coverage: Coverage) -> str:
    """`sessions-2026-11-23T130231Z.csv`."""
    return f"{of}-{coverage.as_of:%Y-%m-%dT%H%M%SZ}.csv"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 without a mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def utc(at: datetime | None) -> str:
    """`2026-11-23T13:02:31Z`; empty where unknown."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""
