"""What one command's lists are, as far as the road they share needs to know."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from bot.asking.desk import Desk, Missed
from bot.blocks.listing import Listing
from bot.blocks.message import Message
from bot.core.patience import Patience
from bot.core.people import Asking
from bot.core.query import Query

Page = TypeVar("Page", bound=Listing)

Rest = Callable[[Page], Coroutine[Any, Any, Page]]


@dataclass(frozen=True, slots=True)
class Draft(Generic[Page]):
    """A list as far as its first page needs it; `rest` gives it with every row that an ask keeps, where there
    are more, and raises StoreError."""

    page: Page
    rest: Rest[Page] | None = None

    async def whole(self, page: Page) -> Page:
        """All of it, on the grounds of what has become of its first page."""
        return await self.rest(page) if self.rest else page


Find = Callable[[Desk, Query, Asking, Patience], Coroutine[Any, Any, Draft[Page] | Missed]]
Tell = Callable[[Desk, Page, Page, Asking, Patience], Coroutine[Any, Any, Page]]


@dataclass(frozen=True, slots=True)
class Kind(Generic[Page]):
    """The lists of the command `name`.

    `find` gives a list, with the rows of its first page at once; `part` the list with a slice of its rows;
    `tell` the whole list with what is read for one part of it alone (errors); `draw` a page's message.
    `kept_as` is how an ask keeps it.
    """

    name: str
    kept_as: TypeAdapter[Page]
    find: Find[Page]
    part: Callable[[Page, slice], Page]
    tell: Tell[Page]
    draw: Callable[[Page], Message]
