"""One open page: who it is, what it was last told, and the acts under way."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.playground.page.acts import Acts
from bot.playground.page.panel import Panel, panel_json
from bot.playground.page.state import seen_by
from bot.playground.slack import LocalSlack

Json = dict[str, Any]


class Viewer:
    """A WebSocket of the page. `changed` tells all pages that something did."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        slack: LocalSlack,
        panel: Panel,
        acts: Acts,
        changed: Callable[[], None],
    ) -> None:
        self._ws, self._slack, self._panel, self._acts, self._changed = ws, slack, panel, acts, changed
        self._user: str | None = None
        self._bell = asyncio.Event()
        self._acting: set[asyncio.Task[None]] = set()
        self._telling = asyncio.create_task(self._tell())

    def ring(self) -> None:
        self._bell.set()

    def take(self, frame: Any) -> bool:
        """Whether a frame was understood; what it asks for goes on by itself."""
        match frame:
            case {"type": "hello", "user": str(user)}:
                self._hello(user)
                return True
            case {"type": "act", "id": int(number), "act": str()} if self._user is not None:
                task = asyncio.create_task(self._carry_out(number, self._user, frame))
                self._acting.add(task)
                task.add_done_callback(self._acting.discard)
                return True
            case _:
                return False

    def _hello(self, user: str) -> None:
        """A page that was just opened names nobody: it begins as the first person there."""
        people = [one for one in self._slack.workspace.users.values() if not one.is_bot]
        person = next((one for one in people if one.id == user), people[0])
        self._user = person.id
        if not person.is_stranger:
            self._slack.workspace.dm(person.id)  # Slack's sidebar shows the app from the start
        self.ring()

    async def _carry_out(self, number: int, user: str, act: Json) -> None:
        done = await self._acts.carry_out(user, act)
        if act["act"] == "panel":
            self._changed()
        await self._send({"type": "done", "id": number, **done})

    async def _tell(self) -> None:
        """A state after each change; many changes of one turn of the loop are one."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            if self._user is not None:
                await self._send(seen_by(self._slack, self._user, panel_json(self._panel.standing())))

    async def _send(self, frame: Json) -> None:
        try:
            await self._ws.send_str(json.dumps(frame, ensure_ascii=False))
        except ConnectionError:
            return  # the page went away: its end is heard elsewhere

    async def close(self, code: int, why: str) -> None:
        await self._ws.close(code=code, message=why.encode())

    async def stop(self) -> None:
        """Tell it nothing more. What its person did goes on: a message that was sent is sent."""
        self._telling.cancel()
        await asyncio.gather(self._telling, return_exceptions=True)
