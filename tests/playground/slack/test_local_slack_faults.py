"""A Slack that misbehaves, as it is told to."""

import pytest
from aiohttp import ClientConnectionError, ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Broken, Drop, LocalSlack, RateLimited, Refuse, Slow

ALERTS = "C0ALERTS"


@pytest.mark.parametrize(("after", "kept"), [(True, 1), (False, 0)])
async def test_a_connection_that_drops(
    slack: LocalSlack,
    client: AsyncWebClient,
    caplog: pytest.LogCaptureFixture,
    after: bool,
    kept: int,
) -> None:
    slack.misbehave("chat.postMessage", Drop(after=after))
    with pytest.raises(ClientConnectionError):
        await client.chat_postMessage(channel=ALERTS, text="x")
    assert len(slack.messages(ALERTS)) == kept
    assert [one.error for one in slack.calls] == ["drop"]
    await client.chat_postMessage(channel=ALERTS, text="once only")
    assert [one for one in caplog.records if one.name.startswith("aiohttp")] == []


async def test_the_sdks_own_retry_posts_twice(slack: LocalSlack, session: ClientSession) -> None:
    eager = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
    slack.misbehave("chat.postMessage", Drop(after=True))
    await eager.chat_postMessage(channel=ALERTS, text="x")
    assert [one.text for one in slack.messages(ALERTS)] == ["x", "x"]


@pytest.mark.parametrize(("after", "kept"), [(True, 1), (False, 0)])
async def test_a_5xx_with_a_page(slack: LocalSlack, session: ClientSession, after: bool, kept: int) -> None:
    slack.misbehave("chat.postMessage", Broken(502, after=after))
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    body = {"channel": ALERTS, "text": "x"}
    async with session.post(f"{slack.api_url}chat.postMessage", json=body, headers=headers) as response:
        assert (response.status, response.content_type) == (502, "text/html")
    assert len(slack.messages(ALERTS)) == kept


async def test_a_429_with_its_seconds(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.misbehave("chat.update", RateLimited(30))
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel=ALERTS, ts="1.2", text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "30")


async def test_a_refusal_until_it_behaves_again(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.misbehave("*", Refuse("internal_error"), times=None)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            await client.auth_test()
    slack.behave()
    await client.auth_test()


async def test_a_slow_answer_comes_when_its_time_has_come(manifest: str, session: ClientSession) -> None:
    async with LocalSlack(manifest) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        slack.misbehave("auth.test", Slow(0.05))
        assert (await client.auth_test())["ok"]


async def test_a_block_that_is_not_rolled_out_yet(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.refuse_block("table")
    rows = [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}]
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(channel=ALERTS, text="x", blocks=rows)
