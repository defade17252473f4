"""Small servers on loopback that answer as was recorded, and refuse what a real server refuses."""

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from aiohttp import web

from .digdag import FULL, Address, Digdag, Row, digdag
from .recorded import Given, Sent, conversation, envelope, recorded, refused, workflows_in

UNEXPECTED = 599


class Answers(ABC):
    """What answers requests that are taken at all."""

    @abstractmethod
    def take(self, sent: Sent) -> Given: ...


@dataclass(slots=True)
class Script(Answers):
    """A recorded conversation, step by step: each request must be the recorded one."""

    steps: list[Any]

    def take(self, sent: Sent) -> Given:
        wanted = self.steps[0]["request"] if self.steps else None
        if wanted is None or difference(sent, wanted):
            return Given(UNEXPECTED, f"{sent.method} {sent.path} {sent.body!r} is not {wanted}")
        return Given.of(self.steps.pop(0)["response"])


def difference(sent: Sent, wanted: Any) -> bool:
    """Bodies of pushes were not recorded; a kill takes none or an empty one."""
    same = (sent.method, sent.path, dict(sent.query)) == tuple(
        wanted[each] for each in ("method", "path", "query")
    )
    if not same or wanted["path"] == "/api/projects":
        return not same
    return (json.loads(sent.body) if sent.body else None) != wanted["body"] and not sent.path.endswith(
        "/kill"
    )


@dataclass(slots=True)
class Pretend(Answers):
    """Takes pushes and starts and answers with the recorded bodies, in which names and ids are put.

    An attempt ends the second time that it is looked at, or that another waits for its slot, as its workflow
    says: a `wait>` goes on until it is killed. At most `slots` run at a time.
    """

    slots: int = 100
    projects: dict[str, Row] = field(default_factory=dict)
    texts: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Project id, name and text of each workflow by its id."""
    attempts: dict[str, Row] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    looks: dict[str, int] = field(default_factory=dict)
    ids: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    def take(self, sent: Sent) -> Given:
        match [sent.method, *sent.path.split("/")[2:]]:
            case ["PUT", "projects"]:
                return self.pushed(sent)
            case ["GET", "projects"]:
                return Given(200, {"projects": self.live(sent.query["name"])})
            case ["GET", "projects", project, "workflows"] if project in self.projects:
                return Given(200, {"workflows": self.workflows(project)})
            case ["PUT", "attempts"]:
                return self.started(json.loads(sent.body))
            case ["GET", "sessions", session, "attempts"]:
                rows = [row for row in self.attempts.values() if row["sessionId"] == session]
                return Given(200, {"attempts": [self.seen(row) for row in rows[::-1]]})
            case ["GET", "attempts", attempt] if attempt in self.attempts:
                return Given(200, self.seen(self.attempts[attempt]))
            case ["GET", "attempts", attempt, "tasks"] if attempt in self.attempts:
                return Given.of(conversation("life-kill-wait")[1]["response"])
            case ["POST", "attempts", attempt, "kill"]:
                return self.killed(attempt)
            case ["DELETE", "projects", project] if project in self.projects:
                return self.gone(project)
        return Given(UNEXPECTED, f"{sent.method} {sent.path} is not played")

    def pushed(self, sent: Sent) -> Given:
        name = sent.query["project"]
        known = self.live(name)
        row = known[0] if known else {**recorded("project-push").body, "id": str(self.ids()), "name": name}
        self.projects[row["id"]] = row | {"revision": sent.query["revision"]}
        for workflow, text in workflows_in(sent.body).items():
            self.texts[str(self.ids())] = (row["id"], workflow, text)
        return Given(200, self.projects[row["id"]])

    def live(self, name: str) -> list[Row]:
        rows = (row for key, row in self.projects.items() if key not in self.deleted)
        return [row for row in rows if row["name"] == name]

    def workflows(self, project: str) -> list[Row]:
        template = recorded("project-workflows").body["workflows"][0]
        mine = [(key, name) for key, (home, name, _) in self.texts.items() if home == project]
        return [{**template, "id": key, "name": name} for key, name in mine]

    def started(self, body: Row) -> Given:
        if body["workflowId"] not in self.texts:
            return recorded("attempt-put-unknown-workflow-404")
        project, name, _ = self.texts[body["workflowId"]]
        if project in self.deleted:
            return Given.of(conversation("life-project-deleted")[17]["response"])
        at, retry = datetime.fromisoformat(body["sessionTime"]), body.get("retryAttemptName")
        key = {"project": project, "workflow": name, "at": at.isoformat()}
        same = [row for row in self.attempts.values() if row["_key"] == key]
        clash = [row for row in same if row["retryAttemptName"] == retry]
        if clash:
            return Given(409, plain(clash[-1]))
        running = [row for row in self.attempts.values() if not row["done"]]
        if len(running) >= self.slots:
            for row in running:
                self.seen(row)
            return envelope(400, f"{FULL}. Limit: {self.slots}, Current: {self.slots}")
        row = {
            **recorded("attempt-put-200").body,
            "id": str(self.ids()),
            "index": len(same) + 1,
            "project": {"id": project, "name": self.projects[project]["name"]},
            "workflow": {"name": name, "id": body["workflowId"]},
            "sessionId": same[0]["sessionId"] if same else str(self.ids()),
            "sessionTime": at.isoformat(),
            "retryAttemptName": retry,
            "params": body["params"],
            "_key": key,
        }
        self.attempts[row["id"]] = row
        return Given(200, plain(row))

    def seen(self, row: Row) -> Row:
        """The attempt as it is now; looking is what moves time on."""
        self.looks[row["id"]] = self.looks.get(row["id"], 0) + 1
        end = ending(self.texts[row["workflow"]["id"]][2], row)
        if self.looks[row["id"]] > 1 and end is not None:
            ended = recorded(end).body
            row |= {key: ended[key] for key in ("status", "done", "success", "finishedAt")}
        return plain(row)

    def killed(self, attempt: str) -> Given:
        if attempt not in self.attempts:
            return recorded("attempt-kill-404")
        row = self.attempts[attempt]
        if row["done"]:
            return recorded("attempt-kill-409")
        before = plain(row)
        row["cancelRequested"] = True
        return Given(200, before)

    def gone(self, project: str) -> Given:
        steps = conversation("life-project-deleted")
        if project in self.deleted:
            return Given.of(steps[20]["response"])
        self.deleted.add(project)
        return Given(200, self.projects[project])


def ending(text: str, row: Row) -> str | None:
    """The recording of an attempt that ended so; None while it goes on."""
    if row["cancelRequested"]:
        return "attempt-killed"
    if "wait>" in text:
        return None
    fails = not row["params"].get("ok", False) and any(word in text for word in ("fail>", "exit 3", "call>"))
    return "attempt-fail" if fails else "attempt-ok"


def plain(row: Row) -> Row:
    return {key: value for key, value in row.items() if not key.startswith("_")}


@asynccontextmanager
async def serving(answers: Answers) -> AsyncIterator[Address]:
    async def take(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        sent = Sent(request.method, request.path, request.query, headers, await request.read())
        given = refused(sent) or answers.take(sent)
        if isinstance(given.body, str):
            return web.Response(status=given.status, text=given.body, content_type="text/html")
        return web.json_response(given.body, status=given.status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield Address(f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


@asynccontextmanager
async def replayed(answers: Answers) -> AsyncIterator[Digdag]:
    """A client of such a server, that waits for nothing; what it did is not taken back."""
    async with serving(answers) as address, digdag(address, pause=0) as client:
        try:
            yield client
        finally:
            client.undo.pop_all()
