"""Who may import whom. Imports point down; what is pure stays pure; each library has its place.

0 is the bottom. Within a layer only modules of one part (a feature, a door) import each other.
"""

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = (
    ("bot.__main__", 14),
    ("bot.cli", 13),
    ("bot.demo", 12),
    ("bot.digest", 12),
    ("bot.ask", 11),
    ("bot.app", 10),
    ("bot.answering", 9),
    ("bot.web", 8),
    ("bot.settings", 8),
    ("bot.logs", 8),
    ("bot.manifest", 8),
    ("bot.slack.listeners", 7),
    ("bot.ticker", 7),
    ("bot.dispatch", 6),
    ("bot.features.*.words", 1),
    ("bot.features.*.views", 1),
    ("bot.features", 5),
    ("bot.asking", 4),  # the road that lists share
    ("bot.mirror", 3),
    ("bot.outbox", 3),
    ("bot.api.wire*", 1),
    ("bot.api.sites", 1),
    ("bot.api", 2),  # the doors: api, store, slack, commands
    ("bot.store", 2),
    ("bot.slack", 2),
    ("bot.commands", 2),
    ("bot.core", 0),
    ("bot.blocks", 0),
    ("bot.version", 0),
)
FEATURES = 5
PURE = 1
"""Up to this layer nothing waits, looks at a clock or reads and writes."""

LIBRARIES = {
    "httpx": ("bot.api.client", "bot.app"),
    "slack_bolt": ("bot.slack", "bot.app"),
    "slack_sdk": ("bot.slack", "bot.app"),
    "apscheduler": ("bot.ticker",),
    "sqlalchemy": ("bot.store",),
    "alembic": ("bot.store",),
    "aiosqlite": ("bot.store",),
    "psycopg": ("bot.store",),
}
MAY_PLAY = ("bot.cli", "bot.demo")
WAITING = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
OUTSIDE = {
    *("open", "print", "input", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.monotonic", "time.perf_counter", "time.sleep", "os.environ", "os.getenv"),
}


def within(module: str, *parts: str) -> bool:
    return any(fnmatchcase(module, part) or fnmatchcase(module, f"{part}.*") for part in parts)


def layer(module: str) -> int | None:
    return next((number for part, number in LAYERS if within(module, part)), None)


def part(module: str) -> list[str]:
    """The feature, the piece of the playground, or the package that a module belongs to."""
    names = module.split(".")
    return names[:3] if names[1] in {"features", "playground"} else names[:2]


def imports(tree: ast.AST, module: str, known: set[str]) -> Iterator[str]:
    """All modules that are imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(module.split(".")[: -node.level]) + "." if node.level else ""
            origin = (base + (node.module or "")).rstrip(".")
            yield from (f"{origin}.{n.name}" if f"{origin}.{n.name}" in known else origin for n in node.names)


def import_violation(module: str, target: str) -> bool:
    """Whether `module`, one of the bot's, may not import `target`."""
    if not within(target, "bot"):
        homes = LIBRARIES.get(target.split(".")[0])
        return homes is not None and not within(module, *homes)
    if target == "bot":
        return False
    if within(module, "bot.playground.page") and within(target, "bot.playground.slack"):
        return False  # the page is the local Slack's own
    if within(module, "bot.playground"):
        return target != "bot.playground" and part(target) != part(module) and len(part(module)) == 3
    if within(target, "bot.playground"):
        return not within(module, *MAY_PLAY)
    above, below = layer(module), layer(target)
    if above is None or below is None:
        return True
    if within(target, "bot.features.*") and part(module) != part(target):
        return not (above > FEATURES or module == "bot.commands")
    return below > above or (below == above > 0 and part(module) != part(target))


def impurities(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, WAITING):
            yield "waits"
        elif isinstance(node, ast.Name | ast.Attribute):
            name = ".".join(ast.unparse(node).split(".")[-2:])
            if name in OUTSIDE:
                yield f"uses {name}"


def violations(module: str, source: str, known: set[str]) -> list[str]:
    tree = ast.parse(source)
    targets = imports(tree, module, known)
    found = [f"imports {target}" for target in targets if import_violation(module, target)]
    number = layer(module)
    if number is None and not within(module, "bot.playground") and module not in {"bot", "bot.features"}:
        found.append("has no layer")
    if number is not None and number <= PURE:
        found += impurities(tree)
    return found


def modules() -> dict[str, Path]:
    paths = [path.relative_to(ROOT) for path in sorted((ROOT / "bot").rglob("*.py"))]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): ROOT / path for path in paths}


def test_the_bot_keeps_its_layers() -> None:
    known = modules()
    checked = {name: violations(name, path.read_text(), set(known)) for name, path in known.items()}
    broken = {name: found for name, found in checked.items() if found}
    assert broken == {}


