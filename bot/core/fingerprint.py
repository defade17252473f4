"""What makes two errors the same cause: the text without what differs from run to run. Pure.

Out go ids, times, sizes, addresses and places in a query (`line 12:5`); what tells causes apart stays: names,
and numbers that are codes (`code 3`, `503 Service Unavailable`).
"""

import re
from hashlib import blake2b

ANY = "#"
_LONGEST = 2000

_CODE = r"(?P<code>(?:\b(?:code|status|errno|error|http|exit|signal)[ :=]*(?:code[ :=]*)?|^)\d{1,5}\b)"
_VARIES = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",  # uuid
    r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:z|utc|[+-]\d{2}:?\d{2}))?",
    r"\b(?:0x)?(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b",  # hexadecimal
    r"\b\w*\d{4,}\w*\b",  # words that hold a date or an id
    r"[+-]?\b\d+(?:[.,:]\d+)*[a-z%]*\b",  # numbers, with their units
)
_PATTERN = re.compile(f"{_CODE}|(?:{'|'.join(_VARIES)})", re.IGNORECASE)
_AGAIN = re.compile(r"#(?:[\s,:;/._-]*#)+")


def normal(text: str) -> str:
    """The text as it is told from others: one line, lower case, `#` for what varies.

    >>> normal("Query 20261127_149741_17915_x7k2p failed: line 92:15: Table shop.orders does not exist")
    'query # failed: line #: table shop.orders does not exist'
    """
    flat = " ".join(text[:_LONGEST].split()).lower()
    return _AGAIN.sub(ANY, _PATTERN.sub(lambda found: found["code"] or ANY, flat))


def fingerprint(text: str) -> str:
    """16 hexadecimal digits, the same for errors of one cause; "" for no text."""
    plain = normal(text)
    return blake2b(plain.encode(), digest_size=8).hexdigest() if plain else ""
