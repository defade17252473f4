"""A simulated account: a faithful server of Treasure Workflow's read endpoints with a history of its own.

It serves the demo, the tests and the benchmarks, and imports nothing of the bot: its truth is its own.
"""

from bot.playground.account.added import Added
from bot.playground.account.auth import AnyKey, Auth, Basic, Forbidden, Key, Open
from bot.playground.account.clock import Clock
from bot.playground.account.faults import Fault, Faults
from bot.playground.account.history import EVERY, History, Wanted, created_within
from bot.playground.account.lifelike import Lifelike
from bot.playground.account.model import Attempt, Project, Session, Status, Task, Workflow
from bot.playground.account.restless import restless
from bot.playground.account.server import Account, Logged, serve
from bot.playground.account.truth import Seen, seen, truth
from bot.playground.account.written import Written

__all__ = [
    "EVERY",
    "Account",
    "Added",
    "AnyKey",
    "Attempt",
    "Auth",
    "Basic",
    "Clock",
    "Fault",
    "Faults",
    "Forbidden",
    "History",
    "Key",
    "Lifelike",
    "Logged",
    "Open",
    "Project",
    "Seen",
    "Session",
    "Status",
    "Task",
    "Wanted",
    "Workflow",
    "Written",
    "created_within",
    "restless",
    "seen",
    "serve",
    "truth",
]
