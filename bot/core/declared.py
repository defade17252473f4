"""Digests declared with the deployment, as YAML: a list of `{name, when, channel, zone, words, quiet}`.

Nodes are read, not Python's values: a mistake has its line, and `name: on` is what was written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.core.cron import Unclear
from bot.core.digest_words import Wanted, narrowing, read_channel, read_name, read_zone
from bot.core.errors import SettingsError
from bot.core.nearest import nearest_word
from bot.core.query import shown
from bot.core.typed import fold
from bot.core.when import read_when

NEEDED = ("name", "when", "channel")
KEYS = (*NEEDED, "zone", "words", "quiet")

_EXAMPLE = "- {name: morning, when: every weekday at 9, channel: '#data'}"
_NULL = "tag:yaml.org,2002:null"
_UTC = ZoneInfo("UTC")
_YES_OR_NO = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_T = TypeVar("_T")


def parse_declared(text: str, source: str) -> tuple[Wanted, ...]:
    """The digests that a text declares, each with its zone; none where it is empty.

    Raises SettingsError with a line for each mistake: `source`, the line of the text, what is wrong.
    """
    found = _Mistakes()
    root = _root(text, found)
    if root is not None and not isinstance(root, SequenceNode):
        found.add(root, f"This is no list: each digest begins with a dash, as in {_EXAMPLE}.")
    items = root.value if isinstance(root, SequenceNode) else []
    digests = [digest for item in items if (digest := _digest(item, found)) is not None]
    if found.lines:
        raise SettingsError(
            "\n".join(f"{source}, line {line}: {sentence}" for line, sentence in sorted(found.lines))
        )
    return tuple(digests)


@dataclass(slots=True)
class _Mistakes:
    """What is wrong, each with its line; `named` are the lines of the names so far, folded."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)

    def add(self, where: Node | int, sentence: str) -> None:
        self.lines.append((where if isinstance(where, int) else _line(where), sentence))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _root(text: str, found: _Mistakes) -> Node | None:
    try:
        root: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if error.context_mark is not None and (mark is None or mark.index >= len(text.rstrip())):
            mark = error.context_mark  # what is never closed is a mistake where it opens
        last = text.rstrip().count("\n")
        cure = "Values that hold `#`, `*`, `:` or quotes stand in quotes, as in '#data'."
        found.add(min(mark.line if mark else 0, last) + 1, f"This is no YAML: {error.problem}. {cure}")
    except yaml.reader.ReaderError as error:
        found.add(text.count("\n", 0, error.position) + 1, "This is no YAML: it holds a control character.")
    except RecursionError:
        found.add(1, f"This is nested too deeply: digests are one list, as in {_EXAMPLE}.")
    else:
        return None if root is not None and root.tag == _NULL else root
    return None


def _digest(item: Node, found: _Mistakes) -> Wanted | None:
    """None where it has a mistake."""
    if not isinstance(item, MappingNode):
        found.add(item, f"This is no digest: it has a name, a time and a channel, as in {_EXAMPLE}.")
        return None
    before, fields = len(found.lines), _Fields(item, found)
    wanted = Wanted(
        name=fields.read("name", read_name, ""),
        when=fields.read("when", read_when, ""),
        channel=fields.read("channel", read_channel, ""),
        zone=fields.read("zone", read_zone, _UTC),
        quiet=fields.read("quiet", _yes_or_no, False),
        words=fields.read("words", _words, ""),
    )
    fields.check_name(wanted.name)
    return wanted if len(found.lines) == before else None


class _Fields:
    """One digest's fields as written. Nothing, and what has been complained of, is empty."""

    def __init__(self, item: MappingNode, found: _Mistakes) -> None:
        self.found = found
        self.nodes: dict[str, ScalarNode | None] = {}
        self.meant: set[str] = set()
        for key, value in item.value:
            self._take(key, value)
        for key in NEEDED:
            if key not in self.nodes and key not in self.meant:
                found.add(item, f"This digest has no `{key}`.")

    def _take(self, key: Node, value: Node) -> None:
        name = key.value if isinstance(key, ScalarNode) else ""
        if name not in KEYS:
            near = nearest_word(name, KEYS)
            self.meant.add(near or "")
            cure = f"Did you mean `{near}`?" if near else f"They are {', '.join(KEYS)}."
            self.found.add(key, f"{shown(name)} is no key of a digest. {cure}")
        elif name in self.nodes:
            self.found.add(key, f"`{name}` is said twice.")
        elif not isinstance(value, ScalarNode):
            self.found.add(value, f"`{name}` is one text, not a list or a table.")
            self.nodes[name] = None
        elif value.tag == _NULL or not value.value.strip():
            hint = ": `#` begins a comment, so write it in quotes, as in '#data'" if name == "channel" else ""
            if name in NEEDED:
                self.found.add(key, f"`{name}` is empty{hint}.")
            self.nodes[name] = None
        else:
            self.nodes[name] = value

    def read(self, key: str, reader: Callable[[str], _T | Unclear], otherwise: _T) -> _T:
        node = self.nodes.get(key)
        if node is None:
            return otherwise
        value = reader(node.value.strip())
        if isinstance(value, Unclear):
            self.found.add(node, value.sentence)
            return otherwise
        return value

    def check_name(self, name: str) -> None:
        """Names are told apart in any case."""
        node = self.nodes.get("name")
        if node is None or not name:
            return
        if line := self.found.named.get(fold(name)):
            self.found.add(node, f"There is a digest {shown(name)} already, in line {line}.")
        self.found.named.setdefault(fold(name), _line(node))


def _yes_or_no(text: str) -> bool | Unclear:
    answer = _YES_OR_NO.get(fold(text))
    return Unclear(f"{shown(text)} is neither true nor false.") if answer is None else answer


def _words(text: str) -> str | Unclear:
    read = narrowing(text)
    return read if isinstance(read, Unclear) else text
