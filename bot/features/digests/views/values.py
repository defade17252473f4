"""What a digest tells, ready to be drawn: texts are plain, times are said in the digest's zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FEATURE = "digests"
LONG = timedelta(days=300)
"""Times that lie further apart are told with their years."""


def moment(at: datetime, zone: ZoneInfo, *, year: bool = False) -> str:
    """`Tue 24 Nov 09:00`, with its `year` `Tue 24 Nov 2026 09:00`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}{f' {local:%Y}' if year else ''} {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class Item:
    """A row: a workflow or a cause, what is to be said of it, and the session that its Details open.

    `mark` is its state with a word; `title` (linked to `url`) and `error` are texts from outside.
    """

    mark: str
    title: str
    facts: str
    session: int | None = None
    url: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A list of a digest: its name in a press, its title, its rows. `total` may be more than what is kept."""

    key: str
    title: str
    items: tuple[Item, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Telling:
    """A digest, told. `span` is its period in words; `verdict` the sentence that says it all; `days` the
    failed sessions a day, oldest first. `numbers` are what others script against (`--json`).

    `eventful`: it has something to tell but that nothing failed; `failed`: something did, in the period or
    seen late. `notes` are plain sentences. `kept`: the id under which it is kept, where it was told beside
    the digest's times.
    """

    name: str
    start: datetime
    end: datetime
    span: str
    headline: str
    verdict: str
    eventful: bool
    parts: tuple[Part, ...]
    days: tuple[tuple[date, int], ...]
    notes: tuple[str, ...]
    footer: str
    numbers: Mapping[str, str | int | list[str]]
    failed: bool = False
    kept: str = ""

    @property
    def address(self) -> str:
        """What its buttons hold, for `addressed`."""
        span = (int(self.start.timestamp()), int(self.end.timestamp()))
        return f"{self.name} {span[1]} {span[0]} {self.kept}".strip()

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True, slots=True)
class Address:
    """Where what a digest told is found: by the id it is kept under, or by its name and period. Buttons of an
    earlier version tell no start."""

    name: str
    end: datetime
    start: datetime | None
    kept: str


def addressed(words: str) -> Address | None:
    """What a button holds; None for what never was `Telling.address`."""
    name, end, start, kept = (*words.split(), *[""] * 4)[:4]
    if not end.isdecimal():
        return None
    at = (datetime.fromtimestamp(int(each), UTC) if each.isdecimal() else None for each in (end, start))
    ends, starts = at
    return Address(name, ends, starts, kept) if ends else None
