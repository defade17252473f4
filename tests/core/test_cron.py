"""When a digest comes: what words and crons say, and at which instants, over changes of clocks too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cron import Cron, Unclear
from bot.core.when import parse_when, read_when

BERLIN, NEW_YORK, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")
CHANGES = (
    (BERLIN, datetime(2026, 3, 29, tzinfo=UTC)),
    (BERLIN, datetime(2026, 10, 25, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 3, 8, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 11, 1, tzinfo=UTC)),
)
"""Zones and days on which their clocks change."""
MINUTE = timedelta(minutes=1)


def said(text: str) -> str:
    read = read_when(text)
    assert isinstance(read, str), read
    return read


def refusal(text: str) -> str:
    read = read_when(text)
    assert isinstance(read, Unclear)
    return read.sentence


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("every weekday at 9", "0 9 * * 1-5"),
        ("Every Weekday at 09:00", "0 9 * * 1-5"),
        ("every day at 18:30", "30 18 * * *"),
        ("mondays 08:30", "30 8 * * 1"),
        ("every monday at 8", "0 8 * * 1"),
        ("mon,thu at 7:15", "15 7 * * 1,4"),
        ("mon, thu at 7:15", "15 7 * * 1,4"),
        ("Mondays and Thursdays at 7:15", "15 7 * * 1,4"),
        ("mon-fri at 9", "0 9 * * 1-5"),
        ("Mon–Fri 09:00", "0 9 * * 1-5"),
        ("monday to wednesday at 9", "0 9 * * 1-3"),
        ("fri to mon at noon", "0 12 * * 0,1,5,6"),
        ("fri-sun at 9", "0 9 * * 5-7"),
        ("every sunday at midnight", "0 0 * * 0"),
        ("weekends at 10", "0 10 * * 0,6"),
        ("daily at 9", "0 9 * * *"),
        ("daily 9", "0 9 * * *"),
        ("daily 9pm", "0 21 * * *"),
        ("daily at 12 am", "0 0 * * *"),
        ("daily at 12pm", "0 12 * * *"),
        ("daily at 9 and 18", "0 9,18 * * *"),
        ("9am", "0 9 * * *"),
        ("9:30am on weekdays", "30 9 * * 1-5"),
        ("weekdays 18h", "0 18 * * 1-5"),
        ("daily at 9.", "0 9 * * *"),
        ("hourly!", "0 * * * *"),
        ("every weekday at 9,", "0 9 * * 1-5"),
        ("0 9 * * 1-5,", "0 9 * * 1-5"),
        ("every 120m", "0 */2 * * *"),
        ("at 9 on mon, thu,", "0 9 * * 1,4"),
        ("9 am", "0 9 * * *"),
        ("9 pm,", "0 21 * * *"),
        ("9, 18", "0 9,18 * * *"),
        ("at 9 every weekday", "0 9 * * 1-5"),
        ("weekly at 9", "0 9 * * 1"),
        ("weekly on friday at 9", "0 9 * * 5"),
        ("hourly", "0 * * * *"),
        ("every hour", "0 * * * *"),
        ("every hour at :30", "30 * * * *"),
        ("every 60 minutes", "0 * * * *"),
        ("every 2 hours", "0 */2 * * *"),
        ("every 15 minutes", "*/15 * * * *"),
        ("every 15m on weekdays", "*/15 * * * 1-5"),
        ("every minute", "* * * * *"),
        ("* * * * *", "* * * * *"),
        ("0 9 * * 1-5", "0 9 * * 1-5"),
        ("0  9 * *   mon-fri", "0 9 * * MON-FRI"),
        ("0 9 29 2 *", "0 9 29 2 *"),
        ("0 9 * * 1#2", "0 9 * * 1#2"),
        ("０ ９ ＊ ＊ １－５", "0 9 * * 1-5"),
    ],
)
def test_a_time_is_understood_in_words_and_as_a_cron(text: str, expression: str) -> None:
    assert said(text) == expression


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "Say when, as in"),
        ("blursday", "I don't know `blursday`. Did you mean `thursday`?"),
        ("every blursday at 9", "I don't know `blursday`."),
        ("mon,blursday at 9", "I don't know `blursday`."),
        ("every full moon", "`full` is no day or time: say when, as in `every weekday at 9`,"),
        ("every day at 25", "`25` is no time of the day"),
        ("every day at 24:00", "`24:00` is no time of the day"),
        ("every day at 9:75", "`9:75` is no time of the day"),
        ("13pm", "`13pm` is no time of the day"),
        ("mondays", "`mondays` does not say enough"),
        ("every day at", "`every day at` does not say enough"),
        ("every weekday blursday", "`blursday` is no time of the day"),
        ("every weekday at 9 sharp", "I don't understand `sharp`"),
        ("daily at 9:00 and 9:30", "`daily at 9:00 and 9:30` has times with different minutes"),
        ("every 7 minutes", "`7` does not divide an hour: of minutes say one of 1, 2"),
        ("every 0 minutes", "`0` does not divide"),
        ("every 90m", "`90m` does not divide an hour: of minutes say one of"),
        ("every 2h30", "`2h30` is no step: say whole minutes or hours, as in `every 30 minutes`"),
        ("9, 10 11", "I don't understand `11`"),
        ("9 10", "`9 10` has 2 fields, and a cron has five fields"),
        ("9 and", "`9 and` has 2 fields"),
        ("9 a.m.", "I don't understand `a.m.` behind the time"),
        (
            "every 24 hours",
            "`24` does not divide a day: of hours say one of 1, 2, 3, 4, 6, 8, 12, or `daily at 9`.",
        ),
        (",", "`,` does not say enough"),
        ("hourly at 75", "`75` is no minute"),
        ("mondays 8.30", "`8.30` is no time of the day: write `08:30`."),
        ("8.30 on mondays", "`8.30` is no time of the day"),
        ("daily 9;30", "`9;30` is no time of the day: write `09:30`."),
        ("weekdays 9h30", "`9h30` is no time of the day: write `09:30`."),
        ("daily 8.30pm", "`8.30pm` is no time of the day: write `20:30`."),
        ("daily 9時30分", "`9時30分` is no time of the day: write `09:30`."),
        ("daily 9.75", "`9.75` is no time of the day: those go like"),
        ("weekdays 9-17", "`9-17` is no time of the day: those go like"),
        ("daily at 9am-5pm", "`9am-5pm` is no time of the day"),
        ("daily at 9 am-5pm", "I don't understand `am-5pm`"),
        ("daily at 9:30:15", "`9:30:15` is no time of the day"),
        ("daily 09:00JST", "`09:00JST` is no time of the day: write `09:00`, and a zone apart, as in `zone"),
        ("daily 09:00Z", "`09:00Z` is no time of the day"),
        ("9/12", "`9/12` is no time of the day"),
        ("daily at 9+1", "`9+1` is no time of the day"),
        ("daily at 9:", "`9:` is no time of the day"),
        ("hourly:30", "I don't understand `hourly:30`: say when"),
        ("every 15 minutes/2", "I don't understand `minutes/2`: say when"),
        ("9am on mondays/tuesdays", "I don't understand `mondays/tuesdays`"),
        ("0 9 * *", "`0 9 * *` has 4 fields, and a cron has five fields"),
        ("0 0 9 * * 1-5", "`0 0 9 * * 1-5` has 6 fields, and a cron has five fields"),
        ("* * * * * *", "`* * * * * *` has 6 fields"),
        ("0 25 * * *", "`25` is no hour"),
        ("60 * * * *", "`60` is no minute"),
        ("0 9 * * 8", "`8` is no day of the week"),
        ("0 9 * * 1,blursday", "`blursday` is no day of the week"),
        ("0 9 * * sat-sun", "`sat-sun` is no day of the week: cron takes 0 to 7 (0 and 7 are Sunday), or"),
        ("0 9 31 2 *", "`0 9 31 2 *` is a time that never comes"),
        ("0 9 31 4,6 *", "`0 9 31 4,6 *` is a time that never comes"),
        ("0 0 */31 * 1#5", "`0 0 */31 * 1#5` is a time that never comes"),
        (f"0 {'9' * 5000} * * *", "`99999"),
    ],
)
def test_a_refusal_names_what_was_not_understood(text: str, named: str) -> None:
    assert refusal(text).startswith(named)


@pytest.mark.parametrize("after", ["in", "zone", "QUIET", "loud", "#data", "<#C123|data>"])
@pytest.mark.parametrize("text", ["every weekday at 9", "0 9 * * 1-5", "hourly"])
def test_a_time_ends_where_something_else_begins(text: str, after: str) -> None:
    words = text.split()
    assert parse_when([*words, after, "9"]) == (said(text), len(words))


PIECES = ("every", "on", "at", "mon", ",", "-", "9", "15", "am", "minutes", "hourly", "*", "*/7", "and", "in")


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_a_cron_or_a_refusal(text: str) -> None:
    read = read_when(text)
    if isinstance(read, str):
        assert len(read.split()) == 5
        assert Cron(read, BERLIN).words
        next(Cron(read, BERLIN).after(datetime(2026, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 9 * * 1-5", "Mon–Fri 09:00"),
        ("0 9 * * MON-FRI", "Mon–Fri 09:00"),
        ("30 8 * * 1", "Mondays 08:30"),
        ("0 9 * * 7", "Sundays 09:00"),
        ("0 9 * * 0", "Sundays 09:00"),
        ("15 7 * * 4,1", "Mon, Thu 07:15"),
        ("0 10 * * 0,6", "Sat, Sun 10:00"),
        ("0 9 * * 5-7", "Fri–Sun 09:00"),
        ("30 18 * * *", "every day 18:30"),
        ("0 18,9 * * *", "every day 09:00, 18:00"),
        ("0 * * * *", "every hour"),
        ("30 * * * *", "every hour at :30"),
        ("0 */2 * * *", "every 2 hours"),
        ("*/15 * * * *", "every 15 minutes"),
        ("* * * * *", "every minute"),
        ("*/7 * * * *", "Every seventh minute of every hour"),
        ("0 9 21 * *", "At 09:00 on the 21st day of every month"),
        ("0 9 11 * *", "At 09:00 on the 11th day of every month"),
    ],
)
def test_a_cron_is_said_in_words(expression: str, words: str) -> None:
    assert Cron(expression, TOKYO).words == words


NUMBERS = st.integers(0, 59)
DAYS = st.sets(st.integers(0, 6), min_size=1, max_size=6).map(lambda days: ",".join(map(str, sorted(days))))
SIMPLE = st.builds("{} {} * * {}".format, NUMBERS, st.integers(0, 23), DAYS | st.just("*")) | st.sampled_from(
    ["0 * * * *", "45 * * * *", "*/20 * * * *", "5 */6 * * *", "* * * * *"]
)


@given(SIMPLE, st.sampled_from(CHANGES))
def test_the_words_of_a_simple_cron_say_the_same_again(
    expression: str, change: tuple[ZoneInfo, datetime]
) -> None:
    zone, day = change
    again = Cron(said(Cron(expression, zone).words), zone)
    assert list(islice(again.after(day), 9)) == list(islice(Cron(expression, zone).after(day), 9))


def numbers(field: str, low: int, high: int) -> set[int]:
    """A plain cron field (`*`, steps, ranges, lists) as numbers; written apart from what it checks."""
    found: set[int] = set()
    for term in field.split(","):
        body, _, step = term.partition("/")
        first, _, last = body.partition("-")
        start, end = (low, high) if body == "*" else (int(first), int(last or first))
        found |= set(range(start, end + 1, int(step or 1)))
    return found


def walked(cron: Cron, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute is looked at: what the clock on the wall shows, has shown before, or has jumped over."""
    minute, hour, _, _, weekday = cron.expression.split()
    fixed = not minute.startswith("*") and not hour.startswith("*")
    minutes, hours, days = numbers(minute, 0, 59), numbers(hour, 0, 23), numbers(weekday, 0, 7)

    def comes(wall: datetime) -> bool:
        return (
            wall.minute in minutes
            and wall.hour in hours
            and bool({wall.isoweekday(), wall.isoweekday() % 7} & days)
        )

    shown: set[datetime] = set()
    at = start - timedelta(hours=3)  # an hour that is shown again was shown then
    wall = at.astimezone(cron.zone).replace(tzinfo=None) - MINUTE
    while at < end:
        before, wall = wall, at.astimezone(cron.zone).replace(tzinfo=None, fold=0)
        jumped, skipped = before + MINUTE, []
        while jumped < wall:
            skipped.append(jumped)
            jumped += MINUTE
        due = comes(wall) and not (fixed and wall in shown)
        due = due or (fixed and any(comes(each) for each in skipped))
        if due and at > start:
            yield at
        shown.add(wall)
        at += MINUTE


