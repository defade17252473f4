"""Channels as what is said unasked needs them: post, edit, find what was posted, and look whether one may.

Each call is made once and ends within `seconds`; what came of it is told apart by the error's kind:

SlackError
├── PostRefused     `ok: false`, with Slack's word: nothing was done
├── TryLater        429, or Slack was never reached: nothing was done
├── Unclear         a dropped connection, a timeout, any 5xx: it may have been done
└── SlackRefusedToken
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.blocks.message import Message
from bot.core.errors import SlackError
from bot.slack.perform import retry_after_of
from bot.slack.trouble import FOREIGN, REFUSED, translate

SECONDS = 10.0
PAGE = 200
"""Messages, or channels, asked for at once: more than that Slack advises against."""
UNSURE = frozenset({"fatal_error", "internal_error"})
"""Slack's words for a failure after which "some aspect of the operation" may have succeeded all the same."""
LIMITED = frozenset({"ratelimited", "rate_limited"})
PASSING = frozenset({"service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"})
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
NO_JSON = (AttributeError, ValueError)
"""What slack_sdk stumbles over where something other than JSON came with a 200."""


class PostRefused(SlackError):
    """Slack's clear no; `word` is what it calls it (`not_in_channel`)."""

    def __init__(self, sentence: str, word: str) -> None:
        super().__init__(sentence)
        self.word = word


class TryLater(SlackError):
    """Nothing was done; `after` is in seconds, None where Slack names none."""

    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


class Unclear(SlackError):
    """It may have been done."""


