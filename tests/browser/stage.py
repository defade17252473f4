"""A small server that plays the page's own: it serves the built page, says a state, writes down acts."""

import asyncio
import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

Json = dict[str, Any]
STATIC = Path(__file__).parents[2] / "bot" / "playground" / "page" / "static"
CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
NOW = 1_795_551_584  # Tue 24 Nov 2026, 20:19:44 UTC

PEOPLE = [
    {"id": "U0ANA", "name": "ana", "real_name": "Ana", "tz": "Europe/Berlin", "locale": "en-US"},
    {"id": "U0KENJI", "name": "kenji", "real_name": "Kenji", "tz": "Asia/Tokyo", "locale": "ja-JP"},
    {"id": "U0GUEST", "name": "gus", "real_name": "Gus", "tz": "Europe/London", "locale": "en-GB"},
    {"id": "U0LOOKOUT", "name": "lookout", "real_name": "Lookout", "tz": "UTC", "locale": "en-US"},
]
CHANNELS = [
    ("C0ALERTS", "data-alerts", "channel"),
    ("C0SALES", "sales", "channel"),
    ("C0SECRET", "incidents", "private"),
    ("D0ANA", "Lookout", "dm"),
]
COMMANDS = [
    {
        "command": "/sessions",
        "hint": "failed today | sales/daily_load 7d | 123456 | help",
        "description": "List and search sessions, or open one by its id",
    },
    {"command": "/lookout", "hint": "help | status", "description": "Help, and the bot's own state"},
]
BUTTONS = [
    {"do": "fail", "label": "Make something fail", "group": "Something fails", "on": None, "minutes": None},
    {"do": "api_ok", "label": "Account well", "group": "Account", "on": True, "minutes": None},
    {"do": "api_down", "label": "Account down", "group": "Account", "on": False, "minutes": None},
    {"do": "clock", "label": "+1 h", "group": "Clock", "on": None, "minutes": 60},
]
PANEL = {"buttons": BUTTONS, "notes": [], "clock": "2026-11-24T20:19:44Z", "account": "ok", "slack": "ok"}


def message(ts: str, blocks: list[Json] | None = None, text: str = "", **more: Any) -> Json:
    """A message of the app in #data-alerts; `ts` in seconds before now, as the time too."""
    return {
        "channel": "C0ALERTS",
        "ts": ts,
        "author": {"id": "U0LOOKOUT", "name": "Lookout", "bot": True},
        "time": NOW - float(ts),
        "text": text,
        "blocks": [{"block_id": f"b{at}", **block} for at, block in enumerate(blocks or [])],
        "attachments": [],
        "ephemeral": False,
        "edited": False,
        "thread_ts": None,
        "reply_count": 0,
        "files": [],
        "version": 1,
        "state": {"values": {}},
        **more,
    }


def section(text: str, kind: str = "mrkdwn", **more: Any) -> Json:
    return {"type": "section", "text": {"type": kind, "text": text}, **more}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str | None = None) -> Json:
    return {"text": plain(text or value), "value": value}


def state(messages: list[Json] | None = None, **more: Any) -> Json:
    people = [
        {**one, "guest": one["id"] == "U0GUEST", "outsider": False, "bot": one["id"] == "U0LOOKOUT"}
        for one in PEOPLE
    ]
    channels = [
        {
            "id": id_,
            "name": name,
            "kind": kind,
            "is_member": True,
            "is_archived": False,
            "bot_member": kind != "private",
        }
        for id_, name, kind in CHANNELS
    ]
    return {
        "type": "state",
        "now": NOW,
        "me": "U0ANA",
        "team": {"id": "T0LOOKOUT", "name": "Lookout demo"},
        "users": people,
        "channels": channels,
        "commands": COMMANDS,
        "home_enabled": True,
        "home": None,
        "messages": {"C0ALERTS": messages or []},
        "views": [],
        "notices": [],
        "panel": PANEL,
        **more,
    }


class Stage:
    """`async with Stage(state()) as stage:`; `acts` are the page's acts, `answers` say what each gets."""

    def __init__(self, first: Json) -> None:
        self.state = first
        self.acts: list[Json] = []
        self.hellos: list[str] = []
        self.answers: dict[str, Json] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._bell = asyncio.Event()
        self.address = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._file)
        app.router.add_get("/favicon.svg", self._file)
        app.router.add_get("/static/{name}", self._file)
        app.router.add_get("/live", self._live)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end()

    async def until(self, done: Callable[[], bool], timeout: float = 20.0) -> None:
        """Wait for what an act makes true; TimeoutError tells the acts so far."""
        try:
            async with asyncio.timeout(timeout):
                while not done():
                    await self._bell.wait()
        except TimeoutError:
            raise TimeoutError(f"did not happen; the page did {self.acts}") from None

    async def end(self) -> None:
        """Stop serving, as the demo does on Ctrl-C."""
        for socket in self._sockets:
            await socket.close()
        await self._runner.cleanup()

    async def show(self, **changes: Any) -> None:
        """Change the state, and say it."""
        self.state = {**self.state, **changes}
        for socket in self._sockets:
            if not socket.closed:
                await socket.send_json(self.state)

    def acted(self, act: str) -> list[Json]:
        """The page's acts of one kind, without their ids."""
        wanted = [one for one in copy.deepcopy(self.acts) if one["act"] == act]
        return [{key: value for key, value in one.items() if key not in {"type", "id"}} for one in wanted]

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name") or request.path.strip("/") or "index.html"
        return web.FileResponse(STATIC / name, headers={"Content-Security-Policy": CSP})

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._heard(socket, json.loads(frame.data))
        return socket

    async def _heard(self, socket: web.WebSocketResponse, said: Mapping[str, Any]) -> None:
        if said["type"] == "hello":
            self.hellos.append(said["user"])
            await socket.send_json({**self.state, "me": said["user"] or self.state["me"]})
            return
        self.acts.append(dict(said))
        self._bell.set()
        self._bell = asyncio.Event()
        answer = self.answers.get(said["act"], {"ok": True})
        await socket.send_json({"type": "done", "id": said["id"], **answer})
