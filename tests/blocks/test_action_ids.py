"""A button's value is words, and a press is read back from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.text import units
from bot.core import action_ids
from bot.core.action_ids import Press, parse


@pytest.mark.parametrize(
    ("value", "press"),
    [
        ("sessions #12345", Press("sessions", words="#12345")),
        ("sessions project:sales failed", Press("sessions", words="project:sales failed")),
        ("sessions", Press("sessions")),
        ("sessions ask:7f3 page:2", Press("sessions", "7f3", "page", "2")),
        ("sessions ask:7f3 page:2 failed 24h", Press("sessions", "7f3", "page", "2", "failed 24h")),
        ("sessions ask:- share:12345 #12345", Press("sessions", None, "share", "12345", "#12345")),
        ('sessions ask:7f3 window:"this week"', Press("sessions", "7f3", "window", "this week")),
        ("sessions ask:7f3 project:#3", Press("sessions", "7f3", "project", "#3")),
        ('sessions ask:7f3 project:""', Press("sessions", "7f3", "project", "")),
    ],
)
def test_values_are_words(value: str, press: Press) -> None:
    assert parse(value) == press


def test_a_choice_finds_the_questions_words_in_its_blocks_id() -> None:
    block = action_ids.block_id("sessions", "failed 24h sales", "7f3.2")
    assert block == "sessions at:7f3.2 failed 24h sales"
    value = action_ids.option("sessions", "7f3", "status", "killed")
    assert parse(value, block) == Press("sessions", "7f3", "status", "killed", "failed 24h sales")
    assert parse(value, "anything else") == Press("sessions", "7f3", "status", "killed")


def test_an_empty_value_is_no_press() -> None:
    assert parse("") is None


def test_words_that_do_not_fit_are_left_out_but_never_cut() -> None:
    assert parse(action_ids.press("sessions", "7f3", "page", "2", "x" * 2_000)) == Press(
        "sessions", "7f3", "page", "2"
    )
    assert action_ids.block_id("sessions", "x" * 300, "7f3.1") == "sessions at:7f3.1"
    assert action_ids.question("sessions", "x" * 2_000) is None


def test_a_choice_by_index_says_its_index() -> None:
    assert [Press("sessions", choice=choice).index for choice in ("#3", "sales", "#x", "3")] == [
        3,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("name", ["p" * 200, "#1", "*", 'a"b', "\n", "", " x", "売上" * 80, "\ud800"])
def test_a_name_that_is_long_or_could_be_misread_goes_by_index(name: str) -> None:
    press = parse(action_ids.option("sessions", "7f3", "project", name, 3))
    assert press is not None
    assert press.index == 3


@given(st.text(max_size=255), st.integers(0, 999))
def test_every_name_can_be_chosen(name: str, index: int) -> None:
    value = action_ids.option("sessions", "7f3", "project", name, index)
    press = parse(value, action_ids.block_id("sessions", "failed"))
    assert units(value) <= action_ids.OPTION_LIMIT
    assert press is not None
    assert press.words == "failed"
    assert press.choice == name or press.index == index
