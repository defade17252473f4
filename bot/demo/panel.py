"""The panel beside the Slack frame: what it makes happen in the account, in Slack, and to the clock."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from typing import Literal

from bot.demo.clock import DemoClock
from bot.playground.account.added import Added
from bot.playground.account.faults import Faults
from bot.playground.account.model import Attempt
from bot.playground.page.panel import Button, Standing
from bot.playground.slack.errors import CannotDo
from bot.playground.slack.faults import Broken
from bot.playground.slack.local import LocalSlack

RUNS = timedelta(seconds=4)
SLOW_SECONDS = 2.0
HOUR, DAY = 60, 24 * 60
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

    def __post_init__(self) -> None:
        self._victims = cycle(VICTIMS)

    def standing(self) -> Standing:
        buttons = (
            Button("fail", "Make something fail", on=bool(self.failing)),
            Button("recover", "Let it recover", on=not self.failing),
            Button("api_down", "Account down", on=self.account == "down"),
            Button("api_slow", "Account slow", on=self.account == "slow"),
            Button("api_ok", "Account well", on=self.account == "ok"),
            Button("slack_5xx", "Slack fails", on=self.slack_fails),
            Button("slack_ok", "Slack well", on=not self.slack_fails),
            Button("clock", "+1 h", minutes=HOUR),
            Button("clock", "+1 day", minutes=DAY),
        )
        at = f"{self.clock.time():%Y-%m-%dT%H:%M:%SZ}"
        return Standing(buttons, at, self.account, "failing" if self.slack_fails else "ok")

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

    def _recover(self) -> None:
        """Each of them is retried, and goes well."""
        if not self.failing:
            raise CannotDo("nothing is failing by this panel: make something fail first")
        for failed in self.failing:
            after = max(self.clock.time(), failed.finished or failed.created)
            self.history.retry(failed, at=after, took=RUNS)
        self.failing.clear()

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
                self.slack.misbehave(method, Broken(), times=None)
        self.slack_fails = fails
