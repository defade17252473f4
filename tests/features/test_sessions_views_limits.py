"""Whatever the account holds, a message is one that Slack takes, and it calls nobody.

The numbers are Slack's own, written down anew here, and held against slack_sdk's and slackblocks' models.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SdkBlock
from slackblocks import blocks as slackblocks

from bot.blocks import answers
from bot.blocks.footer import Freshness
from bot.blocks.message import Block, Message
from bot.blocks.terminal import rendered
from bot.core.coverage import Coverage
from bot.core.model import Attempt, Status
from bot.core.query import Shape
from bot.features.sessions.views import Group, ListPage, Row, Story, list_message, story_message

NOW = datetime(2026, 11, 24, 13, 2, 35, tzinfo=UTC)
LIMITS = {"button": 75, "option": 75, "placeholder": 150, "header": 150, "section": 3_000, "field": 2_000}
NASTY = (
    "&" * 255,
    "😀" * 255,
    "<!channel>",
    "<@U1> & co",
    "a\nb\n",
    "日次集計" * 60,
    "`" * 255,
    "*_~:x:~_*",
    "",
    "\ud800",
)

names = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec=None), max_size=255))
errors = st.one_of(st.none(), st.sampled_from(("&`<" * 3_000, "😀" * 9_000, "x\n" * 4_500)), names)
statuses = st.sampled_from(list(Status))
moments = st.integers(1_600_000_000, 1_795_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
numbers = st.integers(0, 10_000_000)


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    status, created = draw(statuses), draw(moments)
    return Attempt(
        id=draw(numbers),
        session_id=draw(numbers),
        project_id=12,
        project=draw(names),
        workflow=draw(names),
        session_time=created,
        status=status,
        created_at=created,
        finished_at=created + timedelta(seconds=draw(numbers)) if status.finished else None,
        index=draw(st.one_of(st.none(), st.integers(1, 500))),
        retry_attempt_name=draw(st.one_of(st.none(), names)),
        session_uuid=draw(st.one_of(st.none(), names)),
        pool_id="42",
    )


coverages = st.builds(
    Coverage,
    as_of=st.just(NOW),
    since=st.one_of(st.none(), moments),
    feed=st.sampled_from(("attempts", "sessions")),
    odd=numbers,
    trouble=st.one_of(st.none(), errors.filter(bool)),
)
freshness = st.builds(Freshness, coverages, st.just(NOW), st.just(ZoneInfo("Asia/Tokyo")), names)
spans = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=7)))
urls = st.one_of(st.none(), st.sampled_from(("https://console.test/1", "https://x.test/?a=<|>" + "y" * 400)))
rows = st.builds(
    Row, attempts(), urls, spans, numbers, st.one_of(st.none(), numbers), errors, st.booleans(), st.booleans()
)
counts = st.dictionaries(statuses, numbers)
groups = st.builds(
    Group, names, names, statuses, names, counts, st.one_of(st.none(), moments), st.just(0.5), numbers, urls
)
pages = st.builds(
    ListPage,
    total=numbers,
    window=names,
    window_words=names,
    fresh=freshness,
    statuses=st.frozensets(statuses),
    shapes=st.frozensets(st.sampled_from(list(Shape))),
    where=names,
    counts=counts,
    rows=st.lists(rows, max_size=10, unique_by=lambda row: row.last.session_id).map(tuple),
    groups=st.one_of(st.none(), st.lists(groups, max_size=10).map(tuple)),
    page=st.integers(1, 3),
    pages=st.integers(1, 1_000),
    kept=st.one_of(st.none(), numbers),
    projects=st.lists(names, max_size=150, unique=True).map(tuple),
    project=st.one_of(st.none(), names),
    ask=st.one_of(st.none(), st.just("7f3")),
    words=st.one_of(names, st.just("x" * 3_000)),
    public=st.booleans(),
    shared_by=st.one_of(st.none(), names),
    hidden=numbers,
    notes=st.lists(errors.filter(bool), max_size=3).map(tuple),
)
stories = st.builds(
    Story,
    attempt=attempts(),
    fresh=freshness,
    attempts=st.lists(attempts(), max_size=30).map(tuple),
    count=st.one_of(st.none(), numbers),
    usual=spans,
    streak=numbers,
    task=st.one_of(st.none(), names),
    error=errors,
    params=st.dictionaries(names, names, max_size=20),
    url=urls,
    public=st.booleans(),
    shared_by=st.one_of(st.none(), names),
    notes=st.lists(errors.filter(bool), max_size=3).map(tuple),
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def shown(value: Any) -> Iterator[str]:
    """All texts of a block, those of screen readers too."""
    if isinstance(value, dict):
        if isinstance(text := value.get("text"), str):
            yield text
        yield value.get("accessibility_label", "")
        for inner in value.values():
            yield from shown(inner)
    if isinstance(value, list):
        for inner in value:
            yield from shown(inner)


def elements(block: Block) -> list[Block]:
    accessory = [block["accessory"]] if "accessory" in block else []
    return accessory + (block["elements"] if block["type"] == "actions" else [])


def check_element(element: Block) -> None:
    assert 1 <= units(element["action_id"]) <= 255
    assert units(element.get("value", "x")) <= 2_000
    assert units(element.get("text", {}).get("text", "x")) <= LIMITS["button"]
    assert units(element.get("accessibility_label", "x")) <= 75
    if element["type"] == "static_select":
        assert 1 <= len(element["options"]) <= 100
        assert element["initial_option"] in element["options"]
        assert all(1 <= units(option["text"]["text"]) <= LIMITS["option"] for option in element["options"])
        assert all(1 <= units(option["value"]) <= 150 for option in element["options"])


def check_block(block: Block) -> None:
    assert units(block.get("block_id", "")) <= 255
    match block["type"]:
        case "header" | "section" if "text" in block:
            assert 1 <= units(block["text"]["text"]) <= LIMITS[block["type"]]
        case "section":
            assert 1 <= len(block["fields"]) <= 10
            assert all(1 <= units(field["text"]) <= LIMITS["field"] for field in block["fields"])
        case "context":
            assert 1 <= len(block["elements"]) <= 10
            assert all(1 <= units(element["text"]) <= 3_000 for element in block["elements"])
        case "actions":
            assert 1 <= len(block["elements"]) <= 25
    for element in elements(block):
        check_element(element)
    check_models(block)


def check_models(block: Block) -> None:
    """slack_sdk reads every block; slackblocks those without buttons."""
    parsed = SdkBlock.parse(block)
    assert parsed is not None
    parsed.validate_json()
    if block["type"] != "actions" and "accessory" not in block:
        slackblocks.Block.from_dict(dict(block))


def check(message: Message) -> None:
    assert 1 <= len(message.blocks) <= 50
    for block in message.blocks:
        check_block(block)
    texts = [text for block in message.blocks for text in shown(block)]
    assert sum(map(units, texts)) <= 12_000
    assert 1 <= units(message.text) <= 4_000
    assert not re.search("<[!@#]", "".join([*texts, message.text]))
    ids = [element["action_id"] for block in message.blocks for element in elements(block)]
    assert len(ids) == len(set(ids))
    assert "\x1b" not in rendered(message)


@settings(max_examples=25, deadline=None)
@given(pages)
def test_any_list_is_one_that_slack_takes(page: ListPage) -> None:
    check(list_message(page))


@settings(max_examples=25, deadline=None)
@given(stories)
def test_any_story_is_one_that_slack_takes(story: Story) -> None:
    check(story_message(story))


@settings(max_examples=15, deadline=None)
@given(names, names, freshness, st.lists(names, max_size=8))
def test_any_other_answer_is_one_that_slack_takes(
    word: str, name: str, fresh: Freshness, others: list[str]
) -> None:
    nearest = [answers.Suggestion(other, f"sessions {index}") for index, other in enumerate(others)]
    example = answers.Example(word, name)
    for message in (
        answers.suggestions(f"I don't know `{word}`.", nearest),
        answers.bug(),
        answers.trouble(name * 20),
        answers.refused(f"No. {name * 20}"),
        answers.file_note(word, name, fresh, others),
        answers.help_message(
            f"Help {word}", name, word, [answers.Chapter(other, (example,) * 9) for other in others]
        ),
    ):
        check(message)


def test_ten_long_rows_are_all_there_drawn_tighter() -> None:
    last = Attempt(1, 1, 1, "&" * 255, "😀" * 255, NOW, Status.ERROR, NOW, NOW)
    ten = tuple(Row(last, "https://console.test/1", error="e" * 9_000) for _ in range(10))
    fresh = Freshness(Coverage(NOW), NOW, ZoneInfo("UTC"), "us01")
    page = ListPage(total=10, window="last 24 h", window_words="24h", fresh=fresh, rows=ten)
    drawn = [block["text"]["text"] for block in list_message(page).blocks if "accessory" in block]
    assert len(drawn) == 10
    assert all("e" * 40 in text for text in drawn)
