"""The pictures of docs/pictures: `python -m tests.browser.pictures` makes all of them anew.

Each is of one kind of message (or of a place of the page), light and dark, from the demo with its clock
standing still. Give names to make some alone: `python -m tests.browser.pictures failed home`.
"""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, FloatRect, Locator, async_playwright, expect

from tests.browser.demo import PATIENCE_MS, START, Demo, opened

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SCHEMES = ("light", "dark")
SCALE = 1.25
TALL = {"width": 1280, "height": 2600}
"""Room for the longest message."""
FRAME = {"width": 1280, "height": 860}
ACCOUNT_PORT = 65432
"""The bot names it in its footers."""
MARGIN = 12
WIDEST = 684
"""A message is 600 wide; beside it are its author's picture and the margins."""


async def _failed(demo: Demo) -> Locator:
    return await demo.ask("/sessions failed")


async def _by_workflow(demo: Demo) -> Locator:
    return await demo.ask("/sessions failed by workflow")


async def _workflows(demo: Demo) -> Locator:
    return await demo.ask("/workflows")


async def _session(demo: Demo) -> Locator:
    answer = await demo.ask("/sessions failed nightly_load")
    place = await demo.articles.count()
    await demo.press(answer, "Details")
    return await demo.article(place)


async def _typo(demo: Demo) -> Locator:
    return await demo.ask("/sessions faled yesterday")


async def _help(demo: Demo) -> Locator:
    return await demo.ask("/lookout help")


async def _status(demo: Demo) -> Locator:
    return await demo.ask("/lookout status")


async def _down(demo: Demo) -> Locator:
    await demo.panel("Account down")
    answer = await demo.ask("/sessions failed sales-pipeline 1h")
    await demo.panel("Account well")
    return answer


async def _guest(demo: Demo) -> Locator:
    await demo.become("Gus (guest)")
    return await demo.ask("/sessions failed")


async def _csv(demo: Demo) -> Locator:
    await demo.ask("/sessions failed csv")
    await demo.open("Lookout")
    await demo.page.get_by_role("tab", name="Messages").click()
    return demo.articles.last


async def _home(demo: Demo) -> Locator:
    home = await demo.home()
    await expect(home).to_contain_text("What you can ask")
    return home


async def _dialog(demo: Demo) -> Locator:
    await demo.press(await _home(demo), "Details")
    dialog = demo.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Failed task")
    return dialog


async def _page(demo: Demo) -> Locator:
    await demo.page.set_viewport_size({"width": FRAME["width"], "height": FRAME["height"]})
    answer = await demo.ask("/sessions failed")
    await answer.evaluate("own => own.scrollIntoView({block: 'start'})")
    return demo.page.locator("body")


async def _digest(demo: Demo) -> Locator:
    return await demo.ask("/digests preview morning")


async def _new_digest(demo: Demo) -> Locator:
    offered = await demo.ask("/digests add morning daily at 9 in #data-alerts")
    await demo.press(offered, "Save")
    await expect(offered).to_contain_text("Saved.")
    return await demo.ask("/digests")


async def _digest_form(demo: Demo) -> Locator:
    await demo.composer.fill("/digests add")
    await demo.composer.press("Enter")
    form = demo.page.get_by_role("dialog")
    await form.get_by_label("Name").fill("morning")
    await form.get_by_label("When").fill("every weekday at 9")
    return form


PICTURES: dict[str, Callable[[Demo], Awaitable[Locator]]] = {
    "page": _page,
    "failed": _failed,
    "by-workflow": _by_workflow,
    "workflows": _workflows,
    "session": _session,
    "typo": _typo,
    "help": _help,
    "status": _status,
    "down": _down,
    "guest": _guest,
    "csv": _csv,
    "home": _home,
    "dialog": _dialog,
    "digests": _new_digest,
    "digest": _digest,
    "digest-form": _digest_form,
}
"""By name, what to do on a fresh page, and the part of it to show."""


def path_of(name: str, scheme: str) -> Path:
    return FOLDER / f"{name}-{scheme}.png"


async def take(chromium: Browser, names: list[str], scheme: str) -> None:
    """Raises OSError where the account's port is taken."""
    async with opened(
        chromium,
        START,
        account_port=ACCOUNT_PORT,
        viewport=TALL,
        device_scale_factor=SCALE,
        color_scheme=scheme,
    ) as demo:
        demo.on.clock.clock.freeze(START)
        for name in names:
            await demo.become("Ana")
            await demo.open("data-alerts")
            shown = await PICTURES[name](demo)
            await shoot(demo, shown, path_of(name, scheme))
            await demo.page.keyboard.press("Escape")
            await demo.page.set_viewport_size({"width": TALL["width"], "height": TALL["height"]})
        if demo.troubles:
            raise RuntimeError("\n".join(demo.troubles))


async def shoot(demo: Demo, shown: Locator, path: Path) -> None:
    """Cut to what is shown, without the empty room beside and below it."""
    await demo.page.mouse.move(0, 0)
    await demo.page.evaluate("document.activeElement?.blur?.(); document.fonts.ready")
    box = await shown.bounding_box()
    if box is None:
        raise RuntimeError(f"{path.name}: there is nothing to show")
    bottom = await shown.evaluate(DOWN) + MARGIN
    message = await shown.evaluate("own => own.matches('article')")
    clip = FloatRect(
        x=box["x"],
        y=box["y"],
        width=min(box["width"], WIDEST) if message else box["width"],
        height=min(box["height"], bottom - box["y"]),
    )
    await demo.page.screenshot(path=path, clip=clip, animations="disabled")


DOWN = """own => Math.max(...[...own.querySelectorAll('*')].map(each => each.getBoundingClientRect())
    .filter(each => each.height && each.width).map(each => each.bottom))"""
"""Where the last thing in an element ends, in pixels from the top."""


async def make(names: list[str]) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        found = shutil.which("chromium")
        chromium = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for scheme in SCHEMES:
            await take(chromium, names, scheme)
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(make(sys.argv[1:] or list(PICTURES)))
