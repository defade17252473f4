"""Bolt's listeners: acknowledge, read the delivery, hand over. What they start never raises.

An exception after an acknowledgement would take the acknowledgement back (Bolt sets the response to None), so
the work runs as a task of its own behind `Work`.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.dialog import filled
from bot.core.errors import LookoutError
from bot.core.people import Caller
from bot.core.reply import Reply
from bot.dispatch import Dispatch
from bot.slack.duplicates import Duplicates
from bot.slack.perform import Address, Performer
from bot.slack.work import Work

log = logging.getLogger("lookout.slack")
Body = Mapping[str, Any]


def bolt_app(web: AsyncWebClient, token: str, signing_secret: str | None) -> AsyncApp:
    """An AsyncApp that never asks Slack anything while a delivery waits for its acknowledgement."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    logger = logging.getLogger("lookout.bolt")
    logger.addFilter(meant)
    return AsyncApp(
        client=web,
        authorize=authorize,
        signing_secret=signing_secret or "unused-in-socket-mode",
        logger=logger,
    )


def meant(record: logging.LogRecord) -> bool:
    """Not worth a line: that `authorize` and `client` win over SLACK_BOT_TOKEN is what we want."""
    return not record.getMessage().endswith(("will be ignored.", "will be unused."))


class Listeners:
    """What a delivery sets going."""

    def __init__(self, dispatch: Dispatch, performer: Performer, work: Work, duplicates: Duplicates) -> None:
        self._dispatch = dispatch
        self._performer = performer
        self._work = work
        self._duplicates = duplicates

    def register(self, app: AsyncApp, commands: Iterable[str]) -> None:
        app.middleware(self.once)
        for command in commands:
            app.command(command)(self.on_command)
        app.action(re.compile(".*"))(self.on_action)
        app.view(re.compile(".*"))(self.on_submission)
        app.event("app_home_opened")(self.on_home_opened)

    async def once(self, body: Body, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse | None:  # noqa: A002
        """A repeated delivery is acknowledged and left."""
        if self._duplicates.seen(body):
            return BoltResponse(status=200, body="")
        return await next()

    async def on_command(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        question = f"{body['command']} {body.get('text') or ''}"
        self._work.start(self._answer(self._dispatch.asked(question, caller_of(body)), address_of(body)))

    async def on_action(self, ack: AsyncAck, body: Body, action: Body) -> None:
        await ack()
        said = value_of(action)
        self._work.start(
            self._answer(
                self._dispatch.pressed(said, str(action.get("block_id", "")), caller_of(body)),
                address_of(body),
            )
        )

    async def on_submission(self, ack: AsyncAck, body: Body, view: Body) -> None:
        callback, fields = str(view.get("callback_id", "")), filled(view)
        caller = replace(caller_of(body), channel=str(view.get("private_metadata") or ""))
        wrong = await self._dispatch.checked(callback, fields, caller)
        if wrong is not None:
            await ack(response_action="errors", errors=dict(wrong.errors))
            return
        await ack()
        answer = self._dispatch.submitted(callback, fields, caller)
        self._work.start(self._answer(answer, Address(caller.user, caller.channel)))

    async def on_home_opened(self, ack: AsyncAck, body: Body, event: Body) -> None:
        await ack()
        if event.get("tab") == "home":
            caller = Caller(user=str(event.get("user", "")), team=str(body.get("team_id", "")))
            self._work.start(self._answer(self._dispatch.home(caller), Address(caller.user)))

    async def _answer(self, answer: Awaitable[Reply], to: Address) -> None:
        """The net: what is foreseen is one line, anything else a traceback; dispatch has told the person."""
        try:
            await self._performer.perform(await answer, to)
        except LookoutError as error:
            log.warning("an answer was not delivered: %s", error)
        except Exception:
            log.exception("an answer was not delivered: this is a bug")


def caller_of(body: Body) -> Caller:
    """Who sent it, from where: a command's flat fields or an interaction's nested ones."""
    user, team = body.get("user"), body.get("team")
    if isinstance(user, Mapping):
        return Caller(
            user=str(user.get("id", "")),
            team=str((team or {}).get("id") or body.get("team_id") or ""),
            channel=str((body.get("channel") or {}).get("id") or ""),
            public=is_public(body),
            foreign=bool(
                team
                and user.get("team_id")
                and user["team_id"] != team.get("id")
                and not body.get("enterprise")
            ),
        )
    return Caller(
        user=str(body.get("user_id", "")),
        team=str(body.get("team_id", "")),
        channel=str(body.get("channel_id", "")),
    )


def is_public(body: Body) -> bool:
    """Whether the pressed message is one that everybody sees."""
    container = body.get("container") or {}
    return container.get("type") == "message" and not container.get("is_ephemeral")


def address_of(body: Body) -> Address:
    caller = caller_of(body)
    response_url, trigger = str(body.get("response_url") or ""), str(body.get("trigger_id") or "")
    return Address(caller.user, caller.channel, response_url, caller.public, trigger)


def value_of(action: Body) -> str:
    """The words that a press says: a button's value, a select's chosen option; "" for a link button."""
    chosen = action.get("selected_option")
    return str(chosen.get("value") or "") if isinstance(chosen, Mapping) else str(action.get("value") or "")
