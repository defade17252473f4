"""The HTTP side: the Web API, uploads, `response_url`s and Socket Mode's door."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.playground.slack.args import Args
from bot.playground.slack.errors import SlackError
from bot.playground.slack.faults import Broken, Drop, Fault, Faults, RateLimited, Refuse, Slow
from bot.playground.slack.methods import FORM_ONLY, METHODS, SCOPES
from bot.playground.slack.methods.files import uploaded
from bot.playground.slack.rates import Rates
from bot.playground.slack.responses import respond
from bot.playground.slack.sockets import Sockets
from bot.playground.slack.values import Call, Json, UrlPost, remember
from bot.playground.slack.workspace import Workspace

CONNECT = "apps.connections.open"
_LARGEST_UPLOAD = 64 * 1024 * 1024


@dataclass
class Tokens:
    """The two tokens that are taken, and those that were revoked since."""

    bot: str
    app: str
    revoked: set[str] = field(default_factory=set)


@dataclass
class Server:
    workspace: Workspace
    tokens: Tokens
    faults: Faults
    rates: Rates
    sockets: Sockets
    calls: list[Call] = field(default_factory=list)
    url_posts: list[UrlPost] = field(default_factory=list)
    base: str = ""  # http://127.0.0.1:PORT, known once it listens

    def routes(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_UPLOAD, middlewares=[self._no_browser])
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{token}", self._response)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/upload/{file}/private/{name}", self._download)
        app.router.add_get("/link", self.sockets.serve)
        return app

    @web.middleware
    async def _no_browser(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Apps speak here, no web pages: one of another site, or under another name, gets nothing."""
        if "Origin" in request.headers or request.host != self.base.removeprefix("http://"):
            return web.Response(status=403)
        return await handler(request)

    # the Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token, raw, unread = await _read(request, method)
        fault = self.faults.take(method)
        answer: Json | None = None
        error = unread or (SlackError(_name(fault)) if fault else None)
        if unread is None and not _stops_short(fault):
            answer, error = self._answer(method, token, Args(raw), fault)
        self._write_down(request, method, raw, _seen(error, fault), 200 if error is None else error.status)
        return await self._reply(request, answer, error, fault)

    def _answer(
        self, method: str, token: str | None, args: Args, fault: Fault | None
    ) -> tuple[Json | None, SlackError | None]:
        try:
            match fault:
                case RateLimited(seconds):
                    raise SlackError("ratelimited", status=429, retry_after=seconds)
                case Refuse(code):
                    raise SlackError(code)
                case _:
                    return {"ok": True, **self._run(method, token, args)}, None
        except SlackError as error:
            return None, error

    def _run(self, method: str, token: str | None, args: Args) -> Json:
        if method == CONNECT:
            self._require(token, self.tokens.app)
            self.rates.count(method)
            return {"url": self.sockets.ticket(self.base.replace("http://", "ws://") + "/link")}
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        if method != "api.test":
            self._require(token, self.tokens.bot)
            self._count(method, args)
        if scope := SCOPES.get(method):
            self.workspace.require_scope(scope)
        return METHODS[method](self.workspace, args)

    def _count(self, method: str, args: Args) -> None:
        self.rates.count(method)
        if method == "chat.postMessage":
            named = args.text("channel")
            channel = self.workspace.find_channel(named) or self.workspace.find_dm(named)
            self.rates.count_post(channel.id if channel else named)

    def _require(self, token: str | None, wanted: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token in self.tokens.revoked:
            raise SlackError("token_revoked")
        if token == wanted:
            return
        known = token in {self.tokens.bot, self.tokens.app}
        raise SlackError("not_allowed_token_type" if known else "invalid_auth")

    async def _reply(
        self, request: web.Request, answer: Json | None, error: SlackError | None, fault: Fault | None
    ) -> web.StreamResponse:
        if isinstance(fault, Slow):
            await self.workspace.clock.sleep(fault.seconds)
        if isinstance(fault, Drop):
            return _dropped(request)
        if isinstance(fault, Broken):
            return web.Response(status=fault.status, text=_PAGE, content_type="text/html")
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.workspace.manifest.scopes))}
        if error is None:
            return web.json_response(answer, headers=headers)
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
        return web.json_response(error.body(), status=error.status, headers=headers)

    def _write_down(
        self, request: web.Request, method: str, raw: Json, error: str | None, status: int
    ) -> None:
        now = self.workspace.clock.now()
        call = Call(method, raw, error, status, connection(request), now)
        remember(self.calls, call)
        self.workspace.tell("call", call)

    # response_url, files

    async def _response(self, request: web.Request) -> web.StreamResponse:
        raw = await _body(request) or {}
        fault = self.faults.take("response_url")
        error = self._respond(request.match_info["token"], raw, fault)
        post = UrlPost(
            str(request.url),
            raw,
            error.status if error else 200,
            _seen(error, fault),
            "response_type" in raw,
            connection(request),
            self.workspace.clock.now(),
        )
        remember(self.url_posts, post)
        self.workspace.tell("url_post", post)
        return await self._reply(request, {"ok": True}, error, fault)

    def _respond(self, token: str, raw: Json, fault: Fault | None) -> SlackError | None:
        try:
            match fault:
                case _ if fault is not None and _stops_short(fault):
                    return SlackError(_name(fault))
                case RateLimited(seconds):
                    return SlackError("ratelimited", status=429, retry_after=seconds)
                case Refuse(code):
                    return SlackError(code)
                case _:
                    respond(self.workspace, token, raw)
        except SlackError as error:
            return error
        return None

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.take("upload")
        if isinstance(fault, Drop):
            return _dropped(request)
        content = await _uploaded_bytes(request)
        try:
            uploaded(self.workspace, request.match_info["file"], content)
        except SlackError as error:
            return await self._reply(request, None, error, fault)
        self._write_down(request, "upload", {"length": len(content)}, None, 200)
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file = self.workspace.files.get(request.match_info["file"])
        allowed = request.headers.get("Authorization") == f"Bearer {self.tokens.bot}"
        if file is None or file.content is None or not allowed:
            return web.Response(status=404)
        return web.Response(body=file.content)


