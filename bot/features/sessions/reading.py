"""What an answer reads beside the look: names that exist, root errors, one session."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from bot.api.client import Client
from bot.core.errors import ApiError, NotFound, Refused
from bot.core.model import Attempt, Page, Session
from bot.core.names import Names
from bot.core.patience import Patience
from bot.core.query import Pattern, Place, Query

MOST_PLACES = 4
"""Names of a query that are looked up in the lists of projects and workflows; others only in the rows."""

PAGES_OF_ATTEMPTS = 20
"""Pages of one session's attempts that its story reads: 2,000 retries."""


async def directory(client: Client, query: Query, patience: Patience) -> Names:
    """Projects and workflows that a query may mean, those that never ran included.

    Raises ApiError where the lists cannot be had (a server with nothing but sessions).
    """
    lookups = [lookup for place in query.places[:MOST_PLACES] for lookup in _lookups(client, place, patience)]
    return reduce(or_, await asyncio.gather(*lookups), Names())


async def known(client: Client, query: Query, seen: Names | None, patience: Patience) -> Names:
    """As `directory`, unless that was seen; nothing where it cannot be had, for the rows tell names too."""
    if seen is not None:
        return seen
    try:
        return await directory(client, query, patience)
    except ApiError:
        return Names()


def _lookups(client: Client, place: Place, patience: Patience) -> list[Coroutine[Any, Any, Names]]:
    project, workflow = place.project or place.either, place.workflow or place.either
    return [
        *([_projects(client, part(project), patience)] if project else []),
        *([_workflows(client, part(workflow), patience)] if workflow else []),
    ]


async def _projects(client: Client, text: str, patience: Patience) -> Names:
    page = await client.projects(name_pattern=text, patience=patience)
    return Names(projects=frozenset(project.name for project in page.rows))


async def _workflows(client: Client, text: str, patience: Patience) -> Names:
    page = await client.workflows(name_pattern=text, patience=patience)
    return Names(workflows=frozenset((workflow.project, workflow.name) for workflow in page.rows))


def part(pattern: Pattern) -> str:
    """What the server can look for: the longest piece of a glob."""
    return max(pattern.text.split("*"), key=len) if pattern.glob else pattern.text


async def newest_names(client: Client, patience: Patience) -> Names:
    """The names on the newest page of attempts: those of deleted projects are in no list."""
    page = await client.attempts(patience=patience)
    return Names(workflows=frozenset((row.project, row.workflow) for row in page.rows))


@dataclass(frozen=True, slots=True)
class OneStory:
    """A session, its attempts as far as known (oldest first), and how many there are (None: unknown).

    `odd` counts attempts that were set aside as unreadable.
    """

    session: Session
    attempts: tuple[Attempt, ...]
    count: int | None
    odd: int = 0


async def one_session(client: Client, session_id: int, patience: Patience) -> OneStory:
    """Raises Refused where there is no such session, ApiError where it could not be had."""
    session, attempts = await asyncio.gather(
        find_session(client, session_id, patience), all_attempts(client, session_id, patience)
    )
    if attempts is None or not attempts.rows:
        return OneStory(session, (), None, attempts.odd if attempts else 0)
    # they are numbered from 1: the highest number holds even where a row was set aside
    count = max(len(attempts.rows) + attempts.odd, *(attempt.index or 0 for attempt in attempts.rows))
    return OneStory(session, numbered(attempts.rows), count, attempts.odd)


def numbered(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """Attempts, oldest first, by their places where the server numbers none of them."""
    if any(attempt.index for attempt in attempts):
        return attempts
    return tuple(replace(attempt, index=place) for place, attempt in enumerate(attempts, 1))


async def find_session(client: Client, session_id: int, patience: Patience) -> Session:
    """By its own address; on a server that has nothing but the list, from the list."""
    try:
        return await client.session(session_id, patience=patience)
    except NotFound:
        page = await client.sessions(session_id + 1, 1, patience=patience, with_params=True)
        for session in page.rows:
            if session.id == session_id:
                return session
    raise Refused(
        f"There is no session {session_id} that Lookout can see."
        f" Is it an attempt's id? Then ask for `attempt:{session_id}`."
    )


async def all_attempts(client: Client, session_id: int, patience: Patience) -> Page[Attempt] | None:
    """All attempts of a session as one page, oldest first; None on a server that does not tell of them."""
    attempts: dict[int, Attempt] = {}
    last_id: int | None = None
    odd = 0
    try:
        for _ in range(PAGES_OF_ATTEMPTS):
            page = await client.session_attempts(session_id, last_id, patience=patience, with_params=True)
            if page.lowest_id is None or (last_id is not None and page.lowest_id >= last_id):
                break
            attempts |= {attempt.id: attempt for attempt in page.rows}
            odd += page.odd
            last_id = page.lowest_id
            if any(attempt.index == 1 for attempt in page.rows):
                break
    except NotFound:
        return None
    rows = sorted(attempts.values(), key=lambda attempt: (attempt.index or 0, attempt.id))
    return Page(tuple(rows), odd=odd)


async def session_of(client: Client, attempt_id: int, patience: Patience) -> int:
    """The session that an attempt belongs to. Raises Refused where there is no such attempt."""
    try:
        return (await client.attempt(attempt_id, patience=patience)).session_id
    except NotFound:
        raise Refused(
            f"There is no attempt {attempt_id} that Lookout can see."
            f" Is it a session's id? Then ask for `{attempt_id}` alone."
        ) from None
