"""A list: looked up, kept as an ask, drawn page by page, asked anew when its menus are used."""

import logging
from dataclasses import replace

from bot.blocks.pieces import Choice
from bot.core.action_ids import Press
from bot.core.errors import Refused, StoreError
from bot.core.model import Status
from bot.core.names import NoSuchName, Within
from bot.core.patience import Patience
from bot.core.people import Asking
from bot.core.query import Misread, Pattern, Place, Query
from bot.core.vocabulary import STATUSES
from bot.core.window import DEFAULT
from bot.core.words import words
from bot.features.sessions.desk import Desk, Sought, seek
from bot.features.sessions.found import grouped, judged
from bot.features.sessions.kept import MOST_ROWS, pack, turned, unpack, with_errors
from bot.features.sessions.views import ListPage
from bot.features.sessions.views.menus import ALL_PROJECTS
from bot.store.asks import Ask

log = logging.getLogger("lookout.sessions")

PAGE_ROWS = 10
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


async def new_list(
    desk: Desk, query: Query, asking: Asking, *, page: int = 1, notes: tuple[str, ...] = ()
) -> ListPage | Misread | NoSuchName:
    """Ask the account, keep the answer, and give its page. Raises Refused, ApiError."""
    patience = desk.patience(asking)
    sought = await seek(desk, query, asking, patience, MOST_ROWS)
    if not isinstance(sought, Sought):
        return sought
    whole = whole_list(desk, sought, asking)
    whole = replace(whole, ask=desk.asks.new_id(), notes=(*notes, *whole.notes))
    whole = await read_errors(desk, whole, page, asking, patience)
    await keep(desk, whole, asking)
    return turned(whole, page, desk.now(), public=query.here)


async def kept_page(desk: Desk, ask: Ask, page: int, asking: Asking, *, public: bool) -> ListPage | None:
    """A page of what was read when it was asked; None where that is not kept any more."""
    if (whole := unpack(ask.payload)) is None:
        return None
    told = await read_errors(desk, whole, page, asking, desk.patience(asking))
    if told != whole:
        await keep_errors(desk, ask, told)
    zoned = replace(told, fresh=replace(told.fresh, zone=asking.person.zone))
    return turned(zoned, page, desk.now(), public=public)


def whole_list(desk: Desk, sought: Sought, asking: Asking) -> ListPage:
    """The list with all the rows that an ask keeps; no error has been read yet."""
    query, found, now = sought.query, sought.found, sought.look.coverage.as_of
    groups = grouped(found.flows, query) if query.by_workflow else None
    entries = found.listed if groups is None else len(groups)
    return ListPage(
        total=found.total,
        window=sought.window.label,
        window_words=query.when or (query.session_days and f"for {query.session_days}") or DEFAULT,
        fresh=desk.fresh(sought.look.coverage, asking),
        statuses=query.statuses,
        shapes=query.shapes,
        where=words(Query(places=query.places)),
        counts=found.counts,
        offered=found.offered,
        rows=tuple(judged(seen, now, desk.site.session_url(seen.last.session_id)) for seen in found.rows),
        groups=None if groups is None else groups[:MOST_ROWS],
        pages=max(1, -(-min(entries, MOST_ROWS) // PAGE_ROWS)),
        per_page=PAGE_ROWS,
        entries=entries,
        kept=MOST_ROWS if entries > MOST_ROWS else None,
        projects=found.projects,
        project=only_project(sought.within),
        windows=WINDOWS,
        notes=limit_note(sought),
        words=words(replace(query, here=False, csv=False)),
    )


def limit_note(sought: Sought) -> tuple[str, ...]:
    """That a limit left some out, where it did."""
    total, limit = sought.found.total, sought.query.limit
    if limit is None or total <= limit:
        return ()
    return (f"Only the first {limit} of {total:,} are listed, as asked for by `limit:{limit}`.",)


def only_project(within: Within) -> str | None:
    """The one project that the answer is narrowed to; None where it is not, or to several."""
    if len(within.where) != 1 or within.where[0].projects is None or len(within.where[0].projects) != 1:
        return None
    return next(iter(within.where[0].projects))


async def read_errors(desk: Desk, whole: ListPage, page: int, asking: Asking, patience: Patience) -> ListPage:
    """The root errors of one page's rows that are not known; a server without attempts has none."""
    if whole.fresh.coverage.feed == "sessions":
        return whole
    unread = [row.last for row in turned(whole, page, desk.now()).rows if row.error is None]
    errors = await desk.source.errors(unread, desk.beside(patience), wait=not asking.hurried)
    return with_errors(whole, errors)


async def keep(desk: Desk, whole: ListPage, asking: Asking) -> None:
    """Keep what turning pages needs. An answer that cannot be kept is still given: it is asked anew then."""
    person = asking.person
    ask = Ask(
        id=whole.ask or "",
        team=person.team,
        asker=person.id,
        words=whole.words,
        zone=person.zone.key,
        as_of=whole.fresh.coverage.as_of,
        made_at=desk.now(),
        payload=pack(whole),
    )
    try:
        await desk.asks.put(ask)
    except StoreError as error:
        log.warning("an answer could not be kept for turning its pages: %s", error)


async def keep_errors(desk: Desk, ask: Ask, whole: ListPage) -> None:
    try:
        await desk.asks.update(ask.id, pack(whole))
    except StoreError as error:
        log.warning("errors that were read could not be kept: %s", error)


async def kept_ask(desk: Desk, ask_id: str | None) -> Ask | None:
    """The ask behind a press; None where it is gone, or the database cannot be read now."""
    if ask_id is None:
        return None
    try:
        return await desk.asks.get(ask_id, desk.now())
    except StoreError as error:
        log.warning("an ask could not be read: %s", error)
        return None


def narrowed(query: Query, press: Press, projects: tuple[str, ...]) -> Query:
    """The query after a choice from a list's menus. Raises Refused where the choice is not known any more."""
    match press.verb:
        case "status":
            return replace(query, statuses=statuses_of(press.choice))
        case "window" if press.choice.startswith("for "):
            return replace(query, when=None, session_days=press.choice.removeprefix("for "))
        case "window":
            return replace(query, when=press.choice, session_days=None)
        case "project":
            return replace(query, places=places_of(query, chosen_project(press, projects)))
        case _:
            raise Refused("This menu is from another version of Lookout: type the command again.")


def statuses_of(choice: str) -> frozenset[Status]:
    return frozenset().union(*(STATUSES.get(word, frozenset()) for word in choice.split(",")))


def chosen_project(press: Press, projects: tuple[str, ...]) -> str:
    if press.index is None:
        return press.choice
    if press.index >= len(projects):
        raise Refused("This list is no longer kept: type the command again.")
    return projects[press.index]


def places_of(query: Query, project: str) -> tuple[Place, ...]:
    """Another project, the names of workflows as they were."""
    named = tuple(place for place in query.places if place.project is None and place.either is None)
    return named if project == ALL_PROJECTS else (Place(project=Pattern(project)), *named)
