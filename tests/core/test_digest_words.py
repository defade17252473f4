"""The words that make a digest, and what they are refused for."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cron import Unclear
from bot.core.digest_words import (
    Wanted,
    narrowing,
    parse_wanted,
    read_channel,
    read_name,
    read_zone,
)
from bot.core.query import Pattern, Place, Query

TOKYO = ZoneInfo("Asia/Tokyo")
MORNING = Wanted("morning", "0 9 * * 1-5", "#data")


def refusal(text: str) -> str:
    read = parse_wanted(text)
    assert isinstance(read, Unclear)
    return read.sentence


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("morning every weekday at 9 in #data", MORNING),
        ("morning 0 9 * * 1-5 in #data", MORNING),
        ("morning 0 9 * * 1-5 #data", MORNING),
        ('morning "0 9 * * 1-5" in #data', MORNING),
        ("morning “every weekday at 9” in #data", MORNING),
        ("m * * * * * in #data", Wanted("m", "* * * * *", "#data")),
        ("daily every day at 9 in data", Wanted("daily", "0 9 * * *", "data")),
        ("mondays mondays 8:30 in #data", Wanted("mondays", "30 8 * * 1", "#data")),
        ("朝 毎 hourly in #data", None),
        ("朝 hourly in #データ", Wanted("朝", "0 * * * *", "#データ")),
        (
            "sales.1 hourly in <#C0123ABCD|data> zone Asia/Tokyo quiet sales/* for yesterday",
            Wanted("sales.1", "0 * * * *", "<#C0123ABCD|data>", TOKYO, True, "sales/* for yesterday"),
        ),
        (
            "m mon, thu at 7:15 quiet zone asia/tokyo in C0123ABCD project:sales",
            Wanted("m", "15 7 * * 1,4", "C0123ABCD", TOKYO, True, "project:sales"),
        ),
        (
            "m hourly in #data ZONE asia/tokyo zone Asia/Tokyo sales/*",
            Wanted("m", "0 * * * *", "#data", TOKYO, words="sales/*"),
        ),
        ("m hourly loud in #data sales/*", Wanted("m", "0 * * * *", "#data", words="sales/*")),
        ("m every weekday at 9, in #data", Wanted("m", "0 9 * * 1-5", "#data")),
        ("m 9 am in #data", Wanted("m", "0 9 * * *", "#data")),
        ('m hourly in #data "loud"', Wanted("m", "0 * * * *", "#data", words='"loud"')),
        ('m hourly in #data "quiet"', Wanted("m", "0 * * * *", "#data", words='"quiet"')),
        ("m hourly in #data a&amp;b", Wanted("m", "0 * * * *", "#data", words="a&b")),
    ],
)
def test_a_digest_is_understood(text: str, wanted: Wanted | None) -> None:
    read = parse_wanted(text)
    assert read == wanted or (wanted is None and isinstance(read, Unclear))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "A digest needs a name"),
        ("every weekday at 9 in #data", "A digest needs a name, and it comes first"),
        ("daily at 9 in #data", "A digest needs a name"),
        ("0 0 9 * * 1-5 in #data", "`0` is no name"),
        ("morning", "Say when"),
        ("morning in #data", "Say when"),
        ("morning blursday in #data", "I don't know `blursday`. Did you mean `thursday`?"),
        ("morning every day at 25 in #data", "`25` is no time of the day"),
        ("morning mondays 8.30 in #data", "`8.30` is no time of the day: write `08:30`."),
        ("hourly-report in #data", "Say when"),
        ("morning 0 25 * * * in #data", "`25` is no hour"),
        ("morning 0 9 * * in #data", "`0 9 * *` has 4 fields, and a cron has five fields"),
        ("morning 0 0 9 * * 1-5 in #data", "`0 0 9 * * 1-5` has 6 fields, and a cron has five fields"),
        ("morning 0 9 31 2 * in #data", "`0 9 31 2 *` is a time that never comes"),
        ("morning hourly sales/* in #data", "I don't understand `sales/*` behind the time"),
        ("morning hourly", "A digest needs a channel"),
        ("morning hourly quiet", "A digest needs a channel"),
        ("morning hourly in", "Nothing follows `in`"),
        ("morning hourly in #a in #b", "`in #a` and `in #b` do not go together"),
        (
            "morning hourly in #data zone utc zone Asia/Tokyo",
            "`zone utc` and `zone Asia/Tokyo` do not go together",
        ),
        ("morning hourly quiet in #data Loud", "`quiet` and `loud` do not go together"),
        ("morning hourly in @ana", "`@ana` is no channel"),
        ("morning hourly in #data zone", "Nothing follows `zone`"),
        (
            "morning hourly in #data zone Asia/Tokio",
            "I don't know the zone `Asia/Tokio`. Did you mean `Asia/Tokyo`?",
        ),
        ("morning hourly in #data zone Tokyo", "I don't know the zone `Tokyo`. Did you mean `Asia/Tokyo`?"),
        ("morning hourly in #data zone ../../x", "I don't know the zone `../../x`: they are named like"),
        ("morning hourly in #data failed", "`failed` is a status, and a digest has its own"),
        ('morning hourly in #data "oops', 'The quote that opens at `"oops` is not closed'),
    ],
)
def test_a_refusal_names_what_was_not_understood(text: str, named: str) -> None:
    assert refusal(text).startswith(named)


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_is_a_digest_or_a_refusal(text: str, more: str) -> None:
    for typed in (text, f"m hourly in #data {text}", f"m {text} in {more}"):
        read = parse_wanted(typed)
        assert isinstance(read, Wanted | Unclear)
        if isinstance(read, Wanted):
            assert isinstance(narrowing(read.words), Query)


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("#data", "#data"),
        ("data", "#data"),
        ("#Data", "#data"),
        ("<#C0123ABCD|data>", "C0123ABCD"),
        ("<#C0123ABCD|>", "C0123ABCD"),
        ("<#C0123ABCD>", "C0123ABCD"),
        ("C0123ABCD", "C0123ABCD"),
    ],
)
def test_a_channel_s_address_is_its_id_or_its_name(channel: str, address: str) -> None:
    assert read_channel(channel) == channel
    assert Wanted("m", "0 * * * *", channel).address == address


@pytest.mark.parametrize("text", ["", "9", "two words", "a/b", "-x", "_x", "a" * 51, "x\n"])
def test_a_name_is_one_word_that_begins_with_a_letter(text: str) -> None:
    assert isinstance(read_name(text), Unclear)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("asia/tokyo", "Asia/Tokyo"),
        ("utc", "UTC"),
        ("America/New York", "America/New_York"),
    ],
)
def test_a_zone_is_known_by_its_name_in_any_case(text: str, zone: str) -> None:
    assert read_zone(text) == ZoneInfo(zone)


@pytest.mark.parametrize("text", ["", "Asia", "localtime", "JST+9", "x" * 9000])
def test_what_is_no_zone_is_refused(text: str) -> None:
    assert isinstance(read_zone(text), Unclear)


def test_a_digest_is_narrowed_by_places_and_session_days() -> None:
    sales = Place(project=Pattern("sales"), workflow=Pattern("*", glob=True))
    assert narrowing("sales/* for yesterday") == Query(places=(sales,), session_days="yesterday")
    assert narrowing("") == Query()
    assert narrowing('"failed"') == Query(places=(Place(either=Pattern("failed")),))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("sales failed", "`failed` is a status, and a digest has its own"),
        ("ok", "`ok` is a status"),
        ("all", "`all` is a status"),
        ("unfinished", "`unfinished` is a status"),
        ("status:failed", "`status:failed` is a status"),
        ("24h", "`24h` is a window, and a digest has its own"),
        ("sales since monday", "`since monday` is a window"),
        ("2026-11-20..2026-11-22", "`2026-11-20..2026-11-22` is a window"),
        ("2199-01-01", "`2199-01-01` is a window"),
        ("slow", "`slow` is a shape, and a digest has its own"),
        ("retried sales", "`retried` is a shape"),
        ("sort:name", "`sort:name` is an order"),
        ("limit:20", "`limit:20` is a limit"),
        ("by workflow", "`by` is for lists"),
        ("csv", "`csv` is for lists"),
        ("here", "`here` is for lists"),
        ("help", "`help` is for lists"),
        ("123456", "`123456` is one session"),
        ("attempt:987", "`attempt:987` is one session"),
        ("for today for yesterday", "`for today` and `for yesterday` are 2 days of session time"),
        ("for 2026-13-45", "`2026-13-45` is not a day of the calendar"),
        ("for", "`for` means nothing to me"),
    ],
)
def test_what_a_digest_has_of_its_own_is_refused_by_name(words: str, named: str) -> None:
    read = narrowing(words)
    assert isinstance(read, Unclear)
    assert read.sentence.startswith(named)
