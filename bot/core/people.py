"""Who asks, and from where."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Person:
    """A person as Slack (or the terminal) knows them.

    `zone` is where their windows are cut; `guest` a guest of the workspace, `outsider` someone of another one
    (shared channels), `gone` someone whom Slack does not know (any more): all three are refused.
    """

    id: str
    name: str
    zone: ZoneInfo
    team: str = ""
    locale: str = "en-US"
    guest: bool = False
    outsider: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a question came from, as read off a delivery: ids only, nothing looked up yet.

    `public` says that the pressed message is one that everybody in the channel sees.
    """

    user: str
    team: str = ""
    channel: str = ""
    public: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """A person asking now. `hurried` bounds the answer to Slack's ten seconds; a terminal waits."""

    person: Person
    channel: str = ""
    public: bool = False
    hurried: bool = True
