"""A post is planned once, is one process's at a time, and its newest version is what is wanted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.blocks.message import Message
from bot.blocks.pieces import section
from bot.store.posts import FAR, KEPT_FOR, LEASE, RESTS, Post, PostKey, Posts, State
from bot.store.store import Account, Store, open_store
from bot.store.tables import posts as table

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HERE, THERE = "C0ALERTS", "C0SALES"
HELLO = Message("Hello, 東京", (section("*Hello*"),))
PAYLOAD = {"digest": "morning", "pending": True}


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    async with open_store(database, Account("http://127.0.0.1:65432")) as opened:
        yield opened


@pytest.fixture
async def file() -> AsyncIterator[Store]:
    async with open_store("sqlite://", Account("http://127.0.0.1:65432")) as opened:
        yield opened


def key(occasion: int = 1) -> PostKey:
    return PostKey("digest", "morning", str(occasion))


async def plan(posts: Posts, occasion: int = 1, channel: str = HERE) -> bool:
    return await posts.plan(key(occasion), channel, HELLO, PAYLOAD, NOON)


async def get(posts: Posts, occasion: int = 1) -> Post:
    post = await posts.get(key(occasion))
    assert post is not None
    return post


async def claim(posts: Posts, holder: str = "one", at: datetime = NOON) -> list[str]:
    return [post.key.occasion for post in await posts.claim(holder, at)]


async def claimed(posts: Posts, holder: str = "one", at: datetime = NOON) -> Post:
    (post,) = await posts.claim(holder, at)
    return post


async def rested(store: Store) -> None:
    """What waits need wait no longer."""
    await store.write(lambda connection: connection.execute(update(table).values(claimed_until=None)))


async def posted(posts: Posts, occasion: int = 1) -> Post:
    await plan(posts, occasion)
    await posts.settle(await claimed(posts), "one", NOON, "17.1", 1)
    return await get(posts, occasion)


async def test_a_post_comes_back_as_it_was_planned(store: Store) -> None:
    posts = Posts(store)
    assert await plan(posts)
    post = await get(posts)
    assert (post.key, post.channel, post.message, post.payload) == (key(), HERE, HELLO, PAYLOAD)
    assert (post.state, post.wanted, post.shown, post.ts, post.unclear) == (State.PLANNED, 1, 0, None, False)
    assert post.planned_at == NOON


async def test_it_is_planned_once_by_its_key(store: Store) -> None:
    posts = Posts(store)
    planned = await asyncio.gather(*(plan(posts) for _ in range(5)))
    assert sum(planned) == 1
    assert await plan(posts, 2)


async def test_what_nobody_planned_is_none(store: Store) -> None:
    assert await Posts(store).get(key()) is None
    assert await Posts(store).latest("digest", "morning") is None
    assert not await Posts(store).want(key(), HELLO, {})
    assert await claim(Posts(store)) == []


async def test_of_many_at_once_one_gets_it(store: Store) -> None:
    posts = Posts(store)
    await plan(posts)
    got = await asyncio.gather(*(claim(posts, f"number {number}") for number in range(8)))
    assert sorted(got) == [[]] * 7 + [["1"]]


async def test_the_oldest_of_each_channel_comes_first(store: Store) -> None:
    posts = Posts(store)
    for occasion, channel in ((1, HERE), (2, HERE), (3, THERE), (4, THERE)):
        await plan(posts, occasion, channel)
    assert await claim(posts) == ["1", "3"]
    assert await claim(posts, "other") == []
    await posts.settle(await get(posts, 1), "one", NOON, "17.1", 1)
    assert await claim(posts, "other") == ["2"]


MINUTE = timedelta(minutes=1)


async def test_none_overtakes_one_that_waits_but_edits_go_on(file: Store) -> None:
    posts = Posts(file)
    await posted(posts)
    for occasion in (2, 3):
        await plan(posts, occasion)
    await posts.release(await claimed(posts), "one", NOON, MINUTE, unclear=True, trouble="Slack is away.")
    assert await claim(posts) == []
    await posts.want(key(1), Message("Newer"), PAYLOAD)
    assert await claim(posts) == ["1"]
    await posts.settle(await get(posts), "one", NOON, "17.1", 2)
    assert await claim(posts, "other", NOON + MINUTE) == ["2"]


async def test_a_channel_may_be_left_out(store: Store) -> None:
    posts = Posts(store)
    await plan(posts, 1, HERE)
    await plan(posts, 2, THERE)
    assert [post.channel for post in await posts.claim("one", NOON, without={HERE})] == [THERE]


async def test_no_more_than_wanted_are_claimed(store: Store) -> None:
    posts = Posts(store)
    for number in range(5):
        await plan(posts, number, f"C{number}")
    assert len(await posts.claim("one", NOON, most=3)) == 3
    assert len(await posts.claim("one", NOON, most=3)) == 2


async def test_who_dies_with_a_claim_is_followed(file: Store) -> None:
    posts = Posts(file)
    await plan(posts)
    await claim(posts)
    assert await claim(posts, "other", NOON + LEASE - timedelta(seconds=1)) == []
    assert await claim(posts, "other", NOON + LEASE) == ["1"]


async def test_a_server_s_claim_ends_by_the_server_s_clock(store: Store) -> None:
    posts, wrong = Posts(store), NOON - timedelta(days=1)
    await plan(posts)
    await posts.claim("one", wrong, timedelta(seconds=0.2))
    async with asyncio.timeout(10):
        while not await claim(posts, "other", wrong if store.address.server else NOON):
            pass


async def test_a_clock_that_is_set_back_keeps_nobody_out(file: Store) -> None:
    posts = Posts(file)
    await plan(posts)
    await claim(posts)
    assert await claim(posts, "other", NOON - FAR - timedelta(hours=1)) == ["1"]


async def test_who_follows_knows_whether_it_was_begun(file: Store) -> None:
    posts = Posts(file)
    await plan(posts)
    first = await claimed(posts)
    second = await claimed(posts, "other", NOON + LEASE)
    assert await posts.begin(second, "other", NOON + LEASE)
    third = await claimed(posts, "third", NOON + 2 * LEASE)
    assert (first.unclear, second.unclear, third.unclear) == (False, False, True)
    assert (first.tries, second.tries, third.tries) == (0, 1, 2)


async def test_who_has_lost_a_claim_changes_nothing(store: Store) -> None:
    posts = Posts(store)
    await plan(posts)
    post = await claimed(posts)
    assert not await posts.begin(post, "other", NOON)
    assert not await posts.settle(post, "other", NOON, "17.1", 1)
    assert not await posts.release(post, "other", NOON, LEASE, unclear=True, trouble="no")
    assert not await posts.renew(post, "other")
    assert not await posts.gone(post, "other", NOON, "no")
    assert (await get(posts)).state is State.PLANNED
    assert await posts.settle(post, "one", NOON, "17.1", 1)


async def test_what_is_settled_is_done(store: Store) -> None:
    posts = Posts(store)
    post = await posted(posts)
    assert (post.state, post.ts, post.shown, post.posted_at) == (State.POSTED, "17.1", 1, NOON)
    assert await claim(posts) == []


async def test_what_is_set_aside_is_left_alone_so_long(file: Store) -> None:
    posts = Posts(file)
    await plan(posts)
    post = await claimed(posts)
    wait = timedelta(seconds=7)
    await posts.release(post, "one", NOON, wait, unclear=True, trouble="Slack is away.")
    assert (await get(posts)).trouble == "Slack is away."
    assert await claim(posts, "other", NOON + wait - timedelta(seconds=1)) == []
    assert (await claimed(posts, "other", NOON + wait)).unclear


async def test_a_wait_is_never_too_long_to_be_believed(file: Store) -> None:
    posts = Posts(file)
    await plan(posts)
    await posts.release(await claimed(posts), "one", NOON, 9 * FAR, unclear=False, trouble="")
    assert await claim(posts, "other", NOON + timedelta(minutes=1)) == []
    assert await claim(posts, "other", NOON + FAR) == ["1"]


async def test_what_is_wanted_otherwise_is_due_again(store: Store) -> None:
    posts = Posts(store)
    await posted(posts)
    assert await posts.want(key(), Message("Newer"), {"digest": "morning"})
    post = await claimed(posts)
    assert (post.state, post.shown, post.wanted, post.ts) == (State.POSTED, 1, 2, "17.1")
    assert (post.message, post.payload) == (Message("Newer"), {"digest": "morning"})
    await posts.settle(post, "one", NOON + LEASE, "17.1", 2)
    assert (await get(posts)).posted_at == NOON
    assert await claim(posts) == []


async def test_what_it_says_already_is_no_other_version(store: Store) -> None:
    posts = Posts(store)
    await posted(posts)
    assert not await posts.want(key(), HELLO, PAYLOAD)
    assert await claim(posts) == []


async def test_what_is_wanted_while_it_is_posted_is_due_after_it(store: Store) -> None:
    posts = Posts(store)
    await plan(posts)
    post = await claimed(posts)
    await posts.want(key(), Message("Newer"), {})
    await posts.settle(post, "one", NOON, "17.1", post.wanted)
    assert (await claimed(posts)).message == Message("Newer")


async def test_what_was_found_in_the_channel_is_taken_up_and_edited(store: Store) -> None:
    posts = Posts(store)
    assert await posts.adopt(key(), HERE, "17.1", HELLO, PAYLOAD, NOON)
    assert not await posts.adopt(key(), HERE, "17.2", HELLO, PAYLOAD, NOON)
    assert not await plan(posts)
    post = await claimed(posts)
    assert (post.state, post.ts, post.shown, post.wanted) == (State.POSTED, "17.1", 0, 1)


async def test_what_may_stand_there_already_is_planned_as_unclear(store: Store) -> None:
    posts = Posts(store)
    await posts.plan(key(), HERE, HELLO, {}, NOON, unclear=True)
    assert (await claimed(posts)).unclear


async def test_what_was_taken_away_is_posted_once_more(store: Store) -> None:
    posts = Posts(store)
    await posted(posts)
    await posts.want(key(), Message("Newer"), {})
    await posts.renew(await claimed(posts), "one")
    post = await claimed(posts)
    assert (post.state, post.ts, post.shown, post.anew) == (State.PLANNED, None, 0, True)


async def test_what_is_given_up_is_no_longer_said(store: Store) -> None:
    posts = Posts(store)
    await plan(posts)
    await posts.gone(await claimed(posts), "one", NOON, "That channel is archived.")
    post = await get(posts)
    assert (post.state, post.trouble) == (State.GONE, "That channel is archived.")
    assert await posts.want(key(), Message("Newer"), {})
    assert (await get(posts)).state is State.GONE
    assert await claim(posts, at=NOON + 2 * RESTS) == []


async def test_what_was_given_up_may_be_tried_again_after_a_while(store: Store) -> None:
    posts, later = Posts(store), datetime.now(UTC) + timedelta(days=1)
    await plan(posts)
    await posts.gone(await claimed(posts), "one", NOON, "No.")
    await rested(store)
    (post,) = await posts.given_up("digest", later)
    assert await posts.rest(post, later)
    assert await posts.given_up("digest", later) == []
    assert await posts.given_up("card", later + 2 * RESTS) == []
    assert await posts.again(post, HERE)
    assert not await posts.again(post, HERE)
    assert not await posts.rest(post, later)
    assert await claim(posts, at=later) == ["1"]


async def test_a_line_that_was_given_up_is_edited_in_its_channel_and_else_posted_anew(store: Store) -> None:
    for channel, state, ts in ((HERE, State.POSTED, "17.1"), (THERE, State.PLANNED, None)):
        posts = Posts(store)
        number = 1 if channel == HERE else 2
        await posted(posts, number)
        await posts.want(key(number), Message("Newer"), {})
        await posts.gone(await claimed(posts), "one", NOON, "No.")
        assert await posts.again(await get(posts, number), channel)
        post = await claimed(posts)
        assert (post.state, post.ts, post.channel, post.message.text) == (state, ts, channel, "Newer")
        await posts.settle(post, "one", NOON, "17.2", post.wanted)


async def test_what_was_taken_away_twice_is_wanted_by_nobody(store: Store) -> None:
    posts = Posts(store)
    await posted(posts)
    await posts.want(key(), Message("Newer"), {})
    await posts.renew(await claimed(posts), "one")
    await posts.gone(await claimed(posts), "one", NOON, "It is gone.")
    await rested(store)
    assert await posts.given_up("digest", datetime.now(UTC)) == []


async def test_the_latest_of_a_subject(store: Store) -> None:
    posts = Posts(store)
    await plan(posts, 5)
    await plan(posts, 2)
    await posts.plan(PostKey("digest", "evening", "9"), HERE, HELLO, {}, NOON)
    latest = await posts.latest("digest", "morning")
    assert latest is not None
    assert latest.key == key(2)


async def test_what_is_old_is_let_go_of_unless_it_waits(store: Store) -> None:
    posts = Posts(store)
    await posted(posts, 1)
    await plan(posts, 2)
    await posts.prune(NOON + KEPT_FOR)
    assert await posts.get(key(1)) is not None
    await posts.prune(NOON + KEPT_FOR + timedelta(seconds=1))
    assert await posts.get(key(1)) is None
    assert await posts.get(key(2)) is not None
