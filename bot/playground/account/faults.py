"""What can go wrong, switched on and off while the server runs."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal[
    "status",
    "html",
    "cut",
    "drip",
    "silent",
    "drop",
    "empty",
    "content_type",
    "broken_json",
    "slow",
    "odd_row",
    "ignore_last_id",
    "only_sessions",
]
Odd = Literal[
    "no_id", "no_session_time", "unknown_status", "no_project", "no_last_attempt", "odd_time", "text"
]


@dataclass(eq=False, slots=True)
class Fault:
    """One thing that goes wrong for requests whose path begins with `path`; `left` is how often still, None
    for ever.

    `share` is the part of the requests that it strikes, drawn from a seed; `after` is how many it lets pass
    first.
    """

    kind: Kind
    path: str = "/"
    left: int | None = None
    share: float = 1.0
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    odd: Odd = "no_id"
    id: int | None = None
    row: int = 0
    after: int = 0
    struck: int = 0


class Faults:
    """The switches of one server. Each method switches a fault on and gives it back, for `off`."""

    def __init__(self, seed: int = 0) -> None:
        self._on: list[Fault] = []
        self._random = random.Random(seed)

    def clear(self) -> None:
        self._on.clear()

    def off(self, fault: Fault) -> None:
        if fault in self._on:
            self._on.remove(fault)

    def strike(self, path: str) -> list[Fault]:
        """The faults that strike a request to `path`; counts them down."""
        hit = [each for each in self._on if path.startswith(each.path) and self._drawn(each)]
        for each in hit:
            each.struck += 1
            if each.left is not None:
                each.left -= 1
        self._on = [each for each in self._on if each.left != 0]
        return hit

    def _drawn(self, fault: Fault) -> bool:
        if fault.after > 0:
            fault.after -= 1
            return False
        return fault.share >= 1 or self._random.random() < fault.share

    def add(self, fault: Fault) -> Fault:
        self._on.append(fault)
        return fault

    def storm(
        self,
        *,
        failing: float = 0.0,
        cut: float = 0.0,
        dropped: float = 0.0,
        too_many: float = 0.0,
        retry_after: float = 1.0,
        slow: float = 0.0,
        seconds: float = 0.02,
        path: str = "/",
        seed: int | None = None,
    ) -> list[Fault]:
        """Many things at once, each for its share of the requests, until `clear`.

        `failing`: 500, 502 and 503, about alike. `too_many`: 429 with `retry_after` in seconds. `slow`:
        answered `seconds` later. With `seed` the draws begin anew; they follow the order in which requests
        come.
        """
        if seed is not None:
            self._random.seed(seed)
        headers = {"Retry-After": _retry_after(retry_after)}
        third = 1 - (1 - failing) ** (1 / 3)  # three draws apart, of which any is enough
        every = [
            *(Fault("html", path, share=third, status=status) for status in (500, 502, 503)),
            Fault("cut", path, share=cut),
            Fault("drop", path, share=dropped),
            Fault("status", path, share=too_many, status=429, headers=headers),
            Fault("slow", path, share=slow, seconds=seconds),
        ]
        return [self.add(each) for each in every if each.share > 0]

    def status(
        self, status: int, path: str = "/", times: int | None = None, share: float = 1.0, after: int = 0
    ) -> Fault:
        """An envelope with this status; a 500 is a real server's HTML page."""
        return self.add(Fault("status", path, times, share, status, after=after))

    def too_many(
        self, after: float | datetime | None = None, path: str = "/", times: int | None = None
    ) -> Fault:
        """429; `Retry-After` in seconds, as an HTTP date, or none."""
        headers = {} if after is None else {"Retry-After": _retry_after(after)}
        return self.add(Fault("status", path, times, status=429, headers=headers))

    def forbidden(self, path: str = "/", times: int | None = None) -> Fault:
        return self.status(403, path, times)

    def html(self, status: int = 500, path: str = "/", times: int | None = None) -> Fault:
        """A page of HTML: a stack trace with 500, a login page with 200, a proxy's page with 502."""
        return self.add(Fault("html", path, times, status=status))

    def cut(self, path: str = "/", times: int | None = None, share: float = 1.0) -> Fault:
        """Content-Length says more than is sent; then the connection is closed."""
        return self.add(Fault("cut", path, times, share))

    def drip(self, every: float = 1.0, path: str = "/", times: int | None = None) -> Fault:
        """A byte of a body that never ends, every so many seconds."""
        return self.add(Fault("drip", path, times, seconds=every))

    def silent(self, path: str = "/", times: int | None = None) -> Fault:
        """Never answers."""
        return self.add(Fault("silent", path, times))

    def drop(self, path: str = "/", times: int | None = None, share: float = 1.0) -> Fault:
        """Closes the connection without a word."""
        return self.add(Fault("drop", path, times, share))

    def empty(self, status: int = 200, path: str = "/", times: int | None = None) -> Fault:
        return self.add(Fault("empty", path, times, status=status))

    def content_type(self, kind: str = "text/plain", path: str = "/", times: int | None = None) -> Fault:
        """The right body under a wrong content type."""
        return self.add(Fault("content_type", path, times, headers={"Content-Type": kind}))

    def broken_json(self, path: str = "/", times: int | None = None) -> Fault:
        """A whole answer whose JSON ends in the middle."""
        return self.add(Fault("broken_json", path, times))

    def slow(self, seconds: float, path: str = "/", times: int | None = None, share: float = 1.0) -> Fault:
        """A right answer, later."""
        return self.add(Fault("slow", path, times, share, seconds=seconds))

    def odd_row(self, odd: Odd = "no_id", row: int = 0, path: str = "/", times: int | None = None) -> Fault:
        """Row number `row` of each list is malformed."""
        return self.add(Fault("odd_row", path, times, odd=odd, row=row))

    def odd_attempt(self, number: int, odd: Odd = "no_session_time") -> Fault:
        """The attempt of this id is malformed, in each list and alone."""
        return self.add(Fault("odd_row", "/api/attempts", None, odd=odd, id=number))

    def ignore_last_id(self, path: str = "/", times: int | None = None) -> Fault:
        """Each page is the first page."""
        return self.add(Fault("ignore_last_id", path, times))

    def only_sessions(self) -> Fault:
        """A server that has nothing but `GET /api/sessions`."""
        return self.add(Fault("only_sessions"))


