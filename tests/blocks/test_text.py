"""Text from outside appears as it is, and does nothing in Slack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import text

ANY = st.text(st.characters(codec=None), max_size=400)


@pytest.mark.parametrize(
    "name",
    [
        "daily_load",
        "sales/daily_load_v2",
        "_internal",
        "load_*",
        "a_b_c",
        "2026-11-23",
        "日次ロード",
        "売上 集計",
        "x*y*z",
        "~home",
        "10:30",
        "👩‍💻 team",
    ],
)
def test_an_ordinary_name_appears_byte_for_byte(name: str) -> None:
    assert text.name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("R&D", "R&amp;D"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U123>", "&lt;@U123&gt;"),
        ("*bold*", "`*bold*`"),
        ("__init__", "`__init__`"),
        ("~gone~", "`~gone~`"),
        ("_a / b_", "`_a / b_`"),
        ("ship :rocket: it", "`ship :rocket: it`"),
        ("> quoted", "`&gt; quoted`"),
        ("a`b", "```a`b```"),
        ("two\nlines\t here ", "two lines here"),
        ("\x1b[31mred", "[31mred"),
        ("\u202eevil", "evil"),
        ("broken \ud800", "broken \ufffd"),
        ("", "(no name)"),
        ("\u200b\u3164", "(no name)"),
    ],
)
def test_a_name_that_slack_would_read_otherwise_is_made_harmless(name: str, shown: str) -> None:
    assert text.name(name) == shown


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("sales / daily_load", "<https://x.test/1|sales / daily_load>"),
        ("a>b", "<https://x.test/1|a&gt;b>"),
        ("a|b", "<https://x.test/1|a∣b>"),
        ("*a*", "`<https://x.test/1|*a*>`"),
        ("a`b", "`<https://x.test/1|aˋb>`"),
        ("", "<https://x.test/1|(no name)>"),
    ],
)
def test_a_label_cannot_end_its_link(label: str, shown: str) -> None:
    assert text.link("https://x.test/1", label) == shown


def test_an_address_cannot_end_its_link_either() -> None:
    assert text.link("https://x.test/?a=1&b=<|> c", "n") == "<https://x.test/?a=1&amp;b=%3C%7C%3E%20c|n>"


def test_a_name_without_an_address_or_with_an_endless_one_is_not_linked() -> None:
    assert text.link(None, "sales") == "sales"
    assert text.link("https://x.test/" + "a" * 600, "sales") == "sales"


@pytest.mark.parametrize(
    ("given_text", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("a&amp;b", 3, "a…"),
        ("a&amp;b", 7, "a&amp;b"),
        ("👍👍👍", 6, "👍👍👍"),
        ("👍👍👍", 5, "👍👍…"),
        ("👍👍👍", 4, "👍…"),
        ("word and", 6, "word…"),
        ("any", 0, ""),
    ],
)
def test_a_cut_is_marked_and_never_inside_a_character_or_an_escape(
    given_text: str, limit: int, shown: str
) -> None:
    assert text.clip(given_text, limit) == shown


def test_an_error_with_backticks_stays_as_it_is() -> None:
    assert text.code("no table `x`") == "```no table `x` ```"
    assert text.code("plain < error") == "`plain &lt; error`"
    assert text.code("  ") == ""


def test_no_text_can_end_its_block_of_code() -> None:
    assert text.code_block("a\n`````\nb", 100).count("```") == 2


def test_a_long_error_goes_on_in_more_blocks_and_what_is_cut_is_counted() -> None:
    assert text.code_blocks("x" * 25, 18, 1_000) == (("```" + "x" * 10 + "```",) * 2 + ("```xxxxx```",), 0)
    blocks, cut = text.code_blocks("x" * 100, 58, 90)
    assert sum(block.count("x") for block in blocks) + cut == 100
    assert cut > 0


@given(ANY, st.integers(10, 300))
def test_whatever_it_says_it_is_short_closed_and_calls_nobody(raw: str, limit: int) -> None:
    for shown in (
        text.name(raw, limit),
        text.code(raw, limit),
        text.plain(raw, limit),
        text.code_block(raw, limit),
    ):
        assert text.units(shown) <= limit
        assert "<" not in shown
        assert ">" not in shown
        assert text.escape(text.unescape(shown)) == shown
    assert text.link("https://x.test", raw).count("<") == 1


@given(ANY, st.integers(20, 200), st.integers(0, 2_000))
def test_blocks_of_code_keep_to_their_room(raw: str, limit: int, room: int) -> None:
    blocks, _ = text.code_blocks(raw, limit, room)
    assert all(text.units(block) <= limit for block in blocks)
    assert sum(map(text.units, blocks)) <= room
    assert all(block.count("```") == 2 for block in blocks)
