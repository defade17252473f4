"""The Home tab, answered: drawn when it is opened, and when Refresh is pressed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.api.sites import Site
from bot.blocks.answers import trouble
from bot.blocks.footer import Freshness
from bot.commands import COMMANDS
from bot.core.action_ids import Press
from bot.core.errors import ApiError
from bot.core.model import Attempt, Status
from bot.core.patience import Clock, Patience
from bot.core.people import Asking
from bot.core.reply import Home, Reply
from bot.core.statistics import counts, ended, streak, success_rate
from bot.core.window import DEFAULT, Window, resolve
from bot.features.home.views import Failing, Overview, home_blocks, troubled_blocks
from bot.mirror.look import Look, Scope, Source

IN_SLACK = 10.0
"""Seconds that drawing may read, as an answer may."""

Endings = Mapping[tuple[int, str], tuple[Attempt, ...]]


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
            look = await self.source.look(Scope(window.start), Patience(self.clock, total=IN_SLACK))
        except ApiError as error:
            return Home(troubled_blocks(trouble(str(error)).blocks, COMMANDS, self.prefix))
        fresh = Freshness(look.coverage, self.now(), asking.person.zone, self.site.name)
        return Home(home_blocks(overview(look, window, fresh, self.site), COMMANDS, self.prefix))

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        return await self.asked(press.words, asking)


def overview(look: Look, window: Window, fresh: Freshness, site: Site) -> Overview:
    """What failed in the window, by workflow: those that still fail first, then the newest failure."""
    inside = [last for last in look.lasts if last.finished_at and last.finished_at >= window.start]
    tally = counts(inside)
    by_workflow: dict[tuple[int, str], list[Attempt]] = {}
    for last in inside:
        if last.status is Status.ERROR:
            by_workflow.setdefault(last.key, []).append(last)
    rows = [failing(lasts, look.endings, site) for lasts in by_workflow.values()]
    return Overview(
        rows=tuple(sorted(rows, key=lambda row: (not row.streak, -row.ended_at.timestamp()))),
        window=window.label,
        finished=sum(tally[status] for status in (Status.SUCCESS, Status.ERROR, Status.KILLED)),
        killed=tally[Status.KILLED],
        rate=success_rate(tally),
        fresh=fresh,
    )


def failing(failed: Sequence[Attempt], endings: Endings, site: Site) -> Failing:
    """A workflow's row, of its failed sessions. It is failing where its last attempt that ended in success or
    error (killed ones count neither way) ended in error."""
    newest = max(failed, key=ended)
    judged = [each for each in endings.get(newest.key, ()) if each.status is not Status.KILLED]
    last = judged[-1] if judged else newest
    return Failing(
        project=newest.project,
        workflow=newest.workflow,
        failed=len(failed),
        session_id=newest.session_id,
        ended_at=newest.finished_at or newest.created_at,
        streak=streak(last, judged) if judged else 1,
        url=site.session_url(newest.session_id),
    )
