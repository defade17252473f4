"""The recorded conversations with a real server, and by their light what such a server refuses."""

import io
import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RECORDINGS = Path(__file__).parents[1] / "recordings"
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)(\[[\w/]+\])?")
CONTENT_TYPE = "attempt-put-text-plain-400"
TASK_NAME = re.compile(r"\+[\w=\[\]{}%&@,.`^-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came over the wire; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: parsed JSON, or a text as it is."""

    status: int
    body: Any

    @classmethod
    def of(cls, response: Any) -> "Given":
        return cls(response["status"], response["body"])


def conversation(name: str) -> list[Any]:
    """The steps of a recording, each `{request, response}`."""
    told = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return list(told.get("steps", [told]))


def recorded(name: str) -> Given:
    (step,) = conversation(name)
    return Given.of(step["response"])


def envelope(status: int, message: str) -> Given:
    return Given(status, {"message": message, "status": status})


def refused(sent: Sent) -> Given | None:
    """The answer to what no server takes, whatever it holds; None for what can be taken."""
    match sent.method, sent.path:
        case "PUT", "/api/attempts":
            name = refused_start(sent)
            return recorded(name) if name else None
        case "PUT", "/api/projects":
            return refused_push(sent)
    return None


def refused_start(sent: Sent) -> str | None:
    """The recording of a start that was refused for the same reason."""
    if sent.content_type != "application/json":
        return CONTENT_TYPE
    if not sent.body:
        return "attempt-put-empty-body-500"
    try:
        body = json.loads(sent.body)
    except ValueError:
        return "attempt-put-bad-json-400"
    needed = {"workflowId": "by-name", "sessionTime": "no-session-time", "params": "no-params"}
    missing = [name for key, name in needed.items() if key not in body]
    if missing:
        return f"attempt-put-{missing[0]}-400"
    if not ZONED.fullmatch(body["sessionTime"]):
        return "attempt-put-no-zone-400"
    return refused_retry(body)


def refused_retry(body: Mapping[str, Any]) -> str | None:
    name, resume = body.get("retryAttemptName"), body.get("resume")
    if name is not None and not 0 < len(name) <= 255:
        return f"attempt-put-{'long' if name else 'empty'}-retry-name-400"
    if resume is not None and not isinstance(resume, dict):
        return "attempt-put-resume-malformed"
    if resume is not None and resume.get("mode") not in {"failed", "from"}:
        return "attempt-put-resume-bad-mode-400"
    return None


def refused_push(sent: Sent) -> Given | None:
    """These messages were measured on a server, but for the last one, which is recorded."""
    if sent.content_type != "application/gzip":
        return recorded(CONTENT_TYPE)
    if "revision" not in sent.query:
        return envelope(400, "revision= is required")
    if sent.headers.get("content-length") != str(len(sent.body)):
        return envelope(400, "Content-Length header doesn't match with uploaded data size")
    try:
        files = workflows_in(sent.body)
    except (OSError, EOFError, tarfile.TarError):
        return envelope(400, "Input is not in the .gz format")
    names = [name for text in files.values() for name in task_names(yaml.safe_load(text))]
    return None if all(map(TASK_NAME.fullmatch, names)) else recorded("project-push-400-task-name")


def workflows_in(packed: bytes) -> dict[str, str]:
    """The texts of the workflows at the root of a tar.gz, by name. Raises OSError, EOFError, TarError."""
    texts = {}
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
        for entry in tar:
            held = tar.extractfile(entry)
            if held is not None and re.fullmatch(r"[^/]+\.dig", entry.name):
                texts[entry.name.removesuffix(".dig")] = held.read().decode()
    return texts


def keys(config: object) -> set[str]:
    """All keys of a workflow's definition, however deep."""
    if isinstance(config, list):
        return {key for each in config for key in keys(each)}
    if not isinstance(config, dict):
        return set()
    return set(config) | {key for each in config.values() for key in keys(each)}


def task_names(config: object) -> list[str]:
    return sorted(key for key in keys(config) if key.startswith("+"))
