"""Who is pinged by a message, and what becomes of typed names."""

from dataclasses import replace
from typing import Any

import pytest

from bot.playground.slack import LocalSlack, Message, mentions
from bot.playground.slack.errors import ManifestError
from bot.playground.slack.manifest import read_manifest
from bot.playground.slack.typed import addressed, escaped

BASE = Message("C1", "1.0", "U0LOOKOUT", "")


@pytest.mark.parametrize(
    ("text", "pinged"),
    [
        ("<!channel> look", ["<!channel>"]),
        ("<!here|here> <!everyone>", ["<!here|here>", "<!everyone>"]),
        ("<@U0ANA> and <@U0ANA|ana>", ["<@U0ANA>", "<@U0ANA|ana>"]),
        ("<!subteam^S0DATA|@data>", ["<!subteam^S0DATA|@data>"]),
        ("`<!channel>`", ["<!channel>"]),
        ("&lt;!channel&gt; &lt;@U0ANA&gt;", []),
        ("@channel @ana #sales", []),
        ("<#C0SALES|sales> <https://example.com|@here>", []),
        ("<!date^1^{date}|x>", []),
    ],
)
def test_only_real_mentions_ping(text: str, pinged: list[str]) -> None:
    assert mentions(replace(BASE, text=text)) == pinged
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    assert mentions(replace(BASE, blocks=(section,))) == pinged


def test_plain_text_pings_nobody_and_rich_text_does() -> None:
    header: dict[str, Any] = {"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}}
    inline = [{"type": "user", "user_id": "U0ANA"}, {"type": "broadcast", "range": "here"}]
    rich: dict[str, Any] = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": inline}],
    }
    cells: dict[str, Any] = {"type": "table", "rows": [[{"type": "raw_text", "text": "<!channel>"}]]}
    assert mentions(replace(BASE, blocks=(header, cells))) == []
    assert mentions(replace(BASE, blocks=(rich,))) == ["<@U0ANA>", "<!here>"]


def test_link_names_makes_a_bare_name_ping() -> None:
    assert mentions(replace(BASE, text="@channel look", link_names=True)) == ["@channel"]


def test_typed_names_become_ids(slack: LocalSlack) -> None:
    typed = "@ana in #sales: a < b & @nobody"
    assert addressed(slack.workspace, typed) == "<@U0ANA> in <#C0SALES|sales>: a &lt; b &amp; @nobody"
    assert escaped(slack.workspace, "@ana") == "<@U0ANA|ana>"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[1]", "mapping"),
        ("a: [", "not YAML"),
        ("display_information: {}", "name"),
        ("display_information: {name: A}\noauth_config: {scopes: {bot: [chat:wriet]}}", "unknown bot scopes"),
        (
            "display_information: {name: A}\nsettings: {event_subscriptions: {bot_events: [app_mentoin]}}",
            "unknown bot events",
        ),
        (
            "display_information: {name: A}\nfeatures: {slash_commands: [{command: /a, description: d}]}",
            "need the scope",
        ),
        (
            "display_information: {name: A}\noauth_config: {scopes: {bot: [commands]}}\n"
            "features: {slash_commands: [{command: /a, description: d}]}",
            "needs its url",
        ),
        (
            "display_information: {name: A}\noauth_config: {scopes: {bot: [commands]}}\n"
            "features: {slash_commands: [{command: a, description: d}]}",
            "begins with /",
        ),
    ],
)
def test_a_manifest_that_slack_would_not_take(text: str, why: str) -> None:
    with pytest.raises(ManifestError, match=why):
        read_manifest(text)


def test_an_event_needs_its_scope_to_be_heard(manifest: str) -> None:
    assert read_manifest(manifest).hears("app_mention")
    assert not read_manifest(manifest.replace("app_mentions:read, ", "")).hears("app_mention")
    assert not read_manifest(manifest.replace("app_mention,", "")).hears("app_mention")
