"""How fresh an answer is, and what it does not cover."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks.human import counted, day, duration, moment
from bot.blocks.text import clip, prose
from bot.core.coverage import Coverage

SESSIONS_ONLY = (
    "This server lists sessions only: later retries of older sessions may be missed, "
    "and how many attempts a session has is unknown."
)

TROUBLE = 400
"""Units of a sentence about trouble: the message has other things to say."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What an answer covers, seen from the reader: `now` is aware, `zone` the reader's, `site` plain text."""

    coverage: Coverage
    now: datetime
    zone: ZoneInfo
    site: str

    def moment(self, at: datetime) -> str:
        return moment(at, self.now, self.zone)


def footer(fresh: Freshness) -> str:
    """`as of 14:02:31 Europe/Berlin · 4 s ago · us01`, in mrkdwn; with the day where it is another."""
    as_of = fresh.coverage.as_of
    ago = f"{duration(fresh.now - as_of)} ago"
    parts = [f"as of {as_of.astimezone(fresh.zone):%H:%M:%S} {fresh.zone.key}"]
    parts += [day(as_of, fresh.now, fresh.zone), ago, fresh.site]
    return " · ".join(prose(part) for part in parts if part)


def gap(fresh: Freshness) -> str | None:
    """What could not be read, as one mrkdwn sentence; None where all of it was."""
    coverage = fresh.coverage
    if coverage.since is None:
        return None
    until = (
        f"Read back to {fresh.moment(coverage.since)} only: what was started before that may be missing here"
    )
    why = f", because {_inside(clip(coverage.trouble, TROUBLE))}" if coverage.trouble else "."
    return prose(until + why)


def cautions(fresh: Freshness) -> list[str]:
    """What else a reader must know of the answer, as mrkdwn sentences."""
    coverage = fresh.coverage
    said = [SESSIONS_ONLY] if coverage.feed == "sessions" else []
    if coverage.trouble and coverage.complete:
        said.append(f"⚠️ {clip(coverage.trouble, TROUBLE)}")
    if coverage.unreached:
        was_not = "was" if coverage.unreached == 1 else "were"
        said.append(f"{counted(coverage.unreached, 'unfinished session')} {was_not} last seen before that.")
    if coverage.odd:
        is_not = "is" if coverage.odd == 1 else "are"
        said.append(f"{counted(coverage.odd, 'row')} could not be read and {is_not} not counted here.")
    return [prose(sentence) for sentence in said]


def _inside(sentence: str) -> str:
    """A sentence as the end of another: `The API …` becomes `the API …`, a name keeps its capital."""
    first, blank, rest = sentence.partition(" ")
    return (
        f"{first.lower()}{blank}{rest}"
        if first in {"A", "An", "It", "No", "That", "The", "This"}
        else sentence
    )
