"""One session as a message: a first, plain version of its story."""

import json

from bot.blocks import limits, pieces
from bot.blocks.fit import fit_text, size
from bot.blocks.footer import Freshness, cautions, footer, gap
from bot.blocks.human import counted, duration, ordinal, session_time
from bot.blocks.menus import share
from bot.blocks.message import Block, Message
from bot.blocks.states import state
from bot.blocks.text import clip, code, code_blocks, name, prose, units
from bot.core.action_ids import action_id, press
from bot.core.model import Attempt, Status
from bot.features.sessions.views.sentence import when
from bot.features.sessions.views.values import FEATURE, Story

ATTEMPTS_SHOWN = 10
NAME_ROOM = 1_300
SMALL_ROOM = 400
PARAMS_ROOM = 1_000
CUT_ROOM = 100
NOTE_ROOM = 600
ERROR_BLOCK = 2_900
TEXT_NAME = 400
TEXT_ERROR = 1_500
UNREAD = "Its error could not be read."


def story_message(story: Story) -> Message:
    before = [*_top(story), pieces.fields(_fields(story))]
    after = [*_history(story), pieces.fields(_ids_of(story)), pieces.context(*_small(story))]
    after += [*_buttons(story), _foot(story)]
    return Message(_text(story), (*before, *_failure(story, size([*before, *after])), *after))


def _top(story: Story) -> list[Block]:
    attempt = story.attempt
    notes = [
        *([f"⚠️ *Incomplete.* {missing}"] if (missing := gap(story.fresh)) else []),
        *_notes(story),
    ]
    notes += cautions(story.fresh)
    title = f"{state(attempt.status)} · {attempt.project} / {attempt.workflow}"
    return [pieces.header(title), *([pieces.section("\n".join(notes))] if notes else [])]


def _notes(story: Story) -> list[str]:
    return [prose(clip(note, NOTE_ROOM)) for note in story.notes]


def _fields(story: Story) -> list[tuple[str, str]]:
    attempt, fresh = story.attempt, story.fresh
    unknown = "unknown when" if attempt.status.finished else "not yet"
    ended = fresh.moment(attempt.finished_at) if attempt.finished_at else unknown
    return [
        ("Status", prose(_status(story))),
        ("Session time", prose(session_time(attempt.session_time))),
        ("Attempt", prose(_which(story))),
        ("Ran", prose(_ran(story))),
        ("Started", prose(fresh.moment(attempt.created_at))),
        ("Ended", prose(ended)),
    ]


def _ids_of(story: Story) -> list[tuple[str, str]]:
    """What one pastes elsewhere: below the error, which is read first."""
    attempt = story.attempt
    return [
        ("Session id", f"`{attempt.session_id}`"),
        ("Attempt id", f"`{attempt.id}`"),
        ("Project", _identified(attempt.project, attempt.project_id)),
        ("Workflow", _identified(attempt.workflow, attempt.workflow_id)),
    ]


def _status(story: Story) -> str:
    streak = f", {ordinal(story.streak)} in a row" if story.streak > 1 else ""
    return state(story.attempt.status) + streak


def _which(story: Story) -> str:
    """`attempt 2 of 3`; where the number is unknown, that it is."""
    index = story.attempt.index
    if story.count is None:
        known = f"attempt {index}; " if index else ""
        return f"{known}how many attempts there are is unknown"
    return f"attempt {index or story.count} of {story.count}"


def _ran(story: Story) -> str:
    attempt = story.attempt
    if attempt.ran is None and attempt.status.finished:
        return "unknown for how long"
    span = attempt.ran if attempt.ran is not None else story.fresh.now - attempt.created_at
    usually = f" (usually {duration(story.usual)})" if story.usual is not None else ""
    return (
        f"{duration(span)}{'' if attempt.finished_at else ' so far'}{usually}{', slow' if story.slow else ''}"
    )


def _identified(shown: str, number_: int | None) -> str:
    said = code(shown, NAME_ROOM) or "(no name)"
    return f"{said} (id `{number_}`)" if number_ is not None else said