FIELD_MINUTES = st.sampled_from(["0", "30", "59", "0,30", "*", "*/15", "5-8", "15,45"])
FIELD_HOURS = st.sampled_from(["*", "*/2", "0", "1", "2", "3", "1-3", "2,14", "23", "0-23"])
FIELD_DAYS = st.sampled_from(["*", "0", "7", "6,0", "1-5", "0-6", "*/2"])


@settings(deadline=None, max_examples=100)
@given(
    st.builds("{} {} * * {}".format, FIELD_MINUTES, FIELD_HOURS, FIELD_DAYS),
    st.sampled_from(CHANGES),
    st.integers(-20 * 60, 30 * 60),
)
def test_each_instant_agrees_with_a_walk_of_the_clock_on_the_wall(
    expression: str, change: tuple[ZoneInfo, datetime], offset: int
) -> None:
    zone, day = change
    cron, at, end = Cron(expression, zone), day + timedelta(minutes=offset), day + timedelta(days=2)
    expected = list(walked(cron, at, end))
    assert list(_until(cron.after(at), end)) == expected
    assert all(each.tzinfo is UTC for each in expected)
    for one, other in pairwise(expected):
        assert (cron.latest(other), cron.before(other), cron.latest(other - MINUTE / 60)) == (other, one, one)


