"""The settings: environment variables, read once into one frozen value.

Mistakes come together as one SettingsError, a line each: the variable's name, what is wrong, the cure. They
never hold a value: pydantic's own text prints the other variables' too, secrets included.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.api.sites import HOSTED, Access, hosted, self_hosted
from bot.api.sites import Site as Place
from bot.core.declared import parse_declared
from bot.core.digest_words import Wanted
from bot.core.errors import SettingsError
from bot.store.address import parse_address

Values = Mapping[str, str]
"""What is set, stripped, by field name; what is empty is left out."""


def _choice(*options: str) -> Callable[[str], str]:
    def chosen(text: str) -> str:
        folded = {option.lower(): option for option in options}
        if text.lower() in folded:
            return folded[text.lower()]
        near = get_close_matches(text.lower(), folded, 1, cutoff=0.5)
        hint = f": did you mean {folded[near[0]]}?" if near else "."
        raise ValueError(f"is not known{hint} It is one of {', '.join(options)}.")

    return chosen


def _web_url(text: str) -> str:
    """An http(s) URL without user, query, fragment and last slash."""
    wrong = "is no web address: write it as https://host or http://host:port."
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        raise ValueError(wrong) from None
    if not sound or any(character.isspace() for character in text):
        raise ValueError(wrong)
    if "@" in parts.netloc:
        raise ValueError("holds a user or password: set WORKFLOW_USER and WORKFLOW_PASSWORD instead.")
    if parts.query or parts.fragment:
        raise ValueError("has a “?” or “#”: leave out what follows.")
    return text.rstrip("/")


def _workflow_url(text: str) -> str:
    """Ends before /api, as the client adds that itself; an /api at the end is taken away."""
    url = _web_url(text).removesuffix("/api").rstrip("/")
    if "/api/" in urlsplit(url).path:
        raise ValueError("goes on after /api: end it before /api.")
    return url


def _key(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value().removeprefix("TD1").lstrip()
    if not text.isascii() or any(character <= " " for character in text):
        raise ValueError("has a blank or another character that no key has: copy it again.")
    return SecretStr(text)


def _user(text: str) -> str:
    if ":" in text:
        raise ValueError("has a colon: set the name alone, and the password in WORKFLOW_PASSWORD.")
    return text


WebUrl = Annotated[str, AfterValidator(_web_url)]
Site = Annotated[Literal["us01", "jp01", "eu01", "ap02", "ap03"], BeforeValidator(_choice(*HOSTED))]
LogFormat = Annotated[Literal["text", "json"], BeforeValidator(_choice("text", "json"))]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_choice(*LEVELS))]
Prefix = Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,20}$")]

CURES = {
    "port": "is no port: set a number from 1 to 65535 (0 takes any free one).",
    "poll_seconds": "is no number of seconds between readings: set 1 to 3600.",
    "mirror_days": "is no number of days to keep: set 8 to 400 (an exact answer for a day needs 8).",
    "ephemeral_disk": "is neither yes nor no: set 1 or 0.",
    "slack_command_prefix": "is no beginning of a command: up to 20 of a–z, 0–9, “-” and “_”, such as dev-.",
}


class Settings(BaseSettings):
    """Every setting. Made by `for_run` or `for_ask`, never from the process's own environment by itself."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Annotated[WebUrl, AfterValidator(lambda url: url + "/")] = "https://slack.com/api/"
    slack_command_prefix: Prefix = ""
    td_api_key: Annotated[SecretStr, AfterValidator(_key)] | None = None
    td_site: Site = "us01"
    workflow_url: Annotated[str, AfterValidator(_workflow_url)] | None = None
    workflow_user: Annotated[str, AfterValidator(_user)] | None = None
    workflow_password: SecretStr | None = None
    console_url: WebUrl | None = None
    database_url: str = Field(default="sqlite:///lookout.db", repr=False)
    ephemeral_disk: bool = False
    digests: tuple[Wanted, ...] = ()
    digests_file: str | None = None
    poll_seconds: Annotated[float, Field(ge=1, le=3600)] = 15
    mirror_days: Annotated[int, Field(ge=8, le=400)] = 15
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    log_format: LogFormat = "text"
    log_level: LogLevel = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed in: the environment is an argument."""
        return (init_settings,)

    @classmethod
    def for_run(cls, environ: Mapping[str, str]) -> Self:
        """What `run` needs: an account, Slack, a database that can be had. Raises SettingsError."""
        return cls._read(environ, _account_mistakes, _slack_mistakes, _database_mistakes)

    @classmethod
    def for_ask(cls, environ: Mapping[str, str]) -> Self:
        """What `ask` needs: an account; Slack's tokens may be missing or wrong. Raises SettingsError."""
        return cls._read(environ, _account_mistakes)

    @classmethod
    def command_prefix(cls, environ: Mapping[str, str]) -> str:
        """The commands' prefix, for who needs nothing else. Raises SettingsError."""
        name = "slack_command_prefix"
        return cls._read({name.upper(): environ.get(name.upper(), "")}).slack_command_prefix

    @classmethod
    def _read(cls, environ: Mapping[str, str], *checks: Callable[[Values], Iterable[str]]) -> Self:
        values = _given(environ, cls.model_fields)
        mistakes = [line for check in checks for line in check(values)]
        digests: tuple[Wanted, ...] = ()
        try:
            digests = _digests(environ, values)
        except SettingsError as error:
            mistakes.append(str(error))
        try:
            settings = cls.model_validate({**values, "digests": digests})
        except ValidationError as error:
            mistakes += _sentences(error)
        if mistakes:
            raise SettingsError("\n".join(mistakes)) from None
        return settings

    @property
    def port_given(self) -> bool:
        """Whether PORT was set: in Socket Mode the web server starts only then."""
        return "port" in self.model_fields_set

    @property
    def site(self) -> Place:
        """Where the account lives."""
        if self.workflow_url:
            return self_hosted(self.workflow_url, self.console_url)
        return hosted(self.td_site, self.console_url)

    @property
    def access(self) -> Access:
        """How its requests are signed: by the key where there is one, else by user and password, else not."""
        if self.td_api_key:
            return Access.key(self.td_api_key.get_secret_value())
        if self.workflow_user and self.workflow_password:
            return Access.basic(self.workflow_user, self.workflow_password.get_secret_value())
        return Access()

    @property
    def owner(self) -> str:
        """The account's number, which a Treasure Data key begins with and which is no secret; else empty."""
        key = self.td_api_key.get_secret_value() if self.td_api_key else ""
        number, slash, _ = key.partition("/")
        return number if slash and number.isdecimal() else ""


