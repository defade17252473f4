"""Messages are drawn whole, or it is said that they are not."""

from typing import Any

import pytest
from playwright.async_api import expect

from bot.playground.slack import elements
from bot.playground.slack.shapes import SURFACES
from tests.browser.kinds import CONTEXT_ACTIONS, ELEMENTS, EVERY_KIND, INPUTS
from tests.browser.screens import Screen
from tests.browser.stage import NOW, message, plain, section

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_kind_of_block_is_drawn(screen: Screen) -> None:
    await screen.show([message("1", EVERY_KIND)])
    blocks = screen.page.locator(".content > .blocks > *")
    await blocks.first.wait_for()
    assert await blocks.count() == len(EVERY_KIND)
    heights = [await blocks.nth(at).evaluate("one => one.offsetHeight") for at in range(len(EVERY_KIND))]
    assert all(heights), heights
    assert await screen.page.locator(".cannot-draw").count() == 0
    assert screen.troubles == []


CHARTS = [
    (["A bar chart", "Mon", "Tue", "Wed", "failed", "killed", "sessions"], 6),
    (["A line chart", "Mon", "Tue", "Wed", "failed", "killed"], 2),
    (["A area chart", "Mon", "Tue", "Wed", "failed", "killed"], 2),
    (["A pie", "Mon", "Tue", "Wed"], 3),
]
"""Of each: words that it shows, and how many shapes at least."""
UNDRAWABLE: list[dict[str, Any]] = [
    {"type": "hologram"},
    {"type": "table", "rows": [[{"type": "hologram"}]]},
    {"type": "actions", "elements": [{"type": "hologram", "action_id": "a"}]},
    {"type": "section", "text": None, "fields": 3},
    {"type": "data_visualization", "title": "t", "chart": None},
    {"type": "rich_text", "elements": [{"type": "hologram"}]},
    {"type": "input", "label": plain("x")},
    {"type": "input", "label": plain("x"), "element": {"type": "file_input", "action_id": "f"}},
    {"type": "video", "title": plain("x"), "video_url": "https://elsewhere.example/", "alt_text": "x"},
    {"type": "data_visualization", "title": "t", "chart": {"type": "hologram"}},
    {"type": "data_visualization", "title": "t", "chart": {"type": "bar"}},
    {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": []}},
]
NOT_DRAWN = {"video", "file_input"}
"""Of all that the local Slack takes; shown as an error."""


async def test_all_that_the_local_slack_takes_is_among_the_kinds() -> None:
    drawn = {one["type"] for one in EVERY_KIND}
    assert set().union(*SURFACES.values()) - NOT_DRAWN == drawn
    acting = {one["type"] for one in [*ELEMENTS, *INPUTS, *CONTEXT_ACTIONS]}
    assert {*elements.ACTIONS, *elements.INPUTS, *elements.CONTEXT_ACTIONS} - NOT_DRAWN == acting


async def test_a_chart_shows_its_words_and_a_shape_for_each_value(screen: Screen) -> None:
    charts = [one for one in EVERY_KIND if one["type"] == "data_visualization"]
    await screen.show([message("1", charts)])
    blocks = screen.page.locator(".content > .blocks > *")
    for at, (words, shapes) in enumerate(CHARTS):
        for word in words:
            await expect(blocks.nth(at)).to_contain_text(word)
        assert await blocks.nth(at).locator("svg :is(rect, path, polyline, circle)").count() >= shapes


async def test_what_cannot_be_drawn_is_said_so(screen: Screen) -> None:
    await screen.show([message("1", [section("before"), *UNDRAWABLE, section("after")])])
    await screen.page.get_by_text("after").wait_for()
    await screen.page.get_by_text("before").wait_for()
    alerts = screen.page.get_by_role("alert").and_(screen.page.locator(".cannot-draw"))
    assert await alerts.count() == len(UNDRAWABLE)
    assert all("cannot be drawn" in words for words in await alerts.all_inner_texts())


async def test_lists_count_from_one(screen: Screen) -> None:
    def listed(style: str) -> dict[str, Any]:
        items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": one}]} for one in "ab"]
        return {"type": "rich_text_list", "style": style, "elements": items}

    block = {"type": "rich_text", "elements": [listed("bullet"), listed("ordered")]}
    await screen.show([message("1", [block])])
    assert (await screen.page.locator("ol").inner_text()).split() == ["1.", "a", "2.", "b"]


async def test_pictures_of_other_hosts_are_not_asked_for(screen: Screen) -> None:
    picture = {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "A chart"}
    markdown = {"type": "markdown", "text": "![A map](https://elsewhere.example/b.png)"}
    await screen.show([message("1", [picture, markdown])])
    await screen.page.get_by_role("img", name="A chart").wait_for()
    await screen.page.get_by_role("link", name="A map").wait_for()
    assert screen.troubles == []


async def test_a_message_is_an_article_named_by_its_author(screen: Screen) -> None:
    await screen.show([message("2", [section("first")]), message("1", [section("second")])])
    articles = screen.page.get_by_role("log", name="#data-alerts").get_by_role("article", name="Lookout")
    await articles.nth(1).wait_for()
    assert "second" in await articles.last.inner_text()


async def test_a_private_message_says_so(screen: Screen) -> None:
    await screen.show([message("1", [section("x")], ephemeral=True)])
    assert "Only visible to you" in await screen.page.get_by_role("article", name="Lookout").inner_text()


async def test_an_edit_changes_a_message_in_its_place(screen: Screen) -> None:
    await screen.show([message("2", [section("old")]), message("1", [section("last")])])
    await screen.page.get_by_text("old").wait_for()
    await screen.show(
        [message("2", [section("new")], edited=True, version=2), message("1", [section("last")])]
    )
    first = screen.page.get_by_role("article").first
    await first.get_by_text("new").wait_for()
    assert "(edited)" in await first.inner_text()
    assert await screen.page.get_by_text("old").count() == 0


async def test_what_slack_says_stands_among_the_messages(screen: Screen) -> None:
    said = {"channel": "C0ALERTS", "text": "/sessions failed with the error <x>", "time": NOW - 5}
    await screen.show([message("9", [section("before")]), message("1", [section("after")])], notices=[said])
    notice = screen.page.get_by_role("article").nth(1)
    await notice.get_by_text("/sessions failed with the error <x>").wait_for()
    assert (await notice.inner_text()).startswith("Only visible to you\nSlackbot")


async def test_files_and_attachments_hang_on_their_message(screen: Screen) -> None:
    file = {"id": "F1", "name": "failed.csv", "title": "7 failed", "size": 12345, "mimetype": "text/csv"}
    attachment = {"color": "danger", "blocks": [section("🔴 *failed*", block_id="a")]}
    await screen.show([message("1", text="Here", files=[file], attachments=[attachment])])
    link = screen.page.get_by_role("link", name="7 failed failed.csv · 12 kB")
    assert await link.get_attribute("href") == "/files/F1?key=k"
    await screen.page.get_by_text("🔴 failed").wait_for()


async def test_days_are_divided_where_the_reader_is(screen: Screen) -> None:
    await screen.show([message(str(86_400 * 3), [section("x")]), message(str(86_400), [section("y")])])
    days = screen.page.get_by_role("separator")
    await days.nth(1).wait_for()
    assert await days.all_inner_texts() == ["Saturday, November 21", "Yesterday"]


async def test_channels_are_changed_on_a_phone(screen: Screen) -> None:
    await screen.page.set_viewport_size({"width": 390, "height": 800})
    await screen.page.get_by_role("button", name="Channels").click()
    await screen.page.get_by_role("button", name="sales").click()
    await screen.page.get_by_role("log", name="#sales").wait_for()
