"""What a press means: the words in buttons' values, and the ids of buttons.

A button's value is words. `sessions failed 7d` is a question as if it had been typed.
`sessions ask:7f3 page:2` turns a message that stands: the id of its ask, what to do, and behind it the words
of the question, so that it can be asked anew when the ask is gone (`sessions ask:7f3 page:2 failed 7d`);
`ask:-` is a message without an ask. An option's value is short (150), so the words stand in the menu's block
id (255).
"""

import re
from dataclasses import dataclass

VALUE_LIMIT = 2_000
OPTION_LIMIT = 150
ID_LIMIT = 255

_PRESS = re.compile(
    r'(?P<feature>\S+) ask:(?P<ask>\S+) (?P<verb>[a-z]+):(?P<choice>"[^"]*"|\S*)(?: (?P<words>.*))?',
    re.DOTALL,
)
_BLOCK = re.compile(r"(?P<feature>\S+) at:\S* ?(?P<words>.*)", re.DOTALL)
_BROKEN = re.compile("[\ud800-\udfff]")
_READABLE = re.compile(r'[^"#*\s\x00-\x1f\ud800-\udfff][^"\x00-\x1f\ud800-\udfff]*')


@dataclass(frozen=True, slots=True)
class Press:
    """A press, parsed. Without a `verb` it is a question: `words` are what would have been typed.

    With one, `verb` is `page`, `status`, `project`, `window`, `share` and the like, `choice` what was chosen
    (`2`, `killed`, `sales`, `#3`), `ask` the id of the stored ask, and `words` the question it stands for
    (empty where they did not fit).
    """

    feature: str
    ask: str | None = None
    verb: str = ""
    choice: str = ""
    words: str = ""

    @property
    def index(self) -> int | None:
        """For `#3`: 3, a place in the ask's own list, for names too long for a value."""
        number = self.choice.removeprefix("#")
        return int(number) if number != self.choice and number.isdecimal() else None


def question(feature: str, words: str) -> str | None:
    """The value of a button that asks `words` of `feature`; None where they do not fit."""
    value = _sound(f"{feature} {words}".rstrip())
    return value if _size(value) <= VALUE_LIMIT else None


def press(feature: str, ask: str | None, verb: str, choice: str, words: str = "") -> str:
    """The value of a button on a message; words that do not fit are left out."""
    value = _sound(f"{feature} ask:{ask or '-'} {verb}:{_quoted(choice)}")
    whole = _sound(f"{value} {words}".rstrip())
    return whole if _size(whole) <= VALUE_LIMIT else value


def option(feature: str, ask: str | None, verb: str, choice: str, index: int | None = None) -> str:
    """An option's value. With an `index`, a choice that is too long or could be misread goes by `#index`.

    A long one without an index is left empty: choosing what is chosen already changes nothing.
    """
    value = press(feature, ask, verb, choice)
    if index is not None and (_size(value) > OPTION_LIMIT or not _READABLE.fullmatch(choice)):
        return press(feature, ask, verb, f"#{index}")
    return value if _size(value) <= OPTION_LIMIT else press(feature, ask, verb, "")


def block_id(feature: str, words: str, at: str = "") -> str:
    """A menu's block id that carries the words, where they fit; `at` tells one drawing from the next."""
    start = f"{feature} at:{at}"
    whole = _sound(f"{start} {words}".rstrip())
    return whole if _size(whole) <= ID_LIMIT else start


def action_id(feature: str, verb: str, key: str = "") -> str:
    """`sessions.details.123456`: unique in its message through `key`. Its start names feature and verb."""
    return f"{feature}.{verb}" + (f".{key}" if key else "")


def parse(value: str, block: str = "") -> Press | None:
    """The press of a value, of a button or an option, in the block with this id; None where it is empty."""
    if not (feature := value.partition(" ")[0]):
        return None
    if (match := _PRESS.fullmatch(value)) is None:
        return Press(feature, words=value.partition(" ")[2].strip())
    ask, words = match["ask"], match["words"] or ""
    carried = _BLOCK.fullmatch(block)
    if not words and carried and carried["feature"] == feature:
        words = carried["words"]
    return Press(feature, None if ask == "-" else ask, match["verb"], _bare(match["choice"]), words)


def _quoted(choice: str) -> str:
    return f'"{choice}"' if not choice or re.search(r"\s", choice) else choice


def _bare(choice: str) -> str:
    return choice[1:-1] if len(choice) > 1 and choice[0] == choice[-1] == '"' else choice


def _sound(text: str) -> str:
    """Half a surrogate pair, which JSON can bring, cannot be sent."""
    return _BROKEN.sub("\ufffd", text)


def _size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
