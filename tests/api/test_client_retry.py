"""When a request is made again: on passing failures, with patience, never after a refusal."""

import asyncio
from dataclasses import dataclass, field
from math import inf

import pytest

from bot.api.client import Client
from bot.api.retry import RULES, wait_before_next
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account
from bot.core.errors import (
    ApiError,
    BadRequest,
    NotFound,
    ServerFailed,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    Unreadable,
)
from bot.core.patience import Patience
from tests.api.loopback import Serve, raw, reply

GOOD = reply({"sessions": []})
BUSY = reply({}, 429, Retry_After="3")


@dataclass
class Time:
    """Seconds that pass only while someone sleeps."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)
    sleeping: asyncio.Event = field(default_factory=asyncio.Event)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        self.slept.append(seconds)
        self.sleeping.set()
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def client(url: str, time: Time, chance: float = 0.0) -> Client:
    account = Account(self_hosted(url), Access())
    return Client(account, clock=time.clock, sleep=time.sleep, chance=lambda: chance)


async def test_a_passing_failure_is_tried_again(serve: Serve) -> None:
    time = Time()
    server = await serve(reply(b"", 503, "text/html"), raw(b""), reply(b"{"), GOOD)
    async with client(server.url, time) as api:
        assert (await api.sessions(patience=Patience(time.clock, total=10))).rows == ()
        assert (api.stats.requests, api.stats.failures) == (4, 3)
    assert time.slept == pytest.approx([0.1, 0.2, 0.4])


async def test_what_takes_turns_takes_one_for_each_try(serve: Serve) -> None:
    time = Time()
    server = await serve(reply(b"", 503, "text/html"), reply(b"{"), GOOD)
    requests_at_turns: list[int] = []

    async def turn() -> None:
        requests_at_turns.append(len(server.log))

    async with client(server.url, time) as api:
        for_turns = Patience(time.clock, silence=30, turn=turn)
        await api.sessions(patience=for_turns)
        await api.sessions(patience=for_turns.within(5))
        await api.sessions(patience=Patience(time.clock, total=10))
    assert requests_at_turns == [0, 1, 2, 3]
    assert len(server.log) == 5


async def test_an_answer_that_must_come_soon_is_tried_four_times(serve: Serve) -> None:
    time = Time()
    server = await serve(reply(b"", 503, "text/html"))
    async with client(server.url, time) as api:
        with pytest.raises(ServerFailed):
            await api.sessions(patience=Patience(time.clock, total=10))
    assert len(server.log) == 4


async def test_who_can_wait_is_tried_until_thirty_seconds_of_silence(serve: Serve) -> None:
    time = Time()
    server = await serve(reply(b"", 503, "text/html"))
    async with client(server.url, time) as api:
        with pytest.raises(ServerFailed):
            await api.sessions(patience=Patience(time.clock, silence=30))
    assert 129 < time.now <= 130
    assert 8 < len(server.log) < 30


async def test_what_will_last_is_given_up_after_three_seconds_where_nothing_ever_answered() -> None:
    time = Time()
    async with client("http://127.0.0.1:9", time) as api:
        with pytest.raises(Unreachable, match="refused"):
            await api.sessions(patience=Patience(time.clock, silence=30))
        assert 103 <= time.now < 106
        before = Patience(time.clock, silence=30)
        before.good()
        with pytest.raises(Unreachable, match="refused"):
            await api.sessions(patience=before)
    assert time.now > 130


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
async def test_a_refusal_is_not_tried_again(serve: Serve, status: int) -> None:
    time = Time()
    server = await serve(reply({"message": "no"}, status))
    async with client(server.url, time) as api:
        with pytest.raises(ApiError):
            await api.sessions(patience=Patience(time.clock, silence=30))
    assert len(server.log) == 1


async def test_too_many_requests_pause_every_request_until_retry_after(serve: Serve) -> None:
    time = Time()
    server = await serve(BUSY, GOOD)
    async with client(server.url, time) as api:
        await asyncio.gather(
            api.sessions(patience=Patience(time.clock, total=10)),
            later(api, time, server.log),
        )
    assert server.log == ["GET /api/sessions?page_size=100"] * 3
    assert time.slept == [3.0, 3.0]


async def later(api: Client, time: Time, log: list[str]) -> None:
    """Ask once the server has said that it is busy."""
    await time.sleeping.wait()
    assert len(log) == 1
    await api.sessions(patience=Patience(time.clock, total=10))


async def test_a_pause_that_is_too_long_is_said_at_once_and_spares_the_server(serve: Serve) -> None:
    time = Time()
    server = await serve(reply({}, 429, Retry_After="40"), GOOD)
    async with client(server.url, time) as api:
        for _ in range(3):
            with pytest.raises(TooManyRequests, match=r"\(429\)\. Try again in 40 s\.") as raised:
                await api.sessions(patience=Patience(time.clock, total=10))
            assert raised.value.retry_after == 40
        assert len(server.log) == 1
        assert time.slept == []
        time.now += 40
        await api.sessions(patience=Patience(time.clock, total=10))


async def test_a_retry_after_may_be_a_date(serve: Serve) -> None:
    time = Time()
    date, after = "Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:07 GMT"
    server = await serve(reply({}, 429, Date=date, Retry_After=after), GOOD)
    async with client(server.url, time) as api:
        await api.sessions(patience=Patience(time.clock, total=10))
    assert time.slept == [7.0]


async def test_a_failing_servers_retry_after_is_kept_to(serve: Serve) -> None:
    time = Time()
    server = await serve(reply({}, 503, Retry_After="2"), GOOD)
    async with client(server.url, time, chance=0.5) as api:
        await api.sessions(patience=Patience(time.clock, total=10))
    assert time.slept == pytest.approx([2.1])


async def test_without_time_nothing_is_asked(serve: Serve) -> None:
    time = Time()
    server = await serve(GOOD)
    waiting = Patience(time.clock, total=1)
    time.now += 1
    async with client(server.url, time) as api:
        with pytest.raises(Unreachable):
            await api.sessions(patience=waiting)
        assert (api.stats.failures, api.stats.last_trouble) == (0, None)
    assert server.log == []


def lasting(error: ApiError) -> ApiError:
    error.lasting = True
    return error


SLACK = (10.0, None)
ASK = (None, 30.0)
EVER = (None, None)


@pytest.mark.parametrize(
    ("error", "bounds", "tries", "since", "wait"),
    [
        # doubled, half of it chance
        (Unreachable("x"), SLACK, 1, 0, 0.15),
        (Unreachable("x"), SLACK, 2, 0, 0.3),
        (Unreadable("x"), SLACK, 3, 0, 0.6),
        (ServerFailed("x"), SLACK, 4, 0, None),
        (ServerFailed("x"), EVER, 3, 0, 0.6),
        (ServerFailed("x"), EVER, 4, 0, None),
        (ServerFailed("x"), ASK, 9, 0, 3.75),
        (ServerFailed("x"), ASK, 5000, 0, 3.75),
        # a retry-after
        (TooManyRequests("x", 4.0), SLACK, 1, 0, 4.1),
        (TooManyRequests("x", 9.95), SLACK, 1, 0, None),
        (TooManyRequests("x", 29.0), ASK, 1, 0, 29.1),
        (TooManyRequests("x", 30.0), ASK, 1, 0, None),
        (TooManyRequests("x", None), ASK, 1, 0, 0.15),
        (ServerFailed("x", 2.0), ASK, 1, 0, 2.1),
        # what will likely last
        (lasting(Unreachable("x")), ASK, 3, 2.9, 0.6),
        (lasting(Unreachable("x")), ASK, 3, 3.0, None),
        # refusals
        (Unauthorized("x"), ASK, 1, 0, None),
        (NotFound("x"), ASK, 1, 0, None),
        (BadRequest("x"), ASK, 1, 0, None),
    ],
)
def test_how_long_to_wait_before_the_next_try(
    error: ApiError, bounds: tuple[float | None, float | None], tries: int, since: float, wait: float | None
) -> None:
    patience = Patience(lambda: 0.0, *bounds)
    assert patience.left() in (10.0, 30.0, inf)
    found = wait_before_next(error, tries=tries, since=since, patience=patience, chance=0.5, rules=RULES)
    assert found == (None if wait is None else pytest.approx(wait))
