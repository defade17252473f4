"""The whole demo in a browser: page, local Slack, bot and account, as a person sees and uses them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Browser, Locator, Page, Request, Response, expect

from bot.demo.panel import DemoPanel
from bot.demo.stage import SESSIONS, Stage, stage
from bot.playground.page import Page as Served

START = datetime(2026, 11, 24, 19, 19, 44, tzinfo=UTC)
"""A Tuesday evening in Berlin, early on Wednesday in Tokyo."""
CHANNEL = "#data-alerts"
PATIENCE_MS = 20_000


@dataclass
class Demo:
    """The demo, and its page as one person looks at it.

    `troubles`: what stood in the console, what could not be had, and requests to other hosts.
    """

    page: Page
    on: Stage
    address: str
    troubles: list[str] = field(default_factory=list)

    async def ask(self, typed: str) -> Locator:
        """Type it in the open channel; the bot's answer."""
        before = await self.articles.count()
        await self.composer.fill(typed)
        await self.composer.press("Enter")
        return await self.article(before)

    async def article(self, number: int) -> Locator:
        """The message at this place (the oldest is 0), once it and no later one is there."""
        await expect(self.articles).to_have_count(number + 1)
        return self.articles.nth(number)

    async def press(self, inside: Locator, name: str, place: int = 0) -> None:
        await inside.get_by_role("button", name=name, exact=True).nth(place).click()

    async def choose(self, select: Locator, option: str) -> None:
        await select.click()
        await self.page.get_by_role("option", name=option).first.click()

    async def become(self, person: str) -> None:
        you = self.page.get_by_role("combobox", name="You are")
        await self.choose(you, person)
        await expect(you).to_contain_text(person)

    async def open(self, channel: str) -> None:
        """A channel, or the DM with Lookout, by its name in the sidebar."""
        await self.page.get_by_role("navigation").get_by_role("button", name=channel).click()

    async def home(self) -> Locator:
        """Lookout's Home tab, once it is drawn for this opening."""
        drawn = self.on.slack.calls_of("views.publish")
        await self.open("Lookout")
        await self.page.get_by_role("tab", name="Home").click()
        await self.on.slack.wait_for(
            lambda: len(self.on.slack.calls_of("views.publish")) > len(drawn), PATIENCE_MS / 1000
        )
        return self.page.get_by_role("tabpanel")

    async def panel(self, name: str) -> None:
        await self.press(self.page.get_by_role("complementary"), name)

    @property
    def articles(self) -> Locator:
        return self.page.get_by_role("log").first.get_by_role("article")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    def watch(self) -> None:
        """Write down from now on what goes wrong."""
        self.page.on("console", lambda said: self.troubles.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _asked(self, request: Request) -> None:
        own = (f"{self.address}/", f"{self.address}/".replace("http", "ws"), "data:", f"blob:{self.address}")
        if not request.url.startswith(own):
            self.troubles.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status} {response.url}")


@asynccontextmanager
async def opened(
    chromium: Browser, start: datetime | None = None, *, account_port: int = 0, **context: Any
) -> AsyncIterator[Demo]:
    """The demo from `start` on (by default the present), and its page; `context` as Chromium takes it."""
    async with stage(None, SESSIONS, "hosted", account_port, start=start) as on:
        panel = DemoPanel(on.clock, on.history, on.account.faults, on.slack)
        async with Served(on.slack, panel) as served:
            given = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", **context}
            seat = await chromium.new_context(**given)
            page = await seat.new_page()
            page.set_default_timeout(PATIENCE_MS)
            demo = Demo(page, on, served.address)
            demo.watch()
            await page.goto(served.url)
            await page.get_by_role("log", name=CHANNEL).wait_for()
            yield demo
            await seat.close()