def _until(instants: Iterator[datetime], end: datetime) -> Iterator[datetime]:
    for instant in instants:
        if instant >= end:
            return
        yield instant


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("hour", [1, 2, 3])
@pytest.mark.parametrize("minute", [0, 30])
def test_a_fixed_time_comes_once_on_each_day_of_a_change(
    zone: ZoneInfo, day: datetime, hour: int, minute: int
) -> None:
    cron = Cron(f"{minute} {hour} * * *", zone)
    midnight = day.replace(tzinfo=zone)
    came = list(_until(cron.after(midnight.astimezone(UTC)), (midnight + timedelta(days=1)).astimezone(UTC)))
    assert len(came) == 1
    for second in range(0, 26 * 3600, 900):  # whenever it is asked
        at = midnight.astimezone(UTC) + timedelta(seconds=second)
        assert cron.latest(at) <= at < next(cron.after(at))
        assert next(cron.after(cron.latest(at))) == next(cron.after(at))


def test_a_time_that_is_left_out_comes_at_the_end_of_the_gap() -> None:
    (came,) = islice(Cron("30 2 * * *", BERLIN).after(datetime(2026, 3, 29, tzinfo=UTC)), 1)
    assert came == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 there


def test_a_time_that_is_twice_comes_the_first_time() -> None:
    (came,) = islice(Cron("30 2 * * *", BERLIN).after(datetime(2026, 10, 25, tzinfo=UTC)), 1)
    assert came == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_every_quarter_of_an_hour_is_one_over_all_changes() -> None:
    for zone, day in CHANGES:
        came = list(islice(Cron("*/15 * * * *", zone).after(day), 200))
        assert {other - one for one, other in pairwise(came)} == {timedelta(minutes=15)}


