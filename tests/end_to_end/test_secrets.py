"""No secret is told: not in a log line, not in a message, whatever fails."""

from base64 import b64encode
from functools import partial
from pathlib import Path

from bot.playground.account.auth import Key
from bot.playground.slack import Broken, Drop, LocalSlack, RateLimited, Refuse
from bot.playground.slack.faults import Fault
from tests.end_to_end.process import World, run, world
from tests.end_to_end.staging import KEY, everything

PASSWORD = "pa55-w0rd-of-the-workflow-server"
SECRETS = [
    LocalSlack.bot_token,
    LocalSlack.app_token,
    LocalSlack.signing_secret,
    KEY,
    PASSWORD,
    b64encode(f"lookout:{PASSWORD}".encode()).decode(),
]


def basic(environ: dict[str, str]) -> dict[str, str]:
    rest = {name: value for name, value in environ.items() if name != "TD_API_KEY"}
    return rest | {"WORKFLOW_USER": "lookout", "WORKFLOW_PASSWORD": PASSWORD}


async def everything_fails(there: World) -> list[str]:
    """Questions while one thing after another goes wrong; all that people were told."""
    slack, account = there.slack, there.account
    mishaps: list[tuple[str, Fault]] = [
        ("users.info", Broken(503)),
        ("users.info", Refuse("invalid_auth")),
        ("response_url", Drop(after=False)),
        ("response_url", Broken(500)),
        ("response_url", RateLimited(60)),
        ("response_url", Refuse("used_url")),
    ]
    for method, fault in mishaps:
        before = len(slack.url_posts)
        slack.misbehave(method, fault)
        await slack.command("ana", "#data-alerts", "/sessions failed")
        await slack.wait_for(partial(more_posts, slack, before))
    for switch in (account.faults.drop, account.faults.html, account.faults.forbidden):
        switch()
        await slack.command("kenji", "#sales", "/sessions failed")
        await slack.next_message(user="kenji")
        account.faults.clear()
    account.auth = Key("3/someone-else")
    await slack.command("lou", "#sales", "/sessions failed csv")
    await slack.next_message(user="lou")
    await slack.command("lou", "#sales", "/lookout status")
    await slack.next_message(user="lou")
    if there.mode == "http":
        assert await slack.forge(signature="v0=1") == 401
    else:
        slack.misbehave("apps.connections.open", Broken(503))
        await slack.sockets.disconnect("refresh_requested")
        await slack.wait_for(lambda: len(slack.calls_of("apps.connections.open")) > 1)
    return [everything(message) for message in slack.workspace.messages.values()]


def more_posts(slack: LocalSlack, before: int) -> bool:
    return len(slack.url_posts) > before


async def test_a_run_with_failures_tells_no_secret(mode: str, tmp_path: Path) -> None:
    async with world(mode, tmp_path) as there:
        loud = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": "text" if mode == "socket" else "json"}
        async with there.running(**loud) as bot:
            told = await everything_fails(there)
        assert [each for each in SECRETS if each in bot.said] == []
        assert [each for each in SECRETS if each in "\n".join(told)] == []
        assert "Traceback" not in bot.said, bot.said
        assert len(bot.said.splitlines()) > 10


async def test_a_password_is_told_by_nobody(tmp_path: Path) -> None:
    async with world("http", tmp_path) as there:
        there.account.auth = Key("3/someone-else")
        async with run(basic(there.environ()) | {"LOG_LEVEL": "DEBUG"}, tmp_path) as bot:
            assert await bot.ended() == 1
        assert "WORKFLOW_PASSWORD" in bot.said
        assert [each for each in SECRETS if each in bot.said] == []
        assert "Traceback" not in bot.said
