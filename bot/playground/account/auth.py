"""Who may read: the ways in which a server lets clients in, and what it answers to the others."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["in", "missing", "wrong", "forbidden", "crash"]


@dataclass(frozen=True, slots=True)
class Open:
    """No credentials are asked for, and none are looked at: a self-hosted server as installed."""

    def check(self, header: str | None) -> Verdict:
        return "in"


@dataclass(frozen=True, slots=True)
class AnyKey:
    """Any `TD1 <key>` will do."""

    def check(self, header: str | None) -> Verdict:
        if header is None:
            return "missing"
        scheme, _, key = header.partition(" ")
        return "in" if scheme == "TD1" and key.strip() else "wrong"


@dataclass(frozen=True, slots=True)
class Key:
    """Exactly this key."""

    key: str

    def check(self, header: str | None) -> Verdict:
        if header is None:
            return "missing"
        return "in" if header == f"TD1 {self.key}" else "wrong"


@dataclass(frozen=True, slots=True)
class Basic:
    """User and password; any other scheme crashes a real Digdag (500 with an HTML page)."""

    user: str
    password: str

    def check(self, header: str | None) -> Verdict:
        if header is None:
            return "missing"
        scheme, _, given = header.partition(" ")
        if scheme != "Basic" or not given:
            return "crash"
        wanted = b64encode(f"{self.user}:{self.password}".encode()).decode()
        return "in" if given == wanted else "wrong"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A key that is known but may not view anything."""

    def check(self, header: str | None) -> Verdict:
        return "missing" if header is None else "forbidden"


Auth = Open | AnyKey | Key | Basic | Forbidden
