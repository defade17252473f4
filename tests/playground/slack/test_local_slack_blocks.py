"""What Slack refuses in blocks, case by case."""

import copy
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack.blocks import check_blocks, filled_in, require_blocks
from bot.playground.slack.errors import SlackError

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str = "a", value: str = "1") -> Json:
    return {"text": plain(text), "value": value}


def select(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "options": list(options), **more}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: int = 1, columns: int = 1, text: str = "x", **more: Any) -> Json:
    return {"type": "table", "rows": [[cell(text)] * columns] * rows, **more}


def data_table(rows: int = 2, **more: Any) -> Json:
    return {"type": "data_table", "caption": "c", "rows": [[cell()]] * rows, **more}


def series(name: str = "failed", *labels: str) -> Json:
    return {"name": name, "data": [{"label": one, "value": 1} for one in labels or ("Mon",)]}


def bars(*rows: Json, categories: tuple[str, ...] = ("Mon",), **more: Any) -> Json:
    chart = {"type": "bar", "series": list(rows), "axis_config": {"categories": list(categories)}}
    return {"type": "data_visualization", "title": "Failures", "chart": chart, **more}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", **more}


def container(*children: Json, **more: Any) -> Json:
    return {"type": "container", "title": plain("t"), "child_blocks": list(children), **more}


def rich(*inline: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline)}]}


