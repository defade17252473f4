"""The page as it is really served: by its own server, over the local Slack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.clock import DemoClock
from bot.demo.panel import DemoPanel
from bot.manifest import manifest_yaml
from bot.playground import page as served
from bot.playground.account import Added, Lifelike
from bot.playground.account.faults import Faults
from bot.playground.slack import LocalSlack

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class Look:
    """An open page. `troubles`: the console, answers of 400 and above, requests to other hosts."""

    page: Page
    slack: LocalSlack
    address: str
    troubles: list[str] = field(default_factory=list)

    def client(self) -> AsyncWebClient:
        return AsyncWebClient(token=self.slack.bot_token, base_url=self.slack.api_url, retry_handlers=[])

    def watch(self) -> None:
        self.page.on("console", lambda said: self.troubles.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("response", lambda one: self._judge(one.url, one.status))
        self.page.on("requestfailed", lambda one: self.troubles.append(f"failed: {one.url}"))

    def _judge(self, url: str, status: int) -> None:
        if status >= 400 or not url.startswith((self.address, "data:")):
            self.troubles.append(f"{status} {url}")


@asynccontextmanager
async def looking(chromium: Browser) -> AsyncIterator[Look]:
    clock = DemoClock()
    history = Added(Lifelike(1, 200, anchor=clock.time()))
    async with LocalSlack(manifest_yaml(), clock=clock) as slack:
        panel = DemoPanel(clock, history, Faults(), slack)
        async with served.Page(slack, panel) as page:
            context = await chromium.new_context()
            look = Look(await context.new_page(), slack, page.address)
            look.watch()
            await look.page.goto(page.url)
            await look.page.get_by_role("log", name="#data-alerts").wait_for()
            yield look
            await context.close()


async def test_all_that_the_page_asks_for_is_there(chromium: Browser) -> None:
    async with looking(chromium) as look:
        await look.client().chat_postMessage(channel="C0ALERTS", text="*bold* _italic_")
        await look.page.get_by_text("italic").wait_for()
        await look.page.evaluate("document.fonts.ready")
        faces = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.weight + f.style)"
        assert {"400normal", "400italic", "700normal", "900normal"} <= set(await look.page.evaluate(faces))
        async with look.page.expect_response(lambda one: one.url.endswith("/favicon.svg")) as icon:
            await look.page.reload()
        assert (await icon.value).ok
        await look.page.get_by_role("log").wait_for()
        assert look.troubles == []


async def test_what_slack_refuses_is_told_in_the_panel_while_it_fails(chromium: Browser) -> None:
    async with looking(chromium) as look:
        slack = look.page.get_by_role("region", name="Slack")
        await slack.get_by_role("button", name="Slack fails").click()
        await expect(slack.get_by_role("button", pressed=True)).to_have_text("Slack fails")
        await expect(slack.get_by_role("status")).to_have_text("")
        with pytest.raises(SlackApiError):
            await look.client().chat_postMessage(channel="C0ALERTS", text="lost")
        await expect(slack.get_by_role("status")).to_contain_text("Slack refused chat.postMessage with 503")
        await slack.get_by_role("button", name="Slack well").click()
        await expect(slack.get_by_role("status")).to_have_text("")
        await look.client().chat_postMessage(channel="C0ALERTS", text="heard")
        await look.page.get_by_text("heard").wait_for()
        assert await look.page.get_by_text("lost").count() == 0


async def test_the_panel_says_what_it_made_happen(chromium: Browser) -> None:
    async with looking(chromium) as look:
        fails = look.page.get_by_role("region", name="Something fails")
        await fails.get_by_role("button", name="Let it recover").click()
        await expect(fails.get_by_role("alert")).to_contain_text("make something fail first")
        await fails.get_by_role("button", name="Make something fail").click()
        await expect(fails.get_by_role("status")).to_contain_text("customer-360 / profile_sync runs now")
        await fails.get_by_role("button", name="Let it recover").click()
        await expect(fails.get_by_role("status")).to_contain_text("Retried")
        await expect(fails.get_by_role("alert")).to_have_count(0)


async def _nothing(_: web.Request) -> web.Response:
    return web.Response(text="x", content_type="text/html")


ATTACK = """async ([address, key]) => {
  const told = [];
  const tell = what => told.push(what);
  for (const path of ["/", "/static/app.js", `/live?key=${key}`]) {
    await fetch(address + path).then(() => tell("read " + path), () => {});
    const form = await fetch(address + path, { mode: "no-cors", method: "POST" }).catch(() => null);
    if (form && form.type !== "opaque") tell("posted " + path);
  }
  await new Promise(done => {
    const socket = new WebSocket(address.replace("http", "ws") + `/live?key=${key}`);
    socket.onopen = () => { tell("connected"); done(); };
    socket.onerror = done;
  });
  return told;
}"""


async def test_a_page_of_another_port_gets_nothing_even_with_the_key(chromium: Browser) -> None:
    async with looking(chromium) as look:
        app = web.Application()
        app.router.add_get("/", _nothing)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        key = look.page.url.partition("key=")[2]
        other = await look.page.context.new_page()
        await other.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        assert await other.evaluate(ATTACK, [look.address, key]) == []
        assert not look.slack.deliveries
        await runner.cleanup()
