"""A row of the command table, without its parser: what help, manifest and README print."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a command's help: words and what they mean."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """`usage` is the hint that Slack shows after the name; each example is (words, meaning)."""

    name: str
    usage: str
    summary: str
    examples: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...] = ()
