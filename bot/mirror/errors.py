"""Root errors, read from the tasks of failed attempts."""

import asyncio
from collections.abc import Iterable, Sequence

from bot.api.client import Client
from bot.core.diagnosis import error_text, first_line, root_errors
from bot.core.errors import ApiError, OddItem
from bot.core.model import Attempt, Status, Task
from bot.core.patience import Patience


async def first_lines(client: Client, attempts: Iterable[Attempt], patience: Patience) -> dict[int, str]:
    """By attempt id, the first line of the root error of each failed attempt, read at once; "" where it has
    none, missing where it could not be read."""
    failed = [each for each in attempts if each.status is Status.ERROR]
    found = await asyncio.gather(*(root_tasks(client, each.id, patience) for each in failed))
    return {
        each.id: first_line(error_text(tasks[0])) if tasks else ""
        for each, tasks in zip(failed, found, strict=True)
        if tasks is not None
    }


async def root_tasks(client: Client, attempt_id: int, patience: Patience) -> Sequence[Task] | None:
    """The tasks whose errors made the attempt fail, the likeliest first; None where they were not read."""
    try:
        return await read_root_tasks(client, attempt_id, patience)
    except ApiError:
        return None


async def read_root_tasks(client: Client, attempt_id: int, patience: Patience) -> Sequence[Task]:
    """See `root_tasks`. Raises ApiError; OddItem where the task that failed may be one that can't be read."""
    page = await client.tasks(attempt_id, patience=patience)
    found = root_errors(page.rows)
    if not found and page.odd:
        raise OddItem(f"{client.account.name} tells tasks of attempt {attempt_id} that can't be read.")
    return found
