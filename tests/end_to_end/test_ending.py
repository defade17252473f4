"""How the bot ends: SIGTERM, with an answer under way and without."""

import asyncio
import signal
import socket
import time
from pathlib import Path

from bot.playground.slack import Slow
from tests.end_to_end.process import run, world
from tests.end_to_end.staging import header, status


async def test_an_answer_under_way_arrives_and_nothing_new_is_taken(mode: str, tmp_path: Path) -> None:
    async with world(mode, tmp_path) as there, there.running() as bot:
        there.account.faults.slow(0.5, "/api/attempts")
        assert (await there.slack.command("ana", "#sales", "/sessions failed")).ok
        bot.process.send_signal(signal.SIGTERM)
        await bot.says("finishing what is under way")
        late = await there.slack.command("kenji", "#sales", "/sessions help")
        assert not late.ok
        answer = await there.slack.next_message("#sales")
        assert header(answer) == "3 failed sessions · last 24 h"
        assert await bot.ended(15) == 0
        assert [each.for_user for each in there.slack.messages("#sales")] == ["U0ANA"]
        assert "Traceback" not in bot.said


async def test_an_idle_one_ends_at_once(mode: str, tmp_path: Path) -> None:
    async with world(mode, tmp_path) as there, there.running() as bot:
        writer = None
        if mode == "http":  # an upload that never ends
            _, writer = await asyncio.open_connection("127.0.0.1", bot.port)
            writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n.")
        began = time.monotonic()
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.ended(5) == 0
        assert time.monotonic() - began < 3
        assert "Traceback" not in bot.said
        if writer:
            writer.close()


async def test_while_it_starts_it_is_alive_and_can_be_ended(tmp_path: Path) -> None:
    """A Slack that hangs holds up readiness, not health."""
    async with world("socket", tmp_path) as there:
        there.slack.misbehave("auth.test", Slow(60), times=None)
        port = free_port()
        async with run(there.environ() | {"PORT": str(port)}, tmp_path) as bot:
            await there.slack.wait_for(lambda: there.slack.calls_of("auth.test"), 20)
            assert await status(port, "/healthz") == (200, "ok")
            assert await status(port, "/readyz") == (503, "starting")
            bot.process.send_signal(signal.SIGTERM)
            assert await bot.ended(5) == 0
            assert "Traceback" not in bot.said


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_sigint_ends_it_as_well(tmp_path: Path) -> None:
    async with world("socket", tmp_path) as there, there.running() as bot:
        bot.process.send_signal(signal.SIGINT)
        assert await bot.ended(5) == 0
