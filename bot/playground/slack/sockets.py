"""Socket Mode's server side (docs.slack.dev/apis/events-api/using-socket-mode)."""

import asyncio
import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.slack import limits as most
from bot.playground.slack.clock import Clock
from bot.playground.slack.errors import SlackError
from bot.playground.slack.people import APP
from bot.playground.slack.values import Json


@dataclass(eq=False)
class Socket:
    """One connection of the app, and what came over it."""

    name: str
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    retiring: bool = False
    received: list[Json] = field(default_factory=list)


class Sockets:
    """The app's connections; each payload goes to one of them at random."""

    def __init__(self, clock: Clock, tell: Callable[[str, Socket], None], seed: int = 0) -> None:
        self._clock, self._tell, self._random = clock, tell, random.Random(seed)
        self._tickets: dict[str, float] = {}
        self._names = itertools.count(1)
        self._acks: dict[str, asyncio.Future[Any]] = {}
        self.open: list[Socket] = []

    def ticket(self, base: str) -> str:
        """A WebSocket address that works once, for a short while."""
        ticket = f"{self._random.getrandbits(64):016x}"
        self._tickets[ticket] = self._clock.now()
        return f"{base}?ticket={ticket}&app_id={APP}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from `hello` until it ends."""
        issued = self._tickets.pop(request.query.get("ticket", ""), None)
        if issued is None or self._clock.now() - issued > most.SOCKET_TICKET_SECONDS:
            return web.Response(status=403, text="ticket used, expired or unknown")
        ws = web.WebSocketResponse(heartbeat=30, timeout=1.0)
        await ws.prepare(request)
        socket = Socket(f"socket {next(self._names)}", ws, request.transport)
        if len(self.open) >= most.SOCKETS:
            await ws.send_json(_disconnect("too_many_websockets"))
            await ws.close()
            return ws
        self._joined(socket)
        try:
            await self._talk(socket)
        finally:
            self._left(socket)
        return ws

    def _joined(self, socket: Socket) -> None:
        self.open.append(socket)
        self._tell("connected", socket)

    def _left(self, socket: Socket) -> None:
        self.open.remove(socket)
        self._tell("disconnected", socket)

    async def _talk(self, socket: Socket) -> None:
        await socket.ws.send_json(_hello(len(self.open)))
        async for frame in socket.ws:
            if frame.type == WSMsgType.TEXT:
                self._answered(socket, frame.data)

    def _answered(self, socket: Socket, data: str) -> None:
        try:
            answer = json.loads(data)
        except ValueError:
            return  # Slack ignores what it cannot read
        socket.received.append(answer)
        waiting = self._acks.get(str(answer.get("envelope_id")))
        if waiting and not waiting.done():
            waiting.set_result(answer.get("payload"))

    def pick(self) -> Socket | None:
        """A connection that takes payloads, at random."""
        able = [one for one in self.open if not one.ws.closed and not one.retiring]
        return self._random.choice(able) if able else None

    async def send(self, socket: Socket, envelope: Json) -> asyncio.Future[Any]:
        """Send an envelope; gives what will hold the acknowledgement's payload."""
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._acks[envelope["envelope_id"]] = waiting
        try:
            await socket.ws.send_json(envelope)
        except ConnectionError as error:
            raise SlackError("dispatch_failed") from error
        return waiting

    def forget(self, envelope_id: str) -> None:
        self._acks.pop(envelope_id, None)

    async def disconnect(self, reason: str) -> None:
        """Tell every connection to go (`warning`, `refresh_requested`, `link_disabled`).

        After a `warning` a connection goes on; after the others it gets nothing more, the app closes it.
        """
        for socket in tuple(self.open):
            socket.retiring = reason != "warning"
            await socket.ws.send_json(_disconnect(reason))

    async def close(self) -> None:
        going = [one.ws.close(code=1001, message=b"going away") for one in self.open]
        await asyncio.gather(*going)

    def cut(self) -> None:
        """Break every connection without a word."""
        for socket in tuple(self.open):
            if socket.transport is not None:
                socket.transport.abort()


def _hello(connections: int) -> Json:
    debug = {"host": "local-slack", "build_number": 1, "approximate_connection_time": 18060}
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": APP},
        "debug_info": debug,
    }


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local-slack"}}
