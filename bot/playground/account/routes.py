"""Which path leads to which answer, and what a server says of methods and content types. A slash may stand at
a path's end.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote

from bot.playground.account.answers import JSON, Answer, Asked, Reader, Refused, in_json
from bot.playground.account.wire import Row

Endpoint = Callable[..., Row]
# Path, what answers a GET, and what else a real server allows there.
ROUTES: tuple[tuple[str, Endpoint, str], ...] = (
    ("/api/sessions", Reader.sessions, ""),
    ("/api/sessions/*", Reader.session, ""),
    ("/api/sessions/*/attempts", Reader.session_attempts, ""),
    ("/api/attempts", Reader.attempts, "PUT"),
    ("/api/attempts/*", Reader.attempt, ""),
    ("/api/attempts/*/tasks", Reader.tasks, ""),
    ("/api/attempts/*/retries", Reader.retries, ""),
    ("/api/projects", Reader.projects, "PUT"),
    ("/api/project", Reader.project_by_name, ""),
    ("/api/projects/*", Reader.project, "DELETE"),
    ("/api/projects/*/sessions", Reader.project_sessions, ""),
    ("/api/projects/*/workflows", Reader.project_workflows, ""),
    ("/api/projects/*/workflows/*", Reader.project_workflow, ""),
    ("/api/workflows", Reader.workflows, ""),
    ("/api/workflows/*", Reader.workflow, ""),
    ("/api/version", Reader.version, ""),
)
_COMPILED = tuple(
    (re.compile(path.replace("*", "([^/]+)") + "/?"), endpoint, more) for path, endpoint, more in ROUTES
)


def answer(reader: Reader, asked: Asked) -> Answer:
    """The answer to a request of someone who may read."""
    for path, endpoint, more in _COMPILED:
        match = path.fullmatch(asked.path)
        if match is not None:
            return _answer(reader, asked, endpoint, [unquote(part) for part in match.groups()], more)
    return Answer(404)


def _answer(reader: Reader, asked: Asked, endpoint: Endpoint, parts: list[str], more: str) -> Answer:
    allowed = ", ".join(
        filter(None, ("HEAD", more if more == "DELETE" else "", "GET, OPTIONS", "PUT" * (more == "PUT")))
    )
    if asked.method == "OPTIONS":
        return Answer(200, allowed.encode(), "text/plain;charset=UTF-8", {"Allow": allowed})
    if asked.method not in ("GET", "HEAD"):
        return Answer(405, headers={"Allow": allowed})
    if not _takes_json(asked.accept):
        return Answer(406)
    try:
        return in_json(endpoint(reader, asked.query, *parts))
    except Refused as refused:
        return refused.answer


def _takes_json(accept: str | None) -> bool:
    if accept is None or not accept.strip():
        return True
    kinds = {part.partition(";")[0].strip() for part in accept.split(",")}
    return bool(kinds & {"*/*", "application/*", JSON})
