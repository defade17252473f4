"""The log stands where its reader wants to read."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.screens import Screen
from tests.browser.stage import message, plain, section

pytestmark = pytest.mark.asyncio(loop_scope="session")

LEFT = "one => one.scrollHeight - one.scrollTop - one.clientHeight"
UNTIL = """one => new Promise(done => {
  const look = () => (%s) ? done() : requestAnimationFrame(look);
  look();
})"""
DETAILS = {"type": "button", "action_id": "details", "text": plain("Details")}
MANY = [
    message(str(100 - at), [section(f"number {at}\n" * 5, accessory={**DETAILS, "value": str(at)})])
    for at in range(20)
]
KENJI = {"id": "U0KENJI", "name": "Kenji", "bot": False}


async def _scrolled_up(screen: Screen) -> Locator:
    """A log whose reader went to its beginning."""
    await screen.show(MANY)
    log = screen.page.get_by_role("log", name="#data-alerts")
    await log.get_by_text("number 19").last.wait_for()
    assert await log.evaluate(LEFT) < 2
    await _goes_up(screen, log)
    return log


async def _goes_up(screen: Screen, log: Locator) -> None:
    await log.hover()
    await screen.page.mouse.wheel(0, -10_000)
    await log.evaluate(UNTIL % "one.scrollTop === 0")


async def _at_end(log: Locator) -> None:
    await log.evaluate(UNTIL % f"({LEFT})(one) < 2")


def _pill(screen: Screen) -> Locator:
    return screen.page.get_by_role("button", name="New messages")


async def test_what_others_say_waits_below_for_who_scrolled_up(screen: Screen) -> None:
    log = await _scrolled_up(screen)
    await screen.show([*MANY, message("1", [section("newest")], author=KENJI)])
    await _pill(screen).wait_for()
    assert await log.evaluate("one => one.scrollTop") == 0
    await _pill(screen).click()
    await _pill(screen).wait_for(state="detached")
    await _at_end(log)


async def test_the_log_follows_what_is_sent_and_its_answer(screen: Screen) -> None:
    log = await _scrolled_up(screen)
    await screen.composer("/sessions failed")
    await screen.page.keyboard.press("Enter")
    await screen.acted("send")
    await _at_end(log)
    answer = message("1", [section("answer\n" * 60, expand=True)], ephemeral=True)
    await screen.show([*MANY, answer])
    await screen.page.get_by_text("answer").wait_for()
    await _at_end(log)
    await expect(_pill(screen)).to_have_count(0)


@pytest.mark.parametrize(("lines", "ephemeral"), [(3, True), (3, False), (60, True)])
async def test_the_answer_to_a_press_comes_into_view(screen: Screen, lines: int, ephemeral: bool) -> None:
    log = await _scrolled_up(screen)
    await log.get_by_role("button", name="Details").first.click()
    await screen.acted("press")
    answer = message("1", [section("answer\n" * lines, expand=True)], ephemeral=ephemeral)
    await screen.show([*MANY, answer])
    await expect(log.get_by_role("article").last.locator(".author")).to_be_in_viewport()
    await expect(log.get_by_role("article").last).to_contain_text("answer")
    await expect(_pill(screen)).to_have_count(0)


@pytest.mark.parametrize("redrawn", [True, False])
async def test_once_answered_other_messages_wait_below(screen: Screen, redrawn: bool) -> None:
    log = await _scrolled_up(screen)
    await log.get_by_role("button", name="Details").first.click()
    await screen.acted("press")
    if redrawn:
        now: list[dict[str, Any]] = [{**MANY[0], "version": 2, "edited": True}, *MANY[1:]]
    else:
        now = [*MANY, message("2", [section("answer")])]
    await screen.show(now)
    await log.get_by_text("(edited)" if redrawn else "answer").wait_for()
    await _goes_up(screen, log)
    await screen.show([*now, message("1", [section("an alert")])])
    await _pill(screen).wait_for()
    assert await log.evaluate("one => one.scrollTop") == 0


async def test_a_thread_follows_what_is_sent_there(screen: Screen) -> None:
    root = message("999", [section("root")], reply_count=20)
    replies = [{**one, "thread_ts": "999"} for one in MANY]
    await screen.show([root, *replies])
    await screen.page.get_by_role("button", name="20 replies").click()
    thread = screen.page.get_by_role("log", name="Thread")
    await thread.evaluate("one => { one.scrollTop = 0; }")
    await screen.page.get_by_role("textbox", name="Reply").fill("thanks")
    await screen.page.keyboard.press("Enter")
    await screen.acted("send")
    me = {"id": "U0ANA", "name": "Ana", "bot": False}
    await screen.show([root, *replies, message("1", text="thanks", author=me, thread_ts="999")])
    await expect(thread.get_by_text("thanks")).to_be_in_viewport()
