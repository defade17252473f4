"""Settings are read from what is handed in, and a mistake is told with its cure and without any value."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core.digest_words import Wanted
from bot.core.errors import SettingsError
from bot.settings import Settings

ACCOUNT = {"TD_API_KEY": "12/hush0123456789"}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-hush-bot", "SLACK_APP_TOKEN": "xapp-hush-app"}
DIGDAG = {"WORKFLOW_URL": "http://127.0.0.1:65432"}
RUN = ACCOUNT | SLACK


def mistakes(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.for_run(environ)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__  # a traceback would print the values
    return str(caught.value).splitlines()


def test_nothing_but_a_key_is_needed_to_ask() -> None:
    settings = Settings.for_ask(ACCOUNT)
    assert settings.site.api == "https://api-workflow.treasuredata.com"
    assert settings.site.console == "https://console.treasuredata.com"
    assert settings.access.header == "TD1 12/hush0123456789"
    assert (settings.database_url, settings.port) == ("sqlite:///lookout.db", 3000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.log_format, settings.log_level) == ("text", "INFO")


def test_all_that_is_missing_is_named_at_once() -> None:
    named = [line.split()[0] for line in mistakes({})]
    assert named == ["TD_API_KEY", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]


def test_a_signing_secret_stands_in_for_the_app_token() -> None:
    environ = ACCOUNT | {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "hush"}
    assert Settings.for_run(environ).slack_app_token is None


def test_slack_s_tokens_are_no_matter_to_ask() -> None:
    Settings.for_ask(ACCOUNT | {"SLACK_BOT_TOKEN": "nonsense", "SLACK_APP_TOKEN": "xoxb-1"})


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ({"TD_SITE": "us1"}, "TD_SITE is not known: did you mean us01? It is one of us01, jp01,"),
        ({"TD_SITE": "hush:nowhere"}, "TD_SITE is not known. It is one of us01, jp01, eu01, ap02, ap03."),
        ({"TD_API_KEY": "12/hush 34"}, "TD_API_KEY has a blank"),
        ({"TD_API_KEY": "12/hush…"}, "TD_API_KEY has a blank or another character"),
        ({"WORKFLOW_URL": "127.0.0.1:65432"}, "WORKFLOW_URL is no web address"),
        ({"WORKFLOW_URL": "ftp://host/hush"}, "WORKFLOW_URL is no web address"),
        ({"WORKFLOW_URL": "http://host:hush/"}, "WORKFLOW_URL is no web address"),
        ({"WORKFLOW_URL": "http://[hush/"}, "WORKFLOW_URL is no web address"),
        (
            {"WORKFLOW_URL": "http://me:hush@host/"},
            "WORKFLOW_URL holds a user or password: set WORKFLOW_USER",
        ),
        ({"WORKFLOW_URL": "http://host/?key=hush"}, "WORKFLOW_URL has a “?”"),
        ({"WORKFLOW_URL": "http://host/api/sessions"}, "WORKFLOW_URL goes on after /api"),
        (DIGDAG | {"WORKFLOW_USER": "me"}, "WORKFLOW_PASSWORD is missing"),
        (DIGDAG | {"WORKFLOW_PASSWORD": "hush"}, "WORKFLOW_USER is missing"),
        (DIGDAG | {"WORKFLOW_USER": "me:hush", "WORKFLOW_PASSWORD": "x"}, "WORKFLOW_USER has a colon"),
        ({"WORKFLOW_USER": "me", "WORKFLOW_PASSWORD": "hush"}, "WORKFLOW_URL is missing"),
        ({"CONSOLE_URL": "hush"}, "CONSOLE_URL is no web address"),
        ({"DATABASE_URL": "postgres://me:hush/@host/db"}, "DATABASE_URL cannot be read"),
        ({"EPHEMERAL_DISK": "hush"}, "EPHEMERAL_DISK is neither yes nor no"),
        ({"PORT": "hush"}, "PORT is no port: set a number from 1 to 65535"),
        ({"PORT": "65536"}, "PORT is no port"),
        ({"PORT": "-1"}, "PORT is no port"),
        ({"LOG_FORMAT": "jsno"}, "LOG_FORMAT is not known: did you mean json?"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is not known. It is one of DEBUG, INFO,"),
        ({"SLACK_API_URL": "hush"}, "SLACK_API_URL is no web address"),
        ({"SLACK_COMMAND_PREFIX": "/Hush "}, "SLACK_COMMAND_PREFIX is no beginning of a command"),
        ({"SLACK_BOT_TOKEN": "hush"}, "SLACK_BOT_TOKEN does not begin with xoxb-"),
        ({"SLACK_BOT_TOKEN": "xoxp-hush"}, "SLACK_BOT_TOKEN holds a person's token"),
        ({"SLACK_BOT_TOKEN": "xoxb-1 hush"}, "SLACK_BOT_TOKEN has a blank"),
        ({"SLACK_APP_TOKEN": "hush"}, "SLACK_APP_TOKEN does not begin with xapp-"),
        ({"SLACK_SIGNING_SECRET": "xapp-hush"}, "SLACK_SIGNING_SECRET holds an app-level token"),
    ],
)
def test_a_mistake_names_its_variable_and_the_cure(extra: dict[str, str], sentence: str) -> None:
    (line,) = mistakes(RUN | extra)
    assert line.startswith(sentence)


def test_swapped_tokens_are_said_to_be_swapped() -> None:
    assert mistakes(ACCOUNT | {"SLACK_BOT_TOKEN": "xapp-hush", "SLACK_APP_TOKEN": "xoxb-hush"}) == [
        "SLACK_BOT_TOKEN holds an app-level token, which goes into SLACK_APP_TOKEN.",
        "SLACK_APP_TOKEN holds the bot's token, which goes into SLACK_BOT_TOKEN.",
    ]


def test_mistakes_of_all_kinds_come_together() -> None:
    lines = mistakes({"PORT": "x", "LOG_LEVEL": "x", "SLACK_BOT_TOKEN": "x", "DATABASE_URL": "x://"})
    assert {line.split()[0] for line in lines} == {
        "TD_API_KEY",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "DATABASE_URL",
        "PORT",
        "LOG_LEVEL",
    }


def test_empty_is_unset_and_blanks_around_are_no_part() -> None:
    settings = Settings.for_run(
        {
            "TD_API_KEY": " 12/hush\n",
            "TD_SITE": "",
            "WORKFLOW_URL": " ",
            "SLACK_BOT_TOKEN": "xoxb-1\r\n",
            "SLACK_APP_TOKEN": "\txapp-1",
            "PORT": "",
        }
    )
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert (settings.access.header, settings.td_site) == ("TD1 12/hush", "us01")
    assert settings.workflow_url is None


@pytest.mark.parametrize(
    "url", ["http://host:65432", "http://host:65432/", "http://host:65432/api", "http://host:65432/api/"]
)
def test_workflow_url_ends_before_api(url: str) -> None:
    assert Settings.for_ask({"WORKFLOW_URL": url}).site.api == "http://host:65432"


@pytest.mark.parametrize("url", ["http://127.0.0.1:4200/api/", "http://127.0.0.1:4200/api"])
def test_slack_s_base_ends_with_one_slash(url: str) -> None:
    assert Settings.for_ask(DIGDAG | {"SLACK_API_URL": url}).slack_api_url == "http://127.0.0.1:4200/api/"


BASIC = {"WORKFLOW_USER": "me", "WORKFLOW_PASSWORD": "hush"}


@pytest.mark.parametrize(
    ("environ", "header"),
    [
        (DIGDAG, None),
        (DIGDAG | BASIC, "Basic bWU6aHVzaA=="),
        (DIGDAG | ACCOUNT, "TD1 12/hush0123456789"),
        (DIGDAG | ACCOUNT | BASIC, "TD1 12/hush0123456789"),
        ({"TD_API_KEY": "TD1 12/hush"}, "TD1 12/hush"),
    ],
)
def test_requests_are_signed_by_key_else_by_user_else_not(
    environ: dict[str, str], header: str | None
) -> None:
    assert Settings.for_ask(environ).access.header == header


@pytest.mark.parametrize(
    ("environ", "owner"),
    [(ACCOUNT, "12"), ({"TD_API_KEY": "hush"}, ""), ({"TD_API_KEY": "hush/1"}, ""), (DIGDAG, "")],
)
def test_the_owner_is_the_key_s_number_and_no_secret(environ: dict[str, str], owner: str) -> None:
    assert Settings.for_ask(DIGDAG | environ).owner == owner


@pytest.mark.parametrize("site", ["us01", "jp01", "eu01", "ap02", "ap03", "JP01"])
def test_each_hosted_site_is_known_by_name(site: str) -> None:
    assert Settings.for_ask(ACCOUNT | {"TD_SITE": site}).site.hosted


def test_port_remembers_whether_it_was_set() -> None:
    assert not Settings.for_run(RUN).port_given
    assert Settings.for_run(RUN | {"PORT": "3000"}).port_given
    assert Settings.for_run(RUN | {"PORT": "0"}).port == 0


@pytest.mark.parametrize(
    ("environ", "ephemeral"),
    [
        ({}, False),
        ({"EPHEMERAL_DISK": "1"}, True),
        ({"DYNO": "web.1"}, True),
        ({"DYNO": "web.1", "EPHEMERAL_DISK": "0"}, False),
    ],
)
def test_a_dyno_s_disk_does_not_last(environ: dict[str, str], ephemeral: bool) -> None:
    assert Settings.for_ask(ACCOUNT | environ).ephemeral_disk is ephemeral


def test_the_prefix_can_be_had_alone() -> None:
    assert Settings.command_prefix({"SLACK_COMMAND_PREFIX": "dev-", "PORT": "x"}) == "dev-"
    assert Settings.command_prefix({}) == ""


def test_printing_the_settings_shows_no_secret() -> None:
    environ = RUN | BASIC | DIGDAG | {"SLACK_SIGNING_SECRET": "hush", "DATABASE_URL": "hush.db"}
    settings = Settings.for_run(environ)
    assert "hush" not in f"{settings!r} {settings} {settings.access!r}"


DIGEST = "- name: morning\n  when: every weekday at 9\n  channel: '#data'\n"
READ = (Wanted("morning", "0 9 * * 1-5", "#data", ZoneInfo("UTC")),)


@pytest.mark.parametrize("text", [DIGEST, f"\n{DIGEST}", "  " + DIGEST.replace("\n", "\n  ")])
def test_digests_are_declared_in_a_variable(text: str) -> None:
    assert Settings.for_run(RUN | {"DIGESTS": text}).digests == READ
    assert Settings.for_ask(ACCOUNT | {"DIGESTS": text}).digests == READ


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_digests_are_declared_in_a_file(tmp_path: Path, start: str) -> None:
    file = tmp_path / "digests.yml"
    file.write_text(start + DIGEST, encoding="utf-8")
    assert Settings.for_run(RUN | {"DIGESTS_FILE": str(file), "DIGESTS": " "}).digests == READ
    assert Settings.for_ask(ACCOUNT | {"DIGESTS_FILE": f"{file}\n"}).digests == READ


def test_no_digest_need_be_declared(tmp_path: Path) -> None:
    (tmp_path / "empty.yml").touch()
    assert Settings.for_run(RUN).digests == ()
    assert Settings.for_run(RUN | {"DIGESTS": " \n", "DIGESTS_FILE": ""}).digests == ()
    assert Settings.for_run(RUN | {"DIGESTS_FILE": str(tmp_path / "empty.yml")}).digests == ()


def test_a_mistake_in_a_declared_digest_has_its_line(tmp_path: Path) -> None:
    wrong = f"\n{DIGEST}  zone: Mars\n  quiet: perhaps\n"
    lines = mistakes(RUN | {"DIGESTS": wrong})
    assert [line.split(":")[0] for line in lines] == ["DIGESTS, line 5", "DIGESTS, line 6"]
    file = tmp_path / "digests.yml"
    file.write_text(wrong, encoding="utf-8")
    (first, *_) = mistakes(RUN | {"DIGESTS_FILE": str(file)})
    assert first.startswith("DIGESTS_FILE, line 5: I don't know the zone `Mars`")
    with pytest.raises(SettingsError, match="DIGESTS, line 5"):
        Settings.for_ask(ACCOUNT | {"DIGESTS": wrong})


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yml").write_bytes(b"- name: m\xe9")
    for name, why in (
        ("hush.yml", ", no such file"),
        (".", ", is a directory"),
        ("latin.yml", ": it is not"),
    ):
        (line,) = mistakes(RUN | {"DIGESTS_FILE": str(tmp_path / name)})
        assert line.startswith(f"DIGESTS_FILE cannot be read{why}")


def test_digests_come_from_one_place(tmp_path: Path) -> None:
    (line,) = mistakes(RUN | {"DIGESTS": DIGEST, "DIGESTS_FILE": str(tmp_path / "hush.yml")})
    assert line == "DIGESTS_FILE is set, and so is DIGESTS: keep one of them."