KNOWN = {"bot.core.model", "bot.core.window", "bot.store.asks", "bot.settings", "bot.features.digests.words"}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.core.window", "from bot.store.asks import Asks"),
        ("bot.core.window", "from bot.features.sessions import words"),
        ("bot.core.window", "import bot.api.wire"),
        ("bot.core.window", "from ..store import asks"),
        ("bot.core.window", "def f():\n    from bot.mirror import look"),
        ("bot.core.window", "from datetime import datetime\nnow = datetime.now()"),
        ("bot.core.window", "import datetime\nnow = datetime.datetime.now"),
        ("bot.core.window", "import time\nbegin = time.time()"),
        ("bot.core.window", "text = open('file').read()"),
        ("bot.core.window", "async def f(): ..."),
        ("bot.blocks.fit", "async def f():\n    await g()"),
        ("bot.api.wire", "import httpx"),
        ("bot.api.wire", "from bot.api.client import Client"),
        ("bot.api.client", "from bot.store.asks import Asks"),
        ("bot.api.client", "from bot.commands import COMMANDS"),
        ("bot.store.asks", "from bot.slack.perform import perform"),
        ("bot.store.asks", "from bot.settings import Settings"),
        ("bot.store.asks", "from bot import settings"),
        ("bot.slack.perform", "from bot.slack.listeners import listen"),
        ("bot.slack.perform", "import httpx"),
        ("bot.slack.perform", "from sqlalchemy import select"),
        ("bot.slack.listeners", "from bot.ticker import Wake"),
        ("bot.mirror.scan", "from bot.outbox import post"),
        ("bot.mirror.scan", "from bot.features.sessions.words import SESSIONS"),
        ("bot.features.sessions.replies", "from bot.features.digests.words import DIGESTS"),
        ("bot.features.sessions.replies", "from bot.features.digests import words"),
        ("bot.features.sessions.replies", "from bot.dispatch import Dispatch"),
        ("bot.asking.lists", "from bot.features.sessions.views import ListPage"),
        ("bot.mirror.scan", "from bot.asking.desk import Desk"),
        ("bot.features.sessions.views", "from bot.asking.lists import MOST_ROWS"),
        ("bot.features.sessions.replies", "from slack_sdk.web import WebClient"),
        ("bot.features.sessions.views", "from bot.features.sessions.replies import asked"),
        ("bot.features.sessions.words", "from bot.store import asks"),
        ("bot.dispatch", "from bot.app import run"),
        ("bot.dispatch", "from bot.playground.slack.local import LocalSlack"),
        ("bot.app", "from bot.cli import main"),
        ("bot.app", "from apscheduler.schedulers.asyncio import AsyncIOScheduler"),
        ("bot.web", "from bot.settings import Settings"),
        ("bot.playground.account.server", "from bot.core.model import Status"),
        ("bot.playground.account.server", "from bot.playground.slack.clock import Clock"),
        ("bot.playground.slack.server", "from bot.playground.account import clock"),
        ("bot.playground.slack.server", "from slack_sdk.signature import SignatureVerifier"),
        ("bot.playground.slack.server", "from bot.playground.page import Page"),
        ("bot.playground.page.server", "from bot.playground.account.clock import Clock"),
        ("bot.playground.page.state", "from bot.blocks.message import Message"),
        ("bot.somewhere", "x = 1"),
    ],
)
def test_a_violation_is_caught(module: str, source: str) -> None:
    assert violations(module, source, KNOWN | {module})


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.core.reply", "from bot.blocks.message import Message"),
        ("bot.core.window", "from datetime import UTC, datetime\nend = datetime.max.replace(tzinfo=UTC)"),
        ("bot.core.window", "from bot.core import model"),
        ("bot.api.client", "import httpx\nfrom bot.api import wire"),
        ("bot.store.asks", "from sqlalchemy import select\nfrom bot.store.store import Store"),
        ("bot.mirror.scan", "from bot.api.client import Client\nfrom bot.store.asks import Asks"),
        ("bot.features.sessions.replies", "from bot.features.sessions.views import lists"),
        ("bot.features.sessions.replies", "from bot.asking.desk import Desk"),
        ("bot.asking.desk", "from bot.mirror.look import Source"),
        ("bot.slack.listeners", "from bot.dispatch import Dispatch\nfrom bot.slack.perform import Performer"),
        ("bot.app", "from bot import settings\nimport httpx, slack_bolt"),
        ("bot.demo", "from bot.playground.account.server import serve"),
        ("bot.playground.slack.server", "from bot.playground.slack.clock import Clock\nimport aiohttp"),
        ("bot.playground.page.server", "from bot.playground.slack import LocalSlack"),
    ],
)
def test_what_is_right_passes(module: str, source: str) -> None:
    assert violations(module, source, KNOWN | {module}) == []
