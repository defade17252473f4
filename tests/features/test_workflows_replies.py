"""`/workflows` from the typed words to the message, over a real HTTP account and a real database."""

from datetime import timedelta

import pytest

from bot.core.reply import File, Redraw, Say
from bot.playground.account import Written
from tests.features.asking import (
    HOUR,
    MINUTE,
    NOW,
    at_desk,
    failing,
    find_button,
    has_button,
    header,
    rows,
    said,
)


def mixed() -> Written:
    """Six workflows: failing twice over, killed, good, mended, running only, and failing but killed since."""
    history = failing(2, "sales", "daily_load")
    history.run("sales", "stopped", created=NOW - HOUR, outcome="killed")
    history.run("crm", "sync", created=NOW - HOUR, outcome="success")
    history.run("crm", "mended", created=NOW - 3 * HOUR, outcome="error")
    history.run("crm", "mended", created=NOW - 2 * HOUR, outcome="success")
    history.run("crm", "at_work", created=NOW - HOUR, outcome="running")
    history.run("ops", "broken", created=NOW - 3 * HOUR, outcome="error")
    history.run("ops", "broken", created=NOW - 2 * HOUR, outcome="killed")
    return history


def names(shown: list[str]) -> list[str]:
    return [row.split("\n")[0].split(" · ")[1].split("|")[-1].rstrip(">") for row in shown]


async def test_every_workflow_is_listed_those_that_fail_first_then_by_name() -> None:
    async with at_desk(mixed()) as desk:
        message = await desk.say("/workflows")
        assert header(message) == "6 workflows · last 24 h · 2 failing"
        assert message.text.startswith("6 workflows · last 24 h · 2 failing\n")
        assert names(rows(message)) == [
            "ops / broken",
            "sales / daily_load",
            "crm / at_work",
            "crm / mended",
            "crm / sync",
            "sales / stopped",
        ]
        assert "as of 13:00:00 Europe/Berlin" in message.text


async def test_a_row_tells_last_result_streak_rate_and_usual_duration() -> None:
    history = Written()
    for hours in range(12, 6, -1):
        begun = NOW - hours * HOUR
        history.run("sales", "load", created=begun, finished=begun + 14 * MINUTE, outcome="success")
    for hours in (3, 2):
        begun = NOW - hours * HOUR
        history.run("sales", "load", created=begun, finished=begun + 20 * MINUTE, outcome="error")
    async with at_desk(history) as desk:
        (row,) = rows(await desk.say("/workflows"))
        first, *facts = row.split("\n")
        assert first.startswith("🔴 *failed* · <https://console.test/")
        assert facts == [
            "last ended 11:20 after 20 min (usually 14 min) · *2nd failure in a row*",
            "2 failed · 6 success · 75.0 % succeeded",
        ]


@pytest.mark.parametrize(
    ("typed", "expected", "listed"),
    [
        ("failed", "1 failed workflow · last 24 h", ["sales / daily_load"]),
        ("killed", "2 killed workflows · last 24 h", ["ops / broken", "sales / stopped"]),
        ("ok", "2 success workflows · last 24 h", ["crm / mended", "crm / sync"]),
        ("running", "1 running workflow · last 24 h", ["crm / at_work"]),
        (
            "failed running",
            "2 failed or running workflows · last 24 h",
            ["sales / daily_load", "crm / at_work"],
        ),
        ("project:sales", "2 workflows · last 24 h · 1 failing", ["sales / daily_load", "sales / stopped"]),
        ("crm", "3 workflows · last 24 h · none failing", ["crm / at_work", "crm / mended", "crm / sync"]),
        ("*/m* by workflow", "1 workflow · last 24 h · none failing", ["crm / mended"]),
        ("limit:1", "6 workflows · last 24 h · 2 failing", ["ops / broken"]),
        ("success yesterday", "0 success workflows · yesterday", []),
        (
            "sort:newest limit:3",
            "6 workflows · last 24 h · 2 failing",
            ["sales / daily_load", "ops / broken", "crm / sync"],
        ),
    ],
)
async def test_the_words_are_those_of_sessions(typed: str, expected: str, listed: list[str]) -> None:
    async with at_desk(mixed()) as desk:
        message = await desk.say(f"/workflows {typed}")
        assert header(message) == expected
        assert names(rows(message)) == listed


async def test_sort_duration_puts_what_usually_takes_longest_first() -> None:
    history = Written()
    for name, minutes in (("short", 2), ("long", 40), ("middle", 10)):
        for hours in range(5, 0, -1):
            begun = NOW - hours * HOUR
            history.run("sales", name, created=begun, finished=begun + minutes * MINUTE, outcome="success")
    history.run("sales", "unknown", created=NOW - 2 * HOUR, outcome="success")
    async with at_desk(history) as desk:
        shown = names(rows(await desk.say("/workflows sort:duration")))
        assert shown == ["sales / long", "sales / middle", "sales / short", "sales / unknown"]


