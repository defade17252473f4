"""A server on loopback that does, request by request, what it has been told, and keeps a log of who asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Act = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What the server does with one request; the connection lives on where it is not closed."""


@dataclass
class Loopback:
    """Acts are done in order, the last one again and again; `first` is set once anything was asked."""

    acts: list[Act]
    log: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    first: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing() and (head := await reader.readuntil(b"\r\n\r\n")):
                first, *rest = head.decode().strip().split("\r\n")
                self.headers.append(dict(line.lower().split(": ", 1) for line in rest))
                self.log.append(first.removesuffix(" HTTP/1.1"))
                self.first.set()
                await self.acts[min(len(self.log), len(self.acts)) - 1](writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked has left
        finally:
            writer.close()


@asynccontextmanager
async def loopback(*acts: Act) -> AsyncIterator[Loopback]:
    it = Loopback(list(acts))
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(it.handle(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


Serve = Callable[..., Awaitable[Loopback]]


def reply(body: Any = None, status: int = 200, kind: str = "application/json", **headers: str) -> Act:
    """A whole answer; `body` as JSON, or as it is where it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"Content-Type": kind, "Content-Length": str(len(content))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in named.items())]

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        await writer.drain()

    return act


def raw(text: bytes, *, close: bool = True) -> Act:
    """These bytes, and the end of the connection."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()
        if close:
            writer.close()

    return act


def drip(head: bytes, piece: bytes) -> Act:
    """`head`, and then a piece every hundredth of a second without end."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    return act


async def hang(writer: asyncio.StreamWriter) -> None:
    """No answer, ever."""
    await asyncio.Event().wait()