def _retry_after(after: float | datetime) -> str:
    """Whole seconds, or an HTTP date (RFC 9110, 10.2.3)."""
    if isinstance(after, datetime):
        return after.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return str(int(after))


def spoil(rows: Any, fault: Fault) -> Any:
    """The same answer with one odd row, or with the odd attempt; one that has it not stays as it is."""
    if fault.id is not None:
        return _spoil_attempt(rows, fault)
    for key in ("sessions", "attempts", "tasks", "projects", "workflows"):
        found = rows.get(key) if isinstance(rows, dict) else None
        if isinstance(found, list) and len(found) > fault.row:
            spoiled = list(found)
            spoiled[fault.row] = _ODD[fault.odd](dict(found[fault.row]))
            return {**rows, key: spoiled}
    return rows


def _spoil_attempt(rows: Any, fault: Fault) -> Any:
    if not isinstance(rows, dict):
        return rows
    if rows.get("id") == str(fault.id):
        return _ODD[fault.odd](dict(rows))
    found = rows.get("attempts", ())
    spoiled = [_ODD[fault.odd](dict(row)) if row.get("id") == str(fault.id) else row for row in found]
    return {**rows, "attempts": spoiled} if spoiled else rows


def _unknown_status(row: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row.get("lastAttempt"), dict):
        return {**row, "lastAttempt": {**row["lastAttempt"], "status": "sleeping"}}
    return {**row, "status": "sleeping"}


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "id"}


_ODD: dict[Odd, Callable[[dict[str, Any]], Any]] = {
    "no_id": _without_id,
    "no_session_time": lambda row: {**row, "sessionTime": None},
    "unknown_status": _unknown_status,
    "no_project": lambda row: {**row, "project": None},
    "no_last_attempt": lambda row: {**row, "lastAttempt": None},
    "odd_time": lambda row: {**row, "sessionTime": "yesterday", "createdAt": "soon"},
    "text": lambda row: "not a row",
}
