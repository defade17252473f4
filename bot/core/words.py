"""The query grammar: text to `Asked`, and a `Query` back to text. The words are in `core.vocabulary`.

Words come in any order and any case; quoted ones are names. A word that no table holds is a place, and
`core.names.settle` decides with the known names whether it was one, or a typo.
"""

from datetime import datetime, tzinfo

from bot.core import window
from bot.core.errors import Refused
from bot.core.model import FINISHED, UNFINISHED, Status
from bot.core.query import (
    Asked,
    Help,
    Misread,
    Mistake,
    OneAttempt,
    OneSession,
    Pattern,
    Place,
    Query,
    Shape,
    Sort,
    shown,
)
from bot.core.readers import read
from bot.core.reading import Reading, Said
from bot.core.typed import fold, quoted, safe, together, typed
from bot.core.vocabulary import OPENING, STATUS_WORDS

_LONGEST = 8000


def parse(text: str, *, now: datetime, zone: tzinfo) -> Asked:
    """What a text asks. `now` (aware) and the asker's `zone` only check that its window can be cut."""
    try:
        if len(text) > _LONGEST:
            raise Mistake(Misread("", f"That is too long: I read at most {_LONGEST} letters."))
        return _asked(read(typed(text)), now, zone)
    except Mistake as mistake:
        return mistake.misread


def words(query: Query) -> str:
    """The plainest text that `parse` reads to an equal query."""
    said = _status_words(query.statuses)
    said += [_place_words(place) for place in query.places]
    said += [shape for shape in Shape if shape in query.shapes]
    said += ["by workflow"] if query.by_workflow else []
    said += [query.when] if query.when else []
    said += [f"for {query.session_days}"] if query.session_days else []
    said += [f"sort:{query.sort}"] if query.sort is not None else []
    said += [f"limit:{query.limit}"] if query.limit is not None else []
    said += ["here"] if query.here else []
    said += ["csv"] if query.csv else []
    return together(said)


def _status_words(statuses: frozenset[Status]) -> list[str]:
    for word, group in (("finished", FINISHED), ("unfinished", UNFINISHED)):
        if statuses == group:
            return [word]
    return [row.word for row in STATUS_WORDS if len(row.statuses) == 1 and row.statuses <= statuses]


def _place_words(place: Place) -> str:
    if place.either:
        bare = _pattern_words(place.either)
        return bare if place.either.glob or _is_name(bare) else quoted(place.either.text)
    if place.project and place.workflow:
        pair = f"{_pattern_words(place.project)}/{_pattern_words(place.workflow)}"
        return pair if place.project.glob or _is_name(pair) else f"project:{pair}"
    if place.project:
        return f"project:{_pattern_words(place.project)}"
    return f"workflow:{_pattern_words(place.workflow)}" if place.workflow else ""


def _pattern_words(pattern: Pattern) -> str:
    pieces = pattern.text.split("*") if pattern.glob else [pattern.text]
    return "*".join(piece if safe(piece) or not piece else quoted(piece) for piece in pieces)


def _is_name(word: str) -> bool:
    """Whether a single word is read as a name, and as nothing else wherever it stands."""
    try:
        return fold(word) not in OPENING and len(read(typed(word)).places) == 1
    except Mistake:
        return False


def _asked(reading: Reading, now: datetime, zone: tzinfo) -> Asked:
    if "help" in reading.flags:
        return Help()
    if reading.ids:
        return _one(reading)
    limit = _only(reading, reading.limits, "limits")
    sort = _only(reading, reading.sorts, "orders")
    query = Query(
        statuses=frozenset() if reading.everything else frozenset(reading.statuses),
        when=_only(reading, reading.windows, "windows"),
        session_days=_only(reading, reading.days, "days of session time"),
        places=tuple(dict.fromkeys(reading.places)),
        shapes=frozenset(reading.shapes),
        by_workflow="by workflow" in reading.flags,
        sort=Sort(sort) if sort else None,
        limit=int(limit) if limit else None,
        here="here" in reading.flags,
        csv="csv" in reading.flags,
        typed=tuple(word.raw for word in reading.words),
    )
    _check_windows(reading, now, zone)
    return query


def _only(reading: Reading, said: list[Said], what: str) -> str | None:
    """The one value said, if any; saying the same twice does no harm."""
    if len({one.value for one in said}) < 2:
        return said[0].value if said else None
    named = [reading.said(one.at, one.length) for one in said]
    drops = [[(one.at, one.length, "") for one in said if one is not kept] for kept in said]
    sentence = f"{' and '.join(map(shown, named))} are {len(said)} {what}: keep one."
    raise Mistake(Misread(named[1], sentence, tuple(reading.instead(*drop) for drop in drops)))


def _check_windows(reading: Reading, now: datetime, zone: tzinfo) -> None:
    """Raises for windows and days that cannot be cut, with others that can."""
    for one in reading.windows[:1]:
        try:
            window.resolve(one.value, now=now, zone=zone)
        except Refused as refused:
            raise _uncut(reading, one, _other_window(one.value), refused) from refused
    for one in reading.days[:1]:
        try:
            window.days(one.value, now=now, zone=zone)
        except Refused as refused:
            raise _uncut(reading, one, f"for {_turned(one.value) or 'yesterday'}", refused) from refused


def _uncut(reading: Reading, said: Said, cure: str, refused: Refused) -> Mistake:
    instead = reading.instead((said.at, said.length, cure))
    return Mistake(Misread(said.value, str(refused), (instead,)))


def _other_window(when: str) -> str:
    too_long = when[0] in "123456789" and when[-1] in "mhdw"
    return _turned(when) or (f"{window.MAX_DAYS}d" if too_long else window.DEFAULT)


def _turned(when: str) -> str | None:
    """A range that ends before it starts, the right way round."""
    first, _, last = when.partition("..")
    return f"{last}..{first}" if last and last < first else None


def _one(reading: Reading) -> OneSession | OneAttempt:
    """One session or attempt, which `here` alone may accompany."""
    first, *more = reading.ids
    if any(other.value != first.value for other in more):
        each = tuple(dict.fromkeys(reading.said(one.at, one.length) for one in reading.ids))
        sentence = f"I open one session at a time: {' or '.join(map(shown, each))}."
        raise Mistake(Misread(each[1] if len(each) > 1 else each[0], sentence, each))
    taken = {at for one in reading.ids for at in range(one.at, one.at + one.length)}
    rest = [word for at, word in enumerate(reading.words) if at not in taken and word.word != "here"]
    if rest:
        alone, others = reading.said(first.at, first.length), together([word.raw for word in rest])
        why = f"is one {first.value.split()[0]}, and stands alone or with `here`: leave out {shown(others)}."
        raise Mistake(Misread(others, f"{shown(alone)} {why}", (alone, others)))
    kind, number = first.value.split()
    return (OneSession if kind == "session" else OneAttempt)(int(number), "here" in reading.flags)
