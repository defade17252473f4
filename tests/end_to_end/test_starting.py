"""How the bot starts: what ends it with a sentence, and what it lives through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.answering import Times
from bot.app import running
from bot.core.errors import SlackRefusedToken, Unauthorized
from bot.manifest import manifest_yaml
from bot.playground.account import Account, Clock
from bot.playground.account.auth import Key
from bot.playground.slack import Broken, Drop, LocalSlack, Refuse, Slow, SteppedClock
from bot.playground.slack.faults import Fault
from bot.settings import Settings
from tests.end_to_end.process import run, world
from tests.end_to_end.staging import (
    NOW,
    Stage,
    failing,
    header,
    met,
    settings,
    staged,
    started,
    status,
)
from tests.postgresql import Server

QUICK = Times(again=0.05, ping=0.2)


async def test_a_refused_bot_token_ends_it_with_a_sentence(tmp_path: Path) -> None:
    async with world("http", tmp_path) as there:
        there.slack.revoke(there.slack.bot_token)
        async with run(there.environ(), tmp_path) as one:
            assert await one.ended() == 1
            assert "SLACK_BOT_TOKEN (token_revoked)" in one.said
            assert len(one.said.strip().splitlines()) == 1, one.said


async def test_a_refused_key_ends_it_with_a_sentence(tmp_path: Path) -> None:
    async with world("socket", tmp_path, Key("2/another")) as there, run(there.environ(), tmp_path) as one:
        assert await one.ended() == 1
        sentences = one.said.strip().splitlines()
        assert "TD_API_KEY" in sentences[-1]
        assert "Traceback" not in one.said


async def test_a_refused_app_token_ends_it_with_a_sentence(tmp_path: Path) -> None:
    async with world("socket", tmp_path) as there:
        there.slack.revoke(there.slack.app_token)
        async with run(there.environ(), tmp_path) as one:
            assert await one.ended() == 1
            assert "SLACK_APP_TOKEN (token_revoked)" in one.said
            assert len(one.said.strip().splitlines()) == 1, one.said


@pytest.mark.parametrize("word", ["invalid_auth", "account_inactive", "token_expired", "not_authed"])
async def test_each_word_of_refusal_ends_the_start(mode: str, tmp_path: Path, word: str) -> None:
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(1)) as account:
        slack.misbehave("auth.test", Refuse(word), times=None)
        chosen = Settings.for_run(settings(mode, slack, account.url, tmp_path))
        with pytest.raises(SlackRefusedToken, match=f"SLACK_BOT_TOKEN .{word}"):
            async with running(chosen):
                pass


async def test_an_app_token_without_its_scope_ends_the_start(tmp_path: Path) -> None:
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(1)) as account:
        slack.misbehave("apps.connections.open", Refuse("missing_scope"), times=None)
        chosen = Settings.for_run(settings("socket", slack, account.url, tmp_path))
        with pytest.raises(SlackRefusedToken, match="connections:write"):
            async with running(chosen):
                pass


async def test_both_refused_is_told_once(mode: str, tmp_path: Path) -> None:
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(1), auth=Key("2/b")) as account:
        slack.revoke()
        chosen = Settings.for_run(settings(mode, slack, account.url, tmp_path))
        with pytest.raises((SlackRefusedToken, Unauthorized)):
            async with running(chosen):
                pass


@asynccontextmanager
async def late(mode: str, tmp_path: Path, slack: LocalSlack) -> AsyncIterator[Stage]:
    """The bot started while Slack cannot be reached."""
    clock = Clock(NOW)
    clock.freeze()
    async with Account(failing(4), clock=clock) as account:
        chosen = Settings.for_run(settings(mode, slack, account.url, tmp_path))
        times = Times(now=clock.now, again=QUICK.again, ping=QUICK.ping)
        async with running(chosen, times) as bot:
            yield Stage(mode, slack, account, bot)


@pytest.mark.parametrize("fault", [Broken(503), Drop(), Refuse("internal_error")])
async def test_a_slack_that_fails_at_the_start_is_tried_again(
    mode: str, tmp_path: Path, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async with LocalSlack(manifest_yaml(), tiers=False) as slack:
        slack.misbehave("*", fault, times=None)
        async with late(mode, tmp_path, slack) as stage:
            slack.behave()
            await met(mode, slack, stage.bot)
            assert header(await stage.ask("/sessions failed")).startswith("4 failed")
    assert all(each.exc_info is None for each in caplog.records)


async def test_a_slack_that_is_not_there_at_the_start_is_tried_again(
    mode: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with LocalSlack(manifest_yaml()) as gone:
        port = int(gone.url.rpartition(":")[2])
    async with late(mode, tmp_path, gone) as stage, LocalSlack(manifest_yaml(), port=port) as slack:
        stage.slack = slack
        await met(mode, slack, stage.bot)
        assert header(await stage.ask("/sessions failed")).startswith("4 failed")
        await stage.bot.drain()
    assert all(each.exc_info is None for each in caplog.records)


async def test_a_token_that_is_refused_when_slack_comes_back_ends_it(mode: str, tmp_path: Path) -> None:
    async with LocalSlack(manifest_yaml(), tiers=False) as slack:
        slack.misbehave("*", Broken(503), times=None)
        async with late(mode, tmp_path, slack) as stage:
            slack.revoke()
            slack.behave()
            assert stage.bot.meeting is not None
            with pytest.raises(SlackRefusedToken):
                await stage.bot.meeting


async def test_an_account_that_is_away_at_the_start_is_asked_when_someone_asks(
    mode: str, tmp_path: Path
) -> None:
    clock = Clock(NOW)
    clock.freeze()
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(5), clock=clock) as account:
        account.faults.status(503)
        chosen = Settings.for_run(settings(mode, slack, account.url, tmp_path))
        async with running(chosen, Times(now=clock.now)) as bot:
            account.faults.clear()
            await met(mode, slack, bot)
            stage = Stage(mode, slack, account, bot)
            assert header(await stage.ask("/sessions failed")).startswith("5 failed")


async def test_an_address_that_works_no_more_is_not_tried_for_ever(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A Socket Mode address works once and for half a minute; here it comes too late."""
    clock = SteppedClock()
    async with LocalSlack(manifest_yaml(), clock=clock, tiers=False) as slack:
        slack.misbehave("apps.connections.open", Slow(40))
        arriving = asyncio.create_task(late_answer(slack, tmp_path))
        await slack.wait_for(lambda: slack.calls_of("apps.connections.open"))
        clock.move(41)
        assert (await arriving).startswith("4 failed")
    assert all(each.exc_info is None for each in caplog.records)


