"""The panel beside the Slack frame: what it offers is the stage's own business, the page only shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Button:
    """`do` names it; `on` says that it holds now; `minutes` is how far it moves the clock."""

    do: str
    label: str
    on: bool = False
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`clock` as `2026-11-24T20:19:44Z`; `account` is `ok`, `down` or `slow`, `slack` `ok` or `failing`."""

    buttons: Sequence[Button]
    clock: str
    account: str
    slack: str


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
    buttons = [
        {"do": one.do, "label": one.label, "on": one.on, "minutes": one.minutes} for one in standing.buttons
    ]
    return {
        "buttons": buttons,
        "clock": standing.clock,
        "account": standing.account,
        "slack": standing.slack,
    }
