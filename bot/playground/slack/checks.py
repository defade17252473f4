"""Small checks of JSON values that compose; each gives Slack's messages, none when all is well."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any, str], list[str]]
"""Takes a value and its JSON pointer, gives the problems found."""


def problem(what: str, at: str) -> list[str]:
    return [f"[ERROR] {what} [json-pointer:{at}]"]


def anything(_: Any, __: str) -> list[str]:
    return []


def boolean(value: Any, at: str) -> list[str]:
    return [] if isinstance(value, bool) else problem("must be a boolean", at)


def string(most: int | None = None, least: int = 0) -> Check:
    """A string of `least` to `most` characters (code points, as Slack's documentation counts them)."""

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, str):
            return problem("must be a string", at)
        if len(value) < least:
            return problem(f"must be more than {least - 1} characters", at)
        if most is not None and len(value) > most:
            return problem(f"must be less than {most + 1} characters", at)
        return []

    return check


def url(most: int) -> Check:
    def check(value: Any, at: str) -> list[str]:
        if found := string(most, 1)(value, at):
            return found
        return [] if urlsplit(value).scheme else problem("invalid_url", at)

    return check


def number(least: float | None = None, most: float | None = None, *, whole: bool = False) -> Check:
    def check(value: Any, at: str) -> list[str]:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            return problem("must be a number", at)
        if (least is not None and value < least) or (most is not None and value > most):
            return problem(f"must be between {least} and {most}", at)
        return []

    return check


def choice(*values: Any) -> Check:
    def check(value: Any, at: str) -> list[str]:
        return [] if value in values else problem(f"must be one of {', '.join(map(str, values))}", at)

    return check


def items(each: Check, least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, list):
            return problem("must be an array", at)
        if len(value) < least:
            return problem(f"no fewer than {least} items allowed", at)
        if most is not None and len(value) > most:
            return problem(f"no more than {most} items allowed", at)
        return [one for index, item in enumerate(value) for one in each(item, f"{at}/{index}")]

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with exactly these properties; `type` is free unless it is named."""
    fields = {"type": anything, **required, **(optional or {})}

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return problem("must be an object", at)
        found = [
            one
            for key in required
            if key not in value
            for one in problem(f"missing required field: {key}", at)
        ]
        for key, inner in value.items():
            if key in fields:
                found += fields[key](inner, f"{at}/{key}")
            else:
                found += problem(f"invalid additional property: {key}", at)
        return found

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object that says by its `type` which of these it is."""

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return problem("must be an object", at)
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            return problem(f"unsupported type: {kind}", f"{at}/type")
        return kinds[kind](value, at)

    return check


def both(*checks: Check) -> Check:
    """Every check; the later ones only where the earlier found nothing."""

    def check(value: Any, at: str) -> list[str]:
        for one in checks:
            if found := one(value, at):
                return found
        return []

    return check


def need(what: str, test: Callable[[dict[str, Any]], bool]) -> Check:
    """A rule over several fields of one object, in Slack's words."""

    def check(value: Any, at: str) -> list[str]:
        return [] if test(value) else problem(what, at)

    return check
