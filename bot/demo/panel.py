"""The panel beside the Slack frame: what it makes happen in the account, in Slack, and to the clock."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, cycle, takewhile
from typing import Literal

from bot.demo.clock import DemoClock
from bot.playground.account.added import Added
from bot.playground.account.faults import Faults
from bot.playground.account.model import Attempt
from bot.playground.page.panel import Button, Note, Standing
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.faults import Broken
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.values import Call, UrlPost

RUNS = timedelta(seconds=4)
SLOW_SECONDS = 2.0
HOUR, DAY = 60, 24 * 60
REFUSAL = Broken()
MOST_NOTES = 3
FAILS, ACCOUNT, SLACK, CLOCK = "Something fails", "Account", "Slack", "Clock"
VICTIMS = (
    ("customer-360", "profile_sync", "http_503"),
    ("sales-pipeline", "orders_hourly", "presto_memory"),
    ("web-logs", "sessionize", "hive"),
    ("ml-scoring", "train_model", "python"),
)
"""What fails next, in turn: project, workflow, cause."""
SAYS = (
    *("response_url", "chat.postMessage", "chat.postEphemeral", "chat.update"),
    *("views.open", "views.update", "views.publish", "files.getUploadURLExternal"),
)
"""The ways in which a bot says something in Slack."""

Account = Literal["ok", "down", "slow"]


@dataclass
class DemoPanel:
    """What is on and what is off; a press takes effect at once."""

    clock: DemoClock
    history: Added
    faults: Faults
    slack: LocalSlack
    account: Account = "ok"
    slack_fails: bool = False
    failing: list[Attempt] = field(default_factory=list)
    told: tuple[Note, ...] = ()
    """What this panel made happen in the account of late, newest first."""

    def __post_init__(self) -> None:
        self._victims = cycle(VICTIMS)
        self._failing_since = 0.0

    def standing(self) -> Standing:
        buttons = (
            Button("fail", "Make something fail", FAILS),
            Button("recover", "Let it recover", FAILS),
            Button("api_ok", "Account well", ACCOUNT, on=self.account == "ok"),
            Button("api_slow", "Account slow", ACCOUNT, on=self.account == "slow"),
            Button("api_down", "Account down", ACCOUNT, on=self.account == "down"),
            Button("slack_ok", "Slack well", SLACK, on=not self.slack_fails),
            Button("slack_5xx", "Slack fails", SLACK, on=self.slack_fails),
            Button("clock", "+1 h", CLOCK, minutes=HOUR),
            Button("clock", "+1 day", CLOCK, minutes=DAY),
        )
        at = f"{self.clock.time():%Y-%m-%dT%H:%M:%SZ}"
        slack = "failing" if self.slack_fails else "ok"
        notes = (*self.told, *self._refusals())
        return Standing(buttons, at, self.account, slack, notes)

    def _refusals(self) -> list[Note]:
        """What Slack has refused since it fails, by its own log."""
        if not self.slack_fails:
            return []
        calls = takewhile(self._is_since_failing, reversed(self.slack.calls))
        posts = takewhile(self._is_since_failing, reversed(self.slack.url_posts))
        refused = chain(
            ((one.at, one.method) for one in calls if one.error and one.method in SAYS),
            ((one.at, "response_url") for one in posts if one.error),
        )
        newest = sorted(refused, reverse=True)[:MOST_NOTES]
        return [Note(SLACK, f"Slack refused {what} with {REFUSAL.status}", at) for at, what in newest]

    def _is_since_failing(self, entry: Call | UrlPost) -> bool:
        return entry.at >= self._failing_since

    def press(self, do: str, minutes: int | None) -> None:
        """Raises CannotDo."""
        match do:
            case "fail":
                self._fail()
            case "recover":
                self._recover()
            case "api_down" | "api_slow" | "api_ok":
                self._let_account_be(do)
            case "slack_5xx" | "slack_ok":
                self._let_slack_fail(do == "slack_5xx")
            case "clock" if minutes:
                self.clock.move(timedelta(minutes=minutes))
            case _:
                raise CannotDo(f"the panel has no {do}")

    def _fail(self) -> None:
        """A run of a workflow starts now, and fails in a few seconds."""
        project, workflow, cause = next(self._victims)
        at = self.clock.time()
        failed = self.history.run(project, workflow, at=at, took=RUNS, outcome="error", cause=cause)
        self.failing.append(failed)
        self._tell(f"{project} / {workflow} runs now and fails in {RUNS.seconds} s")

    def _recover(self) -> None:
        """Each of them is retried, and goes well."""
        if not self.failing:
            raise CannotDo("nothing is failing by this panel: make something fail first")
        for failed in self.failing:
            after = max(self.clock.time(), failed.finished or failed.created)
            self.history.retry(failed, at=after, took=RUNS)
        again = ", ".join(f"{one.session.project.name} / {one.session.workflow}" for one in self.failing)
        self._tell(f"Retried, and well in {RUNS.seconds} s: {again}")
        self.failing.clear()

    def _tell(self, text: str) -> None:
        self.told = (Note(FAILS, text, self.clock.now()), *self.told)[:MOST_NOTES]

    def _let_account_be(self, do: str) -> None:
        self.faults.clear()
        match do:
            case "api_down":
                self.faults.status(503)
                self.account = "down"
            case "api_slow":
                self.faults.slow(SLOW_SECONDS)
                self.account = "slow"
            case _:
                self.account = "ok"

    def _let_slack_fail(self, fails: bool) -> None:
        for method in SAYS:
            self.slack.behave(method)
            if fails:
                self.slack.misbehave(method, REFUSAL, times=None)
        if fails and not self.slack_fails:
            self._failing_since = self.clock.now()
        self.slack_fails = fails