_PAGE = "<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>"


def connection(request: web.Request) -> str:
    """A name for the TCP connection of a request: the client's port."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return f"port {peer[1]}" if peer else "gone"


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _stops_short(fault: Fault | None) -> bool:
    """Whether nothing at all is done of what was asked."""
    return isinstance(fault, Drop | Broken) and not fault.after


def _seen(error: SlackError | None, fault: Fault | None) -> str | None:
    """What the log says of a request: Slack's error, or the switch where the answer did not get through."""
    if error is not None:
        return error.code
    return _name(fault) if isinstance(fault, Drop | Broken) else None


def _name(fault: Fault) -> str:
    return type(fault).__name__.lower()


async def _read(request: web.Request, method: str) -> tuple[str | None, Json, SlackError | None]:
    """The token and the arguments; a token in the address is not taken (docs: "Authentication")."""
    fields = await _body(request)
    if fields is None:
        return None, {}, SlackError("invalid_json")
    if request.content_type == "application/json" and method in FORM_ONLY:
        fields = {key: value for key, value in fields.items() if key == "token"}
    token = fields.pop("token", None)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    query = {key: value for key, value in request.query.items() if key != "token"}
    return (given.strip() if scheme.lower() == "bearer" else token), {**query, **fields}, None


async def _body(request: web.Request) -> Json | None:
    """A form or a JSON object; None where it is JSON that cannot be read."""
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            return None
        return body if isinstance(body, dict) else None
    form = await request.post()
    return {key: value for key, value in form.items() if isinstance(value, str)}


async def _uploaded_bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    form = await request.post()
    files = [one for one in form.values() if isinstance(one, web.FileField)]
    return files[0].file.read() if files else b""
