"""What can be pressed on a list: menus that redraw it, and its pager."""

from collections.abc import Mapping

from bot.blocks import limits
from bot.blocks.human import number
from bot.blocks.listing import Listing
from bot.blocks.message import Block
from bot.blocks.pieces import Choice, actions, button, select
from bot.blocks.states import ORDER, word, words
from bot.blocks.text import clip, units
from bot.core.action_ids import action_id, block_id, option, press
from bot.core.model import Status

ALL_PROJECTS = "*"
PROJECT_ROOM = 2_500
"""Units for the names in the project menu: the message has 12,000 in all."""


def menus(page: Listing) -> Block:
    """Status, project and window; their block carries the question's words."""
    shown = [_status_menu(page), _project_menu(page), _window_menu(page)]
    at = f"{page.ask or '-'}.{page.page}"
    return actions(shown, block_id(page.feature, page.words, at))


def pager(page: Listing) -> Block | None:
    """Previous and Next, only where they lead somewhere, and Share in channel on a private answer."""
    turns = [(page.page - 1, "Previous"), (page.page + 1, "Next")]
    buttons = [_turn(page, to, label) for to, label in turns if 1 <= to <= page.pages]
    if not page.public:
        value = press(page.feature, page.ask, "share", str(page.page), page.words)
        buttons.append(share(page.feature, value))
    return actions(buttons) if buttons else None


def share(feature: str, value: str) -> Block:
    return button("Share in channel", action_id(feature, "share"), value)


def unlisted(page: Listing) -> int:
    """How many projects the menu has no room for."""
    return len(page.projects) - len(_listed(page))


def _turn(page: Listing, to: int, label: str) -> Block:
    value = press(page.feature, page.ask, "page", str(to), page.words)
    said = f"{label} page, {to} of {page.pages}"
    return button(label, action_id(page.feature, "page", label.lower()), value, label=said)


def _status_menu(page: Listing) -> Block:
    everything = Choice(f"all · {number(page.in_all)}", option(page.feature, page.ask, "status", "all"))
    each = {frozenset({status}): _status(page, frozenset({status})) for status in ORDER}
    asked = page.statuses if words(page.statuses) else frozenset[Status]()
    chosen = (each.get(asked) or _status(page, asked)) if asked else everything
    return select("Status", action_id(page.feature, "status"), [everything, *each.values()], chosen)


def _status(page: Listing, statuses: frozenset[Status]) -> Choice:
    """`failed · 7`; several at once by their common word, or as `failed,killed`."""
    said = words(statuses)
    value = said if " " not in said else ",".join(word(status) for status in ORDER if status in statuses)
    count = sum(_offered(page).get(status, 0) for status in statuses)
    return Choice(f"{said} · {number(count)}", option(page.feature, page.ask, "status", value))


def _offered(page: Listing) -> Mapping[Status, int]:
    return page.counts if page.offered is None else page.offered


def _project_menu(page: Listing) -> Block:
    everything = Choice("all projects", option(page.feature, page.ask, "project", ALL_PROJECTS))
    offered = {name: _project(page, name, index) for index, name in _listed(page)}
    chosen = everything
    if page.project is not None:
        index = page.projects.index(page.project) if page.project in page.projects else None
        chosen = offered.get(page.project) or _project(page, page.project, index)
    return select("Project", action_id(page.feature, "project"), [everything, *offered.values()], chosen)


def _project(page: Listing, name: str, index: int | None) -> Choice:
    return Choice(clip(name, limits.OPTION), option(page.feature, page.ask, "project", name, index))


def _listed(page: Listing) -> list[tuple[int, str]]:
    """The projects that the menu has room for: 98 (all projects and the chosen one come on top), and in all
    no more text than leaves the message its rows."""
    room, listed = PROJECT_ROOM, list[tuple[int, str]]()
    for index, name in enumerate(page.projects[: limits.OPTIONS - 2]):
        room -= min(units(name) * 5, limits.OPTION)
        if room < 0:
            break
        listed.append((index, name))
    return listed


def _window_menu(page: Listing) -> Block:
    def choice(label: str, typed: str) -> Choice:
        return Choice(label, option(page.feature, page.ask, "window", typed))

    offered = {each.value: choice(each.label, each.value) for each in page.windows}
    chosen = offered.get(page.window_words) or choice(page.window, page.window_words)
    return select("Window", action_id(page.feature, "window"), list(offered.values()), chosen)
