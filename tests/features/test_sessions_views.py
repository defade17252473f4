"""A list of sessions and the story of one, as people and scripts read them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.footer import Freshness
from bot.blocks.message import Message
from bot.blocks.pieces import Choice
from bot.blocks.terminal import rendered
from bot.core.action_ids import Press, parse
from bot.core.coverage import Coverage
from bot.core.model import FINISHED, UNFINISHED, Attempt, Status
from bot.core.query import Shape
from bot.features.sessions.views import Group, ListPage, Row, Story, header_words, list_message, story_message

NOW = datetime(2026, 11, 24, 13, 2, 35, tzinfo=UTC)
WHOLE = Coverage(NOW - timedelta(seconds=4))
FRESH = Freshness(WHOLE, NOW, ZoneInfo("Europe/Berlin"), "us01")
FAILED = frozenset({Status.ERROR})
COUNTS = {Status.ERROR: 7, Status.KILLED: 2, Status.SUCCESS: 1_195, Status.RUNNING: 3}
URL = "https://console.test/app/workflows/sessions/123456"
ERROR = "Query failed: line 14:8: Table 'sales.orders' does not exist"
LAST = Attempt(
    id=9001,
    session_id=123456,
    project_id=12,
    project="sales",
    workflow="daily_load",
    session_time=datetime(2026, 11, 24, 2, 0, tzinfo=timezone(timedelta(hours=9))),
    status=Status.ERROR,
    created_at=NOW - timedelta(minutes=20),
    finished_at=NOW - timedelta(minutes=8),
    index=2,
    workflow_id=44,
    session_uuid="6f1c1b2e-0d5c",
    retry_attempt_name="again",
    pool_id="42",
    done=True,
)
ROW = Row(LAST, URL, timedelta(minutes=14), 3, 2, ERROR)
PAGE = ListPage(
    total=7,
    window="last 24 h",
    window_words="24h",
    fresh=FRESH,
    statuses=FAILED,
    counts=COUNTS,
    rows=(ROW,),
    projects=("crm", "sales"),
    windows=(Choice("last 24 h", "24h"), Choice("last 7 days", "7d")),
    ask="7f3",
    words="failed 24h",
)
STORY = Story(
    LAST, FRESH, (replace(LAST, id=9000, index=1), LAST), 2, timedelta(minutes=14), url=URL, words="#123456"
)


def blind(**coverage: Any) -> Freshness:
    return replace(FRESH, coverage=replace(WHOLE, **coverage))


def pressables(message: Message) -> dict[str, Any]:
    """Buttons and menus by what they say."""
    found: dict[str, Any] = {}
    for block in message.blocks:
        elements = block["elements"] if block["type"] == "actions" else [block.get("accessory")]
        found |= {(e.get("text") or e["placeholder"])["text"]: e for e in elements if e}
    return found


def options(message: Message, menu: str) -> list[str]:
    return [option["text"]["text"] for option in pressables(message)[menu]["options"]]


@pytest.mark.parametrize(
    ("total", "statuses", "shapes", "header"),
    [
        (7, FAILED, set(), "7 failed sessions · last 24 h"),
        (1, FAILED, set(), "1 failed session · last 24 h"),
        (0, FAILED, set(), "0 failed sessions · last 24 h"),
        (1204, FAILED, set(), "1,204 failed sessions · last 24 h"),
        (3, {Status.RUNNING}, set(), "3 running sessions · last 24 h"),
        (9, {Status.SUCCESS}, set(), "9 success sessions · last 24 h"),
        (12, {Status.KILLED, Status.ERROR}, set(), "12 failed or killed sessions · last 24 h"),
        (5, UNFINISHED, set(), "5 unfinished sessions · last 24 h"),
        (5, FINISHED, set(), "5 finished sessions · last 24 h"),
        (1204, set(), set(), "1,204 sessions · last 24 h"),
        (1204, set(Status), set(), "1,204 sessions · last 24 h"),
        (8, set(), {Shape.RETRIED}, "8 retried sessions · last 24 h"),
        (2, FAILED, {Shape.SLOW}, "2 failed slow sessions · last 24 h"),
    ],
)
def test_the_header_says_how_many_of_what_and_when(
    total: int, statuses: set[Status], shapes: set[Shape], header: str
) -> None:
    page = replace(PAGE, total=total, statuses=frozenset(statuses), shapes=frozenset(shapes))
    message = list_message(page)
    assert header_words(page) == header
    assert message.blocks[0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": header, "emoji": False},
    }
    assert message.text.startswith(f"{header}\n")
    assert rendered(message).startswith(f"{header}\n")


@pytest.mark.parametrize(
    ("page", "line"),
    [
        (PAGE, "of 1,204 finished, 99.3 % succeeded · 2 killed"),
        (
            replace(PAGE, statuses=frozenset()),
            "7 failed, 2 killed of 1,204 finished, 99.3 % succeeded · 3 unfinished",
        ),
        (
            replace(PAGE, statuses=frozenset({Status.RUNNING})),
            "1,204 finished, 99.3 % succeeded · 7 failed · 2 killed",
        ),
        (replace(PAGE, counts={}, total=0, rows=()), "of 0 finished"),
        (replace(PAGE, where="*/daily_*"), "of 1,204 finished, 99.3 % succeeded · 2 killed · in `*/daily_*`"),
    ],
)
def test_the_second_line_says_of_how_many(page: ListPage, line: str) -> None:
    message = list_message(page)
    assert message.blocks[1]["text"]["text"] == line
    assert message.text.split("\n")[1] == line


def test_a_row_says_what_which_when_how_long_and_why() -> None:
    row = next(block for block in list_message(PAGE).blocks if "accessory" in block)
    assert row["text"]["text"].split("\n") == [
        f"🔴 *failed* · <{URL}|sales / daily_load> · #123456",
        "for 2026-11-24 02:00 +09:00 · ended 13:54 after 12 min (usually 14 min)"
        " · *3rd in a row* · *attempt 2*",
        f"`{ERROR}`",
    ]
    assert row["accessory"]["text"]["text"] == "Details"
    assert row["accessory"]["accessibility_label"] == "Details of #123456, sales / daily_load"
    assert parse(row["accessory"]["value"]) == Press("sessions", words="#123456")


def test_a_row_leaves_unsaid_what_is_unknown_or_ordinary() -> None:
    text = list_message(replace(PAGE, rows=(Row(LAST, streak=1, attempts=1),))).text
    for word in ("usually", "in a row", "attempt", "slow", "None"):
        assert word not in text


def test_an_unfinished_session_says_since_when() -> None:
    last = replace(LAST, status=Status.RUNNING, finished_at=None)
    text = list_message(replace(PAGE, rows=(Row(last, slow=True),))).text
    assert "🔵 running · sales / daily_load · #123456" in text
    assert "running since 13:42, for 20 min · slow" in text


def test_the_menus_show_their_choice_and_offer_every_status() -> None:
    message = list_message(replace(PAGE, project="sales"))
    assert options(message, "Status") == [
        "all · 1,207",
        "failed · 7",
        "killed · 2",
        "success · 1,195",
        "running · 3",
        "queued · 0",
        "blocked · 0",
        "canceling · 0",
    ]
    assert options(message, "Project") == ["all projects", "crm", "sales"]
    assert options(message, "Window") == ["last 24 h", "last 7 days"]
    chosen = [
        pressables(message)[menu]["initial_option"]["text"]["text"]
        for menu in ("Status", "Project", "Window")
    ]
    assert chosen == ["failed · 7", "sales", "last 24 h"]


def test_a_choice_that_the_menu_does_not_have_is_put_first() -> None:
    page = replace(
        PAGE, statuses=frozenset({Status.ERROR, Status.KILLED}), window="this week", window_words="this week"
    )
    message = list_message(page)
    assert options(message, "Status")[0] == "failed or killed · 9"
    assert parse(pressables(message)["Status"]["initial_option"]["value"]) == Press(
        "sessions", "7f3", "status", "failed,killed"
    )
    assert parse(pressables(message)["Window"]["initial_option"]["value"]) == Press(
        "sessions", "7f3", "window", "this week"
    )


def test_the_menus_carry_the_question() -> None:
    menus = next(block for block in list_message(PAGE).blocks if block["type"] == "actions")
    value = menus["elements"][0]["options"][2]["value"]
    assert parse(value, menus["block_id"]) == Press("sessions", "7f3", "status", "killed", "failed 24h")


def test_projects_beyond_the_menus_room_are_counted() -> None:
    page = replace(PAGE, projects=tuple(f"project_{number:03}" for number in range(150)))
    assert "The project menu leaves out 105 more: type `project:NAME`." in list_message(page).text


@pytest.mark.parametrize(
    ("page", "pages", "buttons"),
    [(1, 1, []), (1, 3, ["Next"]), (2, 3, ["Previous", "Next"]), (3, 3, ["Previous"])],
)
def test_pages_turn_only_where_they_lead_somewhere(page: int, pages: int, buttons: list[str]) -> None:
    message = list_message(replace(PAGE, page=page, pages=pages, total=25))
    found = pressables(message)
    assert [name for name in ("Previous", "Next") if name in found] == buttons
    if "Next" in found:
        assert parse(found["Next"]["value"]) == Press("sessions", "7f3", "page", str(page + 1), "failed 24h")


def test_what_is_behind_the_last_kept_row_is_counted_and_csv_named() -> None:
    page = replace(PAGE, total=1_204, kept=1_000, page=100, pages=100)
    line = (
        "991–991 of 1,204 sessions · page 100 of 100 · +204 more behind the last row: ask with `csv` for all"
    )
    message = list_message(page)
    assert line in message.text
    assert line in rendered(message)


def test_a_private_answer_can_be_shared_and_a_shared_one_says_by_whom() -> None:
    assert parse(pressables(list_message(PAGE))["Share in channel"]["value"]) == Press(
        "sessions", "7f3", "share", "1", "failed 24h"
    )
    shared = list_message(replace(PAGE, public=True, shared_by="Ana <!here>"))
    assert "Share in channel" not in pressables(shared)
    assert "Shared by Ana &lt;!here&gt;" in shared.text


def test_the_footer_says_how_old_where_and_in_which_zone() -> None:
    footer = "as of 14:02:31 Europe/Berlin · 4 s ago · us01"
    message = list_message(PAGE)
    assert message.blocks[-1]["elements"][0]["text"] == footer
    assert message.text.endswith(footer)
    older = replace(FRESH, now=NOW + timedelta(days=2))
    assert (
        "as of 14:02:31 Europe/Berlin · Tue 24 Nov · 2 d 0 h ago · us01"
        in list_message(replace(PAGE, fresh=older)).text
    )


@pytest.mark.parametrize(
    ("fresh", "sentence"),
    [
        (
            blind(since=datetime(2026, 11, 23, 3, 10, tzinfo=UTC), trouble="The API did not answer in time."),
            "Read back to yesterday 04:10 only: what was started before that may be missing here, "
            "because the API did not answer in time.",
        ),
        (blind(feed="sessions"), "later retries of older sessions may be missed"),
        (blind(odd=2), "2 rows could not be read and are not counted here."),
        (blind(trouble="Errors could not be read."), "⚠️ Errors could not be read."),
    ],
)
def test_what_an_answer_does_not_cover_is_said_near_the_top(fresh: Freshness, sentence: str) -> None:
    message = list_message(replace(PAGE, fresh=fresh))
    assert sentence in message.text
    assert sentence in str(message.blocks[2])


def test_nothing_found_is_one_kind_sentence_with_menus_and_footer() -> None:
    message = list_message(replace(PAGE, total=0, rows=(), counts={Status.SUCCESS: 9}))
    assert "Nothing failed here. All quiet." in message.text
    assert "Status" in pressables(message)
    assert "as of" in message.text


def test_a_blind_answer_never_says_that_nothing_failed() -> None:
    fresh = blind(since=NOW, trouble="The API did not answer.")
    text = list_message(replace(PAGE, total=0, rows=(), fresh=fresh)).text
    assert "Nothing failed" not in text
    assert "None found in what could be read; the rest is unknown." in text


def test_by_workflow_a_row_is_a_workflow() -> None:
    counts = {Status.ERROR: 3, Status.SUCCESS: 12, Status.RUNNING: 1}
    group = Group(
        "sales", "daily_load", Status.ERROR, "sales/daily_load", counts, LAST.finished_at, 0.8, 3, URL
    )
    message = list_message(replace(PAGE, rows=(), groups=(group,), entries=1))
    row = next(block for block in message.blocks if "accessory" in block)
    facts = "last ended 13:54 · 3rd failure in a row · 3 failed · 12 success · 1 running · 80.0 % succeeded"
    assert row["text"]["text"] == f"🔴 *failed* · <{URL}|sales / daily_load>\n{facts}"
    assert parse(row["accessory"]["value"]) == Press("sessions", words="sales/daily_load")
    assert f"🔴 failed · sales / daily_load · {facts}" in message.text
    assert message.text.startswith("7 failed sessions · last 24 h\n")


def test_text_holds_each_row_in_a_line_and_counts_what_it_has_no_room_for() -> None:
    rows = tuple(replace(ROW, last=replace(LAST, session_id=number)) for number in range(10))
    lines = list_message(replace(PAGE, rows=rows)).text.split("\n")
    assert sum("daily_load" in line for line in lines) == 10
    many = tuple(
        replace(ROW, last=replace(LAST, session_id=number, project="p" * 150)) for number in range(30)
    )
    assert any(
        line.startswith("+") and line.endswith(" more")
        for line in list_message(replace(PAGE, rows=many)).text.split("\n")
    )


def test_a_story_holds_everything_that_is_known() -> None:
    story = replace(
        STORY, task="+daily_load+load", error=f"{ERROR}\n  at run.rb:88", params={"target": "prod"}
    )
    shown = rendered(story_message(story))
    for said in (
        "🔴 failed · sales / daily_load",
        "2026-11-24 02:00 +09:00",
        "attempt 2 of 2",
        "12 min (usually 14 min)",
        "Session id:   `123456`",
        "Attempt id:   `9001`",
        "`sales` (id `12`)",
        "`daily_load` (id `44`)",
        "uuid `6f1c1b2e-0d5c` · retry name `again` · pool `42`",
        "done: yes · success: no · cancel requested: no",
        'params `{"target":"prod"}`',
        "Failed task `+daily_load+load`",
        f"{ERROR}\n  at run.rb:88",
        "attempt 1 · id 9000 · ended 13:54 after 12 min",
        f"[Open in console: {URL}]",
        "as of 14:02:31 Europe/Berlin",
    ):
        assert said in shown


def test_a_story_repeats_no_list_header() -> None:
    assert "sessions ·" not in str(story_message(STORY).payload())


def test_a_story_says_what_it_does_not_know() -> None:
    last = replace(LAST, index=None)
    text = story_message(Story(last, blind(feed="sessions"))).text
    assert "how many attempts there are is unknown" in text
    assert "Its error could not be read." in text
    assert "later retries of older sessions may be missed" in text


def test_a_long_error_is_whole_and_an_endless_one_is_counted() -> None:
    whole = story_message(replace(STORY, error="e" * 9_000))
    assert str(whole.blocks).count("e" * 2_000) >= 3
    assert "more of this error" not in str(whole.blocks)
    assert "characters more of this error" in str(story_message(replace(STORY, error="e" * 20_000)).blocks)


def test_a_story_is_shared_by_its_session() -> None:
    found = pressables(story_message(STORY))
    assert parse(found["Share in channel"]["value"]) == Press("sessions", None, "tell", "story", "#123456")
    assert found["Open in console"]["url"] == URL
    assert pressables(story_message(replace(STORY, public=True, url=None))) == {}
