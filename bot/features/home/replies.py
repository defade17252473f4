"""The Home tab, answered: drawn when it is opened, and when Refresh is pressed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.api.sites import Site
from bot.blocks.answers import trouble
from bot.blocks.footer import Freshness
from bot.commands import COMMANDS
from bot.core.action_ids import Press
from bot.core.errors import ApiError
from bot.core.finding import Flow, Found
from bot.core.model import FINISHED, Attempt, Status
from bot.core.names import Within
from bot.core.patience import Clock, Patience
from bot.core.people import Asking
from bot.core.query import Query
from bot.core.reply import Home, Reply
from bot.core.statistics import success_rate
from bot.core.window import DEFAULT, Window, resolve
from bot.features.home.views import MOST_ROWS, Failing, Overview, home_blocks, troubled_blocks
from bot.mirror.look import Source, Span

IN_SLACK = 10.0
"""Seconds that drawing may read, as an answer may."""
FOR_ERRORS = 1.5
"""Of these, what is left for the root errors."""
FAILED = Query(statuses=frozenset({Status.ERROR}), by_workflow=True)


@dataclass(frozen=True, slots=True)
class HomeTab:
    """`now` gives the present in UTC, `clock` is monotonic, in seconds."""

    source: Source
    site: Site
    now: Callable[[], datetime]
    clock: Clock
    prefix: str = ""

    async def asked(self, words: str, asking: Asking) -> Reply:
        """Where the account cannot be asked, the tab says so."""
        window = resolve(DEFAULT, now=self.now(), zone=asking.person.zone)
        try:
            patience = Patience(self.clock, total=IN_SLACK)
            look = await self.source.look(Span(window.start), patience.within(IN_SLACK - FOR_ERRORS))
        except ApiError as error:
            return Home(troubled_blocks(trouble(str(error)).blocks, COMMANDS, self.prefix))
        fresh = Freshness(look.coverage, self.now(), asking.person.zone, self.site.name)
        seen = overview(await look.find(FAILED, Within()), window, fresh, self.site)
        if look.coverage.feed == "attempts":
            shown = [row.attempt for row in seen.rows[:MOST_ROWS]]
            errors = await self.source.errors(shown, patience, wait=not look.coverage.copied)
            rows = tuple(replace(row, error=errors.get(row.attempt.id)) for row in seen.rows)
            seen = replace(seen, rows=rows)
        return Home(home_blocks(seen, COMMANDS, self.prefix))

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        return await self.asked(press.words, asking)


def overview(found: Found, window: Window, fresh: Freshness, site: Site) -> Overview:
    """What failed in the window, by workflow: those that still fail first, then the newest failure."""
    rows = [failing(flow, flow.failed, site) for flow in found.flows if flow.failed is not None]
    return Overview(
        rows=tuple(sorted(rows, key=lambda row: (not row.streak, -row.ended_at.timestamp()))),
        window=window.label,
        finished=sum(found.counts[status] for status in FINISHED),
        killed=found.counts[Status.KILLED],
        rate=success_rate(found.counts),
        fresh=fresh,
    )


def failing(flow: Flow, failed: Attempt, site: Site) -> Failing:
    """A workflow's row, by its newest failed session."""
    return Failing(
        project=failed.project,
        workflow=failed.workflow,
        failed=flow.counts[Status.ERROR],
        attempt=failed,
        ended_at=failed.finished_at or failed.created_at,
        streak=flow.streak,
        url=site.session_url(failed.session_id),
    )
