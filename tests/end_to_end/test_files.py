"""`csv`: where the file goes, and what is said where it was asked."""

import csv
import io
from pathlib import Path

from bot.playground.slack import Broken, File, Refuse
from tests.end_to_end.staging import Stage, everything, failing, staged


def rows(file: File) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((file.content or b"").decode())))


def only_file(stage: Stage) -> File:
    [file] = [each for each in stage.slack.workspace.files.values() if each.completed_at]
    return file


async def test_a_file_goes_to_the_askers_dm_and_the_answer_says_so(stage: Stage) -> None:
    await stage.slack.command("ana", "#sales", "/sessions failed csv")
    beside = await stage.slack.next_message(stage.slack.dm_of("ana").id)
    answer = await stage.slack.next_message("#sales", user="ana")
    assert "direct messages" in answer.text
    assert "23 failed sessions · last 24 h" in answer.text
    assert answer.for_user == "U0ANA"
    assert beside.files == (only_file(stage).id,)
    assert len(rows(only_file(stage))) == 23
    assert rows(only_file(stage))[0]["error"] == "boom 23"


async def test_with_here_it_goes_to_the_channel(stage: Stage) -> None:
    await stage.slack.command("ana", "#data-alerts", "/sessions failed csv here")
    message = await stage.slack.next_message("#data-alerts")
    assert message.for_user is None
    assert message.files == (only_file(stage).id,)
    assert "23 failed sessions · last 24 h" in message.text


async def test_where_the_bot_is_no_member_it_goes_to_the_dm_and_says_so(stage: Stage) -> None:
    await stage.slack.command("ana", "#sales", "/sessions failed csv here")
    answer = await stage.slack.next_message("#sales", user="ana")
    assert answer.for_user == "U0ANA"
    assert "/invite @Lookout" in answer.text
    assert "direct messages" in answer.text
    assert only_file(stage).channels == (stage.slack.dm_of("ana").id,)


async def test_a_missing_scope_is_told(stage: Stage) -> None:
    stage.slack.misbehave("files.getUploadURLExternal", Refuse("missing_scope"), times=None)
    message = await stage.ask("/sessions failed csv")
    assert "lacks the scope" in message.text
    assert "23 failed sessions" in message.text
    assert message.for_user == "U0ANA"


async def test_a_dm_that_cannot_be_opened_is_told(stage: Stage) -> None:
    stage.slack.misbehave("conversations.open", Refuse("missing_scope"), times=None)
    assert "could not be delivered" in (await stage.ask("/sessions failed csv")).text


async def test_an_upload_that_fails_is_told_and_not_repeated(stage: Stage) -> None:
    stage.slack.misbehave("files.completeUploadExternal", Broken(503, after=True))
    await stage.slack.command("ana", "#sales", "/sessions failed csv")
    answer = await stage.slack.next_message("#sales", user="ana")
    assert "could not be delivered" in answer.text
    assert len(stage.slack.calls_of("files.completeUploadExternal")) == 1


async def test_nothing_found_is_a_file_with_the_header_line(stage: Stage) -> None:
    await stage.ask("/sessions killed csv", channel="#sales")
    file = only_file(stage)
    assert (file.content or b"").decode().startswith("session_id,attempt_id,project,")
    assert rows(file) == []


async def test_a_file_with_a_hole_is_refused(mode: str, tmp_path: Path) -> None:
    async with staged(mode, tmp_path, failing(150)) as stage:
        stage.account.faults.status(403, "/api/attempts", times=None)
        message = await stage.ask("/sessions failed csv")
        assert stage.slack.workspace.files == {}
        assert "0 failed" not in everything(message)
