"""Names that exist, read beside the look: what a question may mean."""

import asyncio
from collections.abc import Coroutine
from functools import reduce
from operator import or_
from typing import Any

from bot.api.client import Client
from bot.core.errors import ApiError
from bot.core.names import Names
from bot.core.patience import Patience
from bot.core.query import Pattern, Place, Query

MOST_PLACES = 4
"""Names of a query that are looked up in the lists of projects and workflows; others only in the rows."""


async def listed(client: Client, query: Query, patience: Patience) -> Names | None:
    """The names that a query may mean, by the lists and the newest rows; None where there are no lists."""
    try:
        found, newest = await asyncio.gather(
            directory(client, query, patience), newest_names(client, patience)
        )
    except ApiError:
        return None
    return found | newest


async def known(client: Client, query: Query, seen: Names | None, patience: Patience) -> Names:
    """As `directory`, unless that was seen; nothing where it cannot be had, for the rows tell names too."""
    if seen is not None:
        return seen
    try:
        return await directory(client, query, patience)
    except ApiError:
        return Names()


async def directory(client: Client, query: Query, patience: Patience) -> Names:
    """Projects and workflows that a query may mean, those that never ran included.

    Raises ApiError where the lists cannot be had (a server with nothing but sessions).
    """
    lookups = [lookup for place in query.places[:MOST_PLACES] for lookup in _lookups(client, place, patience)]
    return reduce(or_, await asyncio.gather(*lookups), Names())


async def newest_names(client: Client, patience: Patience) -> Names:
    """The names on the newest page of attempts: those of deleted projects are in no list."""
    page = await client.attempts(patience=patience)
    return Names(workflows=frozenset((row.project, row.workflow) for row in page.rows))


def _lookups(client: Client, place: Place, patience: Patience) -> list[Coroutine[Any, Any, Names]]:
    project, workflow = place.project or place.either, place.workflow or place.either
    return [
        *([_projects(client, _part(project), patience)] if project else []),
        *([_workflows(client, _part(workflow), patience)] if workflow else []),
    ]


async def _projects(client: Client, text: str, patience: Patience) -> Names:
    page = await client.projects(name_pattern=text, patience=patience)
    return Names(projects=frozenset(project.name for project in page.rows))


async def _workflows(client: Client, text: str, patience: Patience) -> Names:
    page = await client.workflows(name_pattern=text, patience=patience)
    return Names(workflows=frozenset((workflow.project, workflow.name) for workflow in page.rows))


def _part(pattern: Pattern) -> str:
    """What the server can look for: the longest piece of a glob."""
    return max(pattern.text.split("*"), key=len) if pattern.glob else pattern.text