@pytest.mark.parametrize(("field", "weekday"), [("0", 6), ("7", 6), ("1", 0), ("6", 5), ("SUN", 6)])
def test_day_of_week_numbers_are_cron_s(field: str, weekday: int) -> None:
    came = next(Cron(f"0 9 * * {field}", TOKYO).after(datetime(2026, 11, 24, tzinfo=UTC)))
    assert came.astimezone(TOKYO).weekday() == weekday


def test_a_rare_time_is_found_both_ways() -> None:
    leap = Cron("0 9 29 2 *", TOKYO)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    assert leap.latest(at) == datetime(2024, 2, 29, tzinfo=UTC)
    assert next(leap.after(at)) == datetime(2028, 2, 29, tzinfo=UTC)
    twice = Cron("*/30 2 25 10 *", BERLIN)  # the hour that is twice in 2026
    assert twice.latest(at) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert next(twice.after(datetime(2026, 3, 1, tzinfo=UTC))) == datetime(2026, 10, 25, tzinfo=UTC)


def test_latest_and_before_differ_at_the_instant_itself() -> None:
    cron, at = Cron("0 9 * * 1-5", TOKYO), datetime(2026, 11, 24, tzinfo=UTC)
    assert cron.latest(at) == at
    assert (
        cron.before(at) == cron.latest(at - timedelta(microseconds=1)) == datetime(2026, 11, 23, tzinfo=UTC)
    )
    assert cron.latest(at + timedelta(microseconds=1)) == at
    assert next(cron.after(at - timedelta(microseconds=1))) == at


def test_a_day_that_a_zone_has_left_out() -> None:
    apia = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
    cron = Cron("0 9 30 12 *", apia)
    came = islice(cron.after(datetime(2010, 12, 1, tzinfo=UTC)), 3)
    walls = [f"{each.astimezone(apia):%Y-%m-%d %H:%M}" for each in came]
    assert walls == ["2010-12-30 09:00", "2011-12-31 00:00", "2012-12-30 09:00"]
