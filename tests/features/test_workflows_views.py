"""The health of workflows, as people and scripts read it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.asking.kept import pack, unpack
from bot.blocks.fit import fits
from bot.blocks.footer import Freshness
from bot.blocks.pieces import Choice
from bot.blocks.terminal import rendered
from bot.blocks.text import units
from bot.core.action_ids import Press, parse
from bot.core.coverage import Coverage
from bot.core.model import Status
from bot.core.query import Shape
from bot.features.workflows.views import Health, HealthPage, header_words, health_message
from bot.playground.slack.blocks import check_blocks

NOW = datetime(2026, 11, 24, 13, 2, 35, tzinfo=UTC)
FRESH = Freshness(Coverage(NOW - timedelta(seconds=4)), NOW, ZoneInfo("Europe/Berlin"), "us01")
PARTLY = replace(FRESH, coverage=replace(FRESH.coverage, since=NOW - timedelta(hours=2)))
FAILED = frozenset({Status.ERROR})
COUNTS = {Status.ERROR: 3, Status.SUCCESS: 12, Status.RUNNING: 1}
URL = "https://console.test/app/workflows/44/info"
ROW = Health(
    project="sales",
    workflow="daily_load",
    result=Status.ERROR,
    words="sales/daily_load 24h",
    counts=COUNTS,
    ended_at=NOW - timedelta(minutes=8),
    ran=timedelta(minutes=12),
    usual=timedelta(minutes=14),
    rate=0.8,
    streak=3,
    url=URL,
)
PAGE = HealthPage(
    total=41,
    failing=3,
    anyhow=41,
    window="last 24 h",
    window_words="24h",
    fresh=FRESH,
    counts={Status.ERROR: 7, Status.KILLED: 2, Status.SUCCESS: 1_195, Status.RUNNING: 3},
    offered={Status.ERROR: 4, Status.SUCCESS: 36, Status.RUNNING: 2},
    rows=(ROW,),
    entries=41,
    pages=5,
    projects=("crm", "sales"),
    windows=(Choice("last 24 h", "24h"),),
    ask="7f3",
    words="24h",
)


@pytest.mark.parametrize(
    ("page", "header"),
    [
        (PAGE, "41 workflows · last 24 h · 3 failing"),
        (replace(PAGE, total=1, failing=1), "1 workflow · last 24 h · 1 failing"),
        (replace(PAGE, failing=0), "41 workflows · last 24 h · none failing"),
        (replace(PAGE, failing=0, fresh=PARTLY), "41 workflows · last 24 h"),
        (replace(PAGE, fresh=PARTLY), "41 workflows · last 24 h · 3 failing"),
        (replace(PAGE, total=0, failing=0), "0 workflows · last 24 h"),
        (replace(PAGE, to_now=False), "41 workflows · last 24 h · 3 failing at its end"),
        (replace(PAGE, statuses=FAILED, total=4), "4 failed workflows · last 24 h"),
        (
            replace(PAGE, shapes=frozenset({Shape.SLOW, Shape.RETRIED}), total=2, failing=0),
            "2 workflows with retried slow sessions · last 24 h · none failing",
        ),
    ],
)
def test_the_header_says_how_many_and_how_many_fail(page: HealthPage, header: str) -> None:
    message = health_message(page)
    assert header_words(page) == header
    assert message.blocks[0]["text"]["text"] == header
    assert message.text.startswith(f"{header}\n")


def test_the_second_line_counts_sessions() -> None:
    line = "1,204 sessions finished, 99.3 % succeeded · 7 failed · 2 killed · 3 unfinished"
    assert health_message(PAGE).blocks[1]["text"]["text"] == line
    assert (
        health_message(replace(PAGE, where="sales/*")).blocks[1]["text"]["text"] == f"{line} · in `sales/*`"
    )


def test_a_row_says_last_result_when_how_long_streak_and_rate() -> None:
    message = health_message(PAGE)
    row = next(block for block in message.blocks if "accessory" in block)
    assert row["text"]["text"].split("\n") == [
        f"🔴 *failed* · <{URL}|sales / daily_load>",
        "last ended 13:54 after 12 min (usually 14 min) · *3rd failure in a row*",
        "3 failed · 12 success · 1 running · 80.0 % succeeded",
    ]
    assert parse(row["accessory"]["value"]) == Press("sessions", words="sales/daily_load 24h")
    assert row["accessory"]["accessibility_label"] == "Details of sales / daily_load"
    line = "🔴 failed · sales / daily_load · last ended 13:54 after 12 min (usually 14 min)"
    assert f"{line} · 3rd failure in a row · 3 failed · 12 success" in message.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"usual": None, "streak": 1}, "last ended 13:54 after 12 min\n3 failed"),
        ({"result": Status.KILLED, "streak": 1}, "(usually 14 min) · *still failing*\n"),
        ({"result": Status.SUCCESS, "streak": 2}, "*an attempt has failed since* · *2nd failure in a row*\n"),
        (
            {"result": Status.RUNNING, "streak": 0, "ended_at": None, "ran": None, "rate": None},
            "none has ended (usually 14 min)\n3 failed · 12 success · 1 running",
        ),
    ],
)
def test_what_is_unknown_is_left_unsaid_and_what_fails_is_said_so(
    given: Mapping[str, object], said: str
) -> None:
    message = health_message(replace(PAGE, rows=(replace(ROW, **given),)))  # type: ignore[arg-type]
    row = next(block for block in message.blocks if "accessory" in block)
    assert said in row["text"]["text"]


def test_the_status_menu_counts_workflows() -> None:
    menus = next(block for block in health_message(PAGE).blocks if block["type"] == "actions")
    shown = [option["text"]["text"] for option in menus["elements"][0]["options"]]
    assert shown[:4] == ["all · 41", "failed · 4", "killed · 0", "success · 36"]
    assert parse(menus["elements"][0]["options"][1]["value"], menus["block_id"]) == Press(
        "workflows", "7f3", "status", "failed", "24h"
    )


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (replace(PAGE, statuses=FAILED), "No workflow's last result is a failure. All quiet."),
        (replace(PAGE, statuses=FAILED, anyhow=0), "No workflow matches."),
        (replace(PAGE, statuses=FAILED, fresh=PARTLY), "the rest is unknown"),
        (PAGE, "No workflow matches. Another status or a wider window may show more."),
    ],
)
def test_nothing_found_is_one_kind_sentence_and_never_quiet_when_blind(
    page: HealthPage, sentence: str
) -> None:
    message = health_message(replace(page, total=0, failing=0, rows=(), entries=0))
    assert sentence in message.text
    assert sentence in rendered(message)


names = st.text(max_size=255)
statuses = st.sampled_from(Status)
spans = st.none() | st.timedeltas(timedelta(), timedelta(days=7))
healths = st.builds(
    Health,
    project=names,
    workflow=names,
    result=statuses,
    words=names | st.just("x" * 3_000),
    counts=st.dictionaries(statuses, st.integers(0, 10**6)),
    ended_at=st.none() | st.just(NOW),
    ran=spans,
    usual=spans,
    rate=st.none() | st.floats(0, 1),
    streak=st.integers(0, 10**6),
    url=st.sampled_from((None, URL)),
)
pages = st.builds(
    replace,
    st.just(PAGE),
    rows=st.lists(healths, max_size=10).map(tuple),
    where=names,
    projects=st.lists(names, max_size=120, unique=True).map(tuple),
    words=names,
    public=st.booleans(),
    shared_by=st.none() | names,
)


@settings(max_examples=25, deadline=None)
@given(pages)
def test_any_list_is_one_that_slack_takes(page: HealthPage) -> None:
    message = health_message(page)
    assert check_blocks(list(message.blocks), "message") == []
    assert fits(message.blocks)
    assert 1 <= units(message.text) <= 4_000


def test_an_ask_keeps_all_of_it() -> None:
    kept_as = TypeAdapter(HealthPage)
    assert unpack(pack(PAGE, kept_as), kept_as) == PAGE
    assert unpack(b"of another version", kept_as) is None
