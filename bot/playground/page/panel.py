"""The panel beside the Slack frame: what it offers is the stage's own business, the page only shows it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Button:
    """`do` names it; it stands under the heading `group`.

    `on` says whether a state holds now (None: no state, something is done); `minutes` is how far it moves
    the clock.
    """

    do: str
    label: str
    group: str = ""
    on: bool | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What happened of late, told under the heading `group`; `at` in Unix seconds of the simulated clock."""

    group: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Standing:
    """`clock` as `2026-11-24T20:19:44Z`; `account` is `ok`, `down` or `slow`, `slack` `ok` or `failing`.

    Notes stand newest first.
    """

    buttons: Sequence[Button]
    clock: str
    account: str
    slack: str
    notes: Sequence[Note] = ()


class Panel(Protocol):
    """What makes things happen, or go wrong, while someone watches."""

    def standing(self) -> Standing: ...

    def press(self, do: str, minutes: int | None) -> None:
        """Raises CannotDo where there is nothing like that."""
        ...


class NoPanel:
    """A page without a panel."""

    def standing(self) -> Standing:
        return Standing((), "", "ok", "ok")

    def press(self, do: str, minutes: int | None) -> None:
        return None


def panel_json(standing: Standing) -> dict[str, Any]:
    """As the page is told it: the fields by their names."""
    return asdict(standing)
