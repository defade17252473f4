"""Requests a minute, of late."""

from bot.api.recent import Recent


def sent(*times: float) -> Recent:
    recent = Recent()
    for at in times:
        recent.note(at)
    return recent


def test_before_a_minute_has_passed_nothing_is_said() -> None:
    assert sent().a_minute(1_000) is None
    assert sent(1_000, 1_001).a_minute(1_059) is None


def test_it_is_an_average_since_the_first_request() -> None:
    assert sent(1_000, 1_030, 1_090).a_minute(1_120) == 1.5


def test_what_was_sent_over_ten_minutes_ago_no_longer_counts() -> None:
    recent = sent(*range(1_000, 1_060), *range(5_000, 5_030))
    assert recent.a_minute(5_060) == 3.0
    assert recent.a_minute(6_000) == 0.0


def test_what_is_remembered_does_not_grow() -> None:
    recent = sent(*(float(second) for second in range(0, 100_000, 5)))
    assert len(recent.pieces) <= 121
    assert recent.a_minute(100_000) == 12.0
