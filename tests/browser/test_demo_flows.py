"""What a person does in the demo, from the page through the local Slack to the bot and back."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.demo import PATIENCE_MS, START, Demo, opened

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(chromium: Browser) -> AsyncIterator[Demo]:
    """One demo for all of these: each test begins as Ana in #data-alerts, where it says things of its own."""
    async with opened(chromium, START) as demo:
        yield demo


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def back_to_the_start(demo: Demo) -> AsyncIterator[None]:
    """Nothing may go wrong on the page in any test."""
    await demo.become("Ana")
    await demo.open("data-alerts")
    yield
    assert demo.troubles == []


async def test_a_list_is_turned_in_its_place_and_opened(demo: Demo) -> None:
    answer = await demo.ask("/sessions failed")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text(re.compile(r"\d\d failed sessions · last 24 h"))
    for told in ("nightly_load", "Table td-presto.shop.orders does not exist", "attempt 2", "slow"):
        await expect(answer).to_contain_text(told)
    await expect(answer.get_by_role("button", name="Details", exact=True)).to_have_count(10)
    place = await demo.articles.count()
    await demo.press(answer, "Next")
    await expect(answer).to_contain_text("page 2 of")
    await expect(answer).not_to_contain_text("nightly_load")
    await demo.press(answer, "Previous")
    await expect(answer).to_contain_text("page 1 of")
    await expect(answer).to_contain_text("nightly_load")
    await demo.press(answer, "Details")
    story = await demo.article(place)
    await expect(story).to_contain_text("Failed task")
    await expect(story).to_contain_text("Only visible to you")


async def test_menus_narrow_the_same_message(demo: Demo) -> None:
    answer = await demo.ask("/sessions failed")
    place = await demo.articles.count()
    await demo.choose(answer.get_by_role("combobox", name="Project"), "sales-pipeline")
    await expect(answer.get_by_role("combobox", name="Project")).to_have_text("sales-pipeline")
    await expect(answer).not_to_contain_text("web-logs")
    await demo.choose(answer.get_by_role("combobox", name="Window"), "last hour")
    await expect(answer).to_contain_text(re.compile(r"\d failed sessions? · last hour"))
    await demo.choose(answer.get_by_role("combobox", name="Project"), "all projects")
    await expect(answer).to_contain_text("web-logs")
    await demo.choose(answer.get_by_role("combobox", name="Window"), "last 24 h")
    await expect(answer).to_contain_text("failed sessions · last 24 h")
    await demo.choose(answer.get_by_role("combobox", name="Status"), "killed")
    await expect(answer).to_contain_text(re.compile(r"\d killed sessions · last 24 h"))
    await expect(answer).to_contain_text("adhoc_query")
    assert await demo.articles.count() == place


async def test_what_is_shared_is_seen_by_others_and_the_private_answer_is_not(demo: Demo) -> None:
    answer = await demo.ask("/sessions failed web-logs")
    place = await demo.articles.count()
    await demo.press(answer, "Share in channel")
    shared = await demo.article(place)
    await expect(shared).to_contain_text("Shared by ana")
    await expect(shared).not_to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("Only visible to you")
    await demo.become("Kenji")
    await expect(demo.articles.filter(has_text="Shared by ana")).to_have_count(1)
    await expect(demo.articles.filter(has_text="Only visible to you")).to_have_count(0)
    own = await demo.ask("/sessions failed web-logs")
    await expect(own).to_contain_text("Asia/Tokyo")
    await demo.become("Ana")
    await expect(demo.articles.filter(has_text="Asia/Tokyo")).to_have_count(0)
    await expect(demo.articles.nth(place - 1)).to_contain_text("Europe/Berlin")


async def test_a_typo_is_answered_with_the_word_that_was_meant(demo: Demo) -> None:
    answer = await demo.ask("/sessions faled")
    await expect(answer).to_contain_text("Did you mean")
    place = await demo.articles.count()
    await demo.press(answer, "failed")
    await expect(await demo.article(place)).to_contain_text("failed sessions · last 24 h")


async def test_help_and_the_bots_own_state(demo: Demo) -> None:
    await expect(await demo.ask("/sessions help")).to_contain_text("Examples")
    await expect(await demo.ask("/lookout status")).to_contain_text("Lookout is well")


async def test_a_file_comes_to_the_direct_messages(demo: Demo) -> None:
    answer = await demo.ask("/sessions failed csv")
    await expect(answer).to_contain_text("direct message")
    await demo.open("Lookout")
    await demo.page.get_by_role("tab", name="Messages").click()
    link = demo.page.get_by_role("article").last.get_by_role("link", name=".csv")
    async with demo.page.expect_download() as download:
        await link.click()
    path = await (await download.value).path()
    first, *rows = path.read_text("utf-8").splitlines()
    assert first.startswith("session_id,attempt_id,project,workflow")
    assert len(rows) > 10


async def test_home_tells_what_fails_and_opens_it_in_a_dialog(demo: Demo) -> None:
    home = await demo.home()
    await expect(home).to_contain_text(re.compile(r"\d+ workflows failing"))
    await expect(home).to_contain_text("What you can ask")
    await demo.press(home, "Details")
    dialog = demo.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Failed task")
    await demo.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    before = demo.on.slack.home("U0ANA")
    await demo.press(home, "Refresh")
    await demo.on.slack.wait_for(lambda: demo.on.slack.home("U0ANA") != before, PATIENCE_MS / 1000)


async def test_a_guest_is_refused(demo: Demo) -> None:
    await demo.become("Gus (guest)")
    await expect(await demo.ask("/sessions failed")).to_contain_text("does not answer guests")


async def test_a_digest_made_with_words_arrives_at_its_time_and_can_be_worked_with(demo: Demo) -> None:
    offered = await demo.ask("/digests add hours hourly in #data-alerts")
    await expect(offered).to_contain_text("every hour Europe/Berlin in #data-alerts")
    await expect(offered).to_contain_text("What it would tell now:")
    place = await demo.articles.count()
    await demo.press(offered, "Save")
    await expect(offered).to_contain_text("Saved.")
    await demo.panel("+1 h")
    post = await demo.article(place)
    await expect(post).not_to_contain_text("Only visible to you")
    await expect(post).to_contain_text("sessions succeeded")
    await demo.press(post, "Show them")
    rest = await demo.article(place + 1)
    await expect(rest).to_contain_text("Failed sessions · hours")
    await demo.press(rest, "Details")
    story = await demo.article(place + 2)
    await expect(story).to_contain_text("Failed task")
    gone = await demo.ask("/digests remove hours")
    await expect(gone).to_contain_text("The digest hours is gone")


async def test_a_digest_is_made_in_a_dialog_that_names_what_is_wrong(demo: Demo) -> None:
    place = await demo.articles.count()
    await demo.composer.fill("/digests add")
    await demo.composer.press("Enter")
    form = demo.page.get_by_role("dialog")
    await form.get_by_label("Name").fill("sales")
    await form.get_by_label("When").fill("every blursday")
    await demo.press(form, "Look at it")
    await expect(form.get_by_role("alert")).to_contain_text("blursday")
    await form.get_by_label("When").fill("mondays 08:30")
    await form.get_by_label("Only").fill("sales-pipeline")
    await demo.press(form, "Look at it")
    offered = await demo.article(place)
    await expect(offered).to_contain_text("Mondays 08:30 Europe/Berlin in #data-alerts · sales-pipeline")
    await demo.press(offered, "Save")
    await expect(await demo.article(place)).to_contain_text("Saved.")
    await expect(await demo.ask("/digests")).to_contain_text("sales")
