"""What one types and presses in Slack, and what comes back."""

from pathlib import Path

import pytest

from bot.playground.account import Written
from bot.playground.slack import User, default_users, mentions
from tests.end_to_end.staging import (
    HERE,
    MINUTE,
    NOW,
    Stage,
    buttons,
    everything,
    failing,
    header,
    staged,
    words,
)

DAY = 24 * 60 * MINUTE
HEADER = "23 failed sessions · last 24 h"


async def test_failed_sessions_are_listed_for_the_asker_alone(stage: Stage) -> None:
    message = await stage.ask("/sessions failed")
    assert header(message) == HEADER
    assert message.text.startswith(HEADER)
    assert (message.for_user, message.via) == ("U0ANA", "response_url")
    assert "boom 23" in everything(message)
    assert words(message) == {"Details", "Next", "Share in channel"}


async def test_here_is_for_the_whole_channel(stage: Stage) -> None:
    message = await stage.ask("/sessions failed here", channel="#sales")
    assert header(message) == HEADER
    assert message.for_user is None
    assert "Share in channel" not in words(message)


async def test_errors_of_a_window_that_the_copy_does_not_hold_are_read_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.mirror.mirror.DEEPEST", 100)
    history = Written(NOW - 80 * DAY)
    for number in range(80 * 12):
        created = NOW - 80 * DAY + number * 120 * MINUTE
        history.run("sales", "load", created=created, outcome="error", error=f"boom {number}")
    async with staged("http", tmp_path, history) as stage:
        message = await stage.ask("/sessions failed 2026-09-28..2026-09-29")
        assert "boom" in everything(message)
        assert "could not be read" not in everything(message) + message.text


@pytest.mark.parametrize("typed", ["/sessions failed", "/lookout sessions failed", "/sessions FAILED 24h"])
async def test_the_same_question_in_other_words(stage: Stage, typed: str) -> None:
    assert header(await stage.ask(typed)) == HEADER


async def test_each_post_through_a_response_url_states_its_type(stage: Stage) -> None:
    message = await stage.ask("/sessions failed")
    await stage.ask("/sessions failed here")
    await stage.press(message, "Next")
    await stage.slack.changed(message)
    await stage.press(message, "Share in channel")
    await stage.slack.next_message()
    assert len(stage.slack.url_posts) == 4
    assert all(post.states_type for post in stage.slack.url_posts)


async def test_details_are_a_message_of_their_own_and_the_list_stays(stage: Stage) -> None:
    message = await stage.ask("/sessions failed")
    await stage.press_first(message, "Details")
    story = await stage.slack.next_message(user="ana")
    assert "attempt 1 of 1" in story.text
    assert story.for_user == "U0ANA"
    assert HEADER not in everything(story)
    assert stage.slack.current(message) == message


async def test_next_redraws_and_reads_nothing(stage: Stage) -> None:
    first = await stage.ask("/sessions failed")
    read = len(stage.asked())
    await stage.press(first, "Next")
    second = await stage.slack.changed(first)
    assert "page 2 of 3" in everything(second)
    assert "boom 13" in everything(second)
    assert second.key == first.key
    assert stage.asked()[read:] == []


async def test_going_back_reads_nothing(stage: Stage) -> None:
    first = await stage.ask("/sessions failed")
    await stage.press(first, "Next")
    second = await stage.slack.changed(first)
    read = len(stage.asked())
    await stage.press(second, "Previous")
    back = await stage.slack.changed(second)
    assert "boom 23" in everything(back)
    await stage.press(back, "Next")
    assert "boom 13" in everything(await stage.slack.changed(back))
    assert len(stage.asked()) == read


async def test_pages_stand_as_they_were_first_cut(stage: Stage) -> None:
    first = await stage.ask("/sessions failed")
    history = stage.account.history
    assert isinstance(history, Written)
    history.run("sales", "late", created=NOW - 5 * MINUTE, outcome="error")
    await stage.press(first, "Next")
    second = await stage.slack.changed(first)
    assert header(second) == HEADER


@pytest.mark.parametrize(
    ("menu", "option", "expected"),
    [
        ("status", "success", "0 success sessions · last 24 h"),
        ("window", "last hour", "23 failed sessions · last hour"),
        ("project", "sales", HEADER),
    ],
)
async def test_a_menu_redraws_in_place(stage: Stage, menu: str, option: str, expected: str) -> None:
    message = await stage.ask("/sessions failed")
    await stage.choose(message, menu, option)
    changed = await stage.slack.changed(message)
    assert changed.key == message.key
    assert changed.for_user == "U0ANA"
    assert header(changed) == expected


