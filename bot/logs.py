"""Logs: to standard error, one line each, as text or JSON, with secrets taken out.

What is foreseen (a LookoutError) is told in its one sentence, whoever logs it; a traceback means a bug.
"""

import logging
import sys
import time
from copy import copy
from typing import Any, Literal, TextIO

from pythonjsonlogger.json import JsonFormatter

from bot.core.errors import LookoutError
from bot.core.redact import redact, redact_params

QUIET = {
    "lookout.bolt": logging.WARNING,
    "lookout.socket": logging.WARNING,
    "httpx": logging.WARNING,  # INFO holds whole URLs, signed ones too
    "httpcore": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,  # a turn left out because the last one still runs is as it should be
    "asyncio": logging.WARNING,
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
}


def configure(
    form: Literal["text", "json"],
    level: str,
    stream: TextIO | None = None,
    root: logging.Logger | None = None,
) -> None:
    """Send the logs of `level` and above to `stream` (standard error), in place of where they went before.

    `root` is the logger that all of them reach (the root logger).
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Json() if form == "json" else Text())
    root = root or logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))


class Text(logging.Formatter):
    """`2026-11-20T14:02:31Z WARNING lookout.slack: the message`; only a bug's traceback takes more lines."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        fresh = _told(record)
        line = redact(fresh.getMessage()).replace("\r", "\\r").replace("\n", "\\n")
        fresh.msg, fresh.args = line, ()
        if fresh.exc_info:
            fresh.exc_text = redact(self.formatException(fresh.exc_info))
        if fresh.stack_info:
            fresh.stack_info = redact(fresh.stack_info)
        return super().format(fresh)


class Json(JsonFormatter):
    """An object a line: timestamp, level, logger, message, and a bug's traceback as exc_info."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            datefmt="%Y-%m-%dT%H:%M:%SZ",
            rename_fields={"asctime": "timestamp", "levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def format(self, record: logging.LogRecord) -> str:
        return super().format(_told(record))

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: _redacted(value) for name, value in log_data.items()}


def _told(record: logging.LogRecord) -> logging.LogRecord:
    """A copy for one formatter; of an error that is foreseen only the sentence stays."""
    fresh = copy(record)
    if record.exc_info:
        fresh.exc_text = None  # another handler's, with its secrets
        error = record.exc_info[1]
        if isinstance(error, LookoutError):
            message = record.getMessage()
            fresh.msg, fresh.args = message if str(error) in message else f"{message}: {error}", ()
            fresh.exc_info = None
    return fresh


def _redacted(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case dict():
            return redact_params(value)
        case list() | tuple():
            return [_redacted(item) for item in value]
        case _:
            return redact(str(value))
