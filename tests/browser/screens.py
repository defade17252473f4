"""The page in front of its stage."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, Request

from tests.browser.stage import Stage


@dataclass
class Screen:
    """The page in front of its stage. `troubles`: what stood in the console, and requests to other hosts."""

    page: Page
    stage: Stage
    troubles: list[str] = field(default_factory=list)

    async def show(self, messages: list[dict[str, Any]] | None = None, **changes: Any) -> None:
        if messages is not None:
            changes["messages"] = {"C0ALERTS": messages}
        await self.stage.show(**changes)

    async def composer(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Message").fill(text)

    async def acted(self, act: str, times: int = 1) -> None:
        """Wait until the page has done this so often."""
        await self.stage.until(lambda: len(self.stage.acted(act)) >= times)

    def watch(self) -> None:
        """Write down from now on what it says and asks for."""
        self.page.on("console", lambda said: self.troubles.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        own = (self.stage.address, self.stage.address.replace("http", "ws"), "data:")
        if not request.url.startswith(own):
            self.troubles.append(request.url)
