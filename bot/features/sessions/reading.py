"""One session, read."""

import asyncio
from dataclasses import dataclass, replace

from bot.api.client import Client
from bot.core.errors import NotFound, Refused
from bot.core.model import Attempt, Page, Session
from bot.core.patience import Patience

PAGES_OF_ATTEMPTS = 20
"""Pages of one session's attempts that its story reads: 2,000 retries."""


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
