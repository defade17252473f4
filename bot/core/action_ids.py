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
    r'(?P<feature>\S+) ask:(?P<ask>\S+) (?P<verb>[a-z]+):(?P<choice>"[^"]*"|\S*)(?: (?P<words>.*))?'
)
_BLOCK = re.compile(r"(?P<feature>\S+) at:\S* ?(?P<words>.*)")


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
    value = f"{feature} {words}".rstrip()
    return value if _size(value) <= VALUE_LIMIT else None


def press(feature: str, ask: str | None, verb: str, choice: str, words: str = "") -> str:
    """The value of a button on a message; words that do not fit are left out."""
    value = f"{feature} ask:{ask or '-'} {verb}:{_quoted(choice)}"
    whole = f"{value} {words}".rstrip()
    return whole if _size(whole) <= VALUE_LIMIT else value


def option(feature: str, ask: str | None, verb: str, choice: str, index: int | None = None) -> str:
    """An option's value; a choice that does not fit, or that could be misread, goes by `#index`."""
    value = press(feature, ask, verb, choice)
    misread = '"' in choice or choice.startswith("#")
    if index is not None and (misread or _size(value) > OPTION_LIMIT):
        return press(feature, ask, verb, f"#{index}")
    return value


def block_id(feature: str, words: str, at: str = "") -> str:
    """A menu's block id that carries the words, where they fit; `at` tells one drawing from the next."""
    start = f"{feature} at:{at}"
    whole = f"{start} {words}".rstrip()
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
    return Press(feature, None if ask == "-" else ask, match["verb"], match["choice"].strip('"'), words)


def _quoted(choice: str) -> str:
    return f'"{choice}"' if not choice or re.search(r"\s", choice) else choice


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
