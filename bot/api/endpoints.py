"""The read endpoints of the API as methods, over whatever asks.

Each takes the `patience` of the answer that it is asked for, and raises ApiError. Lists come without the
attempts' params unless asked for: they are most of an account's bytes, and only the story of one session
shows them.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Set
from functools import partial
from typing import TypeVar

from bot.api import wire
from bot.api.wire import PAGE_SIZE, Reader, Request, unsized
from bot.core.errors import BadRequest
from bot.core.model import Attempt, Page, Project, Session, Task, Workflow
from bot.core.patience import Patience

log = logging.getLogger("lookout.api")

Value = TypeVar("Value")


class Endpoints(ABC):
    takes_page_size = True
    """Whether the server takes pages of 100 by that name."""

    @abstractmethod
    async def ask(self, request: Request, read: Reader[Value], patience: Patience) -> Value:
        """Make the request and read its answer. Raises ApiError."""

    async def sessions(
        self,
        last_id: int | None = None,
        page_size: int = PAGE_SIZE,
        *,
        patience: Patience,
        with_params: bool = False,
    ) -> Page[Session]:
        """Sessions, newest id first, those below `last_id`."""
        read = partial(wire.read_sessions, with_params=with_params)
        return await self._page(wire.list_sessions(last_id, page_size), read, patience)

    async def session(self, session_id: int, *, patience: Patience) -> Session:
        return await self.ask(wire.get_session(session_id), wire.read_session, patience)

    async def session_attempts(
        self,
        session_id: int,
        last_id: int | None = None,
        page_size: int = PAGE_SIZE,
        *,
        patience: Patience,
        with_params: bool = False,
    ) -> Page[Attempt]:
        """The attempts of one session, newest id first, those below `last_id`."""
        read = partial(wire.read_attempts, with_params=with_params)
        return await self._page(wire.list_session_attempts(session_id, last_id, page_size), read, patience)

    async def attempts(
        self,
        last_id: int | None = None,
        page_size: int = PAGE_SIZE,
        *,
        patience: Patience,
        include_retried: bool = True,
        project: str | None = None,
        workflow: str | None = None,
        with_params: bool = False,
        known: Set[int] = frozenset(),
    ) -> Page[Attempt]:
        """Attempts, newest id first, those below `last_id`; the rows of `known` ids are left out, but for the
        first and the last of a page.

        `project` and `workflow` are exact names. An unknown or deleted project is NotFound, and so is the
        whole endpoint on a server that has nothing but `GET /api/sessions`.
        """
        request = wire.list_attempts(
            last_id, page_size, include_retried=include_retried, project=project, workflow=workflow
        )
        read = partial(wire.read_attempts, with_params=with_params, known=known)
        return await self._page(request, read, patience)

    async def attempt(self, attempt_id: int, *, patience: Patience) -> Attempt:
        return await self.ask(wire.get_attempt(attempt_id), wire.read_attempt, patience)

    async def tasks(self, attempt_id: int, *, patience: Patience) -> Page[Task]:
        """All tasks of an attempt; none where it has not started."""
        return await self._page(wire.list_tasks(attempt_id), wire.read_tasks, patience)

    async def retries(
        self, attempt_id: int, *, patience: Patience, with_params: bool = False
    ) -> Page[Attempt]:
        """All attempts of that attempt's session, itself included, by index."""
        read = partial(wire.read_attempts, with_params=with_params)
        return await self._page(wire.list_retries(attempt_id), read, patience)

    async def projects(
        self,
        name: str | None = None,
        name_pattern: str | None = None,
        last_id: int | None = None,
        *,
        patience: Patience,
    ) -> Page[Project]:
        """Projects, smallest id first, those above `last_id`; `name` is exact, `name_pattern` a part."""
        request = wire.list_projects(name, name_pattern, last_id)
        return await self._page(request, wire.read_projects, patience)

    async def workflows(
        self,
        name_pattern: str | None = None,
        last_id: int | None = None,
        *,
        patience: Patience,
        search_project_name: bool | None = None,
    ) -> Page[Workflow]:
        """Workflows of live projects in their newest revision, smallest id first, those above `last_id`."""
        request = wire.list_workflows(name_pattern, search_project_name, last_id)
        return await self._page(request, wire.read_workflows, patience)

    async def _page(self, request: Request, read: Reader[Page[Value]], patience: Patience) -> Page[Value]:
        page = await self._sized(request, read, patience)
        if page.odd:
            log.warning("%s: %d of %d rows could not be read: set aside", request.path, page.odd, page.size)
        return page

    async def _sized(self, request: Request, read: Reader[Value], patience: Patience) -> Value:
        """With our page size, or, on a server whose largest is smaller (it refuses), with its own."""
        if not self.takes_page_size:
            return await self.ask(unsized(request), read, patience)
        try:
            return await self.ask(request, read, patience)
        except BadRequest as error:
            if "page_size" not in str(error):
                raise
            self.takes_page_size = False
            return await self.ask(unsized(request), read, patience)
