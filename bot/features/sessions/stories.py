"""One session's story: read and told."""

import logging
from datetime import datetime

from bot.asking.desk import Desk
from bot.core.coverage import Coverage
from bot.core.diagnosis import error_text
from bot.core.errors import Refused, StoreError
from bot.core.finding import Seen
from bot.core.model import Attempt, Status
from bot.core.patience import Patience
from bot.core.people import Asking
from bot.core.redact import redact_params
from bot.features.sessions.reading import OneStory, one_session, session_of
from bot.features.sessions.views import Story
from bot.mirror.errors import root_tasks

log = logging.getLogger("lookout.sessions")


async def session_story(desk: Desk, session_id: int, asking: Asking) -> Story:
    """A session by its last attempt. Raises Refused where there is none, ApiError."""
    patience, as_of = desk.patience(asking), desk.now()
    told = await one_session(desk.client, session_id, patience)
    last = told.attempts[-1] if told.attempts else told.session.last
    if last is None:
        raise Refused(f"Session {session_id} has no attempt yet: nothing has run.")
    return await story_of(desk, told, last, asking, patience, as_of)


async def attempt_story(desk: Desk, attempt_id: int, asking: Asking) -> Story:
    """A session by one of its attempts. Raises Refused where there is none, ApiError."""
    patience, as_of = desk.patience(asking), desk.now()
    told = await one_session(desk.client, await session_of(desk.client, attempt_id, patience), patience)
    chosen = next((each for each in told.attempts if each.id == attempt_id), told.session.last)
    if chosen is None:
        raise Refused(f"Attempt {attempt_id} is gone.")
    return await story_of(desk, told, chosen, asking, patience, as_of)


def words_for(told: OneStory, attempt: Attempt) -> str:
    """What one types for it: the session, or an attempt that is not its last."""
    is_last = not told.attempts or attempt.id == told.attempts[-1].id
    return f"#{attempt.session_id}" if is_last else f"attempt:{attempt.id}"


async def story_of(
    desk: Desk, told: OneStory, attempt: Attempt, asking: Asking, patience: Patience, as_of: datetime
) -> Story:
    """The story by `attempt`, with the root error of a failed one."""
    tasks, seen = None, await seen_in_copy(desk, attempt)
    if attempt.status is not Status.SUCCESS:
        tasks = await root_tasks(desk.client, attempt.id, desk.beside(patience))
    return Story(
        attempt=attempt,
        fresh=desk.fresh(
            Coverage(as_of, feed="attempts" if told.count else "sessions", odd=told.odd), asking
        ),
        words=words_for(told, attempt),
        attempts=told.attempts or (attempt,),
        count=told.count,
        usual=seen.pace.usual if seen.pace else None,
        streak=seen.streak,
        slow=seen.pace is not None and seen.pace.is_slow(attempt, as_of),
        task=tasks[0].full_name if tasks else None,
        error=error_text(tasks[0]) if tasks else None,
        params=redact_params(attempt.params),
        url=desk.site.session_url(attempt.session_id),
    )


async def seen_in_copy(desk: Desk, attempt: Attempt) -> Seen:
    """A story can do without what the copy says of it."""
    try:
        return await desk.source.seen(attempt)
    except StoreError as error:
        log.warning("a workflow's history could not be read: %s", error)
        return Seen(attempt)
