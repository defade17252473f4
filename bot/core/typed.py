"""Typed text, cut into words: Slack's escapes and links undone, quotes of every kind understood.

Phones and Japanese keyboards type curly quotes, long dashes, full-width signs and blanks; all are read as the
plain ones. What stands in quotes is kept letter by letter.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.core.query import Misread, Mistake, shown

_DOUBLE = '"“”„‟＂«»〝〞〟'
_SINGLE = "'‘’‚‛＇"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-") | {ord("〜"): "~"}
_PLAIN_QUOTES = dict.fromkeys(map(ord, _DOUBLE), '"') | dict.fromkeys(map(ord, _SINGLE), "'")
_STRUCTURE = {"：": ":", "／": "/", "＊": "*"}
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u2060\ufeff"
_TRAILING = ",;、，；"

_QUOTED = re.compile(rf"[{_DOUBLE}]((?:\\.|[^\\{_DOUBLE}])*)[{_DOUBLE}]", re.DOTALL)
_SINGLE_QUOTED = re.compile(rf"[{_SINGLE}]((?:\\.|[^\\{_SINGLE}])*)[{_SINGLE}](?=[\s/／,]|$)", re.DOTALL)
_ESCAPED = re.compile(rf"\\([n\\{_DOUBLE}{_SINGLE}])")

# Slack wraps what it takes for a link in a message and escapes three letters:
# https://docs.slack.dev/messaging/formatting-message-text
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|\s]+)(?:\|([^<>]*))?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_LETTERS = {"amp": "&", "lt": "<", "gt": ">"}
CONSOLE_LINK = re.compile(r"(?:https?://)?\S*/(sessions|attempts)/([0-9]+)(?!\w)", re.IGNORECASE)

_SAFE = re.compile(r"\w[\w.-]*(?<![.-])")


@dataclass(frozen=True, slots=True)
class Typed:
    """One word. `raw` is as typed, `text` without quotes; `mask` marks each of its letters: `q` in quotes."""

    raw: str
    text: str
    mask: str

    @property
    def word(self) -> str:
        """Folded, to look up in a table; empty if any of it was quoted."""
        return "" if "q" in self.mask or not self.text else fold(self.text)

    @property
    def glob(self) -> bool:
        return any(letter == "*" and mark == "." for letter, mark in zip(self.text, self.mask, strict=True))

    def split(self, sign: str) -> "tuple[Typed, Typed] | None":
        """What stands before and after the first unquoted `sign`; None without one."""
        marks = zip(self.text, self.mask, strict=True)
        at = next((i for i, pair in enumerate(marks) if pair == (sign, ".")), None)
        return None if at is None else (self._part(0, at), self._part(at + 1, len(self.text)))

    def _part(self, start: int, end: int) -> "Typed":
        return Typed(self.raw, self.text[start:end], self.mask[start:end])


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """How two spellings of a word are compared: any case, any width, any dash and quote."""
    # twice, because folding the case can undo the normal form (Unicode, section 3.13, D146)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.translate(_DASHES | _PLAIN_QUOTES)


def typed(text: str) -> tuple[Typed, ...]:
    """The words of a text as Slack sends it. Raises `Mistake` for a quote that is not closed."""
    text = _unwrapped(text)
    words: list[Typed] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word, at = _word(text, at)
        if word.text or "q" in word.mask or set(word.raw) - set(_INVISIBLE + _TRAILING):
            words.append(word)
    return _with_slashes_joined(words)


def together(words: tuple[str, ...] | list[str]) -> str:
    """Words as one text that `typed` reads again, though it undoes Slack's escapes."""
    text = " ".join(word for word in words if word)
    text = _ENTITY.sub(r"&amp;\1;", text)
    return re.sub(r"<(?=https?://|mailto:|tel:)", "&lt;", text, flags=re.IGNORECASE)


def safe(text: str) -> bool:
    """Whether it may stand without quotes, as far as its letters go."""
    return _SAFE.fullmatch(text) is not None


def quoted(text: str) -> str:
    letters = text.replace("\\", "\\\\").replace("\n", "\\n")
    return '"' + re.sub(rf"([{_DOUBLE}])", r"\\\1", letters) + '"'


def _unwrapped(text: str) -> str:
    def link(match: re.Match[str]) -> str:
        address, label = match.groups()
        return label if label and not CONSOLE_LINK.match(address) else address

    return _ENTITY.sub(lambda match: _LETTERS[match[1]], _LINK.sub(link, text))


def _word(text: str, start: int) -> tuple[Typed, int]:
    letters, mask, at, may_open = "", "", start, True
    while at < len(text) and not text[at].isspace():
        value, end = _in_quotes(text, at) if may_open else (None, at)
        if value is not None:
            letters, mask, at, may_open = letters + value, mask + "q" * len(value), end, False
            continue
        letter = _STRUCTURE.get(text[at], text[at])
        at += 1
        if letter not in _INVISIBLE:
            letters, mask, may_open = letters + letter, mask + ".", letter in ":/*"
    while mask.endswith(".") and letters[-1] in _TRAILING:
        letters, mask = letters[:-1], mask[:-1]
    return Typed(text[start:at], letters, mask), at


def _in_quotes(text: str, at: int) -> tuple[str | None, int]:
    """The value that is quoted here, and where it ends; None where nothing is."""
    match = _QUOTED.match(text, at) or _SINGLE_QUOTED.match(text, at)
    if match:
        return _ESCAPED.sub(lambda one: "\n" if one[1] == "n" else one[1], match[1]), match.end()
    if text[at] in _DOUBLE:
        word = text[at:].strip()
        sentence = f'The quote that opens at {shown(word)} is not closed: end it with `"`.'
        raise Mistake(Misread(word, sentence))
    return None, at


def _with_slashes_joined(words: list[Typed]) -> tuple[Typed, ...]:
    """`sales / daily_load`, as lists print it, is `sales/daily_load`."""
    joined: list[Typed] = []
    for word in words:
        before = joined[-2:]
        if len(before) == 2 and (before[1].text, before[1].mask) == ("/", "."):
            joined[-2:] = [_glued(*before, word)]
        else:
            joined.append(word)
    return tuple(joined)


def _glued(*words: Typed) -> Typed:
    raw = "".join(word.raw for word in words)
    return Typed(raw, "".join(word.text for word in words), "".join(word.mask for word in words))
