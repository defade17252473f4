"""Digests of the deployment: what is read, and that each mistake has its line."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.declared import parse_declared
from bot.core.digest_words import Wanted
from bot.core.errors import SettingsError

TOKYO, UTC = ZoneInfo("Asia/Tokyo"), ZoneInfo("UTC")


def mistakes(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse_declared(text, "DIGESTS")
    return str(caught.value).splitlines()


def test_a_digest_is_declared_with_all_it_takes() -> None:
    text = (
        "- {name: morning, when: every weekday at 9, zone: Asia/Tokyo, channel: '#data',"
        " words: 'sales/*', quiet: true}"
    )
    assert parse_declared(text, "DIGESTS") == (
        Wanted("morning", "0 9 * * 1-5", "#data", TOKYO, True, "sales/*"),
    )


def test_zone_words_and_quiet_may_be_left_out() -> None:
    bare = Wanted("m", "0 * * * *", "#data", UTC)
    assert parse_declared("- {name: m, when: hourly, channel: '#data'}", "DIGESTS") == (bare,)
    empty = "- {name: m, when: hourly, channel: '#data', zone: , words: ~, quiet: null}"
    assert parse_declared(empty, "DIGESTS") == (bare,)


@pytest.mark.parametrize("text", ["", "\n", "# none yet\n", "[]", "---\n"])
def test_none_may_be_declared(text: str) -> None:
    assert parse_declared(text, "DIGESTS") == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("when: 18:30", ("when", "30 18 * * *")),  # not a number in base 60
        ("when: '* * * * *'", ("when", "* * * * *")),
        ("when: 0 9 * * 1-5", ("when", "0 9 * * 1-5")),
        ("name: on", ("name", "on")),  # not a truth value
        ("quiet: yes", ("quiet", True)),
        ("quiet: 'false'", ("quiet", False)),
        ("channel: C0123ABCD", ("channel", "C0123ABCD")),
        ("channel: data", ("channel", "data")),
    ],
)
def test_a_value_is_what_was_written(field: str, value: tuple[str, object]) -> None:
    key, wanted = value
    lines = {"name": "name: m", "when": "when: hourly", "channel": "channel: '#d'", key: field}
    (digest,) = parse_declared("- " + "\n  ".join(lines.values()), "DIGESTS")
    assert getattr(digest, key) == wanted


ONE = "- name: m\n  when: hourly\n  channel: '#d'\n"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("name: m", "DIGESTS, line 1: This is no list"),
        ("hush", "DIGESTS, line 1: This is no list"),
        ("\n- hourly", "DIGESTS, line 2: This is no digest"),
        (ONE + "  zone\n", "DIGESTS, line 4: This is no YAML"),
        (ONE + "\tquiet: true\n", "DIGESTS, line 4: This is no YAML"),
        (ONE + "- {name: n\n- m\n", "DIGESTS, line 4: This is no YAML"),
        ("- {name: m, when: hourly, channel: #d}\n", "DIGESTS, line 1: This is no YAML"),
        ("- name: m\n  when: * * * * *\n  channel: d", "DIGESTS, line 2: This is no YAML"),
        ('- name: "m\n  when: hourly\n', "DIGESTS, line 1: This is no YAML"),
        ("- name: m\n- name: \x07", "DIGESTS, line 2: This is no YAML: it holds a control character."),
        ("---\n- m\n---\n- m", "DIGESTS, line 3: This is no YAML"),
        ("[" * 5000, "DIGESTS, line 1: This is nested too deeply"),
        (
            "- name: m\n  whne: hourly\n  channel: d",
            "DIGESTS, line 2: `whne` is no key of a digest. Did you mean `when`?",
        ),
        (ONE + "  team: x\n", "DIGESTS, line 4: `team` is no key of a digest. They are name, when, channel,"),
        (ONE + "  when: daily at 9\n", "DIGESTS, line 4: `when` is said twice."),
        ("\n- when: hourly\n  channel: d", "DIGESTS, line 2: This digest has no `name`."),
        ("- name: m\n  channel: d", "DIGESTS, line 1: This digest has no `when`."),
        ("- name: m\n  when: hourly", "DIGESTS, line 1: This digest has no `channel`."),
        (
            "- name: m\n  when: hourly\n  channel: #d",
            "DIGESTS, line 3: `channel` is empty: `#` begins a comment",
        ),
        ("- name: m\n  when: ''\n  channel: d", "DIGESTS, line 2: `when` is empty."),
        ("- name: 9\n  when: hourly\n  channel: d", "DIGESTS, line 1: `9` is no name"),
        ("- name: m\n  when: blursday\n  channel: d", "DIGESTS, line 2: I don't know `blursday`."),
        (
            "- name: m\n  when: daily 8.30\n  channel: d",
            "DIGESTS, line 2: `8.30` is no time of the day: write `08:30`.",
        ),
        ("- name: m\n  when: 0 0 9 * * 1\n  channel: d", "DIGESTS, line 2: `0 0 9 * * 1` has 6 fields"),
        ("- name: m\n  when: 0 9 31 2 *\n  channel: d", "DIGESTS, line 2: `0 9 31 2 *` is a time that never"),
        ("- name: m\n  when: [hourly]\n  channel: d", "DIGESTS, line 2: `when` is one text"),
        ("- name: m\n  when: hourly\n  channel: two words", "DIGESTS, line 3: `two words` is no channel"),
        (ONE + "  zone: Asia/Tokio", "DIGESTS, line 4: I don't know the zone `Asia/Tokio`."),
        (ONE + "  words: failed", "DIGESTS, line 4: `failed` is a status, and a digest has its own"),
        (ONE + "  quiet: perhaps", "DIGESTS, line 4: `perhaps` is neither true nor false."),
        (
            ONE + "- name: M\n  when: hourly\n  channel: d",
            "DIGESTS, line 4: There is a digest `M` already, in line 1.",
        ),
        ("- &a {name: m, when: hourly, channel: d}\n- *a", "DIGESTS, line 1: There is a digest `m` already"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, mistake: str) -> None:
    (line,) = mistakes(text)
    assert line.startswith(mistake)


def test_all_mistakes_are_told_in_the_order_of_their_lines() -> None:
    lines = mistakes(ONE + "  zone: Mars\n- name: m\n  when: blursday\n  words: 7d\n")
    named = [line.split(":")[0].removeprefix("DIGESTS, line ") for line in lines]
    assert named == ["4", "5", "5", "6", "7"]


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str, value: str) -> None:
    for declared in (text, ONE + text, ONE + f"  words: {value}"):
        told = ""
        try:
            parse_declared(declared, "DIGESTS")
        except SettingsError as error:
            told = str(error)
        assert all(line.startswith("DIGESTS, line ") for line in told.split("\n") if told)
