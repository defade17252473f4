"""Windows in words, cut where the asker's own clock and calendar say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import Refused
from bot.core.query import Query
from bot.core.window import Days, asked, days, days_phrase, phrase, resolve

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
APIA = ZoneInfo("Pacific/Apia")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")

# a Tuesday, 14:02:31.4 in Tokyo
NOW = datetime(2026, 11, 24, 5, 2, 31, 400_000, tzinfo=UTC)
CUT = NOW.replace(microsecond=0)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "start", "label"),
    [
        ("24h", CUT - timedelta(hours=24), "last 24 h"),
        ("25h", CUT - timedelta(hours=25), "last 25 h"),
        ("90m", CUT - timedelta(minutes=90), "last 90 min"),
        ("7d", CUT - timedelta(days=7), "last 7 days"),
        ("1d", CUT - timedelta(days=1), "last 1 day"),
        ("2w", CUT - timedelta(days=14), "last 2 weeks"),
        ("400d", CUT - timedelta(days=400), "last 400 days"),
        ("today", utc("2026-11-23 15:00"), "today"),
        ("2026-11-24", utc("2026-11-23 15:00"), "2026-11-24"),
        ("this week", utc("2026-11-22 15:00"), "this week"),
        ("since yesterday", utc("2026-11-22 15:00"), "since yesterday"),
        ("since monday", utc("2026-11-22 15:00"), "since Monday"),
        ("since tuesday", utc("2026-11-23 15:00"), "since Tuesday"),
        ("since wednesday", utc("2026-11-17 15:00"), "since Wednesday"),
        ("since 09:00", utc("2026-11-24 00:00"), "since 09:00"),
        ("since 14:02", utc("2026-11-24 05:02"), "since 14:02"),
        ("since 14:03", utc("2026-11-23 05:03"), "since 14:03"),
        ("since 2026-11-20", utc("2026-11-19 15:00"), "since 2026-11-20"),
        ("2026-11-20..2026-11-30", utc("2026-11-19 15:00"), "2026-11-20 to 2026-11-30"),
    ],
)
def test_windows_that_reach_up_to_now(when: str, start: datetime, label: str) -> None:
    window = resolve(when, now=NOW, zone=TOKYO)

    assert (window.start, window.end, window.label, window.to_now) == (start, NOW, label, True)


@pytest.mark.parametrize(
    ("when", "start", "end", "label"),
    [
        ("yesterday", "2026-11-22 15:00", "2026-11-23 15:00", "yesterday"),
        ("last week", "2026-11-15 15:00", "2026-11-22 15:00", "last week"),
        ("2026-11-20", "2026-11-19 15:00", "2026-11-20 15:00", "2026-11-20"),
        ("2026-11-20..2026-11-22", "2026-11-19 15:00", "2026-11-22 15:00", "2026-11-20 to 2026-11-22"),
    ],
)
def test_windows_that_are_over(when: str, start: str, end: str, label: str) -> None:
    window = resolve(when, now=NOW, zone=TOKYO)

    assert (window.start, window.end, window.label, window.to_now) == (utc(start), utc(end), label, False)


@pytest.mark.parametrize(
    ("day", "zone", "start", "hours"),
    [
        ("2026-03-29", BERLIN, "2026-03-28 23:00", 23),
        ("2026-10-25", BERLIN, "2026-10-24 22:00", 25),
        ("2026-03-08", NEW_YORK, "2026-03-08 05:00", 23),
        ("2026-11-01", NEW_YORK, "2026-11-01 04:00", 25),
        # midnight itself is left out: the day begins at 01:00
        ("2018-11-04", SAO_PAULO, "2018-11-04 03:00", 23),
        # midnight of the 18th comes twice, for the 17th has 25 hours: the first one is meant
        ("2018-02-18", SAO_PAULO, "2018-02-18 03:00", 24),
    ],
)
def test_days_are_as_long_as_the_clocks_make_them(day: str, zone: ZoneInfo, start: str, hours: int) -> None:
    window = resolve(day, now=NOW, zone=zone)

    assert (window.start, window.end - window.start) == (utc(start), timedelta(hours=hours))


def test_elapsed_time_does_not_follow_the_clocks() -> None:
    now = utc("2026-03-29 12:00")

    assert resolve("1d", now=now, zone=BERLIN).start == utc("2026-03-28 12:00")


def test_a_time_that_the_clocks_leave_out_is_the_first_after_it() -> None:
    assert resolve("since 02:30", now=utc("2026-03-29 12:00"), zone=BERLIN).start == utc("2026-03-29 01:00")


def test_a_time_that_comes_twice_is_the_earlier() -> None:
    assert resolve("since 02:30", now=utc("2026-10-25 12:00"), zone=BERLIN).start == utc("2026-10-25 00:30")


def test_a_day_that_a_place_left_out_is_where_the_next_begins() -> None:
    """Samoa had no 30 December 2011."""
    assert resolve("2011-12-30", now=NOW, zone=APIA).start == utc("2011-12-30 10:00")


def test_since_a_weekday_on_that_day_is_today() -> None:
    monday = utc("2026-11-23 09:00")

    assert resolve("since monday", now=monday, zone=UTC).start == utc("2026-11-23 00:00")


def test_a_day_asked_for_as_it_begins_has_a_length() -> None:
    midnight = utc("2026-11-24 00:00")

    window = resolve("today", now=midnight, zone=UTC)

    assert window.start < window.end


def test_an_asker_in_another_zone_means_another_day() -> None:
    late = utc("2026-11-24 20:00")

    assert resolve("today", now=late, zone=TOKYO).start == utc("2026-11-24 15:00")
    assert resolve("today", now=late, zone=NEW_YORK).start == utc("2026-11-24 05:00")


def test_now_may_be_told_in_any_zone() -> None:
    assert resolve("24h", now=NOW.astimezone(TOKYO), zone=TOKYO) == resolve("24h", now=NOW, zone=TOKYO)


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("0h", "no time at all"),
        ("401d", "at most 400 days"),
        ("99999d", "at most 400 days"),
        ("9999999999d", "at most 400 days"),
        ("58w", "at most 400 days"),
        ("since 2020-01-01", "at most 400 days"),
        ("since 25:00", "not a time of the day"),
        ("since 09:60", "not a time of the day"),
        ("2026-02-30", "not a day of the calendar"),
        ("2026-13-01", "not a day of the calendar"),
        ("0001-01-01", "years go from 2000"),
        ("9999-12-31", "years go from 2000"),
        ("2026-11-25", "yet to come"),
        ("since 2026-12-01", "yet to come"),
        ("2026-11-22..2026-11-20", "ends before it starts"),
    ],
)
def test_what_is_no_window_is_refused_with_the_reason(when: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refusal:
        resolve(when, now=NOW, zone=TOKYO)

    assert "`" in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("24h", "24h"),
        ("024h", "24h"),
        ("24 hours", "24h"),
        ("last 24 h", "24h"),
        ("past 90 min", "90m"),
        ("last 7 days", "7d"),
        ("last 2 weeks", "2w"),
        ("2 days ago", "2d"),
        ("since mon", "since monday"),
        ("since last monday", "since monday"),
        ("since thurs", "since thursday"),
        ("since today", "today"),
        ("since this week", "this week"),
        ("since 2h", "2h"),
        ("since 9:00", "since 09:00"),
        ("since 9am", "since 09:00"),
        ("since 12 am", "since 00:00"),
        ("since 9:30pm", "since 21:30"),
        ("since 2026-1-5", "since 2026-01-05"),
        ("2026/11/20", "2026-11-20"),
        ("2026.11.20", "2026-11-20"),
        ("2026-11-20..", "since 2026-11-20"),
        ("2026-11-20...2026-11-22", "2026-11-20..2026-11-22"),
        ("2026-11-20 - 2026-11-22", "2026-11-20..2026-11-22"),
        ("2026-11-20~2026-11-22", "2026-11-20..2026-11-22"),
        ("2026-11-20 to 2026-11-22", "2026-11-20..2026-11-22"),
        ("since blursday", None),
        ("since 13pm", None),
        ("since 2026-11-20..2026-11-22", None),
        ("since mo", None),
        ("monday", None),
        ("7", None),
        ("7x", None),
        ("h", None),
    ],
)
def test_spellings_of_a_window(typed: str, plain: str | None) -> None:
    assert phrase(typed) == plain
    assert plain is None or phrase(plain) == plain


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("today", Days(date(2026, 11, 24), date(2026, 11, 24), "for today")),
        ("yesterday", Days(date(2026, 11, 23), date(2026, 11, 23), "for yesterday")),
        ("tomorrow", Days(date(2026, 11, 25), date(2026, 11, 25), "for tomorrow")),
        ("2026-11-20", Days(date(2026, 11, 20), date(2026, 11, 20), "for 2026-11-20")),
        (
            "2026-11-20..2026-11-22",
            Days(date(2026, 11, 20), date(2026, 11, 22), "for 2026-11-20 to 2026-11-22"),
        ),
    ],
)
def test_days_of_session_time(said: str, expected: Days) -> None:
    assert days_phrase(said) == said
    assert days(said, now=NOW, zone=TOKYO) == expected


def test_a_session_time_counts_by_its_own_date() -> None:
    wanted = days("2026-11-20", now=NOW, zone=UTC)

    assert wanted.hold(datetime.fromisoformat("2026-11-20T00:00:00+09:00"))
    assert wanted.hold(datetime.fromisoformat("2026-11-20T23:59:59-08:00"))
    assert not wanted.hold(datetime.fromisoformat("2026-11-21T00:00:00+09:00"))


def test_runs_for_a_day_are_looked_for_up_to_now() -> None:
    window = asked(Query(session_days="2026-11-20"), now=NOW, zone=TOKYO)

    assert (window.start, window.end) == (utc("2026-11-19 10:00"), NOW)
    assert (window.to_now, window.whenever, window.label) == (True, True, "for 2026-11-20")


def test_runs_for_a_day_to_come_are_looked_for_too() -> None:
    window = asked(Query(session_days="2026-12-24"), now=NOW, zone=TOKYO)

    assert (window.start, window.end) == (CUT - timedelta(days=1), NOW)


def test_a_day_and_a_window_narrow_each_other() -> None:
    window = asked(Query(session_days="2026-11-20", when="yesterday"), now=NOW, zone=TOKYO)

    assert window.label == "for 2026-11-20 · yesterday"
    assert (window.whenever, window.end) == (False, utc("2026-11-23 15:00"))


def test_no_window_is_the_last_day() -> None:
    assert asked(Query(), now=NOW, zone=TOKYO) == resolve("24h", now=NOW, zone=TOKYO)


ZONES = st.sampled_from(["UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
PHRASES = st.sampled_from(
    ["24h", "1m", "2w", "today", "yesterday", "this week", "last week", "since friday", "since 02:30"]
)


@settings(deadline=None)
@given(
    PHRASES,
    ZONES,
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_a_window_has_a_length_and_is_not_to_come(when: str, zone: str, now: datetime) -> None:
    window = resolve(when, now=now, zone=ZoneInfo(zone))

    assert window.start < window.end
    assert window.start <= now
    assert window.end <= max(now, window.start + timedelta(seconds=1))
    assert window.start.tzinfo is UTC
    assert window.end.tzinfo is UTC
