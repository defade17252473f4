"""The words of a query, as values.

A `Query` is what was asked, not yet resolved: `when` is a window in words ("24h", "since monday") that
`core.window` cuts for an instant and a zone; `places` are names as typed that `core.names` matches against
the names that are known. `core.words` reads a query from text and turns it back to text.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.model import Status

MAX_LIMIT = 1000


class Shape(StrEnum):
    RETRIED = "retried"
    SLOW = "slow"
    STUCK = "stuck"


class Sort(StrEnum):
    NEWEST = "newest"
    DURATION = "duration"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A name as typed, never empty. With `glob` its `*` stand for anything (it has at least one)."""

    text: str
    glob: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """A word of the table that a typed word may have been meant as; `at` is its place in `Query.typed`."""

    at: int
    word: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where: `project:sales`, `workflow:"daily load"`, `sales/daily_*` (both), or `sales` (either, alone).

    At least one is given. `near` is set for a bare word that resembles a word of the table.
    """

    project: Pattern | None = None
    workflow: Pattern | None = None
    either: Pattern | None = None
    near: Near | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    """One list of `/sessions` or `/workflows`. No statuses: all of them; no `sort`: the list's own order.

    `when` is None where no window was said: the last 24 h, or whenever it finished if `session_days` is set
    (`core.window.asked` knows). `session_days` is what follows `for`. `typed` are the words as they came.
    """

    statuses: frozenset[Status] = frozenset()
    when: str | None = None
    session_days: str | None = None
    places: tuple[Place, ...] = ()
    shapes: frozenset[Shape] = frozenset()
    by_workflow: bool = False
    sort: Sort | None = None
    limit: int | None = None
    here: bool = False
    csv: bool = False
    typed: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class OneSession:
    id: int
    here: bool = False


@dataclass(frozen=True, slots=True)
class OneAttempt:
    id: int
    here: bool = False


@dataclass(frozen=True, slots=True)
class Help:
    """The word `help`, whatever stands beside it."""


@dataclass(frozen=True, slots=True)
class Misread:
    """What could not be understood: the word, a sentence with the cure, and whole words that would do.

    The sentence quotes words in backticks and is not escaped for Slack.
    """

    word: str
    sentence: str
    corrected: tuple[str, ...] = ()


Asked = Query | OneSession | OneAttempt | Help | Misread


class Mistake(Exception):
    """Carries a `Misread` out of the depths of a parser; `core.words.parse` turns it into a value."""

    def __init__(self, misread: Misread) -> None:
        super().__init__(misread.sentence)
        self.misread = misread


def shown(word: str) -> str:
    """A typed word in backticks, on one line and no longer than a line."""
    flat = " ".join(word.replace("`", "'").split()) or " "
    return f"`{flat if len(flat) <= 60 else flat[:59] + '…'}`"
