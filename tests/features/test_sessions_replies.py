"""`/sessions` from the typed words to the message, over a real HTTP account and a real database."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.core.reply import File, Nothing, Redraw, Say
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


async def test_failed_sessions_are_listed_newest_first_with_their_errors() -> None:
    async with at_desk(failing(3)) as desk:
        message = await desk.say("/sessions failed")
        assert header(message) == "3 failed sessions · last 24 h"
        assert message.text.startswith("3 failed sessions · last 24 h")
        assert [row.split("`")[1] for row in rows(message)] == ["boom 3", "boom 2", "boom 1"]
        assert "as of 13:00:00 Europe/Berlin" in message.text


async def test_a_failure_that_a_retry_mended_is_not_failed_but_retried() -> None:
    history = failing(1)
    history.retry(1, created=NOW - 20 * MINUTE, outcome="success")
    async with at_desk(history) as desk:
        assert header(await desk.say("/sessions failed")) == "0 failed sessions · last 24 h"
        assert header(await desk.say("/sessions retried")) == "1 retried session · last 24 h"


async def test_a_retry_of_an_old_session_is_found_by_when_it_ended() -> None:
    history = Written()
    old = history.run("sales", "load", created=NOW - timedelta(days=20), outcome="success")
    history.retry(old, created=NOW - HOUR, outcome="error", error="again")
    async with at_desk(history) as desk:
        message = await desk.say("/sessions failed")
        assert header(message) == "1 failed session · last 24 h"
        assert "attempt 2" in rows(message)[0]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/sessions", "6 sessions · last 24 h"),
        ("/sessions failed", "1 failed session · last 24 h"),
        ("/sessions killed", "1 killed session · last 24 h"),
        ("/sessions success", "1 success session · last 24 h"),
        ("/sessions running", "1 running session · last 24 h"),
        ("/sessions canceling", "1 canceling session · last 24 h"),
        ("/sessions queued", "1 queued session · last 24 h"),
        ("/sessions unfinished", "3 unfinished sessions · last 24 h"),
        ("/sessions finished", "3 finished sessions · last 24 h"),
        ("/sessions failed killed", "2 failed or killed sessions · last 24 h"),
        ("/sessions stuck", "1 stuck session · last 24 h"),
        ("/sessions failed yesterday", "0 failed sessions · yesterday"),
        ("/sessions running yesterday", "0 running sessions · yesterday"),
        ("/lookout sessions failed", "1 failed session · last 24 h"),
    ],
)
async def test_each_status_and_shape_has_its_list(typed: str, expected: str) -> None:
    history = Written()
    for minutes, outcome in enumerate(("error", "killed", "success", "running", "canceling"), start=1):
        history.run("sales", outcome, created=NOW - minutes * 5 * MINUTE, outcome=outcome)
    history.run("sales", "queued", created=NOW - HOUR, outcome="queued")
    async with at_desk(history) as desk:
        assert header(await desk.say(typed)) == expected


async def test_a_window_counts_by_the_end_of_the_last_attempt() -> None:
    history = Written()
    history.run("sales", "long", created=NOW - 30 * HOUR, finished=NOW - HOUR, outcome="error")
    history.run("sales", "early", created=NOW - 30 * HOUR, finished=NOW - 29 * HOUR, outcome="error")
    async with at_desk(history) as desk:
        (row,) = rows(await desk.say("/sessions failed"))
        assert "sales / long" in row
        assert header(await desk.say("/sessions failed yesterday")) == "1 failed session · yesterday"


async def test_session_days_are_asked_in_the_session_times_own_offset() -> None:
    history = Written()
    for day, workflow in ((20, "a"), (21, "b")):
        at = datetime(2026, 11, day, 1, tzinfo=timezone(timedelta(hours=9)))
        history.run("sales", workflow, session_time=at, created=NOW - HOUR, outcome="success")
    async with at_desk(history) as desk:
        message = await desk.say("/sessions for 2026-11-20")
        assert header(message) == "1 session · for 2026-11-20"
        assert "sales / a" in rows(message)[0]


class TestNames:
    async def test_an_exact_name_never_lists_what_merely_begins_with_it(self) -> None:
        history = failing(1, "sales")
        history.run("sales-eu", "load", created=NOW - HOUR, outcome="error")
        async with at_desk(history) as desk:
            assert header(await desk.say("/sessions failed sales")) == "1 failed session · last 24 h"
            assert header(await desk.say("/sessions failed sal")) == "2 failed sessions · last 24 h"

    async def test_a_deleted_projects_sessions_are_found_by_its_name_and_a_used_again_name_shows_both(
        self,
    ) -> None:
        history = Written()
        old = history.project("sales")
        history.run(old, "load", created=NOW - 2 * HOUR, outcome="error")
        history.delete_project(old, NOW - HOUR)
        async with at_desk(history) as desk:
            assert header(await desk.say("/sessions failed sales")) == "1 failed session · last 24 h"
            history.run(history.project("sales"), "load", created=NOW - 30 * MINUTE, outcome="error")
            assert header(await desk.say("/sessions failed project:sales")) == "2 failed sessions · last 24 h"

    async def test_a_project_that_never_ran_has_no_sessions_rather_than_no_name(self) -> None:
        history = failing(1)
        history.project("quiet")
        async with at_desk(history) as desk:
            assert header(await desk.say("/sessions failed quiet")) == "0 failed sessions · last 24 h"

    async def test_a_typo_is_told_before_all_is_read_with_a_button_that_asks_it(self) -> None:
        async with at_desk(failing(2)) as desk:
            message = await desk.say("/sessions faled today")
            assert message.text == "I don't know `faled`. Did you mean `failed`?"
            _, button = find_button(message, "failed today")
            assert button["value"] == "sessions failed today"
            assert header(said(await desk.press(message, "failed today"))) == "2 failed sessions · today"

    async def test_a_project_named_like_a_typo_is_the_project(self) -> None:
        async with at_desk(failing(1, "faled")) as desk:
            message = await desk.say("/sessions faled")
            assert header(message) == "1 session · last 24 h"

    async def test_an_unknown_name_is_answered_with_the_nearest(self) -> None:
        async with at_desk(failing(1, "sales")) as desk:
            message = await desk.say("/sessions failed seles")
            assert "`seles`" in message.text
            assert "`sales`" in message.text
            assert header(said(await desk.press(message, "failed sales"))) == "1 failed session · last 24 h"


class TestPages:
    async def test_turning_pages_reads_nothing_again_but_the_new_rows_errors(self) -> None:
        async with at_desk(failing(23)) as desk:
            first = await desk.say("/sessions failed")
            assert len(rows(first)) == 10
            assert not has_button(first, "Previous")
            read = len(desk.asked)
            second = await desk.press(first, "Next")
            assert isinstance(second, Redraw)
            new = desk.asked[read:]
            assert len(new) == 10
            assert all(path.endswith("/tasks") for path in new)
            third = said(await desk.press(second.message, "Next"))
            assert len(rows(third)) == 3
            assert not has_button(third, "Next")
            read = len(desk.asked)
            back = said(await desk.press(third, "Previous"))
            assert said(await desk.press(back, "Previous")).blocks[4:-1] == first.blocks[4:-1]
            assert len(desk.asked) == read

    async def test_pages_are_cut_at_the_first_as_of(self) -> None:
        history = failing(12)
        async with at_desk(history) as desk:
            first = await desk.say("/sessions failed")
            history.run("sales", "daily_load", created=NOW - 10 * MINUTE, outcome="error", error="new")
            desk.account.clock.move(HOUR)
            second = said(await desk.press(first, "Next"))
            assert header(second) == "12 failed sessions · last 24 h"
            assert "as of 13:00:00 Europe/Berlin" in second.text
            assert "1 h 00 min ago" in second.text

    async def test_an_ask_that_is_gone_is_asked_anew_in_place_and_says_so(self) -> None:
        async with at_desk(failing(12)) as desk:
            first = await desk.say("/sessions failed")
            desk.account.clock.move(timedelta(days=8))
            again = await desk.press(first, "Next")
            assert isinstance(again, Redraw)
            assert "asked anew" in again.message.text
            assert header(again.message) == "0 failed sessions · last 24 h"

    async def test_a_public_list_is_redrawn_by_its_asker_only(self) -> None:
        async with at_desk(failing(12)) as desk:
            shared = await desk.press(await desk.say("/sessions failed"), "Share in channel")
            assert isinstance(shared, Say)
            assert shared.public
            assert "Shared by Ana" in shared.message.text
            assert not has_button(shared.message, "Share in channel")
            mine = await desk.press(shared.message, "Next", public=True)
            assert isinstance(mine, Redraw)
            theirs = await desk.press(shared.message, "Next", by="kenji", public=True)
            assert isinstance(theirs, Say)
            assert not theirs.public
            assert len(rows(theirs.message)) == 2

    async def test_what_is_shared_is_the_page_that_is_seen(self) -> None:
        async with at_desk(failing(12)) as desk:
            second = said(await desk.press(await desk.say("/sessions failed"), "Next"))
            shared = said(await desk.press(second, "Share in channel"))
            assert rows(shared) == rows(second)

    async def test_here_is_public_at_once(self) -> None:
        async with at_desk(failing(1)) as desk:
            reply = await desk.ask("/sessions failed here")
            assert isinstance(reply, Say)
            assert reply.public
            assert not has_button(reply.message, "Share in channel")


class TestMenus:
    async def test_a_list_that_was_asked_without_words_is_narrowed_too(self) -> None:
        async with at_desk(failing(12)) as desk:
            first = await desk.say("/sessions")
            failed = said(await desk.choose(first, "status", "failed"))
            assert header(failed) == "12 failed sessions · last 24 h"
            desk.account.clock.move(timedelta(days=8))
            assert "asked anew" in said(await desk.press(first, "Next")).text

    async def test_another_status_redraws_in_place(self) -> None:
        history = failing(2)
        history.run("sales", "other", created=NOW - HOUR, outcome="killed")
        async with at_desk(history) as desk:
            reply = await desk.choose(await desk.say("/sessions failed"), "status", "killed")
            assert isinstance(reply, Redraw)
            assert header(reply.message) == "1 killed session · last 24 h"
            everything = said(await desk.choose(reply.message, "status", "all"))
            assert header(everything) == "3 sessions · last 24 h"

    async def test_another_project_and_back(self) -> None:
        history = failing(2, "sales")
        history.run("crm", "sync", created=NOW - HOUR, outcome="error")
        async with at_desk(history) as desk:
            crm = said(await desk.choose(await desk.say("/sessions failed"), "project", "crm"))
            assert header(crm) == "1 failed session · last 24 h"
            both = said(await desk.choose(crm, "project", "all projects"))
            assert header(both) == "3 failed sessions · last 24 h"

    async def test_a_project_whose_name_fits_no_menu_is_chosen_by_its_place(self) -> None:
        name = "売上" * 100 + ' "x"'
        async with at_desk(failing(1, name)) as desk:
            chosen = said(await desk.choose(await desk.say("/sessions failed"), "project", "売上"))
            assert header(chosen) == "1 failed session · last 24 h"

    async def test_another_window(self) -> None:
        async with at_desk(failing(2)) as desk:
            reply = said(await desk.choose(await desk.say("/sessions failed"), "window", "yesterday"))
            assert header(reply) == "0 failed sessions · yesterday"

    async def test_choosing_the_session_day_again_changes_nothing(self) -> None:
        async with at_desk(failing(2)) as desk:
            first = await desk.say("/sessions for 2026-11-24")
            again = said(await desk.choose(first, "window", "for 2026-11-24"))
            assert header(again) == header(first) == "2 sessions · for 2026-11-24"


class TestStories:
    async def test_details_tells_one_session_in_a_message_of_its_own(self) -> None:
        history = failing(1)
        history.retry(
            1,
            created=NOW - 20 * MINUTE,
            outcome="error",
            error="boom again\nline two",
            params={"password": "hunter2", "n": 1},
        )
        async with at_desk(history) as desk:
            reply = await desk.press(await desk.say("/sessions failed"), "Details")
            assert isinstance(reply, Say)
            assert not reply.public
            text = reply.message.text + str(reply.message.blocks)
            assert "attempt 2 of 2" in text
            assert "boom again\\nline two" in text
            assert "hunter2" not in text
            assert "failed sessions ·" not in text

    @pytest.mark.parametrize(
        "typed", ["1", "#1", "attempt:1", "https://console.test/app/workflows/sessions/1"]
    )
    async def test_a_session_is_opened_by_id_attempt_or_link(self, typed: str) -> None:
        async with at_desk(failing(1)) as desk:
            assert "attempt 1 of 1" in (await desk.say(f"/sessions {typed}")).text

    async def test_an_earlier_attempt_is_told_as_such(self) -> None:
        history = failing(1)
        history.retry(1, created=NOW - 20 * MINUTE, outcome="success")
        async with at_desk(history) as desk:
            message = await desk.say("/sessions attempt:1")
            assert "attempt 1 of 2" in message.text
            shared = await desk.press(message, "Share in channel")
            assert isinstance(shared, Say)
            assert shared.public
            assert "attempt 1 of 2" in shared.message.text

    async def test_a_session_that_is_not_there_is_an_answer(self) -> None:
        async with at_desk(failing(1)) as desk:
            reply = await desk.ask("/sessions 99")
            assert isinstance(reply, Say)
            assert not reply.failed
            assert "There is no session 99" in reply.message.text

    async def test_a_link_button_owes_no_answer(self) -> None:
        async with at_desk(failing(1)) as desk:
            story = await desk.say("/sessions 1")
            assert await desk.press(story, "Open in console") == Nothing()


class TestFiles:
    async def test_a_csv_holds_every_row(self) -> None:
        async with at_desk(failing(25)) as desk:
            reply = await desk.ask("/sessions failed csv")
            assert isinstance(reply, File)
            lines = reply.content.decode().splitlines()
            assert lines[0].startswith("session_id,attempt_id,project,workflow,session_time,status,")
            assert len(lines) == 26
            assert lines[1].endswith(",error,2026-11-24T11:29:00Z,2026-11-24T11:30:00Z,1,boom 25")
            assert reply.message.text.startswith("25 failed sessions · last 24 h")

    async def test_nothing_found_is_the_header_line(self) -> None:
        async with at_desk(Written()) as desk:
            reply = await desk.ask("/sessions failed csv")
            assert isinstance(reply, File)
            assert reply.content.count(b"\n") == 1

    async def test_a_mended_sessions_old_error_is_not_in_the_file(self) -> None:
        history = failing(1)
        history.retry(1, created=NOW - 20 * MINUTE, outcome="success")
        async with at_desk(history) as desk:
            reply = await desk.ask("/sessions retried csv")
            assert isinstance(reply, File)
            assert b"boom" not in reply.content

    async def test_a_file_with_a_hole_is_refused(self) -> None:
        async with at_desk(failing(300)) as desk:
            desk.account.faults.status(403, path="/api/attempts", after=1)
            reply = await desk.ask("/sessions failed csv")
            assert isinstance(reply, Say)
            assert reply.failed
            assert "The file was not made" in reply.message.text


class TestTrouble:
    async def test_an_account_that_cannot_be_asked_is_never_said_to_be_quiet(self) -> None:
        async with at_desk(failing(1)) as desk:
            desk.account.faults.status(401)
            reply = await desk.ask("/sessions failed")
            assert isinstance(reply, Say)
            assert reply.failed
            assert "TD_API_KEY" in reply.message.text
            assert "0 failed" not in reply.message.text

    async def test_what_is_not_covered_is_named(self) -> None:
        async with at_desk(failing(300)) as desk:
            desk.account.faults.status(403, path="/api/attempts", after=1)
            message = await desk.say("/sessions failed")
            assert "Incomplete." in message.text
            assert "Read back to" in str(message.blocks)

    async def test_errors_that_cannot_be_read_are_left_out_not_waited_for(self) -> None:
        async with at_desk(failing(2)) as desk:
            desk.account.faults.status(403, path="/api/attempts/")
            message = await desk.say("/sessions failed")
            assert header(message) == "2 failed sessions · last 24 h"
            assert "boom" not in message.text

    async def test_odd_rows_are_counted(self) -> None:
        async with at_desk(failing(3)) as desk:
            desk.account.faults.odd_row("no_session_time")
            assert "could not be read" in (await desk.say("/sessions failed")).text


class TestSessionsOnly:
    """A server that has nothing but GET /api/sessions."""

    async def test_lists_csv_and_one_session_work_and_say_what_they_miss(self) -> None:
        async with at_desk(failing(3)) as desk:
            desk.account.faults.only_sessions()
            message = await desk.say("/sessions failed")
            assert header(message) == "3 failed sessions · last 24 h"
            missed = "later retries of older sessions may be missed"
            assert missed in message.text
            assert missed in str(message.blocks)
            file = await desk.ask("/sessions failed csv")
            assert isinstance(file, File)
            assert missed in file.message.text
            assert file.content.decode().splitlines()[1].endswith(",,")
            story = await desk.say("/sessions 2")
            assert "how many attempts there are is unknown" in story.text
            assert "attempt 1 of" not in story.text
            assert "`2`" in story.text
