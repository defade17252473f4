"""Dialogs: named, filled, refused, closed; all by keyboard too."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.screens import Screen
from tests.browser.stage import option, plain, section

pytestmark = pytest.mark.asyncio(loop_scope="session")


def field(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    own = {"action_id": "v", **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": own, **more}


MODES = [option("failed", "Failed tasks"), option("all", "All tasks")]
BLOCKS = [
    {**section("Runs *3 of 9* tasks again."), "block_id": "facts"},
    field("why", "Why", {"type": "plain_text_input"}, hint=plain("Stands in the audit trail.")),
    field("mode", "Mode", {"type": "static_select", "options": MODES, "initial_option": MODES[0]}),
    field("tell", "Tell", {"type": "checkboxes", "options": MODES}, optional=True),
    field("at", "At", {"type": "timepicker", "initial_time": "09:30"}),
]


def view(id_: str = "V1", title: str = "Resume failed tasks", **more: Any) -> dict[str, Any]:
    own = {"id": id_, "type": "modal", "title": title, "submit": "Resume", "close": "Cancel", "hash": "1"}
    return {**own, "blocks": BLOCKS, "state": {"values": {}}, "errors": {}, **more}


async def _opens(screen: Screen, **more: Any) -> Locator:
    await screen.show(views=[view(**more)])
    dialog = screen.page.get_by_role("dialog", name="Resume failed tasks")
    await dialog.wait_for()
    return dialog


async def test_a_dialog_sends_what_its_inputs_hold(screen: Screen) -> None:
    dialog = await _opens(screen)
    why = dialog.get_by_role("textbox", name="Why")
    await expect(why).to_be_focused()
    await expect(why).to_have_accessible_description("Stands in the audit trail.")
    await why.fill("a table was renamed")
    await dialog.get_by_role("combobox", name="Mode").click()
    await screen.page.get_by_role("option", name="All tasks").click()
    await dialog.get_by_role("checkbox", name="Failed tasks").check()
    await why.press("Enter")
    await screen.acted("submit")
    assert screen.stage.acted("choose") == []
    values = {
        "why": {"v": "a table was renamed"},
        "mode": {"v": "all"},
        "tell": {"v": ["failed"]},
        "at": {"v": "09:30"},
    }
    assert screen.stage.acted("submit") == [{"act": "submit", "view": "V1", "values": values}]


async def test_what_is_missing_is_said_at_its_field(screen: Screen) -> None:
    dialog = await _opens(screen)
    await dialog.get_by_role("button", name="Resume").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Please complete this required field.")
    assert screen.stage.acted("submit") == []


async def test_the_apps_errors_stand_at_their_fields(screen: Screen) -> None:
    dialog = await _opens(screen)
    errors = {"why": "Say more than that."}
    screen.stage.answers["submit"] = {"ok": False, "error": "no", "errors": errors}
    await dialog.get_by_role("textbox", name="Why").fill("x")
    await dialog.get_by_role("button", name="Resume").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Say more than that.")
    await expect(dialog.get_by_role("textbox", name="Why")).to_have_value("x")


async def test_escape_closes_and_gives_the_focus_back(screen: Screen) -> None:
    box = screen.page.get_by_role("textbox", name="Message")
    await box.focus()
    dialog = await _opens(screen)
    mode = dialog.get_by_role("combobox", name="Mode")
    await mode.click()
    await screen.page.keyboard.press("Escape")
    await expect(screen.page.get_by_role("option")).to_have_count(0)
    assert screen.stage.acted("close") == []
    await screen.page.keyboard.press("Escape")
    await screen.acted("close")
    await screen.show(views=[])
    await expect(dialog).to_have_count(0)
    await expect(box).to_be_focused()


async def test_a_dialog_can_close_again_after_a_refused_close(screen: Screen) -> None:
    dialog = await _opens(screen)
    for _ in range(3):
        await screen.page.keyboard.press("Escape")
        await expect(dialog).to_be_visible()
    await screen.acted("close", 3)


async def test_the_focus_stays_in_the_dialog(screen: Screen) -> None:
    await _opens(screen)
    inside = "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
    for _ in range(12):
        await screen.page.keyboard.press("Tab")
        assert await screen.page.evaluate(inside)


async def test_what_was_typed_stays_while_the_dialog_is_filled_and_covered(screen: Screen) -> None:
    dialog = await _opens(screen)
    await dialog.get_by_role("textbox", name="Why").fill("typed")
    fuller = view(hash="2", blocks=[*BLOCKS, {**section("a fresh fact"), "block_id": "more"}])
    await screen.show(views=[fuller])
    await dialog.get_by_text("a fresh fact").wait_for()
    await screen.show(views=[fuller, view("V2", "Another", blocks=BLOCKS[:1])])
    await screen.page.get_by_role("dialog", name="Another").wait_for()
    await screen.show(views=[fuller])
    await expect(dialog.get_by_role("textbox", name="Why")).to_have_value("typed")


async def test_a_loading_dialog_has_nothing_to_submit(screen: Screen) -> None:
    dialog = await _opens(screen, submit=None, close=None, blocks=BLOCKS[:1])
    await expect(dialog.get_by_role("button")).to_have_count(2)
    await expect(dialog.get_by_role("button", name="Close")).to_have_count(2)
