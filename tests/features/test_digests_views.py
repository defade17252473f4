"""A digest as a message: what was counted in, sentences, rows and a chart out."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.fit import fits
from bot.blocks.human import percent
from bot.blocks.message import Message
from bot.blocks.terminal import rendered
from bot.core.digest import Broken, Cause, Flapping, Period, Reckoning, Recovered, Slower, Tally
from bot.core.finding import Seen
from bot.core.model import Attempt, Status
from bot.features.digests.views import Made, Telling, digest_message, late_message, part_message, telling
from bot.features.digests.views.lists import Listed, sentence
from bot.playground.slack.blocks import check_blocks

DAY = timedelta(days=1)
END = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
PERIOD = Period(END - DAY, END)
ADDRESS = f"morning {int(END.timestamp())} {int(PERIOD.start.timestamp())}"
TOKYO = ZoneInfo("Asia/Tokyo")
MADE = Made("morning", TOKYO, "us01", lambda session: f"https://console.test/{session}")
QUIET = Reckoning(PERIOD, Tally(success=98), Tally(success=100))


def seen(number: int, error: str | None = None, workflow: str = "", streak: int = 1) -> Seen:
    at = END - timedelta(hours=1, minutes=number)
    attempt = Attempt(
        number, 1000 + number, 1, "sales", workflow or f"load_{number}", at, Status.ERROR, at, at
    )
    return Seen(attempt, None, streak, error)


def broken(number: int, **given: Any) -> Broken:
    return replace(Broken((1, f"load_{number}"), END - 2 * DAY, 3, 3, number), **given)


def told(reckoning: Reckoning, made: Made = MADE, many: int = 60) -> Telling:
    return telling(reckoning, {number: seen(number, f"boom {number}") for number in range(many)}, made)


def everything() -> Reckoning:
    """Something in each part, more than a message takes in some."""
    return Reckoning(
        PERIOD,
        Tally(success=1185, failed=19, killed=2),
        Tally(success=1200, failed=28),
        still_broken=tuple(broken(number) for number in range(7)),
        new=(broken(10, streak=1, failures=2),),
        recovered=(Recovered((1, "load_11"), END - DAY, 2, END - timedelta(hours=3), 99, 11),),
        flapping=(Flapping((1, "load_12"), 4, True, 12),),
        slower=(Slower(13, (1, "load_13"), timedelta(minutes=50), timedelta(minutes=14)),),
        causes=(
            Cause("f1", "relation *orders* does not exist", tuple(range(9)), ((1, "load_1"), (1, "load_2"))),
            Cause("", "", (20,), ((1, "load_20"),)),
            Cause(None, "", (21, 22), ((1, "load_21"),)),
        ),
        failed=tuple(range(19)),
        late=(30,),
        days=tuple((date(2026, 11, 17) + number * DAY, number % 3) for number in range(8)),
    )


def message_of(reckoning: Reckoning, made: Made = MADE) -> Message:
    return digest_message(told(reckoning, made))


def test_the_verdict_says_it_in_one_sentence_against_the_period_before() -> None:
    lines = message_of(everything()).text.split("\n")
    verdict = next(line for line in lines if "%" in line)
    assert verdict == (
        "7 workflows still broken, 1 newly broken, 1 recovered."
        " 98.3 % of 1,206 sessions succeeded, 97.7 % the day before; 19 failed, 32 % lower, 2 killed."
    )


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (2, 3, "2 failed, 33 % lower"),
        (3, 2, "3 failed, 50 % higher"),
        (2, 2, "2 failed, as many as before"),
        (2, 0, "2 failed, none before."),
        (0, 2, "none failed, 2 before."),
        (0, 0, "none failed, as before."),
        (201, 200, "201 failed, 1 more than before."),
        (997, 1000, "997 failed, 3 fewer than before."),
        (1, 400, "1 failed, 399 fewer than before."),
        (201, 202, "201 failed, 1 fewer than before."),
        (199, 200, "199 failed, 1 fewer than before."),
        (198, 200, "198 failed, 1 % lower."),
        (60, 4, "60 failed, 1,400 % higher."),
        (4, 2, "4 failed, 100 % higher."),
    ],
)
def test_a_change_is_told_of_the_number_before(now: int, before: int, said: str) -> None:
    found = Reckoning(PERIOD, Tally(10, now), Tally(10, before), failed=(1,))
    verdict = told(found).verdict
    assert said in verdict
    assert verdict.startswith(f"{percent(10 / (10 + now))} of ")


def test_without_a_period_before_nothing_is_compared() -> None:
    found = Reckoning(PERIOD, Tally(9, 1), Tally(), failed=(1,))
    assert told(found).verdict == "90.0 % of 10 sessions succeeded, none finished the day before; 1 failed."


def full(before: Tally) -> Message:
    """Nothing finished; what is broken quotes a percentage."""
    found = Reckoning(PERIOD, Tally(), before, still_broken=(broken(1),))
    return digest_message(telling(found, {1: seen(1, "disk 97 % full", "load 5%")}, MADE))


def test_where_nothing_finished_the_verdict_has_the_former_rate() -> None:
    text = full(Tally(9, 1)).text
    assert next(line for line in text.split("\n") if "%" in line) == (
        "1 workflow still broken. No session finished; 90.0 % of 10 sessions succeeded the day before."
    )
    assert "disk 97 % full" in text


def test_where_nothing_ever_finished_no_line_can_be_taken_for_the_verdict() -> None:
    message = full(Tally())
    assert "1 workflow still broken. No session finished, and none the day before." in message.text
    assert "%" not in message.text
    assert "load 5％" in message.text
    assert "`disk 97 ％ full`" in message.text
    assert "`disk 97 % full`" in rendered(message)


def test_what_was_seen_late_is_not_taken_for_the_verdict() -> None:
    found = Reckoning(PERIOD, Tally(), Tally(), late=(1,))
    fine = Seen(replace(seen(1, workflow="load 5%").last, status=Status.SUCCESS))
    assert "%" not in digest_message(telling(found, {1: fine}, MADE)).text


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=7), "the week before"),
        (DAY, "the day before"),
        (timedelta(hours=23), "the day before"),  # when clocks change
        (timedelta(hours=1), "the hour before"),
        (timedelta(hours=25), "the day before"),
        (timedelta(minutes=15), "the 15 minutes before"),
        (timedelta(minutes=1), "the minute before"),
        (timedelta(hours=2), "the 2 hours before"),
        (timedelta(minutes=90), "the 90 minutes before"),
        (timedelta(days=3), "the 3 days before"),
        (timedelta(days=3, hours=1), "the 3 days before"),
        (timedelta(days=14), "the 2 weeks before"),
        (timedelta(days=31), "the 31 days before"),
        (timedelta(days=1461), "the 1,461 days before"),
        (timedelta(days=1, minutes=157), "the 1 d 3 h before"),
        (timedelta(seconds=12), "the 12 s before"),
    ],
)
def test_the_period_before_has_a_name(length: timedelta, words: str) -> None:
    found = Reckoning(Period(END - length, END), Tally(9, 1), Tally(9, 1))
    assert words in told(found).verdict


def test_a_period_of_years_names_them() -> None:
    leap = Period(datetime(2024, 2, 29, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC))
    digest = told(Reckoning(leap, Tally(9, 1), Tally(9, 1)))
    assert digest.span == "Thu 29 Feb 2024 09:00 – Tue 29 Feb 2028 09:00 Asia/Tokyo"
    assert "as it stood at Tue 29 Feb 2028 09:00" in digest.footer


@pytest.mark.parametrize(
    ("nexts", "years"),
    [
        ([datetime(year, 2, 29, tzinfo=UTC) for year in (2028, 2032, 2036)], ["2028", "2032", "2036"]),
        ([datetime(2026, 12, 31, tzinfo=UTC) + number * DAY for number in range(3)], []),
    ],
)
def test_next_times_that_lie_years_apart_have_their_years(nexts: list[datetime], years: list[str]) -> None:
    said = sentence(Listed("leap", "At 09:00 on the 29th", TOKYO, "#data", tuple(nexts)))
    assert re.findall(r"\b20\d\d\b", said.partition("; next ")[2]) == years


def test_each_item_has_what_is_known_of_it_details_and_a_link() -> None:
    shown = rendered(message_of(everything()))
    assert "🔴 still failing · sales / load_0  [Details]" in shown
    assert "3 failures in a row · since Sun 22 Nov 09:00\n`boom 0`" in shown
    assert "1 failure in a row · since Sun 22 Nov 09:00 · 2 failures in this period" in shown
    assert "came back Tue 24 Nov 06:00 · 2 failures over 21 h 00 min" in shown
    assert "changed 4 times · failing at the end" in shown
    assert "took 50 min, usually 14 min" in shown
    assert "9 failed sessions in 2 workflows  [Details]\n`relation *orders* does not exist`" in shown
    row = next(one for one in message_of(everything()).blocks if "still failing" in str(one))
    assert "<https://console.test/1000|sales / load_0>" in row["text"]["text"]
    assert row["accessory"]["value"] == "sessions #1000"


def test_only_what_was_broken_before_may_have_failed_earlier_still() -> None:
    each = broken(1, open_ended=True, since=END - DAY / 2)
    still, new = told(replace(QUIET, still_broken=(each,))), told(replace(QUIET, new=(each,)))
    assert still.parts[0].items[0].facts == "3 failures in a row · since Mon 23 Nov 21:00 or earlier"
    assert new.parts[0].items[0].facts == "3 failures in a row · since Mon 23 Nov 21:00"


def test_a_cut_list_counts_and_offers_the_rest() -> None:
    blocks = message_of(everything()).blocks
    title = next(
        block for block in blocks if block.get("text", {}).get("text", "").startswith("*Still broken*")
    )
    assert title["text"]["text"] == "*Still broken* · 7 · 5 of them here"
    assert title["accessory"]["value"] == f"digests ask:- part:broken {ADDRESS}"


def test_days_are_a_chart_and_words() -> None:
    message = message_of(everything())
    chart = next(block for block in message.blocks if block["type"] == "data_visualization")
    assert [each["value"] for each in chart["chart"]["series"][0]["data"]] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert "Failed a day: Tue 17 Nov 0, Wed 18 Nov 1" in message.text
    assert "Failed a day: Tue 17 Nov 0, Wed 18 Nov 1" in rendered(message)


def test_the_footer_says_as_of_when_and_for_what() -> None:
    shown = rendered(message_of(everything(), replace(MADE, words="sales/*")))
    assert "as it stood at Tue 24 Nov 09:00 Asia/Tokyo · us01 · digest morning · sales/*" in shown


def test_nothing_failed_is_one_line() -> None:
    message = message_of(QUIET)
    assert len(message.blocks) == 1
    assert "\n" not in message.text
    assert message.text.startswith("morning: nothing failed. 100 % of 98 sessions succeeded")
    assert not told(QUIET).eventful


def late(*statuses: Status) -> Telling:
    """A digest of which all went well, with sessions that were seen late."""
    found = {
        number: Seen(replace(seen(number).last, status=status)) for number, status in enumerate(statuses)
    }
    return telling(replace(QUIET, late=tuple(found)), found, MADE)


def test_a_late_success_is_listed_as_what_it_is_and_breaks_no_silence() -> None:
    digest = late(Status.SUCCESS, Status.KILLED)
    message = digest_message(digest)
    assert not digest.eventful
    assert message.text.startswith("morning: nothing failed. 100 % of 98 sessions succeeded")
    assert "\nSeen late, and in no number above: 2\n🟢 success · sales / load_0" in message.text
    assert "🟢 success · sales / load_0" in rendered(message)
    assert "⚫ killed · sales / load_1" in rendered(message)
    assert "🔴" not in message.text + rendered(message)
    assert check_blocks(list(message.blocks), "message") == []


def test_a_late_failure_is_told_though_nothing_else_failed() -> None:
    digest = late(Status.SUCCESS, Status.ERROR)
    shown = rendered(digest_message(digest))
    assert digest.eventful
    assert digest.headline == "Nothing failed; 1 earlier failure came to light late"
    assert "🔴 failed · sales / load_1" in shown
    assert "🟢 success · sales / load_0" in shown


def test_what_it_replaces_and_why_it_starts_where_it_does_is_said() -> None:
    found = message_of(everything(), replace(MADE, replaces=2, note="No earlier digest was found."))
    assert "replaces 2 others" in found.text
    assert "No earlier digest was found." in found.text
    assert "replaces 1 other " in message_of(QUIET, replace(MADE, replaces=1)).text


@pytest.mark.parametrize("found", [everything(), QUIET])
def test_slack_takes_it(found: Reckoning) -> None:
    message = message_of(found)
    assert check_blocks(list(message.blocks), "message") == []
    assert fits(message.blocks)


def test_a_crowded_digest_fits_and_cuts_rows_not_parts() -> None:
    many = tuple(broken(number) for number in range(300))
    found = replace(everything(), still_broken=many, new=many)
    seen_ = {number: seen(number, "x" * 900, "w" * 250) for number in range(300)}
    message = digest_message(telling(found, seen_, MADE))
    assert fits(message.blocks)
    assert check_blocks(list(message.blocks), "message") == []
    titles = [block["text"]["text"] for block in message.blocks if "text" in block]
    for part in ("Still broken", "Newly broken", "Recovered", "Flapping", "Top causes", "Slower", "Failed"):
        assert any(title.startswith(f"*{part}") for title in titles), part


def test_a_list_is_turned_page_by_page_and_shows_all() -> None:
    digest = told(everything())
    part = digest.part("failed")
    assert part is not None
    first, second = part_message(digest, part, 1), part_message(digest, part, 2)
    assert "Page 1 of 2" in rendered(first)
    assert first.text.count("failed ·") == 10
    assert second.text.count("failed ·") == 9
    assert check_blocks(list(first.blocks), "message") == []
    turn = next(block for block in first.blocks if block["type"] == "actions")["elements"][0]
    assert turn["value"] == f"digests ask:- page:2 failed {ADDRESS}"


def test_numbers_are_for_others_to_script_against() -> None:
    assert told(everything()).numbers == {
        "from": "2026-11-23T00:00:00Z",
        "to": "2026-11-24T00:00:00Z",
        "finished": 1206,
        "success": 1185,
        "failed": 19,
        "killed": 2,
        "still_broken": [f"sales/load_{number}" for number in range(7)],
        "new": ["sales/load_10"],
        "recovered": ["sales/load_11"],
    }


def test_names_from_outside_ping_nobody() -> None:
    shown = telling(
        replace(QUIET, still_broken=(broken(1),)), {1: seen(1, "<!here> & *bold*", "<!channel>")}, MADE
    )
    message = digest_message(shown)
    assert "<!" not in message.text + str(message.blocks)


def test_the_line_that_it_is_late_says_why() -> None:
    line = late_message("morning", "Mon – Tue", "Digdag did not answer.").text
    assert line.startswith("The digest morning (Mon – Tue) is late: Digdag did not answer.")
