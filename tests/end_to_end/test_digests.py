"""Digests in Slack: made with words or a dialog, posted at their time and once, worked with, and mended."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from bot.manifest import manifest_yaml
from bot.playground.account import Written
from bot.playground.account.clock import Clock
from bot.playground.account.server import Account
from bot.playground.slack import Broken, LocalSlack, Message, Refuse
from bot.playground.slack.people import BOT_USER, Channel
from bot.store.digests import Digest, Step
from tests.end_to_end.staging import (
    HERE,
    MINUTE,
    NOW,
    Stage,
    elements,
    everything,
    settled,
    staged,
    started,
    words,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ADD = "/digests add morning every weekday at 9 in #data-alerts"
"""For Ana in Berlin; it is Tuesday there, one o'clock in the afternoon."""
NEXT = NOW.replace(hour=8) + DAY


def story() -> Written:
    """Of the last day until eight: one workflow still broken, one new, one recovered, one well."""
    history = Written(NOW - 30 * DAY)
    for day in range(9, -1, -1):
        at = NOW.replace(hour=3) - day * DAY
        history.run("shop", "nightly", created=at, took=10 * MINUTE, outcome="success")
        history.run(
            "shop",
            "stock",
            created=at + MINUTE,
            took=MINUTE,
            outcome="error" if day < 3 else "success",
            error="no rows",
        )
        history.run(
            "crm",
            "sync",
            created=at + 2 * MINUTE,
            took=MINUTE,
            outcome="error" if day == 0 else "success",
            error="timeout",
        )
        history.run(
            "crm",
            "feed",
            created=at + 3 * MINUTE,
            took=MINUTE,
            outcome="error" if day == 1 else "success",
            error="gone",
        )
    return history


@asynccontextmanager
async def at_work(
    tmp_path: Path, history: Written | None = None, environ: Mapping[str, Any] = MappingProxyType({})
) -> AsyncIterator[Stage]:
    async with staged("socket", tmp_path, history or story(), **environ) as stage:
        yield stage


async def due(stage: Stage) -> None:
    """What is due is told, and what is planned is posted."""
    assert stage.bot.runs is not None
    assert stage.bot.outbox is not None
    stage.bot.outbox.rules = replace(stage.bot.outbox.rules, pace=0.0)
    await stage.bot.runs.run()
    for _ in range(2):  # the bot's own ticker may be at it: then the first only waits for that
        await stage.bot.outbox.run()


async def at(stage: Stage, when: datetime) -> None:
    stage.account.clock.set(when)
    await due(stage)


def posts(stage: Stage, channel: str = HERE) -> list[Message]:
    return [one for one in stage.slack.messages(channel) if one.author == BOT_USER and one.for_user is None]


def payload(message: Message) -> dict[str, Any]:
    assert message.metadata is not None
    found: dict[str, Any] = message.metadata["event_payload"]
    return found


def without_bot(slack: LocalSlack, channel: str) -> Channel:
    known = slack.workspace.channel(channel)
    return replace(known, members=known.members - {BOT_USER})


def reopen(slack: LocalSlack) -> None:
    """The channel is archived no more."""
    slack.workspace.set_channel(replace(slack.workspace.channel(HERE), is_archived=False))


async def made(stage: Stage, typed: str = ADD) -> Message:
    offered = await stage.ask(typed)
    await stage.press(offered, "Save")
    return await stage.slack.changed(offered)


async def changed(stage: Stage, typed: str) -> Message:
    offered = await stage.ask(typed)
    await stage.press(offered, "Save")
    done = await stage.slack.changed(offered)
    assert "Changed." in done.text
    return done


def failing_hourly() -> Written:
    """One failed session half past each hour of two days."""
    history = Written(NOW - 30 * DAY)
    for number in range(60):
        at = NOW.replace(minute=30) - DAY + number * HOUR
        history.run("shop", "stock", created=at, took=MINUTE, outcome="error", error="no rows")
    return history