def _given(environ: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    stripped = {name: environ.get(name.upper(), "").strip() for name in names}
    values = {name: value for name, value in stripped.items() if value}
    if environ.get("DYNO"):  # Heroku sets it, and its disks last until the next restart
        values.setdefault("ephemeral_disk", "1")
    return values


def _digests(environ: Mapping[str, str], values: Values) -> tuple[Wanted, ...]:
    """Those that are declared, in DIGESTS or in the file that DIGESTS_FILE names. Raises SettingsError."""
    path = values.get("digests_file")
    if "digests" not in values and path is None:
        return ()
    if path is None:
        return parse_declared(environ["DIGESTS"], "DIGESTS")  # blanks before the first line are its indent
    if "digests" in values:
        raise SettingsError("DIGESTS_FILE is set, and so is DIGESTS: keep one of them.")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError("DIGESTS_FILE cannot be read: it is not written in UTF-8.") from None
    except OSError as error:
        why = (error.strerror or "the system says no more").lower()
        raise SettingsError(
            f"DIGESTS_FILE cannot be read, {why}: set the path of a file that is there."
        ) from None
    return parse_declared(text, "DIGESTS_FILE")


def _sentences(error: ValidationError) -> Iterator[str]:
    """Ours are told as they are; of pydantic's only the field's name is taken."""
    for mistake in error.errors(include_url=False, include_input=False):
        name = str(mistake["loc"][0])
        ours = mistake.get("ctx", {}).get("error")
        yield f"{name.upper()} {ours if isinstance(ours, ValueError) else CURES.get(name, 'cannot be read.')}"


def _account_mistakes(values: Values) -> Iterator[str]:
    user, password = "workflow_user" in values, "workflow_password" in values
    if "td_api_key" not in values and "workflow_url" not in values:
        yield (
            "TD_API_KEY is missing: set it to a key of your Treasure Data account (and TD_SITE to its site),"
            " or set WORKFLOW_URL to the address of your own Digdag."
        )
    if user and not password:
        yield "WORKFLOW_PASSWORD is missing: WORKFLOW_USER is set, and one goes with the other."
    if password and not user:
        yield "WORKFLOW_USER is missing: WORKFLOW_PASSWORD is set, and one goes with the other."
    if (user or password) and "workflow_url" not in values:
        yield "WORKFLOW_URL is missing: WORKFLOW_USER and WORKFLOW_PASSWORD are for the server that it names."


def _database_mistakes(values: Values) -> Iterator[str]:
    try:
        parse_address(values.get("database_url", "sqlite://"), Path())
    except SettingsError as error:
        yield str(error)


KINDS = {
    "xoxb-": "the bot's token, which goes into SLACK_BOT_TOKEN",
    "xoxe.xoxb-": "the bot's token, which goes into SLACK_BOT_TOKEN",
    "xapp-": "an app-level token, which goes into SLACK_APP_TOKEN",
    "xoxp-": "a person's token: copy the bot's (xoxb-…) from the app's page “OAuth & Permissions”",
}


def _slack_mistakes(values: Values) -> Iterator[str]:
    if "slack_bot_token" not in values:
        yield (
            "SLACK_BOT_TOKEN is missing: copy the Bot User OAuth Token (xoxb-…) from your Slack app's page"
            " “OAuth & Permissions”."
        )
    if "slack_app_token" not in values and "slack_signing_secret" not in values:
        yield (
            "SLACK_APP_TOKEN is missing: set it to an app-level token (xapp-…) for Socket Mode,"
            " or set SLACK_SIGNING_SECRET to serve signed HTTP."
        )
    yield from _kind(values, "slack_bot_token", ("xoxb-", "xoxe.xoxb-"))
    yield from _kind(values, "slack_app_token", ("xapp-",))
    yield from _kind(values, "slack_signing_secret", None)


def _kind(values: Values, name: str, prefixes: tuple[str, ...] | None) -> Iterator[str]:
    """A secret that is none, or another's; no `prefixes`: one without a known beginning."""
    text = values.get(name)
    if text is None:
        return
    found = next((prefix for prefix in KINDS if text.startswith(prefix)), None)
    if found and found not in (prefixes or ()):
        yield f"{name.upper()} holds {KINDS[found]}."
    elif prefixes and not found:
        yield f"{name.upper()} does not begin with {prefixes[0]}: copy the whole token again."
    elif not text.isascii() or any(character <= " " for character in text):
        yield f"{name.upper()} has a blank or another character that no token has: copy it again."
