"""Sends to the app and writes it down; keeps the tasks under way, and Slack's retries of events."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.playground.slack import limits as most
from bot.playground.slack import payloads
from bot.playground.slack.deliver import Courier
from bot.playground.slack.people import Channel
from bot.playground.slack.values import Delivery, Json, remember
from bot.playground.slack.workspace import Workspace

T = TypeVar("T")


@dataclass
class Sender:
    workspace: Workspace
    courier: Courier
    deliveries: list[Delivery] = field(default_factory=list)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def send(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Delivery:
        return self._noted(await self.courier.deliver(kind, payload, retry=retry, reason=reason))

    def _noted(self, delivery: Delivery) -> Delivery:
        remember(self.deliveries, delivery)
        self.workspace.tell("delivery", delivery)
        return delivery

    def repeat(self, delivery: Delivery) -> asyncio.Task[Delivery]:
        """Send once more, byte for byte, what was sent before."""

        async def again() -> Delivery:
            return self._noted(await self.courier.repeat(delivery))

        return self.start(again())

    def event(self, name: str, event: Json, channel: Channel | None) -> asyncio.Task[list[Delivery]]:
        """Send an event if the manifest subscribes to it (`message.im` and the like by that name)."""
        heard = self.workspace.manifest.hears(name)
        events = [payloads.event_callback(self.workspace, event, channel)] if heard else []
        return self.start(self.tell_events(events))

    async def tell_events(self, events: list[Json]) -> list[Delivery]:
        deliveries = [await self.send("event", one) for one in events]
        for one in deliveries:
            if not one.ok and not one.no_retry:
                self.start(self._retry(one))
        return deliveries

    async def _retry(self, failed: Delivery) -> None:
        """Up to three times more: at once, after a minute, after five."""
        for number, seconds in enumerate(most.EVENT_RETRIES, 1):
            await self.workspace.clock.sleep(seconds)
            failed = await self.send("event", failed.payload, retry=number, reason=_reason(failed))
            if failed.ok or failed.no_retry:
                return


def _reason(failed: Delivery) -> str:
    if failed.outcome == "operation_timeout":
        return "http_timeout" if failed.via == "http" else "timeout"
    return "http_error" if failed.status else "connection_failed"
