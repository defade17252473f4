"""What lives in the workspace, as values: messages, views, files, notices; and what is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from bot.playground.slack import mrkdwn

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Message:
    """A message as it stands now; an edit makes a new value with the next `version`.

    `for_user` is set where only that person sees it (ephemeral). `via` says how it came (`chat.postMessage`,
    `response_url`, `ack`, `person`, `files.completeUploadExternal`).
    """

    channel: str
    ts: str
    author: str
    text: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    for_user: str | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    files: tuple[str, ...] = ()
    edited: str | None = None
    link_names: bool = False
    via: str = "person"
    version: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.channel, self.ts

    @property
    def is_ephemeral(self) -> bool:
        return self.for_user is not None


@dataclass(frozen=True)
class View:
    """A dialog (`modal`) or a Home tab (`home`) of one person; `body` is the view as Slack keeps it."""

    id: str
    user: str
    kind: Literal["modal", "home"]
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    version: int = 1

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> tuple[Json, ...]:
        return tuple(self.body["blocks"])


@dataclass(frozen=True)
class File:
    id: str
    name: str
    title: str
    length: int
    content: bytes | None = None
    alt_text: str = ""
    channels: tuple[str, ...] = ()
    completed_at: float | None = None


@dataclass(frozen=True)
class Notice:
    """What Slack itself tells a person, like a command that failed; `error` is Slack's word for it, `at` when
    it was said."""

    user: str
    channel: str | None
    text: str
    error: str
    at: float = 0.0


@dataclass(frozen=True)
class Change:
    """Something changed: `what` is `posted`, `edited`, `deleted`, `view`, `view_closed`, `home`, `notice`,
    `file`, `channel`, `user`, `call`, `url_post`, `delivery`, `connected` or `disconnected`; `subject` is its
    value (the last one where it is gone)."""

    what: str
    subject: Any


@dataclass(frozen=True)
class Call:
    """One Web API request as it came; `arguments` without the token, `connection` names the TCP connection.

    `error` is None where it was answered with ok, and the switch's name where the double misbehaved.
    """

    method: str
    arguments: Json
    error: str | None
    status: int
    connection: str
    at: float


@dataclass(frozen=True)
class UrlPost:
    """One POST to a `response_url`. `states_type` says whether it named its `response_type` itself."""

    url: str
    body: Json
    status: int
    error: str | None
    states_type: bool
    connection: str
    at: float

    @property
    def needs_type(self) -> bool:
        """Whether it makes a new message, so that its `response_type` matters."""
        return not (self.body.get("replace_original") or self.body.get("delete_original"))


@dataclass(frozen=True)
class Delivery:
    """One thing sent to the app and what came of it.

    `kind` is `command`, `action`, `submission`, `closed`, `options` or `event`; `via` is `http` or the
    name of the socket; `outcome` is `ok`, `operation_timeout` or `dispatch_failed`; `answer` is the
    acknowledgement's body; `latency` in seconds.
    """

    kind: str
    payload: Json
    via: str
    outcome: str
    status: int | None
    answer: Any
    latency: float
    at: float
    retry: int = 0
    raw: Any = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"


LOG_LENGTH = 20_000


def remember(log: list[T], entry: T) -> None:
    """Write down an entry; of a very long log the older half goes (a demo may run for days)."""
    log.append(entry)
    if len(log) > LOG_LENGTH:
        del log[: LOG_LENGTH // 2]


def mentions(message: Message) -> list[str]:
    """Everyone whom a message really pings, as written in it (`<!channel>`, `<@U…>`, `<!subteam^S…>`)."""
    own = mrkdwn.pings(message.text, link_names=message.link_names)
    attached = [ping for one in message.attachments for ping in mrkdwn.pings(str(one.get("text", "")))]
    return own + mrkdwn.block_pings(message.blocks, link_names=message.link_names) + attached
