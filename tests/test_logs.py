"""Logs: a line each, no secrets, and a traceback for nothing but a bug."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bot.core.errors import StoreError
from bot.logs import configure

KEY = "12345/0123456789abcdef0123456789abcdef01234567"
Log = Callable[[logging.Logger], None]


class SecretHolder:
    def __str__(self) -> str:
        return f"Authorization: TD1 {KEY}"


def logged(form: str, log: Log) -> str:
    stream, root = io.StringIO(), logging.Logger("test")
    configure("json" if form == "json" else "text", "INFO", stream, root)
    log(root)
    return stream.getvalue()


def fields(log: Log) -> dict[str, Any]:
    (line,) = logged("json", log).splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def fail(error: Exception) -> Log:
    def log(logger: logging.Logger) -> None:
        try:
            raise error
        except type(error):
            logger.exception("the answer\nfailed")

    return log


def test_a_message_is_one_line_with_its_time_level_and_logger() -> None:
    line = logged("text", lambda log: log.warning("%d rows\nset aside", 3))
    assert line.endswith("Z WARNING test: 3 rows\\nset aside\n")
    assert line.count("\n") == 1


def test_as_json_it_is_an_object() -> None:
    read = fields(lambda log: log.warning("%d rows\nset aside", 3, extra={"path": "/api/sessions"}))
    assert read.pop("timestamp").endswith("Z")
    assert read == {
        "level": "WARNING",
        "logger": "test",
        "message": "3 rows\nset aside",
        "path": "/api/sessions",
    }


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "log",
    [
        lambda log: log.info("sent Authorization: TD1 %s", KEY),
        lambda log: log.info("sent", extra={"headers": {"Authorization": f"TD1 {KEY}"}}),
        lambda log: log.info("sent", extra={"seen": [f"TD1 {KEY}"]}),
        lambda log: log.info("sent", extra={"seen": SecretHolder()}),
        fail(StoreError(f"TD1 {KEY} was refused")),
        fail(ValueError(f"TD1 {KEY} is no number")),
    ],
)
def test_no_secret_is_written(form: str, log: Log) -> None:
    assert KEY not in logged(form, log)


def test_another_handler_s_traceback_is_not_taken_over(caplog: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    root = logging.Logger("test")
    configure("text", "INFO", stream, root)
    root.handlers.insert(0, caplog.handler)
    fail(ValueError(f"TD1 {KEY} is no number"))(root)
    assert KEY in caplog.text
    assert KEY not in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_foreseen_is_a_sentence_without_a_traceback(form: str) -> None:
    text = logged(form, fail(StoreError("The disk is full.")))
    assert text.count("\n") == 1
    assert "failed: The disk is full." in text
    assert "Traceback" not in text


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_bug_brings_its_traceback(form: str) -> None:
    text = logged(form, fail(KeyError("lastAttempt")))
    assert "Traceback" in text
    assert "KeyError: 'lastAttempt'" in text


def test_a_bug_s_traceback_in_json_stays_on_its_line() -> None:
    assert "Traceback" in fields(fail(KeyError("lastAttempt")))["exc_info"]


PROGRAM = """
import logging
from bot.logs import configure
configure("text", "INFO")
for name in ("httpx", "httpcore", "aiohttp.access", "slack_bolt", "slack_sdk", "apscheduler.scheduler"):
    logging.getLogger(name).info("chatter of %s", name)
logging.getLogger("lookout.api").info("ours")
logging.getLogger("slack_sdk").warning("theirs")
logging.getLogger("lookout.api").debug("too small")
"""


def test_a_program_logs_to_standard_error_and_its_libraries_keep_quiet() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == ""
    assert [line.split(" ", 1)[1] for line in ran.stderr.splitlines()] == [
        "INFO lookout.api: ours",
        "WARNING slack_sdk: theirs",
    ]
