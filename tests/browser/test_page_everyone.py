"""The page is for everyone: with assistive technology, by keyboard, on a phone, light and dark."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.kinds import EVERY_KIND
from tests.browser.screens import Screen
from tests.browser.stage import NOW, PANEL, message, option, plain, section

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "long_word_" * 30
MENU = {
    "type": "actions",
    "elements": [
        {
            "type": "static_select",
            "action_id": "menu",
            "placeholder": plain("Menu"),
            "options": [option("a", f"{LONG[:60]} a"), option("b", "b")],
        },
        {"type": "overflow", "action_id": "more", "options": [option("a", "a"), option("b", "b")]},
    ],
}
WIDE = [
    section(f"`{LONG}`"),
    section(f"```{LONG}\n  {LONG}```"),
    section(f"https://elsewhere.example/{LONG}"),
    {"type": "header", "text": plain(LONG[:150])},
    {"type": "table", "rows": [[{"type": "raw_text", "text": LONG}] * 6] * 2},
    {"type": "markdown", "text": f"```\n{LONG}\n```\n\n|a|b|\n|-|-|\n|{LONG}|{LONG}|"},
    {"type": "actions", "elements": [{"type": "button", "action_id": "b", "text": plain(LONG[:75])}]},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": f"`{LONG}`"}]},
]
FIELD = {
    "type": "input",
    "block_id": "why",
    "label": plain("Why"),
    "hint": plain("It stands in the audit trail."),
    "element": {"type": "plain_text_input", "action_id": "v", "multiline": True},
}
FILE = {"id": "F1", "name": f"{LONG}.csv", "title": LONG, "size": 12345, "mimetype": "text/csv"}


def view(kind: str, blocks: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    own = {"id": "V1", "type": kind, "title": "Resume", "submit": "Resume", "close": None, "hash": "1"}
    return {**own, "blocks": blocks, "state": {"values": {}}, "errors": {}, **more}


async def _walk(screen: Screen) -> AsyncIterator[str]:
    """Through all that the page can show; each time with its name."""
    page = screen.page
    narrow = await page.evaluate("innerWidth") < 760
    notice = {"channel": "C0ALERTS", "text": f"/{LONG} failed", "time": NOW - 5}
    note = {"group": "Account", "text": f"refused {LONG} with 503", "at": NOW}
    root = message(
        "9", WIDE, text=LONG, files=[FILE], reply_count=1, attachments=[{"color": "good", "text": LONG}]
    )
    reply = message("8", WIDE, thread_ts="9")
    await screen.show(
        [
            root,
            reply,
            message("3", EVERY_KIND),
            message("2", [section("x")], ephemeral=True),
            message("1", [MENU]),
        ],
        notices=[notice],
        panel={**PANEL, "notes": [note]},
    )
    await page.get_by_text("Only visible to you").first.wait_for()
    yield "messages"
    last = page.get_by_role("article").last
    await last.get_by_role("combobox", name="Menu").click()
    await page.get_by_role("option").first.wait_for()
    yield "a select's choices"
    await page.keyboard.press("Escape")
    await last.get_by_role("button", name="More options").click()
    await page.get_by_role("menuitem").first.wait_for()
    yield "a menu"
    await page.keyboard.press("Escape")
    await page.get_by_role("textbox", name="Message").press_sequentially("/")
    await page.get_by_role("listbox", name="Commands").wait_for()
    yield "commands"
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="1 reply").click()
    await page.get_by_role("textbox", name="Reply").wait_for()
    yield "a thread"
    await page.get_by_role("button", name="Close thread").click()
    await screen.show(
        views=[view("modal", [*WIDE[:5], FIELD, {**MENU, "block_id": "m"}], errors={"why": LONG})]
    )
    await page.get_by_role("dialog", name="Resume").get_by_role("combobox").click()
    await page.get_by_role("option").first.wait_for()
    yield "a dialog"
    await screen.show(views=[])
    await page.get_by_role("dialog").wait_for(state="detached")
    if narrow:
        await page.get_by_role("button", name="Playground").click()
        await expect(page.get_by_role("switch", name="Dark mode")).to_be_in_viewport()
        yield "the panel"
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Channels").click()
        await expect(page.get_by_role("navigation", name="Channels")).to_be_in_viewport()
        yield "the channels"
    await page.get_by_role("button", name="Lookout").click()
    await page.get_by_role("tab", name="Home").click()
    await screen.show(home=view("home", [*WIDE, MENU, *EVERY_KIND]))
    await page.get_by_role("tabpanel", name="Home").get_by_role("combobox", name="Menu").wait_for()
    yield "Home"


# On a phone a thread covers its channel, whose name is the page's heading.
AXE = "axe.run({ rules: { 'page-has-heading-one': { enabled: false } } })"
WIDER = """() => [document.scrollingElement, ...document.querySelectorAll(
    ".log, .composer, .head, .home, .dialog-body, .thread, .panel, .sidebar, .popup")]
  .filter(one => one.scrollWidth > one.clientWidth)
  .map(one => `${one.tagName} ${one.className} ${one.scrollWidth} > ${one.clientWidth}`)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_nothing_keeps_assistive_technology_out_and_nothing_scrolls_sideways(
    screen: Screen, scheme: Any, width: int, axe: str
) -> None:
    await screen.page.set_viewport_size({"width": width, "height": 800})
    await screen.page.emulate_media(color_scheme=scheme)
    await screen.page.evaluate(axe)
    wrong: dict[str, Any] = {}
    async for place in _walk(screen):
        found = await screen.page.evaluate(AXE)
        told = [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]
        wrong |= {place: told} if told else {}
        wider = await screen.page.evaluate(WIDER)
        wrong |= {f"{place}, sideways": wider} if wider else {}
        assert await screen.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), place
    assert wrong == {}
    assert screen.troubles == []
