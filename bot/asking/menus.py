"""What choosing from a list's menus asks instead. Pure."""

from dataclasses import replace

from bot.blocks.menus import ALL_PROJECTS
from bot.blocks.pieces import Choice
from bot.core.action_ids import Press
from bot.core.errors import Refused
from bot.core.model import Status
from bot.core.names import Within
from bot.core.query import Pattern, Place, Query
from bot.core.vocabulary import STATUSES

WINDOWS = tuple(
    Choice(label, typed)
    for label, typed in (
        ("last hour", "1h"),
        ("last 24 h", "24h"),
        ("today", "today"),
        ("yesterday", "yesterday"),
        ("last 7 days", "7d"),
        ("last 2 weeks", "2w"),
    )
)


def narrowed(query: Query, press: Press, projects: tuple[str, ...]) -> Query:
    """The query after a choice from a list's menus. Raises Refused where the choice is not known any more."""
    match press.verb:
        case "status":
            return replace(query, statuses=_statuses_of(press.choice))
        case "window" if press.choice.startswith("for "):
            return replace(query, when=None, session_days=press.choice.removeprefix("for "))
        case "window":
            return replace(query, when=press.choice, session_days=None)
        case "project":
            return replace(query, places=_places_of(query, _chosen_project(press, projects)))
        case _:
            raise Refused("This menu is from another version of Lookout: type the command again.")


def only_project(within: Within) -> str | None:
    """The one project that the answer is narrowed to; None where it is not, or to several."""
    if len(within.where) != 1 or within.where[0].projects is None or len(within.where[0].projects) != 1:
        return None
    return next(iter(within.where[0].projects))


def _statuses_of(choice: str) -> frozenset[Status]:
    return frozenset().union(*(STATUSES.get(word, frozenset()) for word in choice.split(",")))


def _chosen_project(press: Press, projects: tuple[str, ...]) -> str:
    if press.index is None:
        return press.choice
    if press.index >= len(projects):
        raise Refused("This list is no longer kept: type the command again.")
    return projects[press.index]


def _places_of(query: Query, project: str) -> tuple[Place, ...]:
    """Another project, the names of workflows as they were."""
    named = tuple(place for place in query.places if place.project is None and place.either is None)
    return named if project == ALL_PROJECTS else (Place(project=Pattern(project)), *named)
