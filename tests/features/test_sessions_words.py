"""The command table's row for `/sessions`: all that it shows can be typed."""

from datetime import UTC, datetime

import pytest

from bot.core.query import Help, Misread, OneAttempt, OneSession, Query
from bot.core.vocabulary import STATUSES
from bot.core.words import parse
from bot.features.sessions.words import SESSIONS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HELP_WORDS = [word for section in SESSIONS.sections for word, _ in section.rows]


@pytest.mark.parametrize("words", [words for words, _ in SESSIONS.examples])
def test_each_example_is_understood(words: str) -> None:
    assert isinstance(parse(words, now=NOW, zone=UTC), Query | OneSession)


@pytest.mark.parametrize("words", HELP_WORDS)
def test_each_word_of_the_help_is_understood(words: str) -> None:
    asked = parse(words, now=NOW, zone=UTC)

    assert isinstance(asked, Query | OneSession | OneAttempt | Help)
    assert not isinstance(asked, Query) or all(place.near is None for place in asked.places)


@pytest.mark.parametrize("words", SESSIONS.usage.split(" | "))
def test_the_usage_hint_is_made_of_questions(words: str) -> None:
    assert not isinstance(parse(words, now=NOW, zone=UTC), Misread)


def test_the_help_names_every_status() -> None:
    assert {STATUSES[word] for word in STATUSES} == {STATUSES[w] for w in HELP_WORDS if w in STATUSES}


def test_hint_and_summary_fit_slack() -> None:
    """A manifest takes 1,000 letters of usage hint and 2,000 of description; one line is what people read."""
    assert len(SESSIONS.usage) <= 80
    assert len(SESSIONS.summary) <= 80
