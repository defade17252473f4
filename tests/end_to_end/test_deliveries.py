"""What Slack delivers: acknowledged at once, answered once, whatever else happens."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import web
from bot.core.action_ids import Press
from bot.core.errors import Unreachable
from bot.core.people import Asking, Caller, Person
from bot.core.reply import Reply
from bot.dispatch import Dispatch
from bot.manifest import manifest_yaml
from bot.playground.slack import LocalSlack
from bot.slack.duplicates import Duplicates
from bot.slack.http import SignedHttp
from bot.slack.listeners import Listeners, bolt_app
from bot.slack.perform import Performer
from bot.slack.socket import Socket
from bot.slack.work import Work
from tests.end_to_end.staging import Stage, failing, header, staged


class Falls:
    """A feature that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def asked(self, words: str, asking: Asking) -> Reply:
        raise self.error

    async def pressed(self, press: Press, asking: Asking) -> Reply:
        raise self.error


async def ana(caller: Caller) -> Person:
    return Person(caller.user, "ana", ZoneInfo("UTC"))


@asynccontextmanager
async def bolt(mode: str, dispatch: Dispatch) -> AsyncIterator[LocalSlack]:
    """Slack and the bot's listeners over a dispatch of one's own."""
    work, ready = Work(), asyncio.get_running_loop().time
    async with LocalSlack(manifest_yaml()) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, slack.api_url, session=session, retry_handlers=[])
        app = bolt_app(client, slack.bot_token, slack.signing_secret)
        Listeners(dispatch, Performer(client, session), work, Duplicates(ready)).register(app, ["/sessions"])
        if mode == "socket":
            socket = Socket(app, slack.app_token, client, work)
            await socket.open()
            yield slack
            await socket.close()
        else:
            take = SignedHttp(app, slack.signing_secret, work).take
            async with web.serving(web.web_app(fine, take), 0, "127.0.0.1") as runner:
                slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
                yield slack


async def fine() -> str:
    return ""


async def test_a_feature_that_breaks_is_acknowledged_told_and_logged_once(
    mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch = Dispatch({"sessions": Falls(KeyError("odd"))}, ana)
    async with bolt(mode, dispatch) as slack:
        assert (await slack.command("ana", "#sales", "/sessions failed")).ok
        message = await slack.next_message(user="ana")
    assert "went wrong in Lookout itself" in message.text
    assert message.for_user == "U0ANA"
    assert slack.notices == []
    [line] = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert line.exc_info is not None


async def test_what_is_foreseen_is_one_line_without_traceback(
    mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch = Dispatch({"sessions": Falls(Unreachable("The account is away."))}, ana)
    async with bolt(mode, dispatch) as slack:
        assert (await slack.command("ana", "#sales", "/sessions failed")).ok
        message = await slack.next_message(user="ana")
    assert "The account is away." in message.text
    [line] = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert line.exc_info is None
    assert "\n" not in line.getMessage()


async def test_it_is_acknowledged_before_a_slow_account_has_answered(stage: Stage) -> None:
    fault = stage.account.faults.slow(0.5, "/api/attempts")
    began = asyncio.get_running_loop().time()
    assert (await stage.slack.command("ana", "#sales", "/sessions failed")).ok
    assert asyncio.get_running_loop().time() - began < 0.4
    assert stage.slack.messages("#sales") == []
    stage.account.faults.off(fault)
    assert header(await stage.slack.next_message(user="ana")).startswith("23 failed")


async def test_a_delivery_repeated_byte_for_byte_is_answered_once(stage: Stage) -> None:
    delivery = await stage.slack.command("ana", "#sales", "/sessions failed")
    message = await stage.slack.next_message(user="ana")
    assert (await stage.slack.repeat(delivery)).ok
    press = await stage.press(message, "Next")
    await stage.slack.changed(message)
    assert (await stage.slack.repeat(press)).ok
    # what comes later is answered, so nothing more is on its way
    await stage.ask("/sessions help")
    assert len(stage.slack.url_posts) == 3


async def test_an_event_that_slack_sends_again_is_taken_once(stage: Stage) -> None:
    [delivery] = await stage.slack.open_home("ana")
    await stage.slack.wait_for(lambda: stage.slack.home("ana"))
    again = await stage.slack.sender.send("event", delivery.payload, retry=1, reason="http_timeout")
    assert again.ok
    await stage.slack.repeat(again)
    await stage.ask("/sessions help")
    assert len(stage.slack.calls_of("views.publish")) == 1


async def test_two_alike_questions_are_both_answered(stage: Stage) -> None:
    assert header(await stage.ask("/sessions failed")) == header(await stage.ask("/sessions failed"))
    assert len(stage.slack.url_posts) == 2


async def test_who_we_are_is_asked_once_at_the_start(stage: Stage) -> None:
    assert len(stage.slack.calls_of("auth.test")) == 1
    asked = [stage.slack.command("ana", "#sales", f"/sessions failed {n}h") for n in range(1, 6)]
    assert all(delivery.ok for delivery in await asyncio.gather(*asked))
    for _ in range(5):
        await stage.slack.next_message(user="ana")
    assert len(stage.slack.calls_of("auth.test")) == 1


async def test_one_pool_of_connections_is_shared(stage: Stage) -> None:
    for _ in range(4):
        message = await stage.ask("/sessions failed", channel="#sales")
        await stage.press(message, "Next")
        await stage.slack.changed(message)
    await stage.slack.command("ana", "#sales", "/sessions failed csv")
    await stage.slack.next_message("#sales", user="ana")
    used = {each.connection for each in stage.slack.calls}
    used |= {each.connection for each in stage.slack.url_posts}
    # the first meeting and an answer may overlap; a new connection a call would make a dozen
    assert len(used) <= 2


async def test_the_wait_for_an_answer_holds_up_nobody_else(stage: Stage) -> None:
    fault = stage.account.faults.silent("/api/attempts")
    assert (await stage.slack.command("ana", "#sales", "/sessions failed")).ok
    stage.account.faults.off(fault)
    assert "/sessions" in (await stage.ask("/sessions help", user="kenji")).text


async def test_a_link_is_refreshed_without_losing_a_command(tmp_path: Path) -> None:
    async with staged("socket", tmp_path, failing(2)) as stage:
        [old] = stage.slack.sockets.open
        await stage.slack.sockets.disconnect("refresh_requested")
        await stage.slack.wait_for(lambda: any(each is not old for each in stage.slack.sockets.open))
        assert header(await stage.ask("/sessions failed")).startswith("2 failed")
