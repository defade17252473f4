"""`/digests`: its row of the command table, and what its words ask for."""

from dataclasses import dataclass

from bot.core.usage import Section, Usage
from bot.core.vocabulary import PLACES

STEPS = (
    ("add", "make one: a name, when, a channel; what else it takes is below"),
    ("preview", "what it tells, for you alone"),
    ("send", "post that to its channel now, beside its own times"),
    ("edit", "change it in a dialog, or say all but its name anew"),
    ("pause", "send nothing until `resume`"),
    ("resume", "go on: what was missed is in the next one"),
    ("remove", "let go of it"),
    ("history", "who did what to digests, and when"),
)
WHEN = (
    ("every weekday at 9", "Monday to Friday"),
    ("mondays 08:30", "once a week"),
    ("hourly", "at each full hour"),
    ("every 15 minutes", "four times an hour"),
    ("0 9 * * 1-5", "the five fields of a cron"),
)
MORE = (
    ("in #data", "the channel; Lookout must be a member there"),
    ("zone Asia/Tokyo", "where the times are told; said nothing, it is yours"),
    ("quiet", "post nothing if nothing failed; `loud` is the opposite"),
    ("sales/*", "narrow it, as `/sessions` is narrowed"),
)

DIGESTS = Usage(
    name="digests",
    usage="add morning every weekday at 9 in #data | list | preview morning | help",
    summary="Scheduled summaries for a channel: what broke, what still is broken, what came back",
    examples=(
        ("", "every digest, with when it comes next"),
        ("add morning every weekday at 9 in #data", "a summary of the day before, each working day"),
        ("add sales mondays 08:30 in #sales quiet sales/*", "a week of one project, if something failed"),
        ("preview morning", "what it would tell now, for you alone"),
        ("pause morning", "nothing until /digests resume morning"),
    ),
    sections=(
        Section("Steps, each followed by a name", STEPS),
        Section("When, in the digest's zone", WHEN),
        Section("What else a digest takes", MORE),
        Section("Where", PLACES),
    ),
)

VERBS = frozenset(word for word, _ in STEPS) | {"list", "help"}


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked: a verb of the table, the digest's name, and the words behind it."""

    verb: str
    name: str = ""
    rest: str = ""


def parse_step(text: str) -> Step:
    """No words are the list; a first word that is no verb is taken for a digest's name."""
    first, rest = (*text.split(maxsplit=1), "", "")[:2]
    verb = first.casefold()
    if verb in ("", "list"):
        return Step("list")
    if verb == "add":
        return Step("add", rest=rest.strip())
    if verb in VERBS:
        name, more = (*rest.split(maxsplit=1), "", "")[:2]
        return Step(verb, name, more.strip())
    return Step("show", first, rest.strip())
