"""The page's server on loopback: the built page, files, and one WebSocket that carries all the rest.

A frame `hello` says who someone is; from then on they get a `state` after each change. Frames `act` are
carried out by the local Slack, each answered by a `done`.
"""

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiohttp import WSCloseCode, WSMsgType, web

from bot.playground.page.acts import Acts
from bot.playground.page.door import Door
from bot.playground.page.live import Viewer
from bot.playground.page.panel import NoPanel, Panel
from bot.playground.slack import LocalSlack

STATIC = Path(__file__).parent / "static"
PLACES = {"/": "index.html", "/favicon.svg": "favicon.svg"}
"""Built files that stand in a place of their own; all stand under `/static/`."""
KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
}
LARGEST_FRAME = 1024 * 1024


class Page:
    """`async with Page(slack) as page:` listens on 127.0.0.1 until the block ends; `url` is what to open.

    Raises OSError where the port is taken. `static` is the folder of the built page.
    """

    def __init__(
        self, slack: LocalSlack, panel: Panel | None = None, *, port: int = 0, static: Path = STATIC
    ) -> None:
        self._slack, self._panel = slack, panel or NoPanel()
        self._port, self._static = port, static
        self._door = Door()
        self._acts = Acts(slack, self._panel)
        self._viewers: set[Viewer] = set()

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._door.guard])
        for path in (*PLACES, "/static/{name}"):
            app.router.add_get(path, self._asset)
        app.router.add_get("/files/{file}", self._file)
        app.router.add_get("/live", self._live)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._door.host = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self._unwatch = self._slack.watch(lambda _: self.changed())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unwatch()
        for viewer in tuple(self._viewers):
            await viewer.close(WSCloseCode.GOING_AWAY, "the demo has ended")
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What to open, with the key of this start."""
        return f"http://{self._door.host}/?key={self._door.key}"

    @property
    def address(self) -> str:
        return f"http://{self._door.host}"

    def changed(self) -> None:
        """Something did: everyone is told soon."""
        for viewer in self._viewers:
            viewer.ring()

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        """A file of the folder itself, by its whole name: nothing that lies beside or below it."""
        name = request.match_info.get("name") or PLACES[request.path]
        path = next((one for one in self._static.glob("*") if one.name == name and one.is_file()), None)
        kind = KINDS.get(path.suffix) if path else None
        if path is None or kind is None:
            raise web.HTTPNotFound(reason="The page has no such file.")
        charset = None if kind.startswith("font/") else "utf-8"
        return web.Response(body=path.read_bytes(), content_type=kind, charset=charset)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self._door.require_key(request)
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None or file.content is None:
            raise web.HTTPNotFound(reason="There is no such file.")
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {"Content-Disposition": disposition}
        return web.Response(body=file.content, content_type="text/plain", charset="utf-8", headers=headers)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        self._door.require_key(request)
        ws = web.WebSocketResponse(heartbeat=30, timeout=1.0, max_msg_size=LARGEST_FRAME)
        await ws.prepare(request)
        viewer = Viewer(ws, self._slack, self._panel, self._acts, self.changed)
        self._viewers.add(viewer)
        try:
            async for frame in ws:
                if frame.type != WSMsgType.TEXT or not viewer.take(_read(frame.data)):
                    await viewer.close(WSCloseCode.POLICY_VIOLATION, "that frame is not understood")
        finally:
            self._viewers.discard(viewer)
            await viewer.stop()
        return ws


def _read(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
