"""Numbers, times and durations as a person reads them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.blocks import human

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=12), "12 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=4, seconds=10), "4 min"),
        (timedelta(minutes=59, seconds=40), "1 h 00 min"),
        (timedelta(minutes=65), "1 h 05 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=2, hours=3, minutes=20), "2 d 3 h"),
        (timedelta(days=1, hours=23, minutes=50), "2 d 0 h"),
    ],
)
def test_durations(span: timedelta, said: str) -> None:
    assert human.duration(span) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 25, 13, 2, tzinfo=UTC), "14:02"),
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), "00:00"),
        (datetime(2026, 11, 24, 22, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 11, 23, 13, 2, tzinfo=UTC), "Mon 23 Nov 14:02"),
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "Wed 1 Jul 14:00"),
        (datetime(2025, 12, 31, 12, 0, tzinfo=UTC), "Wed 31 Dec 2025 13:00"),
        (datetime(2026, 11, 26, 13, 2, tzinfo=UTC), "tomorrow 14:02"),
    ],
)
def test_moments_are_in_the_readers_zone(at: datetime, said: str) -> None:
    assert human.moment(at, NOW, BERLIN) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 23, 2, 0, tzinfo=timezone(timedelta(hours=9))), "2026-11-23 02:00 +09:00"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), "2026-11-23 00:00 UTC"),
        (
            datetime(2026, 11, 23, 0, 0, 7, tzinfo=timezone(timedelta(hours=-3.5))),
            "2026-11-23 00:00:07 -03:30",
        ),
    ],
)
def test_session_times_keep_their_own_offset(at: datetime, said: str) -> None:
    assert human.session_time(at) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.9943, "99.4 %"), (1, "100 %"), (0.99999, "99.9 %"), (0, "0 %"), (0.00001, "0.1 %"), (0.5, "50.0 %")],
)
def test_a_rate_is_whole_only_where_nothing_is_missing(share: float, said: str) -> None:
    assert human.percent(share) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th"), (1021, "1,021st")],
)
def test_ordinals(count: int, said: str) -> None:
    assert human.ordinal(count) == said


def test_counts_and_lists() -> None:
    assert [human.counted(count, "session") for count in (0, 1, 1204)] == [
        "0 sessions",
        "1 session",
        "1,204 sessions",
    ]
    assert [human.listed(list(words), "or") for words in ("a", "ab", "abc")] == ["a", "a or b", "a, b or c"]
