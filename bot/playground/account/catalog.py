"""The projects and workflows of a lifelike account: what runs when, how long, and how it tends to fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.playground.account.tasks import Step

Kind = Literal["minutes", "hourly", "daily", "weekdays", "adhoc", "live"]


@dataclass(frozen=True)
class Plan:
    """A workflow as planned: `every` is minutes between runs, runs a day for adhoc; `minute` of the hour or
    local day.

    `usual` is its usual duration in seconds, `failing` the share of its runs that fail without any incident.
    `flaps` (seconds, cycle, bad): of each `cycle` such stretches of time the first `bad` ones fail.
    """

    project: str
    name: str
    kind: Kind
    zone: str = "UTC"
    minute: int = 0
    every: int = 60
    usual: int = 300
    failing: float = 0.02
    causes: tuple[str, ...] = ("shell",)
    shape: str = "plain"
    requires: str | None = None
    flaps: tuple[int, int, int] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """Runs on a Tuesday."""
        match self.kind:
            case "minutes":
                return 1440 // self.every
            case "hourly":
                return 24
            case "adhoc":
                return self.every
            case "daily" | "weekdays":
                return 1
            case "live":
                return 0


def _step(name: str, operator: str, what: Any, **more: Any) -> Step:
    return Step(name, {operator: what, **more})


_PARTS = tuple(
    Step(
        f"+for-0=shop={place}={shop}",
        {"_export": {"shop": shop}},
        (_step("+sync", "td>", "queries/sync.sql"),),
    )
    for place, shop in enumerate(("tokyo", "osaka", "naha"))
)
SHAPES: dict[str, tuple[Step, ...]] = {
    "plain": (
        _step("+prepare", "echo>", "preparing"),
        _step("+load", "td>", "queries/load.sql", database="shop", engine="presto"),
        _step("+report", "http>", "https://hooks.example.com/done"),
    ),
    "grouped": (
        Step(
            "+ingest",
            {"_parallel": True},
            (_step("+orders", "td_load>", "orders.yml"), _step("+items", "td_load>", "items.yml")),
            parallel=True,
        ),
        Step(
            "+transform",
            {},
            (
                _step("+clean", "td>", "queries/clean.sql", database="shop"),
                _step("+aggregate", "td>", "queries/aggregate.sql", database="shop", engine="hive"),
            ),
        ),
        _step("+publish", "td>", "queries/publish.sql", create_table="daily_sales"),
    ),
    "each": (
        Step(
            "+shops",
            {
                "for_each>": {"shop": ["tokyo", "osaka", "naha"]},
                "_parallel": True,
                "_do": {"+sync": {"td>": "…"}},
            },
            _PARTS,
            parallel=True,
            caller=True,
        ),
        _step("+merge", "td>", "queries/merge.sql"),
    ),
    "call": (
        _step("+check", "td>", "queries/check.sql"),
        Step(
            "+run_child",
            {"call>": "child.dig"},
            (_step("+train", "py>", "scoring.train.train"),),
            caller=True,
        ),
        _step("+notify", "mail>", "done.txt"),
    ),
    "retry": (
        Step(
            "+stage",
            {"_retry": 1},
            (_step("+copy", "s3_copy>", "exports/"), _step("+verify", "sh>", "./verify.sh")),
            retry=True,
        ),
        _step("+finish", "echo>", "done"),
    ),
    "require": (
        _step("+wait_for_load", "require>", "nightly_load"),
        _step("+build", "td>", "queries/report.sql"),
        _step("+send", "mail>", "report.txt"),
    ),
    "one": (_step("+run", "sh>", "./run.sh"),),
}
ROOTS: dict[str, Mapping[str, Any]] = {
    "retry": {"_export": {"api_key": "not-a-real-key-8f14e45fceea", "td": {"database": "crm"}}},
    "grouped": {"_error": {"+notify": {"http>": "https://hooks.example.com/notify"}}},
}
HOOKED = ("grouped",)  # shapes with an `_error:` at the root

TOKYO, BERLIN, LA, KOLKATA = "Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"

# About 215 runs a day, and what stories are told about.
FIXED: tuple[Plan, ...] = (
    Plan(
        "sales-pipeline",
        "nightly_load",
        "daily",
        TOKYO,
        120,
        usual=2700,
        causes=("missing_table",),
        shape="grouped",
    ),
    Plan(
        "sales-pipeline",
        "nightly_report",
        "daily",
        TOKYO,
        210,
        usual=900,
        causes=("requires",),
        shape="require",
        requires="nightly_load",
    ),
    Plan(
        "sales-pipeline",
        "orders_hourly",
        "hourly",
        TOKYO,
        5,
        usual=420,
        causes=("presto_memory",),
        shape="each",
    ),
    Plan("売上 集計", "uriage_daily", "daily", TOKYO, 360, usual=1300, failing=0.1, causes=("japanese",)),
    Plan("売上 集計", "zaiko_weekday", "weekdays", TOKYO, 450, usual=700, causes=("japanese", "hive")),
    Plan("customer-360", "profile_sync", "minutes", "UTC", 0, 30, 240, 0.03, ("http_503",), "retry"),
    Plan(
        "customer-360",
        "segment_export",
        "hourly",
        "UTC",
        20,
        usual=700,
        causes=("s3", "http_503"),
        params={"segment": "vip", "api_token": "not-a-real-token-5f2b9c"},
    ),
    Plan(
        "customer-360", "consent_cleanup", "daily", "UTC", 1410, usual=500, failing=0.15, causes=("secret",)
    ),
    Plan(
        "ads-attribution",
        "import_google_ads",
        "hourly",
        LA,
        40,
        usual=540,
        failing=0.04,
        causes=("http_401",),
    ),
    Plan(
        "ads-attribution", "import_meta_ads", "daily", LA, 150, usual=1500, failing=0.1, causes=("http_401",)
    ),
    Plan(
        "ads-attribution",
        "attribution_model",
        "daily",
        LA,
        180,
        usual=5400,
        causes=("presto_memory",),
        shape="grouped",
    ),
    Plan(
        "ml-scoring",
        "churn_score",
        "weekdays",
        "UTC",
        300,
        usual=3600,
        failing=0.1,
        causes=("python",),
        shape="call",
    ),
    Plan(
        "ml-scoring",
        "train_model",
        "daily",
        KOLKATA,
        90,
        usual=9000,
        failing=0.1,
        causes=("python", "timeout"),
        shape="call",
    ),
    Plan(
        "finance-close", "gl_export", "weekdays", BERLIN, 420, usual=1200, causes=("hive",), shape="grouped"
    ),
    Plan(
        "finance-close",
        "fx_rates",
        "hourly",
        BERLIN,
        10,
        usual=60,
        causes=("http_503",),
        shape="one",
        flaps=(3600, 3, 1),
    ),
    Plan("web-logs", "sessionize", "minutes", "UTC", 15, 30, 600, 0.01, ("hive",), "plain"),
    Plan("web-logs", "bot_filter", "daily", "UTC", 30, usual=1800, causes=("presto_memory",)),
    Plan("legacy-reports", "weekly_pdf", "daily", BERLIN, 540, usual=300, failing=0.2, causes=("shell",)),
    Plan(
        "sandbox <test> & co",
        "adhoc_query",
        "adhoc",
        TOKYO,
        every=8,
        usual=900,
        failing=0.2,
        causes=("markup", "expression"),
        shape="one",
    ),
    Plan(
        "live-dashboard",
        "refresh_tiles",
        "live",
        TOKYO,
        usual=25,
        causes=("http_503",),
        shape="one",
        flaps=(60, 90, 1),
    ),
)


# Somewhere among them it is night at any time.
NIGHTS = (
    *(TOKYO, BERLIN, LA, KOLKATA, "America/New_York", "Australia/Sydney", "Pacific/Auckland"),
    *("America/Sao_Paulo", "Asia/Dubai", "Atlantic/Azores", "Pacific/Honolulu"),
)
NIGHT = 150  # minute of the day about which nightly runs begin
REPORT_AFTER = 45  # minutes after the nightly load


def catalog(seed: int, per_day: int, night: int | None = None) -> tuple[Plan, ...]:
    """The fixed plans, and as many more as it takes for `per_day` runs on a day.

    `night` (Unix seconds) is when the nightly pipeline begins, each day at that time, where it is night then.
    """
    plans, rng = list(FIXED if night is None else _at_night(night)), Random(f"{seed}/catalog")
    missing = per_day - sum(plan.runs for plan in plans)
    number = 0
    while missing > 0:
        plan = _made(number, rng)
        if plan.runs > missing:
            plan = Plan(f"team-{number // 8:03}", f"adhoc_{number}", "adhoc", every=missing, usual=400)
        plans.append(plan)
        missing -= plan.runs
        number += 1
    return tuple(plans)


def _at_night(begin: int) -> Iterator[Plan]:
    zone = min(NIGHTS, key=lambda zone: abs(_local_minute(begin, zone) - NIGHT))
    minutes = {"nightly_load": 0, "nightly_report": REPORT_AFTER}
    for plan in FIXED:
        if plan.name in minutes:
            yield replace(plan, zone=zone, minute=_local_minute(begin, zone) + minutes[plan.name])
        else:
            yield plan


def _local_minute(at: int, zone: str) -> int:
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    return local.hour * 60 + local.minute


def _made(number: int, rng: Random) -> Plan:
    kind: Kind = rng.choices(("minutes", "hourly", "daily"), (30, 30, 40))[0]
    every = rng.choice((10, 15, 20, 30))
    usual = {"minutes": 150, "hourly": 480, "daily": 1500}.get(kind, 300)
    return Plan(
        project=f"team-{number // 8:03}",
        name=f"{rng.choice(('load', 'sync', 'export', 'score', 'clean', 'report'))}_{number}",
        kind=kind,
        zone=rng.choice(("UTC", TOKYO, BERLIN, LA, KOLKATA)),
        minute=_minute(kind, every, rng),
        every=every,
        usual=max(20, int(usual * rng.lognormvariate(0, 0.5))),
        failing=rng.choice((0.0, 0.0, 0.005, 0.02, 0.08)),
        causes=(
            rng.choice(
                ("missing_table", "hive", "python", "shell", "http_503", "s3", "presto_memory", "japanese")
            ),
        ),
        shape=rng.choice(("plain", "grouped", "each", "call", "retry", "one")),
    )


def _minute(kind: Kind, every: int, rng: Random) -> int:
    """Daily runs keep away from midnight and the hours that clocks skip or repeat."""
    match kind:
        case "minutes":
            return rng.randrange(every)
        case "hourly":
            return rng.randrange(60)
        case _:
            return rng.randrange(240, 1320)
