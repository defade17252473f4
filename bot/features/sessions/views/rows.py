"""A row of a list: a session, or a workflow of `by workflow`. As a block, and as a line of `text`."""

from bot.blocks.human import number, ordinal, percent, session_time
from bot.blocks.lists import LINE, Room
from bot.blocks.message import Block
from bot.blocks.pieces import button, section
from bot.blocks.states import ORDER, state, word
from bot.blocks.text import code, link, name, prose
from bot.core.action_ids import action_id, question
from bot.core.coverage import Coverage
from bot.core.model import Status
from bot.features.sessions.views.sentence import when
from bot.features.sessions.views.values import FEATURE, Group, ListPage, Row

UNREAD = "its error could not be read"


def row_block(row: Row, page: ListPage, room: Room) -> Block:
    last = row.last
    title = link(row.url, f"{last.project} / {last.workflow}", room.name)
    lines = [
        " · ".join([state(last.status, f"*{word(last.status)}*"), title, f"#{last.session_id}"]),
        " · ".join([*map(prose, _facts(row, page)), *(f"*{mark}*" for mark in _marks(row))]),
        *_error(row, page, room),
    ]
    label = f"Details of #{last.session_id}, {last.project} / {last.workflow}"
    return section(
        "\n".join(line for line in lines if line),
        _details(f"#{last.session_id}", str(last.session_id), label),
    )


def row_line(row: Row, page: ListPage) -> str:
    """`🔴 failed · sales / daily_load · #123456 · for … · ended … · error`."""
    last = row.last
    shown = [state(last.status), name(f"{last.project} / {last.workflow}", LINE.name), f"#{last.session_id}"]
    return " · ".join([*shown, *map(prose, _facts(row, page)), *_marks(row), *_error(row, page, LINE)])


def group_block(group: Group, page: ListPage, room: Room, place: int) -> Block:
    """`place` tells this row's button from the page's others."""
    title = link(group.url, f"{group.project} / {group.workflow}", room.name)
    first = f"{state(group.last, f'*{word(group.last)}*')} · {title}"
    label = f"Details of {group.project} / {group.workflow}"
    return section(
        f"{first}\n{prose(' · '.join(_standing(group, page)))}",
        _details(group.words, f"workflow-{place}", label),
    )


def group_line(group: Group, page: ListPage) -> str:
    title = name(f"{group.project} / {group.workflow}", LINE.name)
    return " · ".join([state(group.last), title, *map(prose, _standing(group, page))])


def _facts(row: Row, page: ListPage) -> list[str]:
    return [f"for {session_time(row.last.session_time)}", when(row.last, page.fresh, row.usual)]


def _marks(row: Row) -> list[str]:
    """What makes this one stand out among its like."""
    marks = [f"{ordinal(row.streak)} in a row"] if row.streak > 1 else []
    marks += [f"attempt {row.attempts}"] if row.attempts and row.attempts > 1 else []
    marks += ["slow"] if row.slow else []
    return marks + (["stuck"] if row.stuck else [])


def _error(row: Row, page: ListPage, room: Room) -> list[str]:
    """That it is unknown is said row by row; where the server tells no errors at all, once."""
    if row.error is None and row.last.status is Status.ERROR and tells_errors(page.fresh.coverage):
        return [UNREAD]
    return [code(row.error, room.error)] if row.error else []


def _standing(group: Group, page: ListPage) -> list[str]:
    facts = [f"last ended {page.fresh.moment(group.ended_at)}"] if group.ended_at else []
    facts += [f"{ordinal(group.streak)} failure in a row"] if group.streak > 1 else []
    facts += [f"{number(group.counts[status])} {word(status)}" for status in ORDER if _some(group, status)]
    return facts + ([f"{percent(group.rate)} succeeded"] if group.rate is not None else [])


def _some(group: Group, status: Status) -> bool:
    return group.counts.get(status, 0) > 0


def _details(words: str, key: str, label: str) -> Block | None:
    """Its value is a question: it works for as long as the message stands. None where that is too long."""
    value = question(FEATURE, words)
    return button("Details", action_id(FEATURE, "details", key), value, label=label) if value else None


def tells_errors(coverage: Coverage) -> bool:
    """Whether an error that is missing could not be read: a copy reads it later, a server may have none."""
    return coverage.feed == "attempts" and not coverage.copied
