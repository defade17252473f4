"""What is done on the page reaches Slack, by mouse and by keyboard."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.kinds import CONFIRM
from tests.browser.screens import Screen
from tests.browser.stage import NOW, PANEL, message, option, plain, section

pytestmark = pytest.mark.asyncio(loop_scope="session")

ON_MESSAGE = {"kind": "message", "channel": "C0ALERTS", "ts": "1"}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "actions",
        "elements": [{"action_id": f"a{at}", **one} for at, one in enumerate(elements)],
    }


STATUSES = [option("status:all", "all"), option("status:failed", "failed"), option("status:killed", "killed")]
MENU = {"type": "static_select", "placeholder": plain("Status"), "options": STATUSES}


async def _shows(screen: Screen, *elements: dict[str, Any]) -> None:
    await screen.show([message("1", [actions(*elements)])])
    await screen.page.locator(".actions").first.wait_for()


async def test_enter_sends_what_is_typed_also_while_commands_are_offered(screen: Screen) -> None:
    await screen.composer("/se")
    await expect(screen.page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(1)
    assert await screen.page.get_by_role("textbox", name="Message").count() == 1
    await screen.page.keyboard.press("Enter")
    await screen.acted("send")
    sent = {"act": "send", "channel": "C0ALERTS", "text": "/se", "thread_ts": None}
    assert screen.stage.acted("send") == [sent]


async def test_tab_or_a_click_takes_a_command(screen: Screen) -> None:
    box = screen.page.get_by_role("textbox", name="Message #data-alerts")
    await box.press_sequentially("/")
    await screen.page.keyboard.press("ArrowDown")
    await screen.page.keyboard.press("Tab")
    await expect(box).to_have_value("/lookout ")
    await box.fill("/s")
    await screen.page.get_by_role("option", name="/sessions").click()
    await expect(box).to_have_value("/sessions ")
    await expect(box).to_be_focused()
    await screen.page.keyboard.press("Tab")
    await expect(box).not_to_be_focused()
    assert screen.stage.acted("send") == []


async def test_what_could_not_be_sent_comes_back_with_the_reason(screen: Screen) -> None:
    screen.stage.answers["send"] = {"ok": False, "error": "/nonsense is not a valid command"}
    await screen.composer("/nonsense x")
    await screen.page.keyboard.press("Enter")
    await screen.page.get_by_role("article", name="Slackbot").get_by_text("is not a valid command").wait_for()
    await expect(screen.page.get_by_role("textbox", name="Message")).to_have_value("/nonsense x")


async def test_a_button_is_named_by_its_words_and_described_by_its_label(screen: Screen) -> None:
    button = {"type": "button", "text": plain("Details"), "accessibility_label": "Details of #7"}
    answers = {
        f"{sign}_button": {"text": plain(words), "value": sign, "accessibility_label": f"{words}, of #7"}
        for sign, words in (("positive", "Helpful"), ("negative", "Wrong"))
    }
    await _shows(screen, button, {"type": "feedback_buttons", **answers})
    for words in ("Details", "Helpful", "Wrong"):
        await expect(screen.page.get_by_role("button", name=words, exact=True)).to_be_visible()
    details = screen.page.get_by_role("button", name="Details", exact=True)
    assert await details.get_attribute("aria-description") == "Details of #7"
    await details.click()
    await screen.acted("press")
    pressed = {"act": "press", "surface": ON_MESSAGE, "block_id": "b0", "action_id": "a0"}
    assert screen.stage.acted("press") == [pressed]


async def test_a_confirmation_is_asked_for_first(screen: Screen) -> None:
    await _shows(screen, {"type": "button", "text": plain("Kill"), "confirm": CONFIRM})
    kill = screen.page.get_by_role("button", name="Kill", exact=True)
    await kill.click()
    asked = screen.page.get_by_role("dialog", name="Kill it?")
    await asked.get_by_text("This stops nightly_load.").wait_for()
    await screen.page.keyboard.press("Escape")
    await asked.wait_for(state="detached")
    await expect(kill).to_be_focused()
    assert screen.stage.acted("press") == []
    await kill.click()
    await asked.get_by_role("button", name="Kill").click()
    await screen.acted("press")


async def test_a_select_shows_its_choice_and_works_by_keyboard(screen: Screen) -> None:
    await _shows(screen, {**MENU, "initial_option": STATUSES[1]})
    menu = screen.page.get_by_role("combobox", name="Status")
    await expect(menu).to_have_text("failed")
    await menu.focus()
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.get_by_role("option")).to_have_text(["all", "failed", "killed"])
    await screen.page.keyboard.press("ArrowDown")
    await screen.page.keyboard.press("Enter")
    await screen.acted("choose")
    await expect(menu).to_have_text("killed")
    await expect(menu).to_be_focused()
    assert screen.stage.acted("choose")[0]["value"] == "status:killed"
    await screen.page.keyboard.type("al")
    await screen.page.keyboard.press("Escape")
    await expect(screen.page.get_by_role("option")).to_have_count(0)
    assert len(screen.stage.acted("choose")) == 1


async def test_a_redrawn_select_starts_from_its_new_option(screen: Screen) -> None:
    await _shows(screen, MENU)
    await screen.page.get_by_role("combobox", name="Status").click()
    await screen.page.get_by_role("option", name="killed").click()
    fresh = {**actions({**MENU, "initial_option": STATUSES[0]}), "block_id": "fresh"}
    await screen.show([message("1", [fresh], version=2)])
    await expect(screen.page.get_by_role("combobox", name="Status")).to_have_text("all")


async def test_several_choices_of_a_multi_select(screen: Screen) -> None:
    groups = [{"label": plain("Ended"), "options": STATUSES[1:]}]
    await _shows(screen, {**MENU, "type": "multi_static_select", "options": None, "option_groups": groups})
    menu = screen.page.get_by_role("combobox", name="Status")
    await menu.click()
    group = screen.page.get_by_role("group", name="Ended")
    await group.get_by_role("option", name="failed").click()
    await group.get_by_role("option", name="killed").click()
    await expect(menu).to_have_text("failed, killed")
    await screen.acted("choose", 2)
    assert screen.stage.acted("choose")[-1]["value"] == ["status:failed", "status:killed"]


async def test_an_external_select_asks_the_app(screen: Screen) -> None:
    found = option("w7", "sales / nightly")
    screen.stage.answers["suggest"] = {"ok": True, "options": [found]}
    await _shows(screen, {"type": "external_select", "placeholder": plain("Workflow"), "min_query_length": 2})
    box = screen.page.get_by_role("combobox", name="Workflow")
    await box.press_sequentially("s")
    await screen.page.get_by_role("option", name="Type 1 more to search").wait_for()
    await box.press_sequentially("al")
    await screen.stage.until(lambda: [one["text"] for one in screen.stage.acted("suggest")][-1:] == ["sal"])
    await screen.page.get_by_role("option", name="sales / nightly").wait_for()
    await screen.page.keyboard.press("Enter")
    await screen.acted("choose")
    await expect(box).to_have_value("sales / nightly")
    assert screen.stage.acted("choose")[0]["value"] == found


@pytest.mark.parametrize(
    ("kind", "typed", "shown", "value"),
    [("users_select", "ken", "Kenji", "U0KENJI"), ("channels_select", "inc", "#incidents", "C0SECRET")],
)
async def test_people_and_channels_are_found_by_name(
    screen: Screen, kind: str, typed: str, shown: str, value: str
) -> None:
    await _shows(screen, {"type": kind, "placeholder": plain("Whom")})
    box = screen.page.get_by_role("combobox", name="Whom")
    await box.press_sequentially(typed)
    await screen.page.get_by_role("option", name=shown).click()
    await screen.acted("choose")
    await expect(box).to_have_value(shown)
    assert screen.stage.acted("choose")[0]["value"] == value


async def test_an_overflow_menu_works_by_keyboard(screen: Screen) -> None:
    await _shows(screen, {"type": "overflow", "options": [option("mute", "Mute"), option("take", "Take it")]})
    more = screen.page.get_by_role("button", name="More options")
    await more.focus()
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.get_by_role("menuitem", name="Mute")).to_be_focused()
    await screen.page.keyboard.press("ArrowDown")
    await screen.page.keyboard.press("Enter")
    await screen.acted("choose")
    assert screen.stage.acted("choose")[0]["value"] == "take"
    await expect(more).to_be_focused()
    await screen.page.keyboard.press("ArrowDown")
    await screen.page.keyboard.press("Escape")
    await expect(screen.page.get_by_role("menuitem")).to_have_count(0)


async def test_radio_buttons_checkboxes_and_pickers_tell_their_value(screen: Screen) -> None:
    await _shows(
        screen,
        {"type": "radio_buttons", "options": STATUSES[:2]},
        {"type": "checkboxes", "options": STATUSES[1:], "initial_options": STATUSES[2:]},
        {"type": "datepicker", "placeholder": plain("Day")},
        {"type": "datetimepicker"},
    )
    await screen.page.get_by_role("radio", name="failed").check()
    await screen.page.get_by_role("checkbox", name="failed").check()
    await screen.page.get_by_label("Day", exact=True).fill("2026-11-20")
    await screen.page.get_by_label("Select a date and a time").fill("2026-11-24T21:19")
    await screen.acted("choose", 4)
    assert [one["value"] for one in screen.stage.acted("choose")] == [
        "status:failed",
        ["status:killed", "status:failed"],
        "2026-11-20",
        1_795_551_540,
    ]


async def test_home_is_asked_for_and_acts(screen: Screen) -> None:
    await screen.page.get_by_role("button", name="Lookout").click()
    await screen.page.get_by_role("tab", name="Home").click()
    await screen.acted("home")
    blocks = [
        section("Nothing fails"),
        {"block_id": "h", **actions({"type": "button", "text": plain("Help")})},
    ]
    home = {"id": "V0", "type": "home", "title": "", "submit": None, "close": None, "hash": "1"}
    await screen.show(home={**home, "blocks": blocks, "state": {"values": {}}, "errors": {}})
    await screen.page.get_by_role("tabpanel", name="Home").get_by_role("button", name="Help").click()
    await screen.acted("press")
    assert screen.stage.acted("press")[0]["surface"] == {"kind": "home"}


async def test_a_thread_opens_beside_the_log(screen: Screen) -> None:
    root = message("9", [section("root")], reply_count=1)
    await screen.show([root, message("1", [section("answer")], thread_ts="9")])
    await expect(screen.page.get_by_role("log", name="#data-alerts").get_by_role("article")).to_have_count(1)
    await screen.page.get_by_role("button", name="1 reply").click()
    thread = screen.page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("article")).to_have_count(2)
    await thread.get_by_role("textbox", name="Reply").fill("thanks")
    await screen.page.keyboard.press("Enter")
    await screen.acted("send")
    assert screen.stage.acted("send")[0]["thread_ts"] == "9"
    await screen.page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)


async def test_who_one_is_can_be_switched(screen: Screen) -> None:
    await screen.show([message("1", [section("for Ana alone")], ephemeral=True)])
    await screen.page.get_by_text("for Ana alone").wait_for()
    you = screen.page.get_by_role("combobox", name="You are")
    await expect(you).to_have_text("Ana")
    await you.click()
    await expect(screen.page.get_by_role("option")).to_contain_text(["Ana", "Kenji", "Gus (guest)"])
    screen.stage.state["messages"] = {}
    await screen.page.get_by_role("option", name="(guest)").click()
    await expect(you).to_have_text("Gus (guest)")
    await expect(screen.page.get_by_text("for Ana alone")).to_have_count(0)
    assert screen.stage.hellos == ["", "U0GUEST"]


async def test_the_theme_is_the_systems_until_the_switch_is_used(screen: Screen) -> None:
    root = screen.page.locator("html")
    switch = screen.page.get_by_role("switch", name="Dark mode")
    await expect(root).to_have_attribute("data-theme", "light")
    await screen.page.emulate_media(color_scheme="dark")
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(switch).to_be_checked()
    await switch.click()
    await expect(root).to_have_attribute("data-theme", "light")
    await screen.page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_the_panel_makes_things_happen(screen: Screen) -> None:
    panel = screen.page.get_by_role("complementary", name="Playground")
    await expect(panel.get_by_role("heading", level=3)).to_have_text(["Something fails", "Account", "Clock"])
    account = panel.get_by_role("region", name="Account")
    await expect(account.get_by_role("button", pressed=True)).to_have_text("Account well")
    await expect(account.get_by_role("button", pressed=False)).to_have_text("Account down")
    later = panel.get_by_role("region", name="Clock").get_by_role("button", name="+1 h")
    assert await later.get_attribute("aria-pressed") is None
    await later.click()
    await screen.acted("panel")
    assert screen.stage.acted("panel") == [{"act": "panel", "do": "clock", "minutes": 60}]
    assert await screen.page.locator(".frame").get_by_role("button", name="Account down").count() == 0


async def test_the_panel_tells_what_happened_of_late(screen: Screen) -> None:
    note = {"group": "Account", "text": "The account refused attempts with 503", "at": NOW}
    await screen.show(panel={**PANEL, "account": "down", "notes": [note]})
    account = screen.page.get_by_role("region", name="Account")
    await expect(account.get_by_role("status")).to_have_text("21:19:44 The account refused attempts with 503")
    await expect(account.locator(".health")).to_have_text("down")


async def test_it_says_when_the_playground_is_gone(screen: Screen) -> None:
    await screen.stage.end()
    await screen.page.get_by_role("alert").get_by_text("cannot be reached").wait_for(timeout=20_000)
