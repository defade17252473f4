"""The stage of the demo: page, local Slack, bot and account as one; and the panel beside the page."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse

from bot.demo.clock import DemoClock
from bot.demo.panel import DemoPanel
from bot.demo.stage import stage
from bot.playground.account import Added, Lifelike
from bot.playground.account.faults import Faults
from bot.playground.page import Page
from bot.playground.slack import CannotDo, LocalSlack

ALERTS = "C0ALERTS"
Json = dict[str, Any]


@dataclass
class Browser:
    """What the page does, without drawing it."""

    ws: ClientWebSocketResponse
    state: Json = field(default_factory=dict)
    acts: int = 0

    async def act(self, act: str, **given: Any) -> Json:
        self.acts += 1
        await self.ws.send_json({"type": "act", "id": self.acts, "act": act, **given})
        while (frame := await self.frame())["type"] != "done":
            pass
        return frame

    async def frame(self) -> Json:
        frame: Json = json.loads(await self.ws.receive_str(timeout=20))
        self.state = frame if frame["type"] == "state" else self.state
        return frame

    async def until(self, wanted: Callable[[Json], Any]) -> Any:
        while not (self.state and (found := wanted(self.state))):
            await self.frame()
        return found

    async def ask(self, typed: str) -> Json:
        """The answer to a command."""
        before = len(self.messages())
        assert (await self.act("send", channel=ALERTS, text=typed, thread_ts=None))["ok"]
        await self.until(lambda _: len(self.messages()) > before)
        return self.messages()[-1]

    async def press(self, message: Json, words: str) -> None:
        block, button = next(found for found in buttons(message) if found[1]["text"]["text"] == words)
        surface = {"kind": "message", "channel": ALERTS, "ts": message["ts"]}
        ids = {"block_id": block["block_id"], "action_id": button["action_id"]}
        assert (await self.act("press", surface=surface, **ids))["ok"]

    async def panel(self, do: str, minutes: int | None = None) -> None:
        assert (await self.act("panel", do=do, minutes=minutes))["ok"]

    def messages(self) -> list[Json]:
        found: list[Json] = self.state.get("messages", {}).get(ALERTS, [])
        return found


def buttons(message: Json) -> list[tuple[Json, Json]]:
    elements = [
        (block, one)
        for block in message["blocks"]
        for one in [*block.get("elements", ()), block.get("accessory") or {}]
    ]
    return [(block, one) for block, one in elements if one.get("type") == "button"]


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with stage(None, 2000, "hosted") as on:
        panel = DemoPanel(on.clock, on.history, on.account.faults, on.slack)
        async with (
            Page(on.slack, panel) as page,
            ClientSession() as session,
            session.ws_connect(page.url.replace("/?", "/live?")) as ws,
        ):
            browser = Browser(ws)
            await ws.send_json({"type": "hello", "user": ""})
            await browser.until(bool)
            yield browser


async def test_a_list_is_asked_turned_shared_and_opened_from_the_page() -> None:
    async with browsing() as ana:
        message = await ana.ask("/sessions failed")
        assert message["ephemeral"] is True
        first = message["text"]
        assert "nightly_load" in first
        assert first.count("shop.orders does not exist") >= 3
        await ana.press(message, "Next")
        turned = await ana.until(lambda _: next((m for m in ana.messages() if m["version"] > 1), None))
        assert turned["ts"] == message["ts"]
        assert turned["text"] != first
        await ana.press(turned, "Share in channel")
        await ana.until(lambda _: any(not one["ephemeral"] for one in ana.messages()))
        await ana.press(turned, "Details")
        await ana.until(lambda _: len(ana.messages()) == 3)
        assert "Failed task" in str(ana.messages()[-1]["blocks"])


async def test_the_home_tab_is_drawn_by_the_bot() -> None:
    async with browsing() as ana:
        assert ana.state["home_enabled"] is True
        assert (await ana.act("home"))["ok"]
        home = await ana.until(lambda state: state["home"])
        assert "failing" in home["blocks"][0]["text"]["text"]


async def test_a_guest_is_refused_in_words() -> None:
    async with browsing() as gus:
        await gus.ws.send_json({"type": "hello", "user": "U0GUEST"})
        await gus.until(lambda state: state["me"] == "U0GUEST")
        assert "does not answer guests" in (await gus.ask("/sessions failed"))["text"]


async def test_the_panel_fails_and_recovers_and_moves_all_clocks_together() -> None:
    async with browsing() as ana:
        before = ana.state["now"]
        await ana.panel("fail")
        await ana.until(lambda state: state["panel"]["notes"])
        await ana.panel("clock", 1)
        message = await ana.ask("/sessions failed 5m profile_sync")
        assert "1 failed session" in message["text"]
        assert message["time"] - before > 60
        await ana.panel("recover")
        await ana.panel("clock", 1)
        assert "0 failed sessions" in (await ana.ask("/sessions failed 5m profile_sync"))["text"]
        assert "attempt 2" in (await ana.ask("/sessions retried 5m profile_sync"))["text"]


async def test_the_panel_takes_the_account_away_and_brings_it_back() -> None:
    async with browsing() as ana:
        await ana.panel("api_down")
        await ana.until(lambda state: state["panel"]["account"] == "down")
        stale = (await ana.ask("/sessions failed"))["text"]
        assert "This is not fresh." in stale
        assert "failed (503)" in stale
        await ana.panel("api_ok")
        assert "failed sessions" in (await ana.ask("/sessions failed"))["text"]


def panel() -> DemoPanel:
    clock = DemoClock()
    history = Added(Lifelike(1, 2000, anchor=clock.time()))
    manifest = "display_information: {name: Tiny}"
    return DemoPanel(clock, history, Faults(), LocalSlack(manifest))


def on(switches: DemoPanel) -> set[str]:
    return {button.do for button in switches.standing().buttons if button.on}


def test_each_state_is_shown_as_on_or_off() -> None:
    switches = panel()
    assert on(switches) == {"api_ok", "slack_ok"}
    for do in ("api_slow", "slack_5xx"):
        switches.press(do, None)
    assert on(switches) == {"api_slow", "slack_5xx"}
    assert (switches.standing().account, switches.standing().slack) == ("slow", "failing")
    for do in ("api_ok", "slack_ok"):
        switches.press(do, None)
    assert on(switches) == {"api_ok", "slack_ok"}


def test_nothing_recovers_that_did_not_fail() -> None:
    with pytest.raises(CannotDo):
        panel().press("recover", None)


def test_slack_fails_where_the_bot_speaks_and_nowhere_else() -> None:
    switches = panel()
    switches.press("slack_5xx", None)
    assert switches.slack.faults.take("response_url") is not None
    assert switches.slack.faults.take("users.info") is None
    switches.press("slack_ok", None)
    assert switches.slack.faults.take("response_url") is None


async def test_a_moved_clock_moves_long_waits_and_leaves_short_ones() -> None:
    clock = DemoClock()
    start, monotonic = clock.time(), clock.monotonic()
    clock.move(timedelta(hours=1))
    assert timedelta(hours=1) <= clock.time() - start < timedelta(hours=1, minutes=1)
    assert 3600 <= clock.monotonic() - monotonic < 3660
    assert abs(clock.now() - clock.time().timestamp()) < 60
    await clock.sleep(0)
    waiting = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0)
    clock.move(timedelta(hours=2))
    await asyncio.wait_for(waiting, 5)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_at_any_hour_the_nightly_pipeline_just_broke_and_it_is_night_there(hour: int) -> None:
    now = datetime(2026, 11, 24, hour, 17, tzinfo=UTC)
    history = Lifelike(1, 2000, anchor=now)
    loads = [each for each in history.attempts(now) if each.session.workflow == "nightly_load"]
    assert loads[0].status(now) == "error"
    assert loads[1].status(now) == "success"
    assert loads[0].finished is not None
    assert now - loads[0].finished < timedelta(hours=1)
    local = loads[0].created.astimezone(loads[0].session.time.tzinfo)
    assert 0 <= local.hour < 5
