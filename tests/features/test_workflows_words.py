"""The command table's row for `/workflows`: all that it shows can be typed."""

from datetime import UTC, datetime

import pytest

from bot.core.model import Status
from bot.core.query import Help, Misread, Query
from bot.core.vocabulary import STATUSES
from bot.core.words import parse
from bot.features.workflows.words import RUN, STATUS, WORKFLOWS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOWN = [word for section in WORKFLOWS.sections for word, _ in section.rows]


@pytest.mark.parametrize("words", [words for words, _ in WORKFLOWS.examples] + SHOWN)
def test_each_example_and_word_of_the_help_is_understood(words: str) -> None:
    asked = parse(words, now=NOW, zone=UTC)
    assert isinstance(asked, Query | Help)
    assert not isinstance(asked, Query) or all(place.near is None for place in asked.places)


@pytest.mark.parametrize("words", WORKFLOWS.usage.split(" | "))
def test_the_usage_hint_is_made_of_questions(words: str) -> None:
    assert not isinstance(parse(words, now=NOW, zone=UTC), Misread)


def test_the_help_names_every_status() -> None:
    assert frozenset[Status]().union(*(STATUSES[word] for word, _ in STATUS)) == frozenset(Status)


def test_run_is_no_word_of_the_grammar() -> None:
    asked = parse(RUN, now=NOW, zone=UTC)
    assert isinstance(asked, Query)
    assert asked.places


def test_hint_and_summary_fit_slack() -> None:
    assert len(WORKFLOWS.usage) <= 80
    assert len(WORKFLOWS.summary) <= 80
