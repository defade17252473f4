"""Secrets out of texts and parameters before anyone sees them.

Logs, errors and parameters of workflows hold whatever people put there. Better a harmless word masked than a
secret shown, but what helps to understand a failure (ids, times, SQL) has to stay.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

MARK = "[redacted]"

_DEEPEST = 50


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRETS = _words(
    "password passwd passphrase passcode pwd secret secrets token tokens apikey credential credentials"
    " authorization cookie jwt signature sig pat accesskey secretkey privatekey"
)
_KEY_OF = _words("api access secret private encryption signing account master auth client shared")
_ABOUT = _words(
    "count counts limit max min size length len ttl expiry expires expiration type name path file policy url"
    " uri endpoint enabled required version index offset error message usage used per"
)
"""Last words of names that tell of a secret without being one: `token_type`, `password_file`."""

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def smells(name: str) -> bool:
    """Whether a parameter's name says that its value is a secret."""
    words = [word.lower() for word in _CAMEL.findall(name)]
    if not words or words[-1] in _ABOUT or words[0] in {"max", "min", "num", "total"}:
        return False
    return not _SECRETS.isdisjoint(words) or any(
        a in _KEY_OF and b in {"key", "keys"} for a, b in pairwise(words)
    )


_SHAPES = (
    # private keys, also where their newlines are escaped, or the end is cut off
    (r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", MARK),
    # who signs in: headers
    (
        r"(?i)(\bauthorization[\"'\\]*\s*[:=]\s*[\"'\\]*)(?:(bearer|basic|td1|token|digest)\s+)?[^\s\"',;\\]+",
        rf"\1{MARK}",
    ),
    (r"\bTD1\s+[^\s\"',;\\]*[/\d][^\s\"',;\\]*", f"TD1 {MARK}"),
    (r"\b([Bb]earer|BEARER)\s+(?=[^\s\"']*(?:\d|[a-z][A-Z]|=)|[^\s\"']{24})[\w.~+/=-]{8,}", rf"\1 {MARK}"),
    (r"\b([Bb]asic|BASIC)\s+(?=[^\s\"']*(?:\d|[a-z][A-Z]|=)|[^\s\"']{24})[\w+/=-]{8,}", rf"\1 {MARK}"),
    # known shapes of keys and tokens
    (r"\b\d+/[0-9a-fA-F]{40}(?![0-9a-zA-Z])", MARK),
    (r"(?i)(https?://hooks\.slack(?:-gov)?\.com/)[^\s\"'<>|)]+", rf"\1{MARK}"),
    (r"\bxox[a-z](?:\.xox[a-z])?-[\w-]{5,}", MARK),
    (r"\bxapp-[\w-]{5,}", MARK),
    (r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![0-9A-Z])", MARK),
    (r"\bgh[pousr]_[A-Za-z0-9]{20,}", MARK),
    (r"\bgithub_pat_\w{20,}", MARK),
    (r"\bglpat-[\w-]{16,}", MARK),
    (r"\bAIza[\w-]{30,}", MARK),
    (r"\bya29\.[\w.-]{10,}", MARK),
    (r"\bGOCSPX-[\w-]{10,}", MARK),
    (r"\b[sr]k[-_](?:live[-_]|test[-_]|proj[-_]|ant[-_])?[A-Za-z0-9][\w-]{19,}", MARK),
    (r"\bSG\.[\w-]{16,}\.[\w-]{16,}", MARK),
    (r"\bnpm_[A-Za-z0-9]{30,}", MARK),
    (r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?", MARK),
    # addresses that sign in, and links that are signed
    (r"(://[^\s/:@\"']*:)[^\s/\"']+@", rf"\1{MARK}@"),
    (r"(://)[^\s/:@\"']{16,}@", rf"\1{MARK}@"),
    (
        r"(?i)([?&;](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig"
        r"|awsaccesskeyid|(?:[a-z]+_)?token|key|code)=)[^&\s\"'<>]+",
        rf"\1{MARK}",
    ),
    # options of commands
    (r"(\b(?:mysql\w*|mariadb\w*|sshpass)\b[^\n|;]*?\s-p)(?:\"[^\"]*\"?|'[^']*'?|[^\s\"']+)", rf"\1{MARK}"),
    (r"(\bsshpass\s+-p\s+)\S+", rf"\1{MARK}"),
    (r"(\bcurl\b[^\n|;]*?\s(?:-u|--user)[\s=]*[\"']?[^\s:\"']+:)[^\s\"']+", rf"\1{MARK}"),
    (r"(?<=\s-p)(?=[^\s]*[A-Za-z])(?=[^\s]*\d)(?!python|ython)[^\s/.-]\S{4,}", MARK),
)
_COMPILED = tuple((re.compile(pattern), mask) for pattern, mask in _SHAPES)

_VALUE = r"""
    (?P<value>
        \\"(?:[^"\\]|\\(?!"))*\\"                   # "…" inside of a JSON text
      | "(?:[^"\\]|\\.)*"?  | '(?:[^'\\]|\\.)*'?   # the end may be cut off
      | (?:[^\s"'&;,\\]|,(?![\s"']|[\w.-]+[=:]))+  # a comma is part of it unless something begins behind it
    )"""
_PAIR = re.compile(
    r"""(?<![\w.])(?<!\$\{)(?P<name>[A-Za-z_][\w.-]{0,100})(?P<between>\\?["']?\s*(?:=>|:=|==?|:(?!:))\s*)"""
    + _VALUE,
    re.VERBOSE,
)
_OPTION = re.compile(
    r"(?<![\w-])(?P<dashes>--?)(?P<name>[A-Za-z][\w.-]{0,100})(?P<between>\s+)(?!-)" + _VALUE, re.VERBOSE
)
_LOOKS_SECRET = re.compile(r"(?=\S*\d)\S{8,}|\S{20,}")
_LOUD = re.compile(r"(?i)pass|pwd|key|authorization")


def redact(text: str) -> str:
    """The text with each secret in it replaced by `[redacted]`; what names it (a key, an option) stays."""
    for pattern, mask in _COMPILED:
        text = pattern.sub(mask, text)
    return _OPTION.sub(_option, _PAIR.sub(_pair, text))


def redact_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which values under names that smell of secrets are masked whole, and other texts redacted."""
    return {name: MARK if _hides(name, value) else _clean(value, 1) for name, value in params.items()}


def _hides(name: object, value: object) -> bool:
    return value not in (None, "", True, False) and smells(str(name))


def _clean(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return MARK  # no one nests so deep to be read
    match value:
        case str():
            return redact(value)
        case Mapping():
            return {k: MARK if _hides(k, v) else _clean(v, depth + 1) for k, v in value.items()}
        case list() | tuple():
            return [_clean(item, depth + 1) for item in value]
        case _:
            return value


def _pair(found: re.Match[str]) -> str:
    name, between, value = found["name"], found["between"], found["value"]
    if MARK in value or not smells(name) or not _meant(name, between, value):
        return found[0]
    return f"{name}{between}{_masked(value)}"


def _option(found: re.Match[str]) -> str:
    if MARK in found["value"] or not smells(found["name"]):
        return found[0]
    return f"{found['dashes']}{found['name']}{found['between']}{_masked(found['value'])}"


def _meant(name: str, between: str, value: str) -> bool:
    """Whether a pair is one, and no prose: `Unexpected token: FROM` tells of SQL, `token: 8f3a…` does not."""
    if name.lower() == "pwd" and value.startswith("/"):
        return False  # the working folder
    quoted = between.startswith(('"', "'", "\\")) or value.startswith(('"', "'", "\\"))
    if quoted or "=" in between or _LOUD.search(name) or "_" in name or "-" in name:
        return True
    return bool(_LOOKS_SECRET.fullmatch(value))


def _masked(value: str) -> str:
    """The mask, in the quotes that the value had."""
    for quote in ('\\"', '"', "'"):
        if value.startswith(quote):
            return f"{quote}{MARK}{quote}"
    return MARK
