"""Waits for what happens in the workspace, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.playground.slack.people import BOT_USER
from bot.playground.slack.values import Change, Message, View, remember
from bot.playground.slack.workspace import Workspace

T = TypeVar("T")


class Witness:
    """Hears every change; `lately` tells what happened, for the error of a wait in vain."""

    def __init__(self, workspace: Workspace, lately: Callable[[], str]) -> None:
        self.workspace, self._lately = workspace, lately
        self._bell = asyncio.Event()
        self._arrived: list[Message] = []
        self._views_shown: list[View] = []
        workspace.watch(self._heard)

    def _heard(self, change: Change) -> None:
        if change.what == "posted" and change.subject.author == BOT_USER:
            remember(self._arrived, change.subject)
        if change.what == "view":
            remember(self._views_shown, change.subject)
        self._ring()

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    async def wait_for(self, what: Callable[[], T | None], timeout: float = 5.0) -> T:
        """The first true value of `what()`, asked after each change; TimeoutError tells what happened."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := what()):
                    await self._bell.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"did not happen in {timeout} s; {self._lately()}") from None

    async def next_message(
        self, channel: str | None = None, user: str | None = None, timeout: float = 5.0
    ) -> Message:
        """The app's next message that this was not yet asked for, as it stands now.

        `user` leaves out what only others see. Messages come in the order of their posting.
        """
        where = None if channel is None else self.workspace.channel(channel).id
        viewer = None if user is None else self.workspace.user(user).id

        def arrived() -> Message | None:
            for one in self._arrived:
                if where in {None, one.channel} and (viewer is None or one.for_user in {None, viewer}):
                    self._arrived.remove(one)
                    return self.workspace.messages.get(one.key, one)
            return None

        return await self.wait_for(arrived, timeout)

    async def changed(self, message: Message, timeout: float = 5.0) -> Message:
        """The message once it is newer than the one given."""

        def newer() -> Message | None:
            now = self.workspace.messages.get(message.key)
            return now if now and now.version > message.version else None

        return await self.wait_for(newer, timeout)

    async def next_view(self, user: str, timeout: float = 5.0) -> View:
        """A person's next dialog, or its next state after an update, that this was not yet asked for."""
        viewer = self.workspace.user(user).id

        def shown() -> View | None:
            for one in self._views_shown:
                if one.user == viewer:
                    self._views_shown.remove(one)
                    return one
            return None

        return await self.wait_for(shown, timeout)