async def test_a_closed_window_tells_what_failed_at_its_end() -> None:
    history = Written()
    history.run("sales", "load", created=NOW - 30 * HOUR, outcome="error")
    history.run("sales", "load", created=NOW - 2 * HOUR, outcome="success")
    async with at_desk(history) as desk:
        assert (
            header(await desk.say("/workflows yesterday")) == "1 workflow · yesterday · 1 failing at its end"
        )
        assert header(await desk.say("/workflows 2d")) == "1 workflow · last 2 days · none failing"


async def test_a_failed_session_that_runs_again_is_failing_still() -> None:
    history = Written()
    history.run("sales", "load", created=NOW - 5 * HOUR, outcome="success")
    history.run("sales", "load", created=NOW - 3 * HOUR, outcome="error")
    history.retry(2, created=NOW - HOUR, outcome="running")
    async with at_desk(history) as desk:
        message = await desk.say("/workflows")
        assert header(message) == "1 workflow · last 24 h · 1 failing"
        assert "*an attempt has failed since*" in rows(message)[0]


class TestPages:
    async def test_pages_turn_without_reading_again_and_are_cut_at_the_first_as_of(self) -> None:
        history = Written()
        for number in range(23):
            history.run("sales", f"load_{number:02}", created=NOW - HOUR, outcome="success")
        async with at_desk(history) as desk:
            first = await desk.say("/workflows")
            assert len(rows(first)) == 10
            assert "1–10 of 23 workflows · page 1 of 3" in first.text
            history.run("sales", "load_00", created=NOW - 10 * MINUTE, outcome="error")
            desk.account.clock.move(HOUR)
            read = len(desk.asked)
            second = await desk.press(first, "Next")
            assert isinstance(second, Redraw)
            assert names(rows(second.message))[0] == "sales / load_10"
            assert header(second.message) == "23 workflows · last 24 h · none failing"
            assert "1 h 00 min ago" in second.message.text
            assert len(desk.asked) == read

    async def test_an_ask_that_is_gone_is_asked_anew_and_says_so(self) -> None:
        history = Written()
        for number in range(12):
            history.run("sales", f"load_{number:02}", created=NOW - HOUR, outcome="success")
        async with at_desk(history) as desk:
            first = await desk.say("/workflows 30d")
            desk.account.clock.move(timedelta(days=8))
            again = said(await desk.press(first, "Next"))
            assert "asked anew" in again.text
            assert header(again) == "12 workflows · last 30 days · none failing"

    async def test_what_is_shared_is_the_page_that_is_seen_and_others_are_answered_privately(self) -> None:
        history = Written()
        for number in range(12):
            history.run("sales", f"load_{number:02}", created=NOW - HOUR, outcome="success")
        async with at_desk(history) as desk:
            second = said(await desk.press(await desk.say("/workflows"), "Next"))
            shared = await desk.press(second, "Share in channel")
            assert isinstance(shared, Say)
            assert shared.public
            assert "Shared by Ana" in shared.message.text
            assert rows(shared.message) == rows(second)
            theirs = await desk.press(shared.message, "Previous", by="kenji", public=True)
            assert isinstance(theirs, Say)
            assert not theirs.public

    async def test_here_is_for_everyone(self) -> None:
        async with at_desk(mixed()) as desk:
            reply = await desk.ask("/workflows here")
            assert isinstance(reply, Say)
            assert reply.public
            assert not has_button(reply.message, "Share in channel")


class TestPresses:
    async def test_details_asks_for_the_workflows_sessions_of_the_same_window(self) -> None:
        async with at_desk(mixed()) as desk:
            message = await desk.say("/workflows failed 7d")
            _, details = find_button(message, "Details")
            assert details["value"] == "sessions sales/daily_load 7d"
            sessions = await desk.press(message, "Details")
            assert header(said(sessions)) == "2 sessions · last 7 days"

    async def test_details_of_a_name_that_is_no_plain_word_works_too(self) -> None:
        history = Written()
        history.run("売上 & co", 'the "daily" load', created=NOW - HOUR, outcome="error")
        async with at_desk(history) as desk:
            sessions = await desk.press(await desk.say("/workflows for 2026-11-24"), "Details")
            assert header(said(sessions)) == "1 session · for 2026-11-24"

    async def test_the_menus_narrow_in_place(self) -> None:
        async with at_desk(mixed()) as desk:
            first = await desk.say("/workflows")
            killed = await desk.choose(first, "status", "killed · 2")
            assert isinstance(killed, Redraw)
            assert header(killed.message) == "2 killed workflows · last 24 h"
            everything = said(await desk.choose(killed.message, "status", "all · 6"))
            assert header(everything) == header(first)
            ops = said(await desk.choose(first, "project", "ops"))
            assert names(rows(ops)) == ["ops / broken"]
            before = said(await desk.choose(first, "window", "yesterday"))
            assert header(before) == "0 workflows · yesterday"