@dataclass(frozen=True, slots=True)
class Place:
    """What Slack tells of a channel. `shared`: with another company; `member`: the bot is in it."""

    id: str
    name: str
    member: bool = False
    archived: bool = False
    shared: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One of our messages in a channel, and what its metadata tells."""

    ts: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class Channels:
    """`web` must not retry by itself: it posts. A channel is told by its id, a DM by that or the person's."""

    web: AsyncWebClient
    seconds: float = SECONDS
    _direct: dict[str, str] = field(default_factory=dict)
    _own: frozenset[str] = frozenset()

    async def post(self, channel: str, message: Message, metadata: Mapping[str, Any]) -> str:
        """Its `ts`."""
        where = await self._where(channel)
        answer = await self._call(
            "posting",
            self.web.chat_postMessage(channel=where, metadata=dict(metadata), **message.payload()),
        )
        return str(answer.get("ts") or "")

    async def edit(self, channel: str, ts: str, message: Message, metadata: Mapping[str, Any]) -> None:
        """Message and metadata as they are from now on."""
        where = await self._where(channel)
        await self._call(
            "editing a message",
            self.web.chat_update(channel=where, ts=ts, metadata=dict(metadata), **message.payload()),
        )

    async def find(
        self,
        channel: str,
        event_type: str,
        match: Mapping[str, Any],
        oldest: datetime,
        latest: datetime | None = None,
    ) -> Found | None:
        """The newest of our own messages since `oldest` whose metadata holds all of `match`; the history is
        read to the end before it is said that there is none."""
        cursor = ""
        while True:
            found, cursor = await self.page(channel, event_type, match, oldest, latest, cursor)
            if found or not cursor:
                return found[0] if found else None

    async def page(
        self,
        channel: str,
        event_type: str,
        match: Mapping[str, Any],
        oldest: datetime,
        latest: datetime | None = None,
        cursor: str = "",
    ) -> tuple[list[Found], str]:
        """Those on one page of the history, the newest first, and the cursor of the next page, "" after the
        last."""
        where, own = await self._where(channel), await self._ourselves()
        page = await self._call(
            "reading a channel's history",
            self.web.conversations_history(
                channel=where,
                include_all_metadata=True,
                inclusive=True,
                limit=PAGE,
                oldest=_ts(oldest),
                latest=_ts(latest) if latest else None,
                cursor=cursor or None,
            ),
        )
        ours = (_ours(one, own, event_type) for one in page.get("messages") or ())
        return [one for one in ours if one and match.items() <= one.payload.items()], _next(page)

    async def look_at(self, channel: str) -> Place:
        """What Slack says of a channel now; PostRefused `channel_not_found` where the bot cannot see it."""
        answer = await self._call("looking at a channel", self.web.conversations_info(channel=channel))
        return _place(answer.get("channel") or {})

    async def has(self, channel: str, user: str) -> bool:
        """Whether a person is in a channel."""
        cursor = ""
        while True:
            page = await self._call(
                "looking who is in a channel",
                self.web.conversations_members(channel=channel, limit=PAGE, cursor=cursor or None),
            )
            if user in (page.get("members") or ()):
                return True
            if not (cursor := _next(page)):
                return False

    async def resolve(self, name: str) -> str | None:
        """The id of the channel of this name, with or without #; None where the bot sees none such."""
        try:
            return await self._named(name, "public_channel,private_channel")
        except PostRefused as error:
            if error.word != "missing_scope":
                raise
            return await self._named(name, "public_channel")

    async def _named(self, name: str, types: str) -> str | None:
        wanted, cursor = name.strip().removeprefix("#").lower(), ""
        while True:
            page = await self._call(
                "looking for a channel",
                self.web.conversations_list(types=types, limit=PAGE * 5, cursor=cursor or None),
            )
            places = [_place(one) for one in page.get("channels") or ()]
            if found := next((one.id for one in places if one.name.lower() == wanted), None):
                return found
            if not (cursor := _next(page)):
                return None

    async def _where(self, channel: str) -> str:
        """History and edits take ids alone. A name (`#data`) is one that nobody has looked at."""
        if channel.startswith("#"):
            return await self._named_fitly(channel)
        if not channel.startswith(("U", "W")):
            return channel
        if channel not in self._direct:
            opened = await self._call("opening a DM", self.web.conversations_open(users=channel))
            self._direct[channel] = str((opened.get("channel") or {}).get("id") or channel)
        return self._direct[channel]

    async def _named_fitly(self, name: str) -> str:
        """Raises PostRefused where there is none such, or people outside this workspace read there."""
        if (found := await self.resolve(name)) is None:
            raise PostRefused(f"There is no channel {name} that Lookout can see.", "channel_not_found")
        if (await self.look_at(found)).shared:
            raise PostRefused(f"{name} is shared with people outside this workspace.", "restricted_action")
        return found

    async def _ourselves(self) -> frozenset[str]:
        """Our ids as an author's: another app may write down the very same key."""
        if not self._own:
            answer = await self._call("asking who we are", self.web.auth_test())
            self._own = frozenset(str(answer.get(name)) for name in ("user_id", "bot_id") if answer.get(name))
        return self._own

    async def _call(self, doing: str, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        try:
            async with asyncio.timeout(self.seconds):
                return await call
        except (*FOREIGN, *NO_JSON) as error:
            raise told(error, doing) from error


@asynccontextmanager
async def connected(token: str, api_url: str) -> AsyncIterator[Channels]:
    """Channels for who has no other use for Slack."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        yield Channels(AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[]))


def told(error: BaseException, doing: str) -> SlackError:
    """Which of the kinds it is, with a sentence."""
    if isinstance(error, NEVER_SENT):
        return TryLater(f"Slack could not be reached while {doing} ({type(error).__name__}).")
    if not isinstance(error, SlackApiError):
        return Unclear(f"Slack did not answer while {doing} ({type(error).__name__}).")
    answer = error.response
    status: int = getattr(answer, "status_code", 0) or getattr(answer, "status", 0)
    data = getattr(answer, "data", None)
    word = data.get("error") if isinstance(data, dict) else None
    if status == 429 or word in LIMITED:
        headers = getattr(answer, "headers", None) or {}
        return TryLater(f"Slack asks to slow down while {doing}.", retry_after_of(headers.get("Retry-After")))
    if status >= 500 or not isinstance(word, str) or word in UNSURE:
        return Unclear(f"Slack failed while {doing} ({word or f'HTTP {status}'}).")
    sentence = str(ours := translate(error, doing))
    if word in REFUSED:
        return ours
    return TryLater(sentence) if word in PASSING else PostRefused(sentence, word)


def _ts(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _next(page: AsyncSlackResponse) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


def _ours(message: Mapping[str, Any], own: frozenset[str], event_type: str) -> Found | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != event_type or not own & {message.get("user"), message.get("bot_id")}:
        return None
    return Found(str(message.get("ts")), metadata.get("event_payload") or {})


def _place(channel: Mapping[str, Any]) -> Place:
    """https://docs.slack.dev/reference/objects/conversation-object"""
    return Place(
        id=str(channel.get("id") or ""),
        name=str(channel.get("name") or ""),
        member=bool(channel.get("is_member") or channel.get("is_im")),
        archived=bool(channel.get("is_archived")),
        shared=bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")),
        private=bool(channel.get("is_private") or channel.get("is_im")),
    )