async def test_it_is_read_back_and_previewed_then_kept_and_listed(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        offered = await stage.ask(ADD)
        assert (
            "Mon–Fri 09:00 Europe/Berlin in #data-alerts;"
            " next Wed 25 Nov 09:00, Thu 26 Nov 09:00, Fri 27 Nov 09:00"
        ) in offered.text
        assert "1 workflow still broken, 1 newly broken, 1 recovered" in everything(offered)
        assert {"Save", "Post a trial"} <= words(offered)
        assert "There is none yet" in (await stage.ask("/digests")).text
        await stage.press(offered, "Save")
        assert "Saved." in (await stage.slack.changed(offered)).text
        listed = await stage.ask("/digests")
        assert "made by ana" in everything(listed)
        assert listed.text.startswith("1 digest\nmorning · Mon–Fri 09:00 Europe/Berlin in #data-alerts")
        assert "There is a digest `morning` already" in (await stage.ask(ADD)).text
        assert posts(stage) == []


async def test_it_comes_at_its_time_once_and_can_be_worked_with(tmp_path: Path) -> None:
    history = story()
    async with at_work(tmp_path, history) as stage:
        await made(stage)
        await at(stage, NEXT - MINUTE)
        assert posts(stage) == []
        history.run("crm", "sync", created=NEXT - 5 * HOUR, took=MINUTE, outcome="error", error="timeout")
        history.run("shop", "stock", created=NEXT - 5 * HOUR, took=MINUTE, outcome="success")
        await at(stage, NEXT)
        await due(stage)
        (post,) = posts(stage)
        assert payload(post)["digest"] == "morning"
        assert (payload(post)["from"], payload(post)["to"]) == (
            "2026-11-24T08:00:00Z",
            "2026-11-25T08:00:00Z",
        )
        assert "1 workflow still broken, 1 recovered. 50.0 % of 2 sessions succeeded" in post.text
        assert await stage.slack.next_message(user="ana") == post
        await stage.press_first(post, "Details")
        assert "crm / sync" in everything(await stage.slack.next_message(user="ana"))
        await stage.press(post, "Show them")
        rest = await stage.slack.next_message(user="ana")
        assert "Failed sessions · morning" in everything(rest)
        assert posts(stage) == [stage.slack.current(post)]


async def test_what_fell_due_while_it_was_down_is_one_post_that_says_so(tmp_path: Path) -> None:
    history = story()
    clock = Clock(NOW)
    clock.freeze()
    async with (
        LocalSlack(manifest_yaml(), burst=1_000_000, tiers=False) as slack,
        Account(history, clock=clock) as account,
    ):
        async with started("socket", slack, account, tmp_path) as stage:
            await settled(stage.bot)
            await made(stage, "/digests add hours hourly in #data-alerts")
        clock.move(5 * HOUR + 10 * MINUTE)
        async with started("socket", slack, account, tmp_path) as stage:
            await due(stage)
            await due(stage)
            (post,) = posts(stage)
            assert "replaces 4 others" in post.text
            assert (payload(post)["from"], payload(post)["to"]) == (
                "2026-11-24T12:00:00Z",
                "2026-11-24T17:00:00Z",
            )


async def test_a_declared_one_goes_on_from_the_channel_on_an_empty_disk(tmp_path: Path) -> None:
    declared: dict[str, Any] = {
        "DIGESTS": "- {name: hours, when: hourly, channel: '#data-alerts'}",
        "EPHEMERAL_DISK": "1",
    }
    clock = Clock(NOW + 10 * MINUTE)
    clock.freeze()
    async with (
        LocalSlack(manifest_yaml(), burst=1_000_000, tiers=False) as slack,
        Account(story(), clock=clock) as account,
    ):
        for life in range(3):
            folder = tmp_path / str(life)
            folder.mkdir()
            async with started("socket", slack, account, folder, **declared) as stage:
                await settled(stage.bot)
                await due(stage)
                await due(stage)
            clock.move(2 * HOUR if life == 1 else HOUR)
        spans = [(payload(post)["from"][11:16], payload(post)["to"][11:16]) for post in posts(stage)]
        assert spans == [("11:00", "12:00"), ("12:00", "13:00"), ("13:00", "15:00")]
        assert "replaces 1 other" in posts(stage)[-1].text


async def test_a_quiet_one_says_nothing_where_nothing_failed(tmp_path: Path) -> None:
    history = story()
    async with at_work(tmp_path, history) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts quiet zone UTC crm/*")
        history.run("crm", "sync", created=NOW + MINUTE, took=MINUTE, outcome="success")
        history.run("crm", "sync", created=NOW + HOUR + MINUTE, took=MINUTE, outcome="success")
        for hours in (1, 2):  # it came back, and all is well
            await at(stage, NOW + hours * HOUR)
            assert posts(stage) == []
        history.run("crm", "sync", created=NOW + 2 * HOUR + MINUTE, took=MINUTE, outcome="error")
        await at(stage, NOW + 3 * HOUR)
        assert payload(posts(stage)[-1])["from"] == "2026-11-24T14:00:00Z"
        await at(stage, NOW + 4 * HOUR)
        assert len(posts(stage)) == 1  # it is still broken, which is no news


async def test_one_that_cannot_be_told_says_so_once_and_becomes_the_digest(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage)
        stage.account.faults.status(503, times=None)
        await at(stage, NEXT + 10 * MINUTE)
        assert posts(stage) == []
        await at(stage, NEXT + 31 * MINUTE)
        (line,) = posts(stage)
        assert "is late" in line.text
        assert payload(line)["pending"] is True
        await due(stage)
        assert posts(stage) == [line]
        stage.account.faults.clear()
        await at(stage, NEXT + 40 * MINUTE)
        (post,) = posts(stage)
        assert post.ts == line.ts
        assert "pending" not in payload(post)
        assert "as it stood at Wed 25 Nov 09:00 Europe/Berlin" in post.text


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("#sales", "Lookout is not a member of #sales: type /invite @Lookout there"),
        ("#old-alerts", "#old-alerts is archived"),
        ("#partners", "#partners is shared with people outside this workspace"),
        ("#nowhere", "There is no channel #nowhere that Lookout can see"),
    ],
)
async def test_a_channel_that_will_not_do_is_named_before_anything_is_kept(
    channel: str, said: str, tmp_path: Path
) -> None:
    async with at_work(tmp_path) as stage:
        assert said in (await stage.ask(f"/digests add morning hourly in {channel}")).text
        assert "There is none yet" in (await stage.ask("/digests")).text


async def test_who_is_not_in_the_channel_may_not(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage)
        here = replace(stage.slack.workspace.channel(HERE), members=frozenset({"U0ANA", BOT_USER}))
        stage.slack.workspace.set_channel(here)
        for step in ("add x hourly in #data-alerts", "remove morning", "send morning"):
            asked = await stage.ask(f"/digests {step}", "kenji", channel="#sales")
            assert "You are not in #data-alerts" in asked.text
        assert "is gone" in (await stage.ask("/digests remove morning", "ana")).text


async def test_of_a_private_channel_only_its_members_are_told(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add morning every weekday at 9 in #data-alerts")
        await made(stage, "/digests add quietly hourly in #incidents")
        await changed(stage, "/digests edit quietly mondays 9 in #incidents")
        listed = await stage.ask("/digests", "kenji")
        assert "morning" in listed.text
        assert "+1 in private channels that you, or Lookout, are not in." in listed.text
        assert "quietly" not in everything(listed)
        assert "incidents" not in everything(listed)
        for step in ("quietly", "preview quietly", "edit quietly", "remove quietly", "send quietly"):
            told = (await stage.ask(f"/digests {step}", "kenji")).text
            assert told == "There is no digest `quietly`. There are `morning`."
        steps = await stage.ask("/digests history", "kenji")
        assert "+2 in private channels" in steps.text
        assert "incidents" not in everything(steps)
        nowhere = await stage.ask("/digests add x hourly in #nowhere", "kenji")
        secret = await stage.ask("/digests add x hourly in #incidents", "kenji")
        assert secret.text == nowhere.text.replace("nowhere", "incidents")
        for member in ("lou", "ana"):
            listed = await stage.ask("/digests", member)
            assert "quietly" in listed.text
            assert "private channels" not in everything(listed)
            assert "incidents" in (await stage.ask("/digests history", member)).text
        stage.slack.workspace.set_channel(without_bot(stage.slack, "C0SECRET"))
        stage.account.clock.move(HOUR)
        assert "quietly" in (await stage.ask("/digests", "ana")).text  # she has made it
        assert "quietly" not in (await stage.ask("/digests", "lou")).text


async def test_who_moves_a_digest_answers_for_it(tmp_path: Path) -> None:
    """Its former maker is told no more of it than anybody."""
    async with at_work(tmp_path) as stage:
        offered = await stage.ask("/digests add morning hourly in #data-alerts", "kenji")
        await stage.press(offered, "Save", "kenji")
        await stage.slack.changed(offered)
        await changed(stage, "/digests edit morning hourly in #incidents")
        listed = await stage.ask("/digests", "kenji")
        assert "incidents" not in everything(listed)
        assert "+1 in private channels" in listed.text
        assert "made by ana" in everything(await stage.ask("/digests", "lou"))


async def test_steps_of_which_no_channel_is_known_are_told_to_who_took_them(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        assert stage.bot.runs is not None
        await stage.bot.runs.digests.note(
            Step(NOW, "U0ANA", "added", "x (0 * * * * UTC in #incidents)", "ana")
        )
        assert "#incidents" in (await stage.ask("/digests history", "ana")).text
        steps = await stage.ask("/digests history", "lou")
        assert "incidents" not in everything(steps)
        assert "+1 in private channels" in steps.text


async def test_where_slack_cannot_be_asked_no_private_channel_is_told(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage)
        stage.slack.misbehave("conversations.info", Broken(), times=None)
        stage.account.clock.move(HOUR)
        assert (
            "+1 of which Slack could not be asked"
            in (await stage.ask("/digests", "kenji", channel="#sales")).text
        )
        assert "morning" in (await stage.ask("/digests", "kenji")).text  # asked in its own channel
        told = await stage.ask("/digests preview morning", "kenji", channel="#sales")
        assert told.text == "Slack could not be asked whether you may see this digest: try again in a moment."


async def test_channels_of_declared_ones_are_looked_for_once(tmp_path: Path) -> None:
    lines = [DECLARED % (name, channel) for name, channel in (("here", "#data-alerts"), ("no", "#nowhere"))]
    async with at_work(tmp_path, environ={"DIGESTS": "\n".join(lines)}) as stage:
        await stage.ask("/digests", "kenji")
        asked = len(stage.slack.calls_of("conversations.list"))
        stage.slack.misbehave("conversations.list", Broken(), times=None)
        for channel in (HERE, "#sales"):
            listed = await stage.ask("/digests", "kenji", channel=channel)
            assert "here" in listed.text
            assert "no ·" in listed.text
            assert "+" not in listed.text
        assert len(stage.slack.calls_of("conversations.list")) == asked


async def test_a_private_channel_by_its_id_is_as_good_as_none(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        secret = await stage.ask("/digests add x hourly in C0SECRET", "kenji")
        nowhere = await stage.ask("/digests add x hourly in C0NOWHERE", "kenji")
        assert secret.text == nowhere.text.replace("NOWHERE", "SECRET")
        assert "There is no channel C0SECRET that Lookout can see" in secret.text


async def test_who_has_moved_a_digest_is_not_told_of_the_channel_it_has_left(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        stage.slack.misbehave("chat.postMessage", Broken(), times=None)
        await later(stage, "13:01")
        await changed(stage, "/digests edit hours hourly in #incidents")
        stage.slack.behave()
        await stage.slack.archive(HERE)
        await later(stage, "13:10")
        assert "archived" not in (await stage.ask("/digests", channel="#sales")).text
        await later(stage, "14:01", "14:15", "14:16")
        told = [payload(post) for post in posts(stage, "C0SECRET")]
        assert sorted((each["from"][11:16], each["to"][11:16]) for each in told) == [("12:00", "14:00")]


async def test_steps_are_taken_and_written_down(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage)
        assert "paused" in (await stage.ask("/digests pause morning")).text
        await at(stage, NEXT)
        assert posts(stage) == []
        assert "It goes on." in (await stage.ask("/digests resume morning")).text
        await changed(stage, "/digests edit morning mondays 08:30 in #data-alerts quiet")
        assert "Mondays 08:30" in (await stage.ask("/digests morning")).text
        assert "is gone" in (await stage.ask("/digests remove morning", "lou")).text
        assert "There is no digest `morning`" in (await stage.ask("/digests preview morning")).text
        history = (await stage.ask("/digests history")).text.split("\n")
        assert [line.split(" · ")[1].split(" ")[:2] for line in history[1:]] == [
            ["lou", "removed"],
            ["ana", "changed"],
            ["ana", "resumed"],
            ["ana", "paused"],
            ["ana", "added"],
        ]


async def test_one_made_anew_under_an_old_name_begins_anew(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage)
        await at(stage, NEXT)
        assert await stage.slack.next_message(user="ana") in posts(stage)
        assert "is gone" in (await stage.ask("/digests remove morning")).text
        stage.account.clock.move(4 * DAY)
        await made(stage)
        await at(stage, NEXT + 5 * DAY)
        assert payload(posts(stage)[-1])["from"] == "2026-11-27T08:00:00Z"
        assert payload(posts(stage)[-1])["to"] == "2026-11-30T08:00:00Z"


async def test_what_another_of_its_name_has_seen_is_not_late_in_one_made_anew(tmp_path: Path) -> None:
    history = story()
    for hours in range(5):
        history.run("crm", "sync", created=NEXT + (1 + hours) * HOUR, took=MINUTE, outcome="error")
    async with at_work(tmp_path, history) as stage:
        await made(stage)
        await at(stage, NEXT)
        assert await stage.slack.next_message(user="ana") in posts(stage)
        await stage.ask("/digests remove morning")
        stage.account.clock.move(4 * DAY)
        await made(stage)
        await at(stage, NEXT + 5 * DAY)
        assert "Seen late" not in posts(stage)[-1].text


async def test_a_trial_is_posted_once_however_often_it_is_pressed(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        offered = await stage.ask(ADD)
        for _ in range(2):
            await stage.press(offered, "Post a trial")
            await stage.slack.next_message(user="ana")
        await due(stage)
        (post,) = posts(stage)
        assert "Sent by ana, beside its own times." in post.text
        assert payload(post)["kind"] == "sent digest"


async def test_it_is_sent_now_on_request(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage)
        offered = await stage.ask("/digests send morning")
        await stage.press(offered, "Send to #data-alerts")
        assert "It goes to #data-alerts now." in (await stage.slack.next_message(user="ana")).text
        await due(stage)
        assert len(posts(stage)) == 1
        await at(stage, NEXT)
        assert len(posts(stage)) == 2


async def test_a_dialog_makes_one_too(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        assert (await stage.slack.command("ana", HERE, "/digests add")).ok
        await stage.slack.wait_for(lambda: stage.slack.dialog("ana") is not None)
        view = stage.slack.dialog("ana")
        assert view is not None
        wrong = {"name": "morning", "when": "every blursday", "channel": "C0ALERTS", "words": "failed"}
        await stage.slack.submit(view, wrong)
        view = stage.slack.dialog("ana")
        assert view is not None
        assert view.errors.keys() == {"when", "words"}
        assert "blursday" in view.errors["when"]
        await stage.slack.submit(view, {**wrong, "when": "every weekday at 9", "words": "crm/*"})
        offered = await stage.slack.next_message(user="ana")
        assert "Mon–Fri 09:00 Europe/Berlin in #data-alerts · crm/*" in offered.text
        await stage.press(offered, "Save")
        await stage.slack.changed(offered)
        assert "morning" in (await stage.ask("/digests")).text


async def test_a_channel_that_is_gone_is_told_its_maker_once_and_the_list_says_it(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        await stage.slack.archive(HERE)
        for hours in (1, 2, 3):
            await at(stage, NOW + hours * HOUR)
            await due(stage)
        told = [one for one in stage.slack.messages(stage.slack.dm_of("ana").id) if one.author == BOT_USER]
        assert len([one for one in told if "cannot be posted in #data-alerts" in one.text]) == 1
        assert await stage.slack.next_message(user="ana") in told
        assert "archived" in (await stage.ask("/digests", channel="#sales")).text
        reopen(stage.slack)
        await at(stage, NOW + 4 * HOUR)
        stage.account.clock.move(MINUTE)  # Slack has limited it: the outbox tries again
        (post,) = await stage.slack.wait_for(lambda: posts(stage), 20)
        for _ in range(2):
            await due(stage)
        assert (payload(post)["from"], payload(post)["to"]) == (
            "2026-11-24T12:00:00Z",
            "2026-11-24T16:00:00Z",
        )
        assert "replaces 3 others" in post.text
        assert await stage.slack.next_message(user="ana") == post
        assert "archived" not in (await stage.ask("/digests", channel="#sales")).text


async def test_all_that_was_given_up_is_in_the_next_one(tmp_path: Path) -> None:
    """Two lines that each is late, and then the channel is archived before they can be edited."""
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        stage.account.faults.status(503, times=None)
        for minutes in (91, 60):
            stage.account.clock.move(minutes * MINUTE)
            await due(stage)
        assert [payload(post)["to"] for post in posts(stage)] == [
            "2026-11-24T13:00:00Z",
            "2026-11-24T14:00:00Z",
        ]
        await stage.slack.archive(HERE)
        stage.account.faults.clear()
        for _ in range(3):
            stage.account.clock.move(MINUTE)
            await due(stage)
        reopen(stage.slack)
        for _ in range(4):
            stage.account.clock.move(15 * MINUTE)
            await due(stage)
        post = posts(stage)[-1]
        assert (payload(post)["from"], payload(post)["to"]) == (
            "2026-11-24T12:00:00Z",
            "2026-11-24T15:00:00Z",
        )
        assert "could not be posted; it is in this one" in post.text


def spans(stage: Stage) -> list[tuple[str, str]]:
    """From when to when the posts tell, in order, lines that one is late apart."""
    told = [payload(post) for post in posts(stage)]
    return sorted((each["from"][11:16], each["to"][11:16]) for each in told if "pending" not in each)


async def later(stage: Stage, *times: str) -> None:
    for each in times:
        hour, minute = each.split(":")
        await at(stage, NOW.replace(hour=int(hour), minute=int(minute)))


async def test_one_that_was_given_up_before_another_that_stands_is_tried_again(tmp_path: Path) -> None:
    """The channel is closed and opened again between two posts that wait."""
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        stage.slack.misbehave("chat.postMessage", Broken(), times=None)
        await later(stage, "13:01", "14:01")
        stage.slack.behave()
        stage.slack.misbehave("chat.postMessage", Refuse("is_archived"))
        await later(stage, "14:10", "14:15")
        assert spans(stage) == [("13:00", "14:00")]
        await later(stage, "14:21", "14:22")
        assert spans(stage) == [("12:00", "13:00"), ("13:00", "14:00")]
        await later(stage, "15:01", "15:20")
        assert spans(stage)[2:] == [("14:00", "15:00")]


async def test_one_that_is_given_up_while_the_next_one_is_made_is_tried_again(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        stage.slack.misbehave("chat.postMessage", Broken(), times=None)
        await later(stage, "13:01")
        stage.account.faults.status(503, times=None)
        await later(stage, "14:01")
        stage.slack.behave()
        stage.slack.misbehave("chat.postMessage", Refuse("is_archived"))
        await later(stage, "14:10")
        assert spans(stage) == []
        stage.account.faults.clear()
        await later(stage, "14:11", "14:12", "14:25", "14:26")
        assert spans(stage) == [("12:00", "13:00"), ("13:00", "14:00")]


async def test_a_line_whose_edit_was_given_up_becomes_the_digest_all_the_same(tmp_path: Path) -> None:
    """The first of two lines: refused before either was told, while the second one's edit goes."""
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        stage.account.faults.status(503, times=None)
        await later(stage, "13:01", "13:32", "14:01", "14:32")
        lines = [post.ts for post in posts(stage)]
        stage.account.faults.clear()
        stage.slack.misbehave("chat.update", Broken())
        await later(stage, "14:33")
        stage.slack.behave()
        stage.slack.misbehave("chat.update", Refuse("is_archived"))
        await later(stage, "14:35", "14:36", "14:48", "14:49")
        assert spans(stage) == [("12:00", "13:00"), ("13:00", "14:00")]
        assert [post.ts for post in posts(stage)] == lines


async def test_one_that_was_given_up_before_a_silent_one_is_tried_again(tmp_path: Path) -> None:
    history = Written(NOW - 30 * DAY)
    failed = NOW.replace(minute=20)
    history.run("shop", "stock", created=failed, took=MINUTE, outcome="error", error="no rows")
    async with at_work(tmp_path, history) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts quiet")
        stage.slack.misbehave("chat.postMessage", Broken(), times=None)
        await later(stage, "13:01", "14:01")
        stage.slack.behave()
        stage.slack.misbehave("chat.postMessage", Refuse("is_archived"))
        await later(stage, "14:10", "14:21", "14:22")
        assert spans(stage) == [("12:00", "13:00")]


async def test_late_is_half_an_hour_after_the_time_not_after_what_it_replaces(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        stage.account.clock.move(5 * HOUR + 10 * MINUTE)
        stage.account.faults.status(503, times=None)
        await due(stage)
        assert posts(stage) == []
        stage.account.clock.move(20 * MINUTE)
        await due(stage)
        assert ["is late" in post.text for post in posts(stage)] == [True]


async def test_buttons_work_days_later_and_after_what_was_told_is_forgotten(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage)
        await at(stage, NEXT)
        (post,) = posts(stage)
        assert stage.bot.runs is not None
        await stage.bot.runs.digests.prune(NEXT + 61 * DAY)
        stage.account.clock.move(2 * DAY)
        button = next(each for each in elements(post) if each["text"]["text"].startswith(("Show", "Details")))
        assert (await stage.slack.press("kenji", post, action_id=button["action_id"])).ok
        assert "shop / stock" in everything(await stage.slack.next_message(user="kenji"))


async def test_on_a_disk_that_does_not_last_none_is_made_by_command(tmp_path: Path) -> None:
    async with at_work(tmp_path, environ={"EPHEMERAL_DISK": "1"}) as stage:
        said = (await stage.ask(ADD)).text
        assert "disk does not last" in said
        assert "DIGESTS" in said


async def test_a_declared_one_is_listed_previewed_and_sent_but_not_edited(tmp_path: Path) -> None:
    declared = (
        "- {name: morning, when: every weekday at 9, zone: Asia/Tokyo, channel: '#data-alerts',"
        " words: 'crm/*'}"
    )
    async with at_work(tmp_path, environ={"DIGESTS": declared}) as stage:
        assert "declared in the settings" in (await stage.ask("/digests")).text
        for step in ("pause morning", "remove morning", "edit morning hourly in #data-alerts"):
            assert "is declared in the settings" in (await stage.ask(f"/digests {step}")).text
        preview = await stage.ask("/digests preview morning")
        assert "1 workflow newly broken" in preview.text
        assert "shop" not in everything(preview)


DECLARED = "- {name: %s, when: hourly, channel: '%s'}"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("#incidents", "There is no digest `morning`"),
        ("#partners", "#partners is shared with people outside this workspace"),
        ("#sales", "Lookout is not a member of #sales"),
        ("#nowhere", "There is no channel #nowhere"),
    ],
)
async def test_a_declared_one_is_sent_by_members_and_to_no_channel_that_will_not_do(
    channel: str, said: str, tmp_path: Path
) -> None:
    environ = {"DIGESTS": DECLARED % ("morning", channel)}
    async with at_work(tmp_path, environ=environ) as stage:
        kenji = await stage.ask("/digests send morning", "kenji")
        assert said in kenji.text
        assert "Send to" not in everything(kenji)
        ana = await stage.ask("/digests send morning", "ana")
        assert ("Send to #incidents" in everything(ana)) if channel == "#incidents" else (said in ana.text)


async def test_one_that_a_terminal_made_goes_where_it_was_changed_to(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        assert stage.bot.runs is not None
        kept = stage.bot.runs.digests
        step = Step(NOW, "", "added", "hours")
        one = Digest("hours", "0 * * * *", "UTC", "#data-alerts", "#data-alerts", NOW)
        await kept.put(one, step)
        await at(stage, NOW + HOUR)
        assert await stage.slack.next_message(user="ana") == posts(stage)[0]
        for channel, why in (
            ("#partners", "shared with people outside"),
            ("#nowhere", "no channel #nowhere"),
        ):
            await kept.put(replace(one, channel=channel, place=channel), step, "hours")
            stage.account.clock.move(HOUR)
            await due(stage)
            assert why in (await kept.troubles())["hours"]
            assert why in (await stage.ask("/digests")).text
        await kept.put(replace(one, channel="#incidents", place="#incidents"), step, "hours")
        assert await kept.troubles() == {}
        stage.account.clock.move(HOUR)
        await due(stage)
        assert len(posts(stage)) == 1
        (post,) = posts(stage, "C0SECRET")
        assert payload(post)["from"] == "2026-11-24T13:00:00Z"


async def test_what_lay_before_a_change_of_times_never_falls_due(tmp_path: Path) -> None:
    async with at_work(tmp_path, failing_hourly()) as stage:
        await made(stage)
        await at(stage, NEXT)
        assert await stage.slack.next_message(user="ana") == posts(stage)[0]
        stage.account.clock.move(5 * HOUR + MINUTE)
        await changed(stage, "/digests edit morning hourly in #data-alerts")
        await due(stage)
        assert len(posts(stage)) == 1
        await at(stage, NEXT + 6 * HOUR)
        post = posts(stage)[-1]
        assert (payload(post)["from"], payload(post)["to"]) == (
            "2026-11-25T08:00:00Z",
            "2026-11-25T14:00:00Z",
        )
        assert "replaces" not in post.text


async def test_one_that_goes_on_waits_for_its_time_and_tells_what_was_missed(tmp_path: Path) -> None:
    async with at_work(tmp_path, failing_hourly()) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        await at(stage, NOW + HOUR)
        assert await stage.slack.next_message(user="ana") == posts(stage)[0]
        await stage.ask("/digests pause hours")
        await at(stage, NOW + 4 * HOUR + MINUTE)
        await stage.ask("/digests resume hours")
        await due(stage)
        assert len(posts(stage)) == 1
        await at(stage, NOW + 5 * HOUR)
        post = posts(stage)[-1]
        assert (payload(post)["from"], payload(post)["to"]) == (
            "2026-11-24T13:00:00Z",
            "2026-11-24T17:00:00Z",
        )
        assert "replaces 3 others" in post.text


async def test_buttons_of_what_was_told_beside_the_times_show_just_that(tmp_path: Path) -> None:
    """Before it is kept, on a trial, and on one that was sent before the digest was narrowed."""
    async with at_work(tmp_path, failing_hourly()) as stage:
        offered = await stage.ask(ADD)
        await stage.press(offered, "Show them")
        failed = await stage.slack.next_message(user="ana")
        assert "shop / stock" in everything(failed)
        await stage.press(offered, "Post a trial")
        await stage.slack.next_message(user="ana")
        await stage.press(offered, "Save")
        await stage.slack.changed(offered)
        await due(stage)
        (trial,) = posts(stage)
        assert await stage.slack.next_message(user="ana") == trial
        await changed(stage, "/digests edit morning hourly in #data-alerts for 2026-01-01")
        stage.account.clock.move(3 * DAY)
        await stage.press(trial, "Show them", "kenji")
        shown = await stage.slack.next_message(user="kenji")
        assert shown.text == failed.text


async def test_buttons_on_a_disk_that_did_not_last_read_the_whole_period_anew(tmp_path: Path) -> None:
    environ = {"EPHEMERAL_DISK": "1", "DIGESTS": DECLARED % ("hours", "#data-alerts")}
    clock = Clock(NOW)
    clock.freeze()
    async with (
        LocalSlack(manifest_yaml(), burst=1_000_000, tiers=False) as slack,
        Account(failing_hourly(), clock=clock) as account,
    ):
        for life in ("first", "second", "third"):
            folder = tmp_path / life
            folder.mkdir()
            async with started("socket", slack, account, folder, None, **environ) as stage:
                await settled(stage.bot)
                if life != "third":
                    await due(stage)
                    assert await slack.next_message(user="ana") == posts(stage)[-1]
                    clock.move(4 * HOUR)
                else:
                    post = posts(stage)[-1]
                    assert payload(post)["to"] == "2026-11-24T16:00:00Z"
                    await stage.press(post, "Show them")
                    shown = await slack.next_message(user="ana")
                    assert shown.text.count("shop / stock") == 4
                    assert "Read anew" in everything(shown)


async def test_words_that_name_nothing_are_refused_and_said_of_declared_ones(tmp_path: Path) -> None:
    environ = {"DIGESTS": "- {name: bad, when: hourly, channel: '#data-alerts', words: 'nosuch/*'}"}
    async with at_work(tmp_path, environ=environ) as stage:
        await made(stage)
        said = (await stage.ask("/digests edit morning hourly in #data-alerts faield")).text
        assert "faield" in said
        await at(stage, NOW + 2 * HOUR)
        await at(stage, NOW + 3 * HOUR)
        assert posts(stage) == []
        assert "nosuch" in (await stage.ask("/digests bad")).text


async def test_a_change_takes_away_what_was_wrong(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage, "/digests add hours hourly in #data-alerts")
        await stage.slack.archive(HERE)
        await at(stage, NOW + HOUR)
        await due(stage)
        assert "archived" in (await stage.slack.next_message(user="ana")).text
        assert "archived" in (await stage.ask("/digests", channel="#sales")).text
        typed = "/digests edit hours hourly in #incidents"
        offered = await stage.ask(typed, channel="#incidents")
        await stage.press(offered, "Save")
        await stage.slack.changed(offered)
        assert "archived" not in (await stage.ask("/digests", channel="#sales")).text


async def test_a_dialog_changes_one(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        await made(stage, f"{ADD} quiet crm/*")
        assert (await stage.slack.command("ana", HERE, "/digests edit morning")).ok
        await stage.slack.wait_for(lambda: stage.slack.dialog("ana") is not None)
        view = stage.slack.dialog("ana")
        assert view is not None
        fields = {each["block_id"]: each["element"] for each in view.blocks}
        assert fields["when"]["initial_value"] == "Mon–Fri 09:00"
        assert fields["channel"]["initial_conversation"] == "C0ALERTS"
        assert fields["words"]["initial_value"] == "crm/*"
        assert fields["quiet"]["initial_options"][0]["value"] == "quiet"
        await stage.slack.submit(view, {"when": "blursday", "channel": "C0ALERTS"})
        view = stage.slack.dialog("ana")
        assert view is not None
        assert view.errors.keys() == {"when"}
        await stage.slack.submit(view, {"when": "mondays 08:30", "channel": "C0ALERTS", "zone": "Asia/Tokyo"})
        offered = await stage.slack.next_message(user="ana")
        assert "Mondays 08:30 Asia/Tokyo in #data-alerts · crm/* · silent" in offered.text
        await stage.press(offered, "Save")
        assert "Changed." in (await stage.slack.changed(offered)).text
        assert "Mondays 08:30 Asia/Tokyo" in (await stage.ask("/digests morning")).text


async def test_a_zone_in_any_case_is_kept(tmp_path: Path) -> None:
    async with at_work(tmp_path) as stage:
        kept = await made(stage, "/digests add m hourly in #data-alerts ZONE asia/tokyo")
        assert "Saved." in kept.text
        assert "Asia/Tokyo" in kept.text


DST = [
    ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 7, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 31, 12, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "begin"), DST)
async def test_on_days_when_clocks_change_a_fixed_time_comes_once(
    zone: str, begin: datetime, tmp_path: Path
) -> None:
    """Half past two and half past one: each is left out, or comes twice, in one of the zones."""
    history = Written(begin - 30 * DAY)
    for number in range(72):
        history.run("shop", "load", created=begin - DAY + number * HOUR, took=MINUTE, outcome="error")
    clock = Clock(begin)
    clock.freeze()
    async with (
        LocalSlack(manifest_yaml(), burst=1_000_000, tiers=False) as slack,
        Account(history, clock=clock) as account,
        started("socket", slack, account, tmp_path) as stage,
    ):
        await settled(stage.bot)
        for name, when in (("a", "daily at 2:30"), ("b", "daily at 1:30")):
            await made(stage, f"/digests add {name} {when} in #data-alerts zone {zone}")
        for _ in range(4 * 24 * 2):
            clock.move(15 * MINUTE)
            await due(stage)
        for name in "ab":
            mine = [payload(post) for post in posts(stage) if payload(post)["digest"] == name]
            assert len(mine) == 2, mine
            assert mine[0]["to"] == mine[1]["from"]
