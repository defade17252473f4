"""`/lookout status`: what it says of the account, Slack, the database and the copy."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.terminal import rendered
from bot.core.standing import MirrorStanding
from bot.features.lookout.views import Standing, status_message
from bot.playground.slack.blocks import check_blocks
from tests.features.asking import at_desk, failing

NOW = datetime(2026, 11, 24, 12, 0, 4, tzinfo=UTC)
COPY = MirrorStanding(
    keeps=True,
    only_sessions=False,
    begun=True,
    filled_to=NOW - timedelta(days=16),
    aim=NOW - timedelta(days=15),
    whole=True,
    exact=True,
    ticked_at=NOW - timedelta(seconds=4),
    looked_at=NOW - timedelta(seconds=93),
    trouble=None,
    unfinished=17,
    odd=1,
    unread=1_204,
    a_minute=6.24,
    lease="host-1",
)
WELL = Standing(
    now=NOW,
    zone=ZoneInfo("Europe/Berlin"),
    version="0.1.0",
    started_at=NOW - timedelta(hours=3),
    account="jp01",
    account_trouble="",
    answered_in=0.15,
    last_good_at=NOW,
    requests=1_000,
    failures=2,
    slack="Socket Mode",
    slack_trouble="",
    database="lookout.db",
    database_trouble="",
    asks=3,
    copied=COPY,
)


def shown(**given: object) -> str:
    message = status_message(replace(WELL, copied=replace(COPY, **given)))  # type: ignore[arg-type]
    assert check_blocks(list(message.blocks), "message") == []
    return rendered(message)


def test_a_copy_that_is_well_says_how_far_how_fresh_and_how_much() -> None:
    message = rendered(status_message(WELL))
    assert message.startswith("Lookout is well\n")
    assert message.split("🟢 Copy · ")[1].split("\n")[:4] == [
        "filled back to Sun 8 Nov 13:00, complete",
        "last complete look 12:58:31, 2 min ago · lag 4 s",
        "17 open attempts · 1,204 errors still to be read · 1 odd row set aside",
        "6.2 requests a minute of late · kept up by host-1",
    ]
    assert "questions are answered from the copy" in message
    assert "Copy: filled back to Sun 8 Nov 13:00, complete · last complete look" in status_message(WELL).text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"whole": False, "filled_to": NOW - timedelta(days=9)},
            "filled back to Sun 15 Nov 13:00, on its way to Mon 9 Nov 13:00; exact for the last 24 h",
        ),
        (
            {"whole": False, "exact": False, "filled_to": NOW - timedelta(hours=3)},
            "filled back to 10:00, on its way to Mon 9 Nov 13:00; not yet exact for the last 24 h",
        ),
        ({"filled_to": None}, "filled back to the account's beginning, complete"),
        ({"looked_at": None}, "no complete look yet · lag 4 s"),
        ({"begun": False}, "🟢 Copy · none yet: its fill has not begun\n"),
        ({"begun": False, "keeps": False}, "🟢 Copy · there is none in the database\n"),
        ({"only_sessions": True}, "🟢 Copy · none: this server lists sessions only\n"),
        ({"keeps": False, "a_minute": None}, "odd row set aside\nkept up by host-1\n"),
        ({"lease": None}, "6.2 requests a minute of late · nobody keeps it up just now"),
        ({"exact": False, "whole": False}, "questions are answered straight from the API"),
    ],
)
def test_each_way_it_may_stand_has_its_words(given: Mapping[str, object], said: str) -> None:
    text = shown(**given)
    assert said in text
    assert text.startswith("Lookout is well\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"trouble": "The API did not answer."},
            "🔴 Copy · filled back to Sun 8 Nov 13:00, complete\nThe API did",
        ),
        ({"ticked_at": NOW - timedelta(minutes=5)}, "It lags: the last complete tick was 5 min ago."),
    ],
)
def test_a_copy_that_does_not_get_on_is_trouble(given: Mapping[str, object], said: str) -> None:
    text = shown(**given)
    assert said in text
    assert text.startswith("Lookout has trouble\n")


def test_who_only_reads_a_copy_does_not_call_it_late() -> None:
    old = NOW - timedelta(days=2)
    text = shown(keeps=False, ticked_at=old, looked_at=old)
    assert text.startswith("Lookout is well\n")
    assert "last complete look Sun 22 Nov 13:00:04, 2 d 0 h ago · lag 2 d 0 h" in text


def test_a_database_that_cannot_be_read_tells_nothing_of_a_copy() -> None:
    message = status_message(replace(WELL, database_trouble="It is locked.", asks=None, copied=None))
    assert rendered(message).startswith("Lookout has trouble\n")
    assert "Copy" not in message.text


async def test_without_a_copy_it_says_so() -> None:
    async with at_desk(failing(1)) as desk:
        message = await desk.say("/lookout status")
        assert "Copy: there is none in the database" in message.text
        assert "questions are answered straight from the API" in message.text
