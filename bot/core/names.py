"""Names of projects and workflows, and how the words of a query find them.

A word matches exactly, else by any spelling of the same letters (case, width, dashes), else as the beginning
of names, else as a part of them. Where it names projects and workflows at the same step, it means both.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.nearest import nearest
from bot.core.query import Misread, Pattern, Place, Query, shown
from bot.core.typed import fold, together
from bot.core.words import words

_BUTTONS = 5
ANY = Pattern("*", glob=True)


@dataclass(frozen=True, slots=True)
class Names:
    """Names that are known: of projects, and of workflows as (project, workflow)."""

    projects: frozenset[str] = frozenset()
    workflows: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: "Names") -> "Names":
        return Names(self.projects | other.projects, self.workflows | other.workflows)

    @property
    def all_projects(self) -> frozenset[str]:
        """Also those that only a workflow tells of (a deleted project's rows still do)."""
        return self.projects | {project for project, _ in self.workflows}

    def workflows_of(self, projects: frozenset[str] | None = None) -> frozenset[str]:
        return frozenset(name for project, name in self.workflows if projects is None or project in projects)


@dataclass(frozen=True, slots=True)
class Scope:
    """Workflows of these names in projects of these names; None is any."""

    projects: frozenset[str] | None = None
    workflows: frozenset[str] | None = None

    def holds(self, project: str, workflow: str) -> bool:
        return (self.projects is None or project in self.projects) and (
            self.workflows is None or workflow in self.workflows
        )


@dataclass(frozen=True, slots=True)
class Within:
    """Where to look, resolved: in one of `where` and, of these, one of `named`; an empty one narrows nothing.

    Words that name projects, or workflows with their project, widen each other (`sales marketing` shows
    both), and so do words that name workflows; a workflow's name narrows projects (`sales daily_load`).
    """

    where: tuple[Scope, ...] = ()
    named: tuple[Scope, ...] = ()

    def holds(self, project: str, workflow: str) -> bool:
        return all(
            not scopes or any(scope.holds(project, workflow) for scope in scopes)
            for scopes in (self.where, self.named)
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """The query with its places found."""

    query: Query
    within: Within


@dataclass(frozen=True, slots=True)
class NoSuchName:
    """A word that names nothing known; `corrected` are whole words with the nearest names, at most 5."""

    word: str
    sentence: str
    corrected: tuple[str, ...] = ()


def needs_names(query: Query) -> bool:
    """Whether `settle` looks at the names at all."""
    return bool(query.places)


def settle(query: Query, names: Names, *, complete_names: bool) -> Settled | Misread | NoSuchName:
    """Find the places of a query among the names (give it those of deleted projects' rows, too).

    A bare word is a name exactly or by its beginning, else a typo of a word of the table (`Misread`), else a
    part of a name. Without `complete_names` a miss is told as such, for the name may exist unseen.
    """
    found = [(place, _find(place, names, parts=False)) for place in query.places]
    typos = [place.near for place, scopes in found if not scopes and place.near]
    if typos:
        return _misread(query, {near.at: near.word for near in typos})
    scopes = [(place, within or _find(place, names, parts=True)) for place, within in found]
    for place, within in scopes:
        if not within:
            return _no_such_name(query, place, names, complete_names)
    settled = _together([within for _, within in scopes])
    if complete_names and not _any(settled, names):
        return _apart(query, names, settled)
    return Settled(query, settled)


def _find(place: Place, names: Names, *, parts: bool) -> tuple[Scope, ...]:
    """What a place names; empty if nothing. Only with `parts` may a bare word be the inner part of a name."""
    if place.either:
        projects, workflows = names.all_projects, names.workflows_of()
        hits = _matches(place.either, projects | workflows, parts=parts)
        scopes = Scope(projects=hits & projects), Scope(workflows=hits & workflows)
        return tuple(scope for scope in scopes if scope.projects or scope.workflows)
    inside = _matches(place.project, names.all_projects) if place.project else None
    if inside == frozenset() or place.workflow is None:
        return (Scope(projects=inside),) if inside else ()
    called = _matches(place.workflow, names.workflows_of(inside))
    return (Scope(inside, called),) if called else ()


def _matches(pattern: Pattern, known: frozenset[str], *, parts: bool = True) -> frozenset[str]:
    """The first step of the cascade that finds any of the known names."""
    if pattern.glob:
        return _glob(pattern.text, known) or _glob(fold(pattern.text), known, folded=True)
    if pattern.text in known:
        return frozenset({pattern.text})
    sought = fold(pattern.text)
    same = frozenset(name for name in known if fold(name) == sought)
    beginning = same or frozenset(name for name in known if fold(name).startswith(sought))
    return beginning or frozenset(name for name in known if parts and sought in fold(name))


def _glob(pattern: str, known: frozenset[str], *, folded: bool = False) -> frozenset[str]:
    """Names that match as a whole, `*` standing for anything. Several in a row are one: no blow-up."""
    regex = re.compile(".*".join(re.escape(part) for part in re.split(r"\*+", pattern)), re.DOTALL)
    return frozenset(name for name in known if regex.fullmatch(fold(name) if folded else name))


def _together(found: list[tuple[Scope, ...]]) -> Within:
    named = [scopes for scopes in found if all(scope.projects is None for scope in scopes)]
    where = [scopes for scopes in found if scopes not in named]
    return Within(
        tuple(scope for scopes in where for scope in scopes), tuple(s for each in named for s in each)
    )


def _any(within: Within, names: Names) -> bool:
    """Whether it can hold anything: only projects and workflow names that are apart cannot."""
    return not (within.where and within.named) or any(within.holds(*pair) for pair in names.workflows)


def _misread(query: Query, meant: dict[int, str]) -> Misread:
    """One sentence for all typos; one button that mends them all."""
    said = [shown(query.typed[at]) for at in meant]
    mended = [shown(word) for word in meant.values()]
    sentence = f"I don't know {' and '.join(said)}. Did you mean {' and '.join(mended)}?"
    corrected = together([meant.get(at, word) for at, word in enumerate(query.typed)])
    return Misread(query.typed[next(iter(meant))], sentence, (corrected,))


def _no_such_name(query: Query, place: Place, names: Names, complete: bool) -> NoSuchName:
    word, kind, others = _missed(place, names)
    known = "I know no" if complete else "In what I could read there is no"
    instead = tuple(dict.fromkeys(words(_replaced(query, place, other)) for other in others))[:_BUTTONS]
    shown_others = [shown(_title(other, beside=place)) for other in others[:_BUTTONS]]
    cure = f"Did you mean {' or '.join(shown_others)}?" if shown_others else "Leave it out to see all."
    sentence = f"{known} {kind} named {shown(word)}. {cure}"
    return NoSuchName(word, sentence, instead or (words(_replaced(query, place, None)),))


def _missed(place: Place, names: Names) -> tuple[str, str, list[Place]]:
    """The word that found nothing, what it should have named, and the nearest places instead."""
    if place.either:
        close = _nearest(place.either, names.all_projects | names.workflows_of())
        return place.either.text, "project or workflow", [Place(either=Pattern(name)) for name in close]
    inside = _matches(place.project, names.all_projects) if place.project else None
    if place.project and not inside:
        other = [Place(workflow=place.project)] if place.project.text in names.workflows_of() else []
        close = _nearest(place.project, names.all_projects)
        near = [replace(place, project=Pattern(name)) for name in close]
        return place.project.text, "project", [*other, *near]
    called = place.workflow or ANY
    if inside is None:
        other = [Place(project=called)] if called.text in names.all_projects else []
        close = _nearest(called, names.workflows_of())
        return called.text, "workflow", [*other, *(Place(workflow=Pattern(name)) for name in close)]
    here = [Place(place.project, Pattern(name)) for name in _nearest(called, names.workflows_of(inside))]
    there = [
        Place(Pattern(p), Pattern(w)) for p, w in sorted(names.workflows) if fold(w) == fold(called.text)
    ]
    project = ", ".join(sorted(inside)[:3])
    return called.text, f"workflow in {shown(project)}", [*there, *here]


def _nearest(pattern: Pattern, known: Iterable[str]) -> tuple[str, ...]:
    return nearest(pattern.text.replace("*", "") if pattern.glob else pattern.text, known, most=_BUTTONS)


def _replaced(query: Query, place: Place, other: Place | None) -> Query:
    places = (other if each == place else each for each in query.places)
    return replace(query, places=tuple(each for each in places if each))


def _title(place: Place, beside: Place | None = None) -> str:
    """Its name as a sentence says it, with `project:` or `workflow:` where `beside` is of the other kind."""
    if place.project and place.workflow:
        return f"{place.project.text}/{place.workflow.text}"
    name = (place.either or place.project or place.workflow or ANY).text
    if place.either or not beside or (place.project is None) == (beside.project is None):
        return name
    return f"project:{name}" if place.project else f"workflow:{name}"


def _apart(query: Query, names: Names, within: Within) -> NoSuchName:
    """The projects have no workflow of that name: say where there are some."""
    called = sorted({name for scope in within.named for name in scope.workflows or ()})
    inside = sorted({name for scope in within.where for name in scope.projects or ()})
    pairs = sorted(pair for pair in names.workflows if pair[1] in called)[:_BUTTONS]
    places = [Place(Pattern(project), Pattern(name)) for project, name in pairs]
    there = " or ".join(shown(_title(place)) for place in places)
    sentence = f"There is no {shown(called[0])} in {shown(', '.join(inside[:3]))}. Did you mean {there}?"
    corrected = tuple(words(replace(query, places=(place,))) for place in places)
    return NoSuchName(called[0], sentence, corrected)
