"""The command table, and what is derived from it or must agree with it: help, manifest, README."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.blocks.help import all_help, command_help
from bot.blocks.terminal import rendered
from bot.commands import COMMANDS, UMBRELLA, slash_commands, split
from bot.core.cron import Unclear
from bot.core.digest_words import parse_wanted
from bot.core.query import Misread
from bot.core.usage import Usage
from bot.core.words import parse
from bot.manifest import SCOPES, manifest, manifest_yaml

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
README = (ROOT / "README.md").read_text(encoding="utf-8")

USED_SCOPES = {
    "chat:write": "chat_post",
    "commands": "app.command",
    "channels:history": "conversations_history",
    "channels:read": "conversations_info",
    "groups:history": "conversations_history",
    "groups:read": "conversations_list",
    "files:write": "files_upload_v2",
    "im:write": "conversations_open",
    "users:read": "users_info",
}
"""Scopes of the manifest, and the call in the code that needs each."""


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_each_command_is_in_help_manifest_and_readme(row: Usage) -> None:
    named = f"/{row.name}"
    assert named in rendered(all_help(COMMANDS))
    assert rendered(command_help(row)).startswith(named)
    commands = manifest()["features"]["slash_commands"]
    (entry,) = [each for each in commands if each["command"] == named]
    assert entry["usage_hint"] == row.usage
    assert re.search(rf"^\| `{named}` \|", README, re.MULTILINE)


def test_the_manifest_in_the_repository_is_the_one_of_socket_mode() -> None:
    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == manifest_yaml()
    assert "url" not in manifest_yaml()


def test_the_http_manifest_says_where_slack_delivers() -> None:
    told = yaml.safe_load(manifest_yaml("https://lookout.example.com/"))
    where = "https://lookout.example.com/slack/events"
    assert told["settings"]["socket_mode_enabled"] is False
    assert told["settings"]["interactivity"]["request_url"] == where
    assert {each["url"] for each in told["features"]["slash_commands"]} == {where}


def test_a_prefix_names_every_command() -> None:
    named = [each["command"] for each in manifest(prefix="dev-")["features"]["slash_commands"]]
    assert (
        named
        == list(slash_commands("dev-"))
        == [
            "/dev-sessions",
            "/dev-workflows",
            "/dev-digests",
            "/dev-lookout",
        ]
    )


def test_each_scope_is_one_that_a_call_needs() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "slack").glob("*.py"))
    assert set(SCOPES) == set(USED_SCOPES)
    assert [scope for scope, call in USED_SCOPES.items() if call not in source] == []


def test_each_digest_in_the_readme_is_understood() -> None:
    typed = re.findall(r"^/digests add (.+)$", README, re.MULTILINE)
    assert len(typed) > 1
    assert [each for each in typed if isinstance(parse_wanted(each), Unclear)] == []


@pytest.mark.parametrize("name", ["sessions", "workflows"])
def test_each_example_in_the_readme_is_understood(name: str) -> None:
    typed = re.findall(rf"`/{name} ([^`]+)`", README)
    assert len(typed) > 1
    assert [each for each in typed if isinstance(parse(each, now=NOW, zone=UTC), Misread)] == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/sessions failed", ("sessions", "failed")),
        ("sessions failed", ("sessions", "failed")),
        ("/SESSIONS  failed 7d", ("sessions", "failed 7d")),
        ("/sessions\u3000failed", ("sessions", "failed")),
        ("/sessions", ("sessions", "")),
        ("/workflows failed", ("workflows", "failed")),
        ("/lookout sessions failed", ("sessions", "failed")),
        ("/lookout /sessions failed", ("sessions", "failed")),
        ("/lookout", (UMBRELLA, "help")),
        ("/lookout status", (UMBRELLA, "status")),
        ("/lookout lookout status", (UMBRELLA, "status")),
        ("", (UMBRELLA, "help")),
        ("/", (UMBRELLA, "help")),
        ("help", (UMBRELLA, "help")),
        ("/nothing of ours", (None, "/nothing of ours")),
    ],
)
def test_a_question_is_split_into_command_and_words(typed: str, expected: tuple[str | None, str]) -> None:
    assert split(typed) == expected


def test_a_prefixed_command_is_known_with_and_without_its_prefix() -> None:
    assert split("/dev-sessions failed", "dev-") == ("sessions", "failed")
    assert split("sessions failed", "dev-") == ("sessions", "failed")