GOOD = [
    [section("x" * 3000)],
    [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    [{"type": "header", "text": plain("x" * 150), "level": 2}],
    [{"type": "divider"}] * 50,
    [actions(*[button(action_id=str(at)) for at in range(25)])],
    [section(accessory=button(action_id="more")), section(accessory=button(action_id="more"))],
    [actions(select(option("All", "all"), option(), initial_option=option("All", "all")))],
    [actions({"type": "overflow", "options": [option()] * 5})],
    [{"type": "context", "elements": [mrkdwn("x"), image()] * 5}],
    [table(100, 1)],
    [table(1, 20, column_settings=[{"align": "right", "is_wrapped": True}])],
    [data_table(201)],
    [bars(series("a", "Mon", "Tue"), series("b", "Tue", "Mon"), categories=("Mon", "Tue"))],
    [
        {
            "type": "data_visualization",
            "title": "x",
            "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]},
        }
    ],
    [{"type": "markdown", "text": "x" * 12000}],
    [container(section(), is_collapsible=True, default_collapsed=True)],
    [{"type": "card", "title": mrkdwn("x"), "actions": [button()] * 3}],
    [rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"})],
    [image(title=plain("t"))],
    [{"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}}],
    [{"type": "task_card", "task_id": "1", "title": "t", "status": "complete"}],
    [{"type": "input", "label": plain("l"), "element": {"type": "plain_text_input"}}],
]

BAD = [
    ([section("x" * 3001)], "less than 3001"),
    ([section("")], "more than 0"),
    ([{"type": "section"}], "`text` or `fields`"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10"),
    ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "less than 2001"),
    ([section(colour="red")], "invalid additional property: colour"),
    ([{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn"),
    ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    ([{"type": "header"}], "missing required field: text"),
    ([{"type": "headline"}], "unsupported type: headline"),
    ([{"type": "divider"}] * 51, "no more than 50"),
    ([section(block_id="a"), section(block_id="a")], "block_id already exists"),
    ([container(section(block_id="a")), section(block_id="a")], "block_id already exists"),
    ([section(block_id="x" * 256)], "less than 256"),
    ([actions(button(action_id="a"), button(action_id="a"))], "action_id already exists"),
    ([actions(*[button()] * 26)], "no more than 25"),
    ([actions()], "no fewer than 1"),
    ([actions(button(text=plain("x" * 76)))], "less than 76"),
    ([actions(button(text=mrkdwn("x")))], "unsupported type: mrkdwn"),
    ([actions(button(value="x" * 2001))], "less than 2001"),
    ([actions(button(url="x" * 10))], "invalid_url"),
    ([actions(button(style="green"))], "must be one of primary, danger"),
    ([actions(button(disabled=True))], "invalid additional property: disabled"),
    ([actions(button(confirm={"title": plain("x" * 101), "text": plain("x")}))], "less than 101"),
    ([actions(button(confirm={"title": plain("x"), "text": plain("x" * 301)}))], "less than 301"),
    ([actions(select())], "no fewer than 1"),
    ([actions(select(*[option()] * 101))], "no more than 100"),
    ([actions(select(option("x" * 76)))], "less than 76"),
    ([actions(select(option("x", "v" * 151)))], "less than 151"),
    ([actions(select(option(), initial_option=option("b", "2")))], "must match one of the options"),
    ([actions({"type": "static_select"})], "`options` or `option_groups`"),
    ([actions({"type": "overflow", "options": [option()] * 6})], "no more than 5"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10"),
    ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    ([{"type": "image", "image_url": "https://example.com/a.png"}], "missing required field: alt_text"),
    ([{"type": "image", "alt_text": "a"}], "`image_url` or `slack_file`"),
    ([{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    ([table(), table()], "only_one_table_allowed"),
    ([table(), data_table()], "only_one_table_allowed"),
    ([container(table()), table()], "only_one_table_allowed"),
    ([table(101)], "no more than 100"),
    ([table(1, 21)], "no more than 20"),
    ([table(1, 1, "x" * 10001)], "less than 10001"),
    ([table(1, 1, "")], "more than 0"),
    ([data_table(1)], "no fewer than 2"),
    ([data_table(202)], "no more than 201"),
    ([data_table(page_size=101)], "between 1 and 100"),
    ([bars(series()), bars(series()), bars(series())], "no more than 2 data_visualization"),
    ([bars(series("a"), series("a"))], "names unique"),
    ([bars(series("a", "Tue"))], "every category"),
    ([bars(series("x" * 21))], "less than 21"),
    ([bars(series(), title="x" * 51)], "less than 51"),
    ([{"type": "markdown", "text": "x" * 7000}] * 2, "markdown must be less than 12001"),
    ([container(*[section()] * 11)], "no more than 10"),
    ([container({"type": "markdown", "text": "x"})], "unsupported type: markdown"),
    ([container(section(), default_collapsed=True)], "`default_collapsed` needs"),
    ([{"type": "card", "subtitle": mrkdwn("x")}], "must define one of"),
    ([{"type": "card", "title": mrkdwn("x"), "actions": [button()] * 4}], "no more than 3"),
    ([rich({"type": "text", "text": ""})], "more than 0"),
    ([rich({"type": "mention", "user_id": "U1"})], "unsupported type: mention"),
    ([{"type": "task_card", "task_id": "1", "title": "t", "status": "pending"}], "must be one of"),
    (["text"], "must be an object"),
    ({"type": "divider"}, "must be an array"),
]


@pytest.mark.parametrize("blocks", GOOD)
def test_slack_takes(blocks: list[Json]) -> None:
    assert check_blocks(blocks, "message") == []


@pytest.mark.parametrize(("blocks", "why"), BAD)
def test_slack_refuses(blocks: Any, why: str) -> None:
    problems = check_blocks(blocks, "message")
    assert any(why in one for one in problems), problems


@pytest.mark.parametrize(
    ("surface", "block", "taken"),
    [
        ("modal", {"type": "alert", "text": plain("x")}, True),
        ("home", {"type": "alert", "text": plain("x")}, False),
        ("modal", table(), False),
        ("home", table(), True),
        ("modal", {"type": "markdown", "text": "x"}, False),
        ("home", bars(series()), False),
        ("modal", container(section()), False),
    ],
)
def test_each_block_has_its_surfaces(surface: str, block: Json, taken: bool) -> None:
    assert (check_blocks([block], surface) == []) is taken


def test_a_view_holds_a_hundred_blocks() -> None:
    assert check_blocks([{"type": "divider"}] * 100, "home") == []
    assert check_blocks([{"type": "divider"}] * 101, "modal") != []


def test_a_block_that_is_not_rolled_out_is_refused_inside_others_too() -> None:
    refused = frozenset({"table"})
    assert check_blocks([container(table())], "message", refused=refused) != []
    assert check_blocks([section()], "message", refused=refused) == []


def test_an_image_shows_only_files_that_are_ready() -> None:
    shown: list[Json] = [{"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}}]
    assert "invalid slack file" in check_blocks(shown, "message", files=frozenset())[0]
    assert check_blocks(shown, "message", files=frozenset({"F1"})) == []


def test_all_texts_together_have_a_limit_that_menus_do_not_count_in() -> None:
    menu = actions(select(*[option("x" * 75, str(at)) for at in range(100)]))
    assert require_blocks([section("x" * 3000), section("x" * 3000), menu])
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        require_blocks([section("x" * 3000)] * 5)


def test_missing_ids_are_given_and_the_callers_blocks_stay_as_they_were() -> None:
    given = [actions(button())]
    kept = filled_in(given)
    assert kept[0]["block_id"]
    assert kept[0]["elements"][0]["action_id"]
    assert given == [actions(button())]


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["section", "table", "rich_text"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "rows", "options", "slack_file"]), inner
        )
    ),
    max_leaves=8,
)


def replaced(value: Any, places: random.Random, odd: Any) -> Any:
    """The value with one thing inside it, somewhere, exchanged."""
    if not isinstance(value, dict | list) or not value or places.random() < 0.2:
        return odd
    copied = copy.copy(value)
    key: Any = places.choice(list(value)) if isinstance(value, dict) else places.randrange(len(value))
    copied[key] = replaced(value[key], places, odd)
    return copied


@given(
    st.sampled_from(GOOD),
    st.randoms(use_true_random=False),
    ODD,
    st.sampled_from(["message", "modal", "home"]),
)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_whatever_comes_is_refused_or_taken_without_a_crash(
    blocks: list[Json], places: random.Random, odd: Any, surface: str
) -> None:
    mangled = replaced(blocks, places, odd)
    if check_blocks(mangled, surface) == [] and isinstance(mangled, list):
        filled_in(mangled)