def _failure(story: Story, taken: int) -> list[Block]:
    """The failing task and its whole error, after `taken` units; what Slack has no room for is counted."""
    task = f"*Failed task* {code(story.task, NAME_ROOM)}" if story.task else "*Error*"
    if not story.error:
        return [pieces.section(f"{task}\n{UNREAD}")] if story.attempt.status is Status.ERROR else []
    room = limits.TOTAL - taken - units(task) - CUT_ROOM
    blocks, cut = code_blocks(story.error, ERROR_BLOCK, room)
    shown = [pieces.section(task), *map(pieces.section, blocks)]
    return shown + ([pieces.context(f"+{counted(cut, 'character')} more of this error")] if cut else [])


def _history(story: Story) -> list[Block]:
    lines = _attempt_lines(story)
    return [pieces.section("\n".join(["*Attempts so far*", *lines]))] if len(lines) > 1 else []


def _attempt_lines(story: Story) -> list[str]:
    shown = story.attempts[-ATTEMPTS_SHOWN:]
    more = len(story.attempts) - len(shown)
    lines = [f"+{counted(more, 'earlier attempt')}"] if more else []
    return lines + [_attempt_line(attempt, story.fresh) for attempt in shown]


def _attempt_line(attempt: Attempt, fresh: Freshness) -> str:
    which = f"attempt {attempt.index}" if attempt.index else "attempt"
    return prose(f"{state(attempt.status)} · {which} · id {attempt.id} · {when(attempt, fresh, None)}")


def _small(story: Story) -> list[str]:
    """What is pasted elsewhere or looked up now and then."""
    attempt = story.attempt
    flags = [
        ("done", attempt.done),
        ("success", attempt.success),
        ("cancel requested", attempt.cancel_requested),
    ]
    pairs = [
        ("uuid", attempt.session_uuid),
        ("retry name", attempt.retry_attempt_name),
        ("pool", attempt.pool_id),
    ]
    lines = [" · ".join(f"{label} {code(value, SMALL_ROOM)}" for label, value in pairs if value)]
    lines.append(" · ".join(f"{label}: {'yes' if value else 'no'}" for label, value in flags))
    lines.append(_params(story))
    lines.append(f"Shared by {prose(story.shared_by)}" if story.shared_by else "")
    return [line for line in lines if line]


def _params(story: Story) -> str:
    if not story.params:
        return "no params"
    params = json.dumps(dict(story.params), ensure_ascii=False, separators=(",", ":"), default=str)
    shown = f"params {code(params, PARAMS_ROOM)}"
    return f"{shown} ({counted(len(params), 'character')} in all)" if units(params) > PARAMS_ROOM else shown


def _buttons(story: Story) -> list[Block]:
    buttons = [] if story.public else [share(FEATURE, press(FEATURE, None, "tell", "story", story.words))]
    if story.url:
        opened = pieces.button("Open in console", action_id(FEATURE, "open"), url=story.url)
        buttons.insert(0, opened)
    return [pieces.actions(buttons)] if buttons else []


def _foot(story: Story) -> Block:
    return pieces.context(footer(story.fresh))


def _text(story: Story) -> str:
    attempt, missing = story.attempt, gap(story.fresh)
    title = f"{state(attempt.status)} · {name(f'{attempt.project} / {attempt.workflow}', TEXT_NAME)}"
    facts = [
        _which(story),
        f"for {session_time(attempt.session_time)}",
        f"started {story.fresh.moment(attempt.created_at)}",
        when(attempt, story.fresh, story.usual),
    ]
    top = [
        title,
        f"Incomplete. {missing}" if missing else "",
        *_notes(story),
        *cautions(story.fresh),
    ]
    top += [prose(" · ".join(facts)), f"session `{attempt.session_id}` · attempt `{attempt.id}`"]
    if story.task:
        top.append(f"Failed task {code(story.task, TEXT_NAME)}")
    if story.error:
        blocks, cut = code_blocks(story.error, TEXT_ERROR, TEXT_ERROR)
        top += [*blocks, f"+{counted(cut, 'character')} more of this error" if cut else ""]
    elif attempt.status is Status.ERROR:
        top.append(UNREAD)
    lines = [*(_attempt_lines(story) if len(story.attempts) > 1 else []), _ids(attempt), *_small(story)]
    return fit_text(top, lines, [footer(story.fresh)])


def _ids(attempt: Attempt) -> str:
    workflow = f" · workflow id `{attempt.workflow_id}`" if attempt.workflow_id is not None else ""
    return f"project id `{attempt.project_id}`{workflow}"
