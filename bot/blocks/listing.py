"""What any list is made from, whatever its rows are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from bot.blocks.footer import Freshness
from bot.blocks.pieces import Choice
from bot.core.model import FINISHED, Status
from bot.core.query import Shape
from bot.core.statistics import success_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list.

    `counts` is by status, of all sessions of the window and places asked, whatever statuses and shapes were:
    from it come the finished and the success rate; `offered` are the status menu's numbers (None: `counts`).
    `window` is its label ("last 24 h"), `window_words` what one types for it ("24h"); `where` the places as
    typed; `statuses` and `shapes` as asked. `entries` is how many rows there are to turn through, `kept` how
    many of these the ask keeps (None: all). `projects` are the names of the menu in the order that the ask
    keeps (`#3` is the fourth), `project` the one chosen. `ask` is the id of the stored ask, `words` the
    question as typed. `public`: everyone in the channel sees it, and nobody need share it. `hidden` counts
    sessions that the reader may not see. `notes` are plain sentences.
    """

    feature: ClassVar[str]
    """The command that answers presses on it."""

    window: str
    window_words: str
    fresh: Freshness
    statuses: frozenset[Status] = frozenset()
    shapes: frozenset[Shape] = frozenset()
    where: str = ""
    counts: Mapping[Status, int] = field(default_factory=dict)
    offered: Mapping[Status, int] | None = None
    page: int = 1
    pages: int = 1
    per_page: int = 10
    entries: int | None = None
    kept: int | None = None
    projects: tuple[str, ...] = ()
    project: str | None = None
    windows: tuple[Choice, ...] = ()
    ask: str | None = None
    words: str = ""
    public: bool = False
    shared_by: str | None = None
    hidden: int = 0
    notes: tuple[str, ...] = ()

    @property
    def finished(self) -> int:
        return sum(count for status, count in self.counts.items() if status in FINISHED)

    @property
    def rate(self) -> float | None:
        """Success / (success + error + killed), by session; None where none has finished."""
        return success_rate(self.counts)

    @property
    def in_all(self) -> int:
        """What the status menu counts as all."""
        return sum((self.counts if self.offered is None else self.offered).values())


@dataclass(frozen=True, slots=True)
class Said:
    """What a list says around its rows: `summary` is mrkdwn, the others are plain.

    `nothing` is what stands in the place of rows, "" where there are some; `entries` is how many there are
    to turn through, of what (`unit`, in the plural).
    """

    header: str
    summary: str
    nothing: str
    entries: int
    unit: str
