from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import LocalSlack, SteppedClock

MANIFEST = """
display_information: {name: Tiny}
features:
  app_home: {home_tab_enabled: true, messages_tab_enabled: true}
  bot_user: {display_name: Tiny}
  slash_commands:
    - {command: /tiny, description: Small, usage_hint: help}
    - {command: /escaped, description: With ids, should_escape: true}
oauth_config:
  scopes:
    bot: [commands, chat:write, users:read, app_mentions:read, channels:read, channels:history,
          groups:read, im:history, im:write, files:write, files:read, usergroups:read]
settings:
  event_subscriptions: {bot_events: [app_mention, message.im, app_home_opened, member_joined_channel]}
  interactivity: {is_enabled: true}
  socket_mode_enabled: true
"""


@pytest.fixture
def manifest() -> str:
    return MANIFEST


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
async def slack(manifest: str, clock: SteppedClock) -> AsyncIterator[LocalSlack]:
    """A local Slack whose clock stands still, without an app."""
    async with LocalSlack(manifest, clock=clock) as slack:
        yield slack


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: LocalSlack, session: ClientSession) -> AsyncWebClient:
    """Slack's own SDK, without its retries."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
