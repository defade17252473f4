"""A page over a local Slack without an app, and a person at it."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.page import Button, Page, Standing
from bot.playground.slack import CannotDo, LocalSlack

ALERTS = "C0ALERTS"
Json = dict[str, Any]
MANIFEST = """
display_information: {name: Tiny}
features:
  app_home: {home_tab_enabled: true, messages_tab_enabled: true}
  bot_user: {display_name: Tiny}
  slash_commands:
    - {command: /tiny, description: Small, usage_hint: help}
oauth_config:
  scopes:
    bot: [commands, chat:write, files:write, im:write, users:read]
settings:
  event_subscriptions: {bot_events: [app_home_opened]}
  interactivity: {is_enabled: true}
  socket_mode_enabled: true
"""


@dataclass
class Switches:
    """A panel with one button."""

    on: bool = False
    pressed: list[tuple[str, int | None]] = field(default_factory=list)

    def standing(self) -> Standing:
        return Standing((Button("fail", "Make something fail", on=self.on),), "now", "ok", "ok")

    def press(self, do: str, minutes: int | None) -> None:
        if do not in {"fail", "clock"}:
            raise CannotDo(f"the panel has no {do}")
        self.on = True
        self.pressed.append((do, minutes))


@dataclass
class AtPage:
    """One open page: frames out, frames in. `state` is the newest that was read."""

    ws: ClientWebSocketResponse
    state: Json = field(default_factory=dict)
    acts: int = 0

    async def hello(self, user: str) -> Json:
        await self.ws.send_json({"type": "hello", "user": user})
        await self.until(lambda state: not user or state["me"] == user)
        return self.state

    async def act(self, act: str, **given: Any) -> Json:
        """Its `done`."""
        self.acts += 1
        await self.ws.send_json({"type": "act", "id": self.acts, "act": act, **given})
        while (frame := await self.frame())["type"] != "done" or frame["id"] != self.acts:
            pass
        return frame

    async def until(self, wanted: Callable[[Json], Any]) -> Any:
        """The first true value of `wanted` over the state as it is and those to come."""
        while not (self.state and (found := wanted(self.state))):
            await self.frame()
        return found

    async def frame(self) -> Json:
        frame: Json = json.loads(await self.ws.receive_str(timeout=10))
        if frame["type"] == "state":
            self.state = frame
        return frame

    def texts(self, channel: str = ALERTS) -> list[str]:
        return [one["text"] for one in self.state["messages"].get(channel, ())]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(MANIFEST) as slack:
        yield slack


@pytest.fixture
def panel() -> Switches:
    return Switches()


@pytest.fixture
async def page(slack: LocalSlack, panel: Switches, tmp_path: Path) -> AsyncIterator[Page]:
    for name in ("index.html", "app.js", "app.css", "favicon.svg"):
        (tmp_path / name).write_text(f"this is {name}")
    async with Page(slack, panel, static=tmp_path) as page:
        yield page


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: LocalSlack, session: ClientSession) -> AsyncWebClient:
    """The app's side, by Slack's own SDK."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@pytest.fixture
async def ana(page: Page, session: ClientSession) -> AsyncIterator[AtPage]:
    async with session.ws_connect(live(page)) as ws:
        at = AtPage(ws)
        await at.hello("U0ANA")
        yield at


def live(page: Page) -> str:
    return page.url.replace("/?", "/live?")
