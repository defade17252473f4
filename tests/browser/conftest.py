"""Real Chromium, started once: Debian's, driven by playwright."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.screens import Screen
from tests.browser.stage import Stage, state

PATIENCE_MS = 20_000
"""At most: a busy machine is no failure."""
expect.set_options(timeout=PATIENCE_MS)
CHROMIUM = shutil.which("chromium")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("LOOKOUT_TEST_ALL"):
            pytest.fail("Chromium is not installed")
        pytest.skip("needs Chromium (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def screen(chromium: Browser) -> AsyncIterator[Screen]:
    """A page of 1280 × 800, light, with an empty #data-alerts; whoever looks is Ana."""
    async with Stage(state()) as stage:
        context = await chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        own = Screen(page, stage)
        own.watch()
        await page.goto(f"{stage.address}/?key=k")
        await page.get_by_role("log").wait_for()
        yield own
        await context.close()


AXE = Path(__file__).parents[2] / "page" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which looks for what keeps assistive technology out."""
    if not AXE.exists():
        if os.environ.get("LOOKOUT_TEST_ALL"):
            pytest.fail("axe-core is not installed")
        pytest.skip("needs axe-core (cd page && npm ci)")
    return AXE.read_text("utf-8")
