"""What is planned is said once, at a pace that Slack takes, and says so where it cannot be."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from bot.blocks import limits
from bot.blocks.message import Block, Message
from bot.blocks.pieces import section
from bot.outbox.looks import ANEW, REPEATS
from bot.outbox.outbox import Outbox
from bot.outbox.rules import RULES
from bot.playground.slack import Broken, Drop, RateLimited, Refuse
from bot.playground.slack.people import BOT_USER
from bot.store.posts import State
from tests.outbox.staging import ELSEWHERE, HERE, MINUTE, OLD, SCOPES, SECRET, THERE, Stage, key, staged

UNCLEAR = [Drop(after=True), Broken(503, after=True), Broken(500, after=True)]
UNDONE = [Drop(after=False), Broken(502, after=False), Refuse("internal_error")]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


@pytest.fixture
async def kept(database: str) -> AsyncIterator[Stage]:
    async with staged(database) as made:
        yield made


async def test_what_is_planned_is_posted_with_its_key(kept: Stage) -> None:
    await kept.plan(digest="morning", pending=True)
    await kept.turn()
    (message,) = kept.shown()
    assert message.text == "Number 1"
    assert message.metadata == {
        "event_type": "lookout_post",
        "event_payload": {
            "kind": "digest",
            "subject": "morning",
            "occasion": "1",
            "version": 1,
            "digest": "morning",
            "pending": True,
        },
    }
    post = await kept.get()
    assert (post.state, post.ts, post.shown, post.unclear) == (State.POSTED, message.ts, 1, False)
    await kept.turns(3, MINUTE)
    assert kept.asked("chat.postMessage") == 1
    assert kept.asked("conversations.history") == 0


async def test_what_it_tells_is_edited_as_it_goes_on(kept: Stage) -> None:
    await kept.plan(pending=True)
    await kept.turn()
    await kept.posts.want(key(), Message("Newer", (section("*Newer*"),)), {"from": "a"})
    await kept.turn(1)
    (message,) = kept.shown()
    assert (message.text, message.blocks[0]["text"]["text"]) == ("Newer", "*Newer*")
    assert message.metadata is not None
    assert message.metadata["event_payload"]["from"] == "a"
    assert "pending" not in message.metadata["event_payload"]
    assert (await kept.get()).shown == 2
    await kept.turns(2)
    assert kept.asked("chat.update") == 1


async def test_several_wishes_are_one_edit(stage: Stage) -> None:
    await stage.plan()
    await stage.turn()
    for text in ("a", "b", "c"):
        await stage.want(text)
    await stage.turns(3)
    assert stage.texts() == ["c"]
    assert stage.asked("chat.update") == 1


async def test_what_is_wanted_otherwise_before_it_is_posted_is_posted_so(stage: Stage) -> None:
    await stage.plan()
    await stage.want("Better")
    await stage.turns(2)
    assert stage.texts() == ["Better"]
    assert stage.asked("chat.update") == 0


@pytest.mark.parametrize("fault", UNCLEAR)
async def test_what_slack_took_and_did_not_say_is_found(stage: Stage, fault: Any) -> None:
    stage.slack.misbehave("chat.postMessage", fault)
    await stage.plan()
    await stage.turn()
    assert (await stage.get()).unclear
    await stage.turn(RULES.first_wait)
    assert stage.asked("chat.postMessage") == 1
    post = await stage.get()
    assert (post.state, post.ts, post.unclear) == (State.POSTED, stage.shown()[0].ts, False)


@pytest.mark.parametrize("fault", UNDONE)
async def test_what_slack_did_not_take_is_posted_again(stage: Stage, fault: Any) -> None:
    stage.slack.misbehave("chat.postMessage", fault)
    await stage.plan()
    await stage.turn()
    await stage.turn(RULES.first_wait)
    assert stage.texts() == ["Number 1"]
    assert (stage.asked("chat.postMessage"), stage.asked("conversations.history")) == (2, 1)


async def test_an_unclear_outcome_is_left_alone_for_a_while(stage: Stage) -> None:
    stage.slack.misbehave("chat.postMessage", Drop(after=True))
    await stage.plan()
    await stage.turn()
    await stage.turn(RULES.first_wait - 0.1)
    assert stage.asked("conversations.history") == 0


async def test_a_clear_no_is_not_looked_up(stage: Stage) -> None:
    stage.slack.misbehave("chat.postMessage", RateLimited(7))
    await stage.plan()
    await stage.turns(7)
    assert stage.asked("chat.postMessage") == 1
    await stage.turn(1)
    assert (stage.asked("chat.postMessage"), stage.asked("conversations.history")) == (2, 0)
    assert stage.texts() == ["Number 1"]


async def test_what_may_be_there_is_not_posted_while_the_channel_cannot_be_read(stage: Stage) -> None:
    stage.slack.misbehave("chat.postMessage", Drop(after=True))
    stage.slack.misbehave("conversations.history", Broken(), times=3)
    await stage.plan()
    await stage.turn()
    await stage.turns(3, RULES.longest_wait)
    assert (stage.asked("chat.postMessage"), stage.asked("conversations.history")) == (1, 3)
    await stage.turn(RULES.longest_wait)
    assert len(stage.shown()) == 1
    assert (await stage.get()).state is State.POSTED


async def test_one_channel_s_trouble_is_not_another_s(stage: Stage) -> None:
    stage.slack.misbehave("chat.postMessage", RateLimited(60))
    await stage.plan(1, HERE)
    await stage.turn()
    await stage.plan(2, HERE)
    await stage.plan(3, THERE)
    await stage.turn(1)
    assert (stage.texts(HERE), stage.texts(THERE)) == ([], ["Number 3"])
    await stage.turns(2, MINUTE)
    assert stage.texts(HERE) == ["Number 1", "Number 2"]


async def test_the_limit_of_a_method_holds_for_all_channels(stage: Stage) -> None:
    for occasion, channel in ((1, HERE), (2, THERE)):
        await stage.plan(occasion, channel)
    await stage.turn()
    stage.slack.misbehave("chat.update", RateLimited(30))
    await stage.want("Newer", 1)
    await stage.turn(1)
    await stage.want("Newer", 2)
    await stage.turns(5)
    assert stage.asked("chat.update") == 1
    await stage.turn(30)
    assert (stage.texts(HERE), stage.texts(THERE)) == (["Newer"], ["Newer"])


async def test_a_channel_gets_one_message_a_second(stage: Stage) -> None:
    for occasion in range(5):
        await stage.plan(occasion)
    counts = []
    for _ in range(10):
        await stage.turn(0.5)
        counts.append(len(stage.shown()))
    assert counts == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [call.status for call in stage.slack.calls_of("chat.postMessage")] == [200] * 5


async def test_an_outage_is_outlasted(stage: Stage) -> None:
    stage.slack.misbehave("*", Broken(), times=None)
    await stage.plan()
    await stage.turns(20, MINUTE)
    stage.slack.behave()
    await stage.turn(MINUTE)
    assert stage.texts() == ["Number 1"]
    assert stage.told == []


CHART: Block = {
    "type": "data_visualization",
    "title": "Failures a day",
    "chart": {
        "type": "bar",
        "series": [{"name": "failed", "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 0}]}],
        "axis_config": {"categories": ["Mon", "Tue"]},
    },
}


async def test_a_chart_that_is_refused_is_told_in_words(stage: Stage) -> None:
    stage.slack.refuse_block("data_visualization")
    await stage.posts.plan(key(), HERE, Message("3 failed", (section("Bad"), CHART)), {}, stage.now())
    await stage.turn()
    (message,) = stage.shown()
    assert [block["type"] for block in message.blocks] == ["section", "section"]
    assert message.blocks[1]["text"]["text"] == "*Failures a day*\nMon 3 · Tue 0"
    await stage.posts.want(key(), Message("Still 3", (CHART,)), {})
    await stage.turn(1)
    assert [block["type"] for block in stage.shown()[0].blocks] == ["section"]


async def test_a_chart_that_is_taken_stays(stage: Stage) -> None:
    await stage.posts.plan(key(), HERE, Message("3 failed", (section("Bad"), CHART)), {}, stage.now())
    await stage.turn()
    assert [block["type"] for block in stage.shown()[0].blocks] == ["section", "data_visualization"]


@pytest.mark.parametrize("word", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
async def test_blocks_that_are_refused_leave_the_text(stage: Stage, word: str) -> None:
    stage.slack.misbehave("chat.postMessage", Refuse(word))
    text = "x" * 9_000
    await stage.posts.plan(key(), HERE, Message(text, (section("Bad"),)), {}, stage.now())
    await stage.turn()
    (message,) = stage.shown()
    assert message.blocks == ()
    assert len(message.text) == limits.MESSAGE_TEXT


async def test_a_post_that_someone_took_away_is_posted_anew_once(stage: Stage) -> None:
    await stage.plan()
    await stage.turn()
    stage.slack.workspace.drop(stage.shown()[0])
    await stage.want("Newer")
    await stage.turns(3)
    (message,) = stage.shown()
    assert message.text == f"Newer\n{ANEW}"
    await stage.want("Newest")
    await stage.turns(2)
    assert stage.texts() == [f"Newest\n{ANEW}"]
    assert stage.told == []
    stage.slack.workspace.drop(stage.shown()[0])
    await stage.want("Too much")
    await stage.turns(5)
    assert (stage.texts(), (await stage.get()).state) == ([], State.GONE)
    assert len(stage.told) == 1


async def test_a_post_that_is_made_anew_is_still_made_once(stage: Stage) -> None:
    await stage.plan()
    await stage.turn()
    stage.slack.misbehave("chat.update", Refuse("edit_window_closed"))
    stage.slack.misbehave("chat.postMessage", Drop(after=True))
    await stage.want("Newer")
    await stage.turns(10)
    assert stage.texts() == ["Number 1", f"Newer\n{ANEW}"]


@pytest.mark.parametrize(
    ("channel", "said"),
    [(ELSEWHERE, "not a member"), (OLD, "archived"), ("C0NOWHERE", "does not exist")],
)
async def test_a_channel_that_is_closed_is_told_once(stage: Stage, channel: str, said: str) -> None:
    await stage.plan(1, channel)
    await stage.turns(5, MINUTE)
    ((occasion, sentence),) = stage.told
    assert occasion == "1"
    assert said in sentence
    post = await stage.get()
    assert (post.state, post.trouble) == (State.GONE, sentence)
    assert stage.asked("chat.postMessage") == 1


async def test_an_edit_in_a_channel_that_was_closed_is_told_once(stage: Stage) -> None:
    await stage.plan()
    await stage.turn()
    await stage.slack.archive(HERE)
    await stage.want("Newer")
    await stage.turns(3, MINUTE)
    assert len(stage.told) == 1
    assert "archived" in stage.told[0][1]


async def test_what_an_operator_may_mend_is_waited_for(stage: Stage) -> None:
    for word in ("token_revoked", "missing_scope"):
        stage.slack.misbehave("chat.postMessage", Refuse(word))
    await stage.plan()
    await stage.turn()
    assert "SLACK_BOT_TOKEN" in (await stage.get()).trouble
    await stage.turns(2, MINUTE)
    assert stage.texts() == ["Number 1"]
    assert stage.told == []


async def test_where_the_channel_cannot_be_read_the_second_try_says_so() -> None:
    async with staged(scopes=SCOPES.replace("channels:history, ", "")) as stage:
        stage.slack.misbehave("chat.postMessage", Drop(after=True))
        await stage.posts.plan(key(), HERE, Message("Hello", (section("*Hello*"),)), {}, stage.now())
        await stage.turns(3, MINUTE)
        first, second = stage.shown()
        assert (first.text, second.text) == ("Hello", f"Hello\n{REPEATS}")
        assert second.blocks[-1]["elements"][0]["text"] == REPEATS
        await stage.want("Newer")
        await stage.turn(1)
        assert stage.texts() == ["Hello", f"Newer\n{REPEATS}"]


async def test_one_that_is_given_up_and_may_stand_there_says_so(stage: Stage) -> None:
    """Slack took it and did not say, and the bot is put out before it could look."""
    stage.slack.misbehave("chat.postMessage", Drop(after=True))
    await stage.plan()
    await stage.turn()
    where = stage.slack.workspace.channel(HERE)
    stage.slack.workspace.set_channel(replace(where, members=where.members - {BOT_USER}))
    await stage.turns(3, MINUTE)
    post = await stage.get()
    assert (post.state, post.repeats) == (State.GONE, True)
    await stage.plan(2, OLD)
    await stage.turns(3, MINUTE)
    post = await stage.get(2)
    assert (post.state, post.repeats) == (State.GONE, False)


async def test_a_person_is_told_in_their_dm(stage: Stage) -> None:
    stage.slack.misbehave("chat.postMessage", Drop(after=True))
    await stage.plan(1, "U0ANA")
    await stage.turns(2, MINUTE)
    assert stage.texts(stage.slack.dm_of("ana").id) == ["Number 1"]


async def test_a_private_channel_is_a_channel(stage: Stage) -> None:
    stage.slack.misbehave("chat.postMessage", Drop(after=True))
    await stage.plan(1, SECRET)
    await stage.turns(2, MINUTE)
    assert stage.texts(SECRET) == ["Number 1"]


async def test_what_was_found_in_the_channel_is_edited(stage: Stage) -> None:
    """After a start on an empty disk: the line that a digest is late becomes the digest."""
    await stage.plan(pending=True)
    await stage.turn()
    async with staged(slack=stage.slack, clock=stage.clock) as after:
        ts = stage.shown()[0].ts
        await after.posts.adopt(key(), HERE, ts, Message("The digest"), {}, after.now())
        await after.turns(2)
        (message,) = after.shown()
        assert (message.ts, message.text) == (ts, "The digest")
        assert message.metadata is not None
        assert "pending" not in message.metadata["event_payload"]


async def test_what_may_stand_there_already_is_looked_up_first(stage: Stage) -> None:
    await stage.plan()
    await stage.turn()
    async with staged(slack=stage.slack, clock=stage.clock) as after:
        await after.posts.plan(key(), HERE, Message("Number 1"), {}, after.now(), unclear=True)
        await after.turns(2)
        assert after.texts() == ["Number 1"]
        assert (await after.get()).ts == stage.shown()[0].ts
        assert after.asked("chat.update") == 0
        await after.posts.plan(key(2), HERE, Message("Number 2"), {}, after.now(), unclear=True)
        await after.turns(2)
        assert after.texts() == ["Number 1", "Number 2"]


async def test_a_line_that_stands_there_already_becomes_what_is_planned(stage: Stage) -> None:
    await stage.plan(pending=True)
    await stage.turn()
    async with staged(slack=stage.slack, clock=stage.clock) as after:
        await after.posts.plan(key(), HERE, Message("The digest"), {}, after.now(), unclear=True)
        await after.turns(3)
        assert after.texts() == ["The digest"]


async def test_who_was_stopped_for_long_does_nothing_more(database: str) -> None:
    """It wakes, its claim long over: another has posted."""
    async with staged(database) as one, staged(database, slack=one.slack, clock=one.clock, holder="2") as two:
        await one.plan()
        (post,) = await one.posts.claim("stopped", one.now())
        one.outbox.holder = "stopped"
        await one.posts.release(post, "stopped", one.now(), RULES.lease * 0, unclear=False, trouble="")
        await two.turn(1)
        assert not await one.posts.begin(post, "stopped", one.now())
        await one.turns(3)
        assert one.texts() == ["Number 1"]


async def test_what_takes_too_long_is_given_up_before_it_is_sent(stage: Stage) -> None:
    """The process was stopped for most of a lease, between its mark and its sending."""
    moments = count(0, 25)
    slow = Outbox(stage.posts, stage.outbox.channels, "slow", stage.now, lambda: next(moments))
    await stage.plan()
    await slow.run()
    assert stage.asked("chat.postMessage") == 0
    assert not (await stage.get()).unclear
    await stage.turn(MINUTE)
    assert stage.texts() == ["Number 1"]