class TestMisunderstood:
    async def test_a_typo_has_a_button_that_asks_workflows(self) -> None:
        async with at_desk(mixed()) as desk:
            message = await desk.say("/workflows faled")
            assert message.text == "I don't know `faled`. Did you mean `failed`?"
            assert header(said(await desk.press(message, "failed"))) == "1 failed workflow · last 24 h"

    async def test_an_unknown_name_is_answered_with_the_nearest(self) -> None:
        async with at_desk(mixed()) as desk:
            message = await desk.say("/workflows failed seles")
            assert "Did you mean `sales`" in message.text
            assert header(said(await desk.press(message, "failed sales"))) == "1 failed workflow · last 24 h"

    async def test_no_name_left_is_all_workflows(self) -> None:
        async with at_desk(mixed()) as desk:
            assert has_button(await desk.say("/workflows qqqqqqqqqqqq"), "all workflows")

    @pytest.mark.parametrize("typed", ["run", "run sales/daily_load", "RUN"])
    async def test_run_says_that_it_is_not_there_yet(self, typed: str) -> None:
        async with at_desk(mixed()) as desk:
            assert "cannot start workflows yet" in (await desk.say(f"/workflows {typed}")).text
            assert desk.asked == []

    async def test_a_project_called_run_can_be_asked_for(self) -> None:
        history = Written()
        history.run("run", "load", created=NOW - HOUR, outcome="success")
        async with at_desk(history) as desk:
            assert header(await desk.say("/workflows project:run")) == "1 workflow · last 24 h · none failing"

    @pytest.mark.parametrize("typed", ["1", "#1", "attempt:1"])
    async def test_an_id_is_opened_by_sessions(self, typed: str) -> None:
        async with at_desk(mixed()) as desk:
            message = await desk.say(f"/workflows {typed}")
            assert "not a workflow: `/sessions` opens it" in message.text
            ((_, button),) = [find_button(message, f"sessions {'#1' if typed == '1' else typed}")]
            assert "attempt 1 of 1" in said(await desk.press(message, button["text"]["text"])).text

    async def test_help_names_the_words(self) -> None:
        async with at_desk(mixed()) as desk:
            assert "last ended in an error" in str((await desk.say("/workflows help")).blocks)


class TestFiles:
    async def test_a_csv_holds_every_workflow(self) -> None:
        async with at_desk(mixed()) as desk:
            reply = await desk.ask("/workflows csv")
            assert isinstance(reply, File)
            assert reply.name == "workflows-2026-11-24T120000Z.csv"
            head, *lines = reply.content.decode().splitlines()
            assert head == (
                "project,workflow,last_result,last_ended_at,failures_in_a_row,"
                "success,error,killed,unfinished,success_rate,usual_seconds"
            )
            assert lines[:3] == [
                "ops,broken,killed,2026-11-24T10:01:00Z,1,0,1,1,0,0.0000,",
                "sales,daily_load,error,2026-11-24T11:30:00Z,2,0,2,0,0,0.0000,",
                "crm,at_work,running,,0,0,0,0,1,,",
            ]
            assert len(lines) == 6
            assert reply.message.text.startswith("6 workflows · last 24 h · 2 failing")

    async def test_a_file_with_a_hole_is_refused(self) -> None:
        async with at_desk(failing(300)) as desk:
            desk.account.faults.status(403, path="/api/attempts", after=1)
            reply = await desk.ask("/workflows csv")
            assert isinstance(reply, Say)
            assert reply.failed
            assert "The file was not made" in reply.message.text


class TestTrouble:
    async def test_an_account_that_cannot_be_asked_is_never_said_to_be_well(self) -> None:
        async with at_desk(mixed()) as desk:
            desk.account.faults.status(401)
            reply = await desk.ask("/workflows")
            assert isinstance(reply, Say)
            assert reply.failed
            assert "TD_API_KEY" in reply.message.text

    async def test_what_is_not_covered_is_named_and_none_failing_is_not_said(self) -> None:
        history = Written()
        for number in range(300):
            history.run("sales", "load", created=NOW - HOUR - number * MINUTE, outcome="success")
        async with at_desk(history) as desk:
            desk.account.faults.status(403, path="/api/attempts", after=1)
            message = await desk.say("/workflows")
            assert "Incomplete." in message.text
            assert "failing" not in header(message)

    async def test_a_server_with_sessions_only_says_what_it_misses(self) -> None:
        async with at_desk(mixed()) as desk:
            desk.account.faults.only_sessions()
            message = await desk.say("/workflows")
            assert header(message) == "6 workflows · last 24 h · 2 failing"
            assert "later retries of older sessions may be missed" in message.text
