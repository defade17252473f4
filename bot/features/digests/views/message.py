"""A digest as a message, and the whole of one of its lists."""

from collections.abc import Sequence

from bot.blocks import limits, pieces
from bot.blocks.fit import fit, fit_text, fits
from bot.blocks.human import number
from bot.blocks.message import Block, Message
from bot.blocks.text import clip, code, link, name, prose
from bot.core.action_ids import action_id, press, question
from bot.features.digests.views.values import FEATURE, Item, Part, Telling

SHOWN = {
    "broken": 5,
    "new": 5,
    "recovered": 3,
    "flapping": 2,
    "causes": 3,
    "slower": 2,
    "failed": 0,
    "late": 3,
}
"""Rows of each part in the post; the rest is behind its button."""
PAGE = 10
NAME_ROOM = 300
ERROR_ROOM = 200
DAYS = 20


def digest_message(told: Telling) -> Message:
    """The post. Nothing to tell is one line, with what was seen late below it."""
    if not told.eventful:
        line = clip(_nothing(told), limits.MESSAGE_TEXT)
        late = [part for part in told.parts if part.key == "late"]
        rows = [block for part in late for block in _part(told, part, SHOWN["late"])]
        return Message(_told(told, [line], _rows(late), []), (pieces.section(f"🟢 {line}"), *rows))
    top = [
        pieces.header(f"{told.name} · {told.span}"),
        pieces.section(f"*{prose(told.headline)}.* {prose(told.verdict)}"),
        *map(_note, told.notes),
    ]
    bottom = [*_chart(told), pieces.context(prose(told.footer))]
    shown = dict(SHOWN)
    blocks = [*top, *_parts(told, shown), *bottom]
    while not fits(blocks) and any(shown.values()):
        longest = max(shown, key=lambda key: shown[key])
        shown[longest] -= 1
        blocks = [*top, *_parts(told, shown), *bottom]
    return Message(_text(told), tuple(blocks[: limits.BLOCKS]))


def late_message(name_: str, span: str, why: str) -> Message:
    """The line that a digest is late; the digest takes its place."""
    text = prose(f"The digest {name_} ({span}) is late: {why} It will stand here once it can be told.")
    return Message(clip(text, limits.MESSAGE_TEXT), (pieces.section(clip(f"⏳ {text}", limits.TEXT)),))


def lost_message(name_: str, place: str, why: str, prefix: str = "") -> Message:
    """To its maker: a digest cannot be posted any more."""
    text = prose(
        f"Your digest {name_} cannot be posted in {place}: {why} Mend that, or change it with"
        f" `/{prefix}digests edit {name_}`; until then it stands in the list with this sentence."
    )
    return Message(clip(text, limits.MESSAGE_TEXT), (pieces.section(clip(f"⚠️ {text}", limits.TEXT)),))


