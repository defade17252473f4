"""The arguments of a Web API call, read as Slack reads them."""

import json
from typing import Any

from bot.playground.slack.errors import SlackError, invalid
from bot.playground.slack.values import Json

_TRUE, _FALSE = {"1", "true", "True", True}, {"0", "false", "False", "", False}


class Args:
    """Arguments from a form or from JSON: numbers, flags and objects may come as text."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    def __contains__(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        value = self.raw.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """A text that must be there and not empty, else `invalid_arguments`."""
        if not (value := self.text(name)):
            raise invalid("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.raw.get(name)
        if value is None:
            return default
        if (word := str(value).lower()) in _TRUE | _FALSE:
            return word in _TRUE
        raise invalid("invalid_arguments", [f"[ERROR] must be a boolean [json-pointer:/{name}]"])

    def number(self, name: str, default: int, *, least: int = 1, most: int, error: str) -> int:
        try:
            value = int(self.text(name, str(default)))
        except ValueError:
            raise SlackError(error) from None
        if not least <= value <= most:
            raise SlackError(error)
        return value

    def words(self, name: str) -> list[str]:
        """A list, given as JSON or with commas."""
        value = self.raw.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in self.text(name).split(",") if one.strip()]

    def json(self, name: str, error: str) -> Any:
        """An object or array, which in a form comes as text; None where it is missing or empty."""
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None
