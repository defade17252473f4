"""`/sessions` over servers that leave out what they may or show odd rows: nothing made up, nothing lost."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.answering import Times, answering
from bot.core.people import Caller
from bot.core.reply import File
from bot.dispatch import Dispatch
from bot.settings import Settings
from tests.features.asking import NOW, header, nothing, rows, said, who

ROW: dict[str, Any] = {
    "id": "20",
    "index": 1,
    "project": {"id": "1", "name": "sales"},
    "workflow": {"id": "3", "name": "daily_load"},
    "sessionId": "10",
    "sessionTime": "2026-11-24T00:00:00+00:00",
    "done": True,
    "success": False,
    "cancelRequested": False,
    "status": "error",
    "createdAt": "2026-11-24T10:00:00Z",
    "finishedAt": "2026-11-24T10:05:00Z",
    "params": {},
}


@asynccontextmanager
async def answers(given: Mapping[str, Any]) -> AsyncIterator[Dispatch]:
    """Someone asking a server that answers these paths (without `/api`) so; later pages are empty."""

    async def handle(request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api")
        if path not in given:
            return web.json_response({"message": "no such thing", "status": 404}, status=404)
        body = given[path]
        return web.json_response({key: [] for key in body} if "last_id" in request.query else body)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        settings = Settings.for_ask({"WORKFLOW_URL": f"http://127.0.0.1:{runner.addresses[0][1]}"})
        on = answering(
            settings, database="sqlite://", slack="none", slack_trouble=nothing, times=Times(now=lambda: NOW)
        )
        async with on as parts:
            yield Dispatch(parts.features, who)
    finally:
        await runner.cleanup()


ANA = Caller("ana", "T1", "C1")


SESSION = {
    "id": "10",
    "project": ROW["project"],
    "workflow": ROW["workflow"],
    "sessionTime": ROW["sessionTime"],
    "lastAttempt": ROW,
}
NO_END = {**ROW, "finishedAt": None}


class TestAnEndThatIsNotTold:
    """`finishedAt` may be missing, also where an attempt is done."""

    async def test_it_counts_from_its_creation_and_says_that_its_end_is_unknown(self) -> None:
        old = {**NO_END, "id": "19", "sessionId": "9", "createdAt": "2026-11-22T10:00:00Z"}
        async with answers({"/attempts": {"attempts": [NO_END, old]}}) as dispatch:
            message = said(await dispatch.asked("/sessions failed", ANA))
            assert header(message) == "1 failed session · last 24 h"
            assert "unknown when" in rows(message)[0]
            before = said(await dispatch.asked("/sessions failed 2026-11-22", ANA))
            assert header(before) == "1 failed session · 2026-11-22"

    async def test_the_file_leaves_it_empty(self) -> None:
        async with answers({"/attempts": {"attempts": [NO_END]}}) as dispatch:
            file = await dispatch.asked("/sessions csv", ANA)
            assert isinstance(file, File)
            assert "error,2026-11-24T10:00:00Z,,1," in file.content.decode()

    async def test_its_story_does_not_let_it_run_on(self) -> None:
        async with answers({"/sessions/10/attempts": {"attempts": [NO_END]}, "/sessions/10": SESSION}) as it:
            story = str(said(await it.asked("/sessions 10", ANA)).payload())
            assert "unknown for how long" in story
            assert "so far" not in story


class TestAttemptsOfOneSession:
    async def test_an_odd_one_is_named_and_still_numbered(self) -> None:
        attempts = [{**ROW, "id": "22", "index": 3}, {"id": "21"}, ROW]
        async with answers({"/sessions/10/attempts": {"attempts": attempts}, "/sessions/10": SESSION}) as it:
            text = said(await it.asked("/sessions 10", ANA)).text
            assert "attempt 3 of 3" in text
            assert "1 row could not be read" in text

    async def test_without_numbers_they_are_told_by_their_places(self) -> None:
        attempts = [{**ROW, "id": number, "index": None} for number in ("22", "21", "20")]
        given = {
            "/sessions/10/attempts": {"attempts": attempts},
            "/sessions/10": SESSION,
            "/attempts/21": attempts[1],
        }
        async with answers(given) as it:
            assert "attempt 2 of 3" in said(await it.asked("/sessions attempt:21", ANA)).text
            assert "attempt 3 of 3" in said(await it.asked("/sessions 10", ANA)).text
