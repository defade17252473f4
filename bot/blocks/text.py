"""Text for Slack: escaping, lengths, and names and errors shown as they are, whatever they hold.

Slack's mrkdwn has no way to escape `*`, `_`, `~`, backticks or `:smile:`, so what could be taken for them is
shown as code, where nothing is formatted. https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from urllib.parse import quote

ELLIPSIS = "…"
NAMELESS = "(no name)"
LONGEST_LINK = 500
"""Units: a longer URL is not linked, for it would crowd out the text around it."""

_ENTITY_OR_CHARACTER = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)
_FENCE = re.compile("``(?=`)")
_UNSEEN = re.compile("[\u00ad\u115f\u1160\u200b-\u200f\u2060-\u2065\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_FORMATTING = tuple(
    re.compile(rf"(?<![^\W_]){mark}.*{mark}(?![^\W_])", re.DOTALL) for mark in (r"\*", "_", "~")
)
_EMOJI = re.compile(r":[^\s:]+:")


def escape(text: str) -> str:
    """`& < >` as entities: the only three that Slack asks to escape, and with them every mention and link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What a reader sees of an escaped text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def units(text: str) -> int:
    """The length of a text as Slack may count it at the strictest: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """At most `limit` units, marked with `…` where cut; never cuts inside an entity or a character."""
    if units(text) <= limit:
        return text
    kept, room = [], limit - 1
    for part in _ENTITY_OR_CHARACTER.findall(text):
        room -= units(part)
        if room < 0:
            break
        kept.append(part)
    return "".join(kept).rstrip() + ELLIPSIS if limit > 0 else ""


def clean(text: str) -> str:
    """Without what no reader sees but a screen obeys: control characters, direction marks, broken surrogates.

    Line ends become `\\n`; other control characters a space.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", _TURNS.sub("", lines)))


def one_line(text: str) -> str:
    """Cleaned, blanks and line ends folded into single spaces; empty where nothing of it can be seen."""
    line = " ".join(clean(text).split())
    return line if _UNSEEN.sub("", line).strip() else ""


def plain(text: str, limit: int) -> str:
    """A plain_text of one line: cleaned, escaped and clipped; never empty, for Slack refuses that."""
    return clip(escape(one_line(text)), limit) or NAMELESS


def prose(text: str) -> str:
    """A sentence of ours in mrkdwn: escaped, its backticks kept."""
    return escape(clean(text).strip())


def name(text: str, limit: int = 255 * 5 + 2) -> str:
    """A name from outside, in mrkdwn, as it is: ordinary ones byte for byte, risky ones as code."""
    line = one_line(text)
    return code(line, limit) if is_risky(line) else clip(escape(line), limit) or NAMELESS


def link(url: str | None, label: str, limit: int = 255 * 10 + 10) -> str:
    """`label` (from outside, as a name) linked to `url`; the mere name where there is none.

    Slack ends a label at the first `>` and splits at `|`: the first is escaped, the second drawn alike.
    A risky label is code around the link: Slack links inside code, and formats nothing there.
    """
    if url is None or units(href(url)) > LONGEST_LINK:
        return name(label, limit)
    line = one_line(label).replace("|", "∣")
    tick = "`" if is_risky(line) else ""
    shown = clip(escape(line.replace("`", "ˋ")), limit - 2) or NAMELESS
    return f"{tick}<{href(url)}|{shown}>{tick}"


def href(url: str) -> str:
    """A URL for between `<` and `|`: nothing in it can end the link."""
    return escape(quote(clean(url), safe=":/?#[]@!$&'()*+,;=%~-._"))


def is_risky(line: str) -> bool:
    """Whether Slack could format it, turn part of it into an emoji, or take it for a quote."""
    if "`" in line or line.startswith(">") or _EMOJI.search(line):
        return True
    return any(pattern.search(line) for pattern in _FORMATTING)


def code(text: str, limit: int = 500) -> str:
    """Untrusted text of one line as code, at most `limit` units with its marks; empty stays empty.

    A backtick ends inline code, and only a run of three ends a block: a text with backticks becomes a block.
    """
    line = one_line(text)
    if not line:
        return ""
    if "`" not in line:
        return f"`{clip(escape(line), limit - 2)}`"
    return code_block(line, limit)


def code_block(text: str, limit: int) -> str:
    """Untrusted text as a block of code, at most `limit` units with its marks, line ends kept."""
    return _fenced(clip(_block_content(text), limit - 8))


def code_blocks(text: str, limit: int, room: int) -> tuple[tuple[str, ...], int]:
    """A long text as blocks of at most `limit` units, of `room` units in all; and how many units were cut."""
    content = _block_content(text)
    kept = clip(content, room - 8 * (1 + room // limit))
    cut = units(unescape(content)) - units(unescape(kept.removesuffix(ELLIPSIS))) if kept != content else 0
    parts, size = [""], 0
    for part in _ENTITY_OR_CHARACTER.findall(kept):
        size += units(part)
        if size > limit - 8:
            parts.append("")
            size = units(part)
        parts[-1] += part
    return tuple(_fenced(part) for part in parts if part.strip()), cut


def _block_content(text: str) -> str:
    return _FENCE.sub("``\u200b", escape(clean(text).strip("\n")))


def _fenced(content: str) -> str:
    """A backtick beside the fence would lengthen it: a blank stands between."""
    before = " " if content.startswith("`") else ""
    after = " " if content.endswith("`") else ""
    return f"```{before}{content}{after}```"
