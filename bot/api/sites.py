"""Where the account is and how the bot signs in: the five hosted sites, or a Digdag of one's own.

Hosts: Treasure Workflow's OpenAPI description (servers). Links: digdag-docs, operators/td, for the hosted
console's sessions (it has no known link to an attempt); digdag-ui's console.tsx (routes) for a Digdag's own
page.
"""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit

from bot.core.errors import SettingsError

_ODD = re.compile(r"[\s\\<>\"'%]")


@dataclass(frozen=True, slots=True)
class Access:
    """How requests are signed: `TD1 <key>`, basic, or not at all. The header is a secret and never shown."""

    kind: Literal["key", "basic", "none"] = "none"
    header: str | None = field(default=None, repr=False)

    @classmethod
    def key(cls, key: str) -> Self:
        """With a Treasure Data key (`TD_API_KEY`). Raises SettingsError for what no header can carry."""
        bare = key.strip().removeprefix("TD1").strip()
        if not re.fullmatch(r"[!-~]+", bare):
            raise SettingsError("TD_API_KEY is not a key: a number, a slash and 40 letters and digits.")
        return cls("key", f"TD1 {bare}")

    @classmethod
    def basic(cls, user: str, password: str) -> Self:
        """With `WORKFLOW_USER` and `WORKFLOW_PASSWORD`."""
        return cls("basic", "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii"))


@dataclass(frozen=True, slots=True)
class Site:
    """A place where an account lives. `api` and `console` have no slash at the end; `api` ends before `/api`.

    `name` is how people are told of it; `setting` is the variable that chose it.
    """

    name: str
    api: str
    console: str
    hosted: bool
    setting: str

    def session_url(self, session_id: int) -> str:
        return f"{self.console}/{'app/workflows/sessions' if self.hosted else 'sessions'}/{session_id}"

    def attempt_url(self, attempt_id: int) -> str | None:
        """None on hosted sites: a session's page shows its attempts."""
        return None if self.hosted else f"{self.console}/attempts/{attempt_id}"

    def project_url(self, project_id: int) -> str:
        return f"{self.console}/{'app/projects' if self.hosted else 'projects'}/{project_id}"

    def workflow_url(self, workflow_id: int) -> str:
        """Of the definition in one revision: the id changes with each push."""
        path = f"app/workflows/{workflow_id}/info" if self.hosted else f"workflows/{workflow_id}"
        return f"{self.console}/{path}"


def _hosted(name: str, api: str, console: str) -> Site:
    return Site(f"Treasure Workflow ({name})", f"https://{api}", f"https://{console}", True, "TD_SITE")


HOSTED = MappingProxyType(
    {
        "us01": _hosted("us01", "api-workflow.treasuredata.com", "console.treasuredata.com"),
        "jp01": _hosted("jp01", "api-workflow.treasuredata.co.jp", "console.treasuredata.co.jp"),
        "eu01": _hosted("eu01", "api-workflow.eu01.treasuredata.com", "console.eu01.treasuredata.com"),
        "ap02": _hosted("ap02", "api-workflow.ap02.treasuredata.com", "console.ap02.treasuredata.com"),
        "ap03": _hosted("ap03", "api-workflow.ap03.treasuredata.com", "console.ap03.treasuredata.com"),
    }
)
"""The hosted sites by the names that TD_SITE takes."""


def hosted(name: str, console: str | None = None) -> Site:
    """A hosted site by name, with `console` (CONSOLE_URL) in place of its own console if given.

    Raises SettingsError for an unknown name.
    """
    site = HOSTED.get(name.strip().lower())
    if site is None:
        raise SettingsError(f"TD_SITE is none of {', '.join(HOSTED)}.")
    return _with_console(site, console)


def self_hosted(url: str, console: str | None = None) -> Site:
    """The server at `url` (WORKFLOW_URL), which ends before `/api`. Its page is there too, or at `console`.

    A hosted site's address is known as such. Raises SettingsError for what is no http(s) address.
    """
    address = _address(url, "WORKFLOW_URL")
    api = _text(address).removesuffix("/api")
    for site in HOSTED.values():
        if api == site.api:
            return _with_console(Site(site.name, api, site.console, True, "WORKFLOW_URL"), console)
    return _with_console(Site(f"Digdag at {address.netloc}", api, api, False, "WORKFLOW_URL"), console)


def _with_console(site: Site, console: str | None) -> Site:
    if not console:
        return site
    return Site(site.name, site.api, _text(_address(console, "CONSOLE_URL")), site.hosted, site.setting)


def _text(address: SplitResult) -> str:
    return f"{address.scheme}://{address.netloc}{address.path.rstrip('/')}"


def _address(url: str, setting: str) -> SplitResult:
    """The parts of an address; its text is never repeated to people, for it may hold a password."""
    wrong = SettingsError(f"{setting} is no address such as https://digdag.example.com:65432.")
    try:
        address = urlsplit(url.strip())
        usable = address.scheme in {"http", "https"} and address.hostname and address.port != 0
        (address.hostname or "").encode("idna")  # what the look-up of the host would stumble over
    except ValueError:
        raise wrong from None
    if not usable or _ODD.search(address.netloc) or address.query or address.fragment:
        raise wrong
    if address.username or address.password:
        raise SettingsError(
            f"{setting} holds a user: put it into WORKFLOW_USER and WORKFLOW_PASSWORD instead."
        )
    return address
