"""Work under way is remembered, waited for, and given up at the end."""

import asyncio
import logging

import pytest

from bot.slack.work import Work


async def test_nothing_under_way_is_no_wait() -> None:
    assert await Work().finish(60) == 0


async def test_what_is_under_way_is_waited_for() -> None:
    work, go, done = Work(), asyncio.Event(), list[str]()

    async def answer() -> None:
        await go.wait()
        done.append("answered")

    work.start(answer())
    asyncio.get_running_loop().call_soon(go.set)
    assert await work.finish(5) == 0
    assert done == ["answered"]


async def test_an_answer_that_begins_meanwhile_is_waited_for_too() -> None:
    work, done = Work(), list[str]()

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        work.start(second())

    work.start(first())
    assert await work.finish(5) == 0
    assert done == ["second"]


async def test_what_does_not_end_is_given_up_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    work = Work()
    ended = list[str]()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    work.start(endless())
    assert await work.finish(0.01) == 1
    assert ended == ["cancelled"]
    [line] = caplog.records
    assert (line.levelno, line.exc_info) == (logging.WARNING, None)


async def test_a_delivery_is_seen_through() -> None:
    work, go = Work(), asyncio.Event()

    async def acknowledge() -> str:
        await go.wait()
        return "ok"

    taking = asyncio.create_task(work.take(acknowledge()))
    await asyncio.sleep(0)
    await work.acknowledged(0.01)
    assert not taking.done()
    go.set()
    await work.acknowledged(5)
    assert await taking == "ok"