async def test_sharing_names_who_shared_in_plain_text(stage: Stage) -> None:
    message = await stage.ask("/sessions failed", channel="#sales")
    await stage.press(message, "Share in channel")
    shared = await stage.slack.next_message("#sales")
    assert shared.for_user is None
    assert header(shared) == HEADER
    assert "Shared by ana" in everything(shared)
    assert mentions(shared) == []
    assert "Share in channel" not in words(shared)
    assert stage.slack.current(message) == message


async def test_a_storys_share_is_public_too(stage: Stage) -> None:
    message = await stage.ask("/sessions 23")
    assert message.for_user == "U0ANA"
    await stage.press(message, "Share in channel")
    shared = await stage.slack.next_message(HERE)
    assert shared.for_user is None
    assert "Shared by ana" in everything(shared)


async def test_on_a_public_message_its_asker_redraws(stage: Stage) -> None:
    public = await stage.ask("/sessions failed here")
    await stage.press(public, "Next")
    changed = await stage.slack.changed(public)
    assert "page 2 of 3" in everything(changed)
    assert changed.for_user is None


async def test_on_a_public_message_others_are_answered_privately(stage: Stage) -> None:
    public = await stage.ask("/sessions failed here")
    await stage.press(public, "Next", user="kenji")
    private = await stage.slack.next_message(user="kenji")
    assert private.for_user == "U0KENJI"
    assert "page 2 of 3" in everything(private)
    await stage.choose(public, "status", "success", user="kenji")
    chosen = await stage.slack.next_message(user="kenji")
    assert (chosen.for_user, header(chosen)[:9]) == ("U0KENJI", "0 success")
    assert stage.slack.current(public) == public


async def test_on_a_shared_message_its_sharer_redraws(stage: Stage) -> None:
    message = await stage.ask("/sessions failed")
    await stage.press(message, "Share in channel")
    shared = await stage.slack.next_message(HERE)
    await stage.press(shared, "Next", user="lou")
    private = await stage.slack.next_message(user="lou")
    assert private.for_user == "U0LOU"
    await stage.press(shared, "Next")
    assert "page 2 of 3" in everything(await stage.slack.changed(shared))


async def test_did_you_mean_runs_what_was_meant(stage: Stage) -> None:
    message = await stage.ask("/sessions faled")
    assert "`faled`" in everything(message)
    assert "`failed`" in everything(message)
    [button] = buttons(message)
    assert "failed" in button["text"]["text"]
    await stage.press(message, button["text"]["text"])
    assert header(await stage.slack.next_message(user="ana")) == HEADER


async def test_a_link_button_is_acknowledged_and_answered_with_nothing(stage: Stage) -> None:
    story = await stage.ask("/sessions 23")
    await stage.press(story, "Open in console")
    await stage.ask("/sessions failed")
    assert len(stage.slack.url_posts) == 2


@pytest.mark.parametrize("name", ["<!channel>", "<@U0KENJI>", "<!subteam^S0DATA>", "@here & <#C0SALES>"])
async def test_nobody_is_pinged_by_a_name(mode: str, tmp_path: Path, name: str) -> None:
    history = failing(1, project=name, workflow=name)
    people = [User("U0ANA", "<!everyone>", "Ana", "Europe/Berlin"), *default_users()[1:]]
    async with staged(mode, tmp_path, history, users=people) as stage:
        said = [await stage.ask("/sessions failed", user="U0ANA")]
        await stage.press(said[0], "Share in channel", user="U0ANA")
        said.append(await stage.slack.next_message(HERE))
        await stage.press_first(said[0], "Details", user="U0ANA")
        said.append(await stage.slack.next_message(user="U0ANA"))
        said.append(await stage.ask(f"/sessions {name} here", user="U0ANA"))
        said.append(await stage.ask(f"/sessions project:{name}x", user="U0ANA"))
        assert [mentions(message) for message in said] == [[]] * 5


async def test_help_is_private_and_names_the_command(stage: Stage) -> None:
    message = await stage.ask("/sessions help")
    assert message.for_user == "U0ANA"
    assert "/sessions" in message.text
    assert stage.asked("/api/attempts") == []


async def test_the_askers_zone_is_slacks_and_is_printed(stage: Stage) -> None:
    assert "as of 13:00:00 Europe/Berlin" in (await stage.ask("/sessions failed")).text
    assert "as of 21:00:00 Asia/Tokyo" in (await stage.ask("/sessions failed", user="kenji")).text


async def test_a_prefix_is_part_of_every_command(tmp_path: Path, mode: str) -> None:
    from bot.manifest import manifest_yaml
    from bot.playground.slack.manifest import read_manifest

    async with staged(mode, tmp_path, failing(2), SLACK_COMMAND_PREFIX="dev-") as stage:
        stage.slack.workspace.manifest = read_manifest(manifest_yaml(prefix="dev-"))
        assert header(await stage.ask("/dev-sessions failed")) == "2 failed sessions · last 24 h"
