"""What the panel beside the Slack frame makes happen, and what the bot says then."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.demo import PATIENCE_MS, START, opened

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=PATIENCE_MS)

VICTIM = "customer-360 / profile_sync"
"""What the panel makes fail first; a slow run of it has failed already."""


async def test_the_account_goes_down_and_comes_back_something_fails_and_time_passes(
    chromium: Browser,
) -> None:
    async with opened(chromium, START) as demo:
        await demo.panel("Account down")
        stale = await demo.ask("/sessions failed")
        await expect(stale).to_contain_text("This is not fresh.")
        await expect(stale).to_contain_text("failed (503)")
        await demo.panel("Account well")
        before = await demo.ask("/sessions failed")
        await expect(before).to_contain_text(re.compile(r"\d\d failed sessions"))
        await expect(before).not_to_contain_text("This is not fresh.")
        await expect(before.get_by_role("link", name=VICTIM)).to_have_count(1)

        await demo.panel("Make something fail")
        await demo.panel("+1 h")
        later = await demo.ask("/sessions failed")
        await expect(later).to_contain_text("as of 21:")
        await expect(later.get_by_role("link", name=VICTIM)).to_have_count(2)
        await expect(later).to_contain_text("nightly_load")
        assert demo.troubles == []
