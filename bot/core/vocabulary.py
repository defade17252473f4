"""The table of words that a query may hold: what `core.words` reads and help prints come from here."""

from dataclasses import dataclass

from bot.core.model import FINISHED, UNFINISHED, Status
from bot.core.query import Shape, Sort


@dataclass(frozen=True, slots=True)
class StatusWord:
    word: str
    statuses: frozenset[Status]
    meaning: str
    also: tuple[str, ...] = ()


def _one(word: str, status: Status, meaning: str, *also: str) -> StatusWord:
    return StatusWord(word, frozenset({status}), meaning, also)


STATUS_WORDS = (
    _one("failed", Status.ERROR, "ended in an error", "error", "errors", "fail", "failure", "failures"),
    _one("killed", Status.KILLED, "were stopped by someone", "canceled", "cancelled"),
    _one("success", Status.SUCCESS, "ended well", "ok", "succeeded", "successful", "successes"),
    _one("running", Status.RUNNING, "are at work"),
    _one("queued", Status.QUEUED, "wait for a free slot"),
    _one("blocked", Status.BLOCKED, "wait for others to end"),
    _one("canceling", Status.CANCELING, "were asked to stop and have not yet", "cancelling"),
    StatusWord("finished", FINISHED, "ended, well or not"),
    StatusWord("unfinished", UNFINISHED, "have not ended"),
    StatusWord("all", frozenset(), "whatever the status"),
)
STATUSES = {word: row.statuses for row in STATUS_WORDS for word in (row.word, *row.also)}

SHAPES = {
    Shape.RETRIED: "took more than one attempt",
    Shape.SLOW: "took longer than usual",
    Shape.STUCK: "have waited for over 30 minutes",
}
SORTS = {Sort.NEWEST: "newest first", Sort.DURATION: "longest first", Sort.NAME: "by project and workflow"}

WINDOWS = (
    ("24h", "the last 24 hours (90m, 7d, 2w alike); said nothing, this is meant"),
    ("today", "since midnight"),
    ("yesterday", "the day before"),
    ("this week", "since Monday"),
    ("last week", "the Monday to Sunday before"),
    ("since monday", "since that day began"),
    ("since 09:00", "since it was last that time"),
    ("since 2026-11-20", "since that day began"),
    ("2026-11-20", "that day"),
    ("2026-11-20..2026-11-22", "those days, the last one included"),
)
SESSION_DAYS = (
    ("for 2026-11-20", "the run for that day, whenever it finished"),
    ("for 2026-11-20..2026-11-22", "the runs for those days"),
    ("for yesterday", "the run for yesterday"),
)
PLACES = (
    ("sales", "the project or workflow of that name, or whose name begins so"),
    ("sales/daily_load", "one workflow of a project"),
    ("sales/*", "all workflows of a project"),
    ("*/daily_*", "workflows named so, in any project"),
    ("project:sales", "a project, even if a workflow is named so too"),
    ('workflow:"daily load"', "names with blanks or signs stand in quotes"),
)
IDS = (
    ("123456", "the story of that session (#123456 too, or a link from the console)"),
    ("attempt:987", "the session that this attempt belongs to"),
)
ORDER = (
    ("by workflow", "grouped by workflow"),
    *((f"sort:{sort}", meaning) for sort, meaning in SORTS.items()),
    ("limit:20", "at most so many"),
)
DELIVERY = (
    ("here", "for everyone in the channel, not for you alone"),
    ("csv", "as a file, every row"),
    ("help", "this"),
)

HELP = frozenset({"help", "?", "-h", "--help"})
KEYS = (
    "project",
    "workflow",
    "status",
    "window",
    "since",
    "for",
    "session",
    "attempt",
    "sort",
    "limit",
    "by",
)
BARE = (
    *(row.word for row in STATUS_WORDS),
    *("error", "errors", "succeeded"),
    *SHAPES,
    *("today", "yesterday", "since"),
    *(word for word, _ in DELIVERY),
)
"""Words that stand alone, which a typo may have been meant as."""
OPENING = frozenset({"by", "for", "since", "this", "last", "past", "session", "attempt", "sort", "limit"})
"""Words that may begin a phrase, so that a name like them is written in quotes."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_WORDS = (*WEEKDAYS, "today", "yesterday")
