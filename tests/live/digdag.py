"""A small client of a Digdag server that does what the bot never does: push, start, kill, delete.

It takes back what it did when it is closed: it kills what it started and deletes what it pushed.
"""

import asyncio
import gzip
import io
import tarfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit
from uuid import uuid4

import httpx

Row = dict[str, Any]
Found = TypeVar("Found")
FULL = "Too many attempts running"


class NotTaken(AssertionError):
    """The server answered otherwise than with 200."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is; a user and password that stand in its URL are taken out of it."""

    url: str
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, text: str) -> "Address":
        parts = urlsplit(text.strip().rstrip("/").removesuffix("/api"))
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        return cls(bare, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def environ(self) -> dict[str, str]:
        """The bot's settings for this server."""
        given = {"WORKFLOW_URL": self.url, "WORKFLOW_USER": self.user, "WORKFLOW_PASSWORD": self.password}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Started:
    """The attempt that a start answered with; not `new` where there was one already (409)."""

    attempt: Row
    new: bool


@dataclass(slots=True)
class Digdag:
    """`pause` is the seconds between two looks at what is awaited, `patience` how long it is awaited."""

    http: httpx.AsyncClient
    undo: AsyncExitStack
    pause: float = 0.3
    patience: float = 60.0
    unfinished: set[str] = field(default_factory=set)

    async def get(self, path: str, **query: str) -> Any:
        return answered(await self.http.get(path, params=query))

    async def push(self, project: str, files: Mapping[str, str], revision: str | None = None) -> Row:
        """A new revision of a project; `files` are workflows by name."""
        response = await self.http.put(
            "/api/projects",
            params={"project": project, "revision": revision or str(uuid4())},
            content=archive(files),  # bytes: httpx then sends their exact Content-Length
            headers={"Content-Type": "application/gzip"},
        )
        row: Row = answered(response)
        self.undo.push_async_callback(self.delete, row["id"])
        return row

    async def workflows(self, project_id: str) -> dict[str, str]:
        """Ids of the newest revision's workflows by name."""
        rows = (await self.get(f"/api/projects/{project_id}/workflows"))["workflows"]
        return {row["name"]: row["id"] for row in rows}

    async def start(
        self,
        workflow_id: str,
        session_time: str,
        params: Row | None = None,
        *,
        retry: str | None = None,
        resume: Row | None = None,
    ) -> Started:
        """A start, retry or resume. Where the server has no slot free, one is awaited."""
        body = {"workflowId": workflow_id, "sessionTime": session_time, "params": params or {}}
        body |= {"retryAttemptName": retry} if retry else {}
        body |= {"resume": resume} if resume else {}

        async def taken() -> httpx.Response | None:
            response = await self.http.put("/api/attempts", json=body)
            return None if response.status_code == 400 and FULL in response.text else response

        response = await self.until(taken, "a free slot")
        if response.status_code == 409:
            return Started(response.json(), new=False)
        attempt: Row = answered(response)
        self.unfinished.add(attempt["id"])
        self.undo.push_async_callback(self.end, attempt["id"])
        return Started(attempt, new=True)

    async def kill(self, attempt_id: str) -> bool:
        """Ask an attempt to end; False where it had ended already."""
        response = await self.http.post(f"/api/attempts/{attempt_id}/kill", json={})
        if response.status_code == 409:
            return False
        answered(response)
        return True

    async def end(self, attempt_id: str) -> None:
        """Kill what was not seen to end."""
        if attempt_id in self.unfinished:
            await self.kill(attempt_id)

    async def delete(self, project_id: str) -> bool:
        """Delete a project; False where it is deleted already."""
        response = await self.http.delete(f"/api/projects/{project_id}")
        if response.status_code == 404:
            return False
        answered(response)
        return True

    async def done(self, attempt_id: str) -> Row:
        """The attempt, once it has ended."""

        async def ended() -> Row | None:
            row: Row = await self.get(f"/api/attempts/{attempt_id}")
            return row if row["done"] else None

        row = await self.until(ended, f"the end of attempt {attempt_id}")
        self.unfinished.discard(attempt_id)
        return row

    async def reached(self, attempt_id: str, *states: str) -> Row:
        """A task of the attempt, the first one that is in one of these states."""

        async def there() -> Row | None:
            tasks: list[Row] = (await self.get(f"/api/attempts/{attempt_id}/tasks"))["tasks"]
            return next((task for task in tasks if task["state"] in states), None)

        return await self.until(there, f"a task of attempt {attempt_id} that is {' or '.join(states)}")

    async def until(self, look: Callable[[], Awaitable[Found | None]], awaited: str) -> Found:
        deadline = time.monotonic() + self.patience
        while (found := await look()) is None:
            assert time.monotonic() < deadline, f"waited {self.patience:.0f} s for {awaited}"
            await asyncio.sleep(self.pause)
        return found


@asynccontextmanager
async def digdag(address: Address, *, pause: float = 0.3, patience: float = 60.0) -> AsyncIterator[Digdag]:
    """A client; whatever happens, what it did is taken back at the end, the last first."""
    auth = httpx.BasicAuth(address.user, address.password) if address.user else None
    async with (
        httpx.AsyncClient(base_url=address.url, auth=auth, timeout=30) as http,
        AsyncExitStack() as undo,
    ):
        yield Digdag(http, undo, pause, patience)


def archive(files: Mapping[str, str]) -> bytes:
    """A tar.gz with the workflows at its root, as `digdag push` makes it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            content = text.encode()
            entry = tarfile.TarInfo(f"{name}.dig")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue())


def answered(response: httpx.Response) -> Any:
    """The body of a good answer. Raises NotTaken with what the server said."""
    request, status = response.request, response.status_code
    if status != 200:
        said = f"{request.method} {request.url.raw_path.decode()}: {status} {response.text[:500]}"
        raise NotTaken(status, said)
    return response.json()
