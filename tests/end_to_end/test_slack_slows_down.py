"""A Slack that asks to slow down is waited for, once."""

from pathlib import Path

from bot.answering import Times
from bot.playground.slack import RateLimited
from tests.end_to_end.staging import failing, header, staged


async def test_a_retry_after_is_waited_for_and_the_answer_sent(mode: str, tmp_path: Path) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    async with staged(mode, tmp_path, failing(3), times=Times(sleep=wait)) as stage:
        stage.slack.misbehave("response_url", RateLimited(7))
        message = await stage.ask("/sessions failed")
        assert header(message) == "3 failed sessions · last 24 h"
        assert waited == [7.0]
        assert [each.status for each in stage.slack.url_posts] == [429, 200]


async def test_twice_is_not_waited_for(mode: str, tmp_path: Path) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    async with staged(mode, tmp_path, failing(3), times=Times(sleep=wait)) as stage:
        stage.slack.misbehave("response_url", RateLimited(1), times=2)
        assert (await stage.ask("/sessions failed")).via == "chat.postEphemeral"
        assert waited == [1.0]
