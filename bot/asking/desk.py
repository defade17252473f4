"""What answering a question takes, and how a query is looked up."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.api.client import Client
from bot.api.sites import Site
from bot.asking.names import known, listed
from bot.blocks.footer import Freshness
from bot.core.coverage import Coverage
from bot.core.errors import ApiError, Unreachable
from bot.core.finding import Found, Span
from bot.core.names import NoSuchName, Settled, Within, settle
from bot.core.patience import Clock, Patience
from bot.core.people import Asking
from bot.core.query import Misread, Query
from bot.core.window import Window, asked, days
from bot.mirror.look import Ahead, Look, Source
from bot.store.asks import Asks

Missed = Misread | NoSuchName
"""What could not be understood of a question."""

IN_SLACK = 10.0
"""Seconds that an answer in Slack may read, retries included."""
FOR_ERRORS = 1.5
"""Of these, what is left for the root errors of the page, so that a long reading does not go without."""
SILENCE = 30.0
"""Seconds without one good answer after which `ask` and files give up."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`now` gives the present in UTC, `clock` is monotonic, in seconds."""

    source: Source
    client: Client
    asks: Asks
    site: Site
    now: Callable[[], datetime]
    clock: Clock

    def patience(self, asking: Asking) -> Patience:
        return Patience(self.clock, total=IN_SLACK) if asking.hurried else self.unhurried()

    def unhurried(self) -> Patience:
        return Patience(self.clock, silence=SILENCE)

    def beside(self, patience: Patience) -> Patience:
        """For what an answer can do without (errors, lists of names): no one waits for it for long."""
        return patience.within(IN_SLACK) if patience.total is None else patience

    def fresh(self, coverage: Coverage, asking: Asking) -> Freshness:
        return Freshness(coverage, self.now(), asking.person.zone, self.site.name)


@dataclass(frozen=True, slots=True)
class Sought:
    """A query looked up: what was read and what of it fits."""

    query: Query
    within: Within
    window: Window
    look: Look
    found: Found


async def seek(
    desk: Desk,
    query: Query,
    asking: Asking,
    patience: Patience,
    most: int | None = None,
    first: int | None = None,
    finds: Query | None = None,
) -> Sought | Missed:
    """Look a query up; at most `most` rows of what it finds are given, of which the `first` are wanted soon.
    `finds` is looked for in its place, in the places that the query names.

    Raises Refused for a window that cannot be cut, ApiError when nothing was read, or (for an asker who is
    not hurried) not all.
    """
    now = desk.now()
    window = asked(query, now=now, zone=asking.person.zone)
    wanted = days(query.session_days, now=now, zone=asking.person.zone) if query.session_days else None
    seen = (
        await listed(desk.client, query, desk.beside(patience))
        if any(place.near for place in query.places)
        else None
    )
    typo = settle(query, seen, complete_names=False) if seen else None
    if isinstance(typo, Misread):
        return typo  # before all is read: where names are listed, a word that begins none of them is none
    on_days = (wanted.first, wanted.last) if wanted else None
    span = Span(window.start, None if window.to_now else window.end, on_days, window.whenever)
    look, names = await asyncio.gather(
        desk.source.look(span, reading_patience(patience), Ahead(finds or query, most, first)),
        known(desk.client, query, seen, desk.beside(patience)),
    )
    if not asking.hurried and not look.coverage.complete:
        raise not_to_the_end(look.coverage)
    seen = names | await look.names() if query.places else names
    settled = settle(query, seen, complete_names=bool(query.places) and look.coverage.complete)
    if not isinstance(settled, Settled):
        return settled
    found = await look.find(finds or query, settled.within, most, first)
    return Sought(query, settled.within, window, look, found)


def reading_patience(patience: Patience) -> Patience:
    """In Slack the look leaves time for the errors of its page."""
    return patience if patience.total is None else patience.within(max(0.0, patience.left() - FOR_ERRORS))


def not_to_the_end(coverage: Coverage) -> ApiError:
    """For who would rather wait, and for files: a part is no answer."""
    return Unreachable(f"The account could not be read to the end. {coverage.trouble or ''}".strip())
