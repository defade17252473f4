"""Who may speak to the page: its own address and origin alone, and whoever holds the key of this start.

A page of another site, or a host name of it that points at loopback, must not be able to read or act here.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the key stands in the address
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass
class Door:
    """`host` is the page's own `127.0.0.1:PORT`, known once it listens."""

    host: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Everything passes here: what is refused goes no further."""
        if refused := self._refusal(request):
            return _with_headers(refused)
        try:
            return _with_headers(await handler(request))
        except web.HTTPException as error:
            return _with_headers(web.Response(status=error.status, text=error.reason))

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.headers.getall("Host", []) != [self.host]:
            return web.Response(status=421, text="This is another address.")
        origins = request.headers.getall("Origin", [])
        if origins not in ([], [f"http://{self.host}"]):
            return web.Response(status=403, text="This is another page's request.")
        return None

    def require_key(self, request: web.Request) -> None:
        """Raises HTTPForbidden where the query does not hold the key."""
        given = request.query.get("key", "")
        if not secrets.compare_digest(given.encode(), self.key.encode()):
            raise web.HTTPForbidden(reason="Open the address that the demo printed.")


def _with_headers(response: web.StreamResponse) -> web.StreamResponse:
    if not response.prepared:
        response.headers.update(HEADERS)
    return response