async def late_answer(slack: LocalSlack, tmp_path: Path) -> str:
    async with late("socket", tmp_path, slack) as stage:
        await met("socket", slack, stage.bot)
        return header(await stage.ask("/sessions failed"))


async def test_it_is_ready_once_the_last_day_can_be_answered_exactly_whatever_fails_then(
    mode: str, tmp_path: Path
) -> None:
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(4)) as account:
        account.faults.status(503, "/api/attempts")
        async with started(mode, slack, account, tmp_path, PORT="0") as stage:
            assert stage.bot.mirror is not None
            assert await status(stage.bot.port, "/healthz") == (200, "ok")
            assert await status(stage.bot.port, "/readyz") == (503, "the last 24 h are being read")
            account.faults.clear()
            await stage.bot.mirror.upkeep.fill()
            assert await status(stage.bot.port, "/readyz") == (200, "ready")
            account.faults.status(503)
            await stage.bot.mirror.upkeep.tick()
            assert await status(stage.bot.port, "/readyz") == (200, "ready")


async def test_a_database_that_is_away_is_why_it_is_not_ready(tmp_path: Path, postgresql: Server) -> None:
    database = postgresql.new_database()
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(4)) as account:
        account.faults.status(503, "/api/attempts")
        async with started("http", slack, account, tmp_path, DATABASE_URL=database) as stage:
            postgresql.shut(database)
            code, said = await status(stage.bot.port, "/readyz")
            assert (code, "database" in said) == (503, True), said
            assert await status(stage.bot.port, "/healthz") == (200, "ok")
            postgresql.reopen(database)
            assert await status(stage.bot.port, "/readyz") == (503, "the last 24 h are being read")


async def test_it_says_that_it_is_ready(mode: str, tmp_path: Path) -> None:
    async with staged(mode, tmp_path, failing(1), PORT="0") as stage:
        assert await status(stage.bot.port, "/healthz") == (200, "ok")
        assert await status(stage.bot.port, "/readyz") == (200, "ready")
        stage.bot.work.draining = True
        assert await status(stage.bot.port, "/readyz") == (503, "shutting down")
        assert await status(stage.bot.port, "/healthz") == (200, "ok")


async def test_in_socket_mode_no_port_is_opened_unless_asked_for(tmp_path: Path) -> None:
    async with staged("socket", tmp_path, failing(1)) as stage:
        assert stage.bot.port is None


async def test_in_socket_mode_the_web_server_takes_no_events(tmp_path: Path) -> None:
    async with staged("socket", tmp_path, failing(1), PORT="0") as stage:
        assert (await status(stage.bot.port, "/slack/events"))[0] == 404


async def test_without_a_connection_it_is_alive_but_not_ready(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged("socket", tmp_path, failing(2), times=QUICK, PORT="0") as stage:
        slack = stage.slack
        slack.misbehave("apps.connections.open", Broken(503), times=None)
        slack.sockets.cut()
        await slack.wait_for(lambda: len(slack.calls_of("apps.connections.open")) > 1)
        assert await status(stage.bot.port, "/readyz") == (503, "Socket Mode has no connection")
        assert await status(stage.bot.port, "/healthz") == (200, "ok")
        slack.behave()
        await slack.wait_for(lambda: bool(slack.sockets.open))
        assert header(await stage.ask("/sessions failed")).startswith("2 failed")
        assert await status(stage.bot.port, "/readyz") == (200, "ready")
    said = [each for each in caplog.records if each.name.startswith("lookout")]
    assert all(each.exc_info is None for each in said), "a lost connection is foreseen"
    assert all("\n" not in each.getMessage() for each in said)


async def test_a_connection_that_is_gone_for_good_is_opened_afresh(tmp_path: Path) -> None:
    async with staged("socket", tmp_path, failing(2), times=Times(watch=0.05)) as stage:
        assert stage.bot.socket is not None
        [old] = stage.slack.sockets.open
        await stage.bot.socket.close()
        await stage.slack.wait_for(lambda: any(each is not old for each in stage.slack.sockets.open))
        assert header(await stage.ask("/sessions failed")).startswith("2 failed")
