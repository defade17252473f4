"""The Home tab: what fails now, and what one can ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import pieces
from bot.blocks.footer import Freshness, cautions, footer, gap
from bot.blocks.human import counted, number, ordinal, percent
from bot.blocks.message import Block
from bot.blocks.states import state
from bot.blocks.text import code, link, prose
from bot.core.action_ids import action_id, question
from bot.core.model import Attempt, Status
from bot.core.usage import Usage

FEATURE = "home"
MOST_ROWS = 10
EXAMPLES = 3
"""Of each command."""
NAME_ROOM = 400
ERROR_ROOM = 200
UNREAD = "its error could not be read"


@dataclass(frozen=True, slots=True)
class Failing:
    """A workflow with failed sessions: how many, and of the newest its attempt and when that ended.

    `streak` counts the failures in a row that stand at the workflow's end; 0 where it has succeeded since.
    `error` is the first line of the newest one's root error, redacted; None where that is not known.
    """

    project: str
    workflow: str
    failed: int
    attempt: Attempt
    ended_at: datetime
    error: str | None = None
    streak: int = 0
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """`rows` are all workflows with failed sessions, the worst first; counts are of sessions in `window`."""

    rows: tuple[Failing, ...]
    window: str
    finished: int
    killed: int
    rate: float | None
    fresh: Freshness

    @property
    def failed(self) -> int:
        return sum(row.failed for row in self.rows)


def home_blocks(seen: Overview, commands: Sequence[Usage], prefix: str = "") -> tuple[Block, ...]:
    missing = gap(seen.fresh)
    return (
        pieces.header(_headline(seen)),
        pieces.section(_summary(seen)),
        *([pieces.section(f"⚠️ *Incomplete.* {missing}")] if missing else []),
        *map(pieces.context, cautions(seen.fresh)),
        *(row_block(row, seen.fresh) for row in seen.rows[:MOST_ROWS]),
        *_more(seen, prefix),
        refresh(),
        pieces.context(footer(seen.fresh)),
        *help_blocks(commands, prefix),
    )


def troubled_blocks(
    trouble: Sequence[Block], commands: Sequence[Usage], prefix: str = ""
) -> tuple[Block, ...]:
    """The Home tab where the account could not be asked: it says so, and can be tried again."""
    return (*trouble, refresh(), *help_blocks(commands, prefix))


def refresh() -> Block:
    return pieces.actions([pieces.button("Refresh", action_id(FEATURE, "refresh"), FEATURE)])


def row_block(row: Failing, fresh: Freshness) -> Block:
    title = link(row.url, f"{row.project} / {row.workflow}", NAME_ROOM)
    now = Status.ERROR if row.streak else Status.SUCCESS
    said = "*failing*" if row.streak else "*succeeded since*"
    facts = [counted(row.failed, "failed session"), f"last {fresh.moment(row.ended_at)}"]
    marks = [f"*{ordinal(row.streak)} in a row*"] if row.streak > 1 else []
    details = pieces.button(
        "Details",
        action_id(FEATURE, "details", str(row.attempt.session_id)),
        question("sessions", f"#{row.attempt.session_id}") or FEATURE,
        label=f"Details of #{row.attempt.session_id}, {row.project} / {row.workflow}",
    )
    lines = [f"{state(now, said)} · {title}", " · ".join([*map(prose, facts), *marks]), *_error(row, fresh)]
    return pieces.section("\n".join(lines), details)


def _error(row: Failing, fresh: Freshness) -> list[str]:
    """Of what fails still; that it could not be read is said row by row (a copy reads it later, and some
    servers tell no errors)."""
    if not row.streak:
        return []
    if row.error is None and fresh.coverage.feed == "attempts" and not fresh.coverage.copied:
        return [UNREAD]
    return [code(row.error, ERROR_ROOM)] if row.error else []


def help_blocks(commands: Sequence[Usage], prefix: str = "") -> list[Block]:
    lines = [
        f"{code(f'/{prefix}{row.name} {typed}'.strip(), 300)}  {prose(does)}"
        for row in commands
        for typed, does in row.examples[:EXAMPLES]
    ]
    hint = " and ".join(code(f"/{prefix}{row.name} help", 100) for row in commands)
    return [
        pieces.divider(),
        pieces.header("What you can ask"),
        pieces.section("Type it in any channel; the answer is for you alone.\n" + "\n".join(lines)),
        pieces.context(f"{hint} tell more."),
    ]


def _headline(seen: Overview) -> str:
    failing = sum(1 for row in seen.rows if row.streak)
    if failing:
        return f"{counted(failing, 'workflow')} failing"
    if not seen.rows and not seen.fresh.coverage.complete:
        return "No failure found in what could be read"
    return "No workflow is failing"


def _summary(seen: Overview) -> str:
    """`38 failed sessions of 226 finished, 81.0 % succeeded · 5 killed · last 24 h`."""
    rate = f", {percent(seen.rate)} succeeded" if seen.rate is not None else ""
    killed = [f"{number(seen.killed)} killed"] if seen.killed else []
    counts = f"{counted(seen.failed, 'failed session')} of {number(seen.finished)} finished{rate}"
    return prose(" · ".join([counts, *killed, seen.window]))


def _more(seen: Overview, prefix: str) -> list[Block]:
    """What one types for the rest, or for each session."""
    left = len(seen.rows) - MOST_ROWS
    if left > 0:
        typed = code(f"/{prefix}sessions failed by workflow", 100)
        return [pieces.context(f"+{counted(left, 'more workflow')}: type {typed}")]
    typed = code(f"/{prefix}sessions failed", 100)
    return [pieces.context(f"Session by session: type {typed}")] if seen.rows else []