def part_message(told: Telling, part: Part, page: int, notes: Sequence[str] = ()) -> Message:
    """One list of a digest that stands, page by page, under `notes`."""
    pages = max(1, -(-len(part.items) // PAGE))
    page = max(1, min(page, pages))
    rows = part.items[(page - 1) * PAGE : page * PAGE]
    title = f"{part.title} · {told.name}"
    cut = (
        [f"The first {number(len(part.items))} of {number(part.total)} are kept."]
        if len(part.items) < part.total
        else []
    )
    place = [f"Page {page} of {pages}"] if pages > 1 else []
    foot = pieces.context(prose(" · ".join([*place, *cut, told.footer])))
    turns = _turns(told, part, page, pages)
    blocks = fit(
        [pieces.header(title), *map(_note, notes)],
        [_row(part, item, place_) for place_, item in enumerate(rows)],
        [*([pieces.actions(turns)] if turns else []), foot],
        lambda count: pieces.context(f"+{count} more."),
    )
    lines = [_line(item) for item in rows]
    return Message(fit_text([prose(title), *map(prose, notes)], lines, []), blocks)


def _nothing(told: Telling) -> str:
    sentence = f"{told.name}: nothing failed. {told.verdict} {' '.join(told.notes)}"
    return f"{prose(' '.join(sentence.split()))} {prose(told.span)} · {prose(told.footer)}"


def _text(told: Telling) -> str:
    rows = _rows([part for part in told.parts if part.key not in ("failed",)])
    top = [f"{prose(told.name)} · {prose(told.span)}", f"{prose(told.headline)}. {prose(told.verdict)}"]
    return _told(told, [*top, *map(prose, told.notes)], rows, [prose(_days(told)), prose(told.footer)])


def _told(told: Telling, top: Sequence[str], rows: Sequence[str], bottom: Sequence[str]) -> str:
    """The verdict's line is the first with a percentage: if it has none, as nothing finished, so has no line,
    and what is quoted (`disk 97 % full`) is with a wide sign."""
    text = fit_text(top, rows, bottom)
    return text if "%" in told.verdict else text.replace("%", "％")


def _rows(parts: Sequence[Part]) -> list[str]:
    return [
        line
        for part in parts
        for line in (f"{part.title}: {number(part.total)}", *map(_line, part.items[: SHOWN[part.key]]))
    ]


def _parts(told: Telling, shown: dict[str, int]) -> list[Block]:
    return [block for part in told.parts for block in _part(told, part, shown[part.key])]


def _part(told: Telling, part: Part, most: int) -> list[Block]:
    rows = part.items[:most]
    rest = part.total - len(rows)
    everything = None
    if rest and part.items:
        value = press(FEATURE, None, "part", part.key, told.address)
        label = f"Show all {number(part.total)}" if part.key != "failed" else "Show them"
        everything = pieces.button(label, action_id(FEATURE, "part", part.key), value)
    more = f" · {number(len(rows))} of them here" if rest and rows else ""
    title = pieces.section(f"*{prose(part.title)}* · {number(part.total)}{more}", everything)
    return [title, *(_row(part, item, place) for place, item in enumerate(rows))]


def _row(part: Part, item: Item, place: int) -> Block:
    said = link(item.url, item.title, NAME_ROOM) if item.mark else prose(item.title)
    error = [code(item.error, ERROR_ROOM)] if item.error else []
    lines = [" · ".join(each for each in (prose(item.mark), said) if each), prose(item.facts), *error]
    details = None
    if item.session is not None and (value := question("sessions", f"#{item.session}")):
        label = f"Details of #{item.session}, {item.title}"
        details = pieces.button(
            "Details", action_id(FEATURE, "details", f"{part.key}.{place}"), value, label=label
        )
    return pieces.section("\n".join(line for line in lines if line), details)


def _line(item: Item) -> str:
    said = [prose(item.mark), name(item.title) if item.title else "", prose(item.facts)]
    error = [code(item.error, ERROR_ROOM)] if item.error else []
    return " · ".join(each for each in [*said, *error] if each)


def _turns(told: Telling, part: Part, page: int, pages: int) -> Sequence[Block]:
    words = f"{part.key} {told.address}"

    def turn(label: str, to: int) -> Block:
        return pieces.button(
            label, action_id(FEATURE, "page", label), press(FEATURE, None, "page", str(to), words)
        )

    return [
        *([turn("Previous", page - 1)] if page > 1 else []),
        *([turn("Next", page + 1)] if page < pages else []),
    ]


def _note(sentence: str) -> Block:
    return pieces.context(prose(sentence))


def _chart(told: Telling) -> list[Block]:
    """A bar a day, and the same in words: some Slacks draw no charts."""
    days = told.days[-DAYS:]
    if len(days) < 2 or not any(count for _, count in days):
        return []
    labels = [f"{day:%a} {day.day}" for day, _ in days]
    data = [{"label": label, "value": count} for label, (_, count) in zip(labels, days, strict=True)]
    chart = {
        "type": "data_visualization",
        "title": "Failed sessions a day",
        "chart": {
            "type": "bar",
            "series": [{"name": "failed", "data": data}],
            "axis_config": {"categories": labels},
        },
    }
    return [chart, pieces.context(prose(_days(told)))]


def _days(told: Telling) -> str:
    """`Failed a day: Mon 23 Nov 4, Tue 24 Nov 12`."""
    days = told.days[-DAYS:]
    if len(days) < 2 or not any(count for _, count in days):
        return ""
    return "Failed a day: " + ", ".join(f"{day:%a} {day.day} {day:%b} {number(count)}" for day, count in days)
