"""Names on a real server find what they name, and nothing else; typos are told."""

import pytest

from .asking import Asker
from .staging import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def sessions_of(stage: Stage, *kinds: str) -> set[str]:
    return set(await stage.lasts(*kinds))


@pytest.mark.parametrize("kind", ["main", "longer name", "odd", "gone"])
async def test_an_exact_name_finds_its_project_alone(stage: Stage, bot: Asker, kind: str) -> None:
    """`gone` is deleted, and `main` is the beginning of `longer name`."""
    rows = await bot.all_rows(stage.homes[kind].words)
    assert rows.keys() == await sessions_of(stage, kind)
    assert rows


async def test_a_name_that_was_used_again_shows_both_projects(stage: Stage, bot: Asker) -> None:
    assert stage.homes["used before"].id != stage.homes["used again"].id
    rows = await bot.all_rows(stage.homes["used again"].words)
    assert rows.keys() == {stage.sessions["used before"], stage.sessions["used again"]}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("lookout-live-{}", ["main"]),
        ("LOOKOUT-LIVE-{}", ["main"]),
        ("lookout-live-{}-m", ["longer name"]),
        ("project:lookout-live-{}-more", ["longer name"]),
        ("old-{}", ["gone", "used before", "used again"]),
        ("old-{}-*", ["gone", "used before", "used again"]),
        ("project:live-{}-mo", ["longer name"]),
        ("old-{}-gone/boom", ["gone"]),
        ("old-{}-gone/bo*", ["gone"]),
    ],
)
async def test_names_are_found_by_case_beginning_part_and_pattern(
    stage: Stage, bot: Asker, words: str, kinds: list[str]
) -> None:
    rows = await bot.all_rows(words.format(stage.suffix))
    assert rows.keys() == await sessions_of(stage, *kinds)


async def test_a_workflow_s_name_narrows_its_project(stage: Stage, bot: Asker) -> None:
    rows = await bot.all_rows(f"{stage.homes['main'].words} workflow:boom")
    assert rows.keys() == {stage.sessions["boom"], stage.sessions["boom again"]}


async def test_a_mistyped_status_is_named_with_the_nearest_word(stage: Stage, bot: Asker) -> None:
    answer = await bot.ask(f"faled {stage.homes['main'].words}")
    assert "faled" in answer.text
    assert "`failed`" in answer.text
    (label,) = [words for words, _, _ in answer.elements]
    assert "failed" in label
    mended = await bot.press(answer, label)
    assert mended.rows.keys() == (await bot.ask(f"failed {stage.homes['main'].words}")).rows.keys()


async def test_a_mistyped_project_is_answered_with_the_nearest(stage: Stage, bot: Asker) -> None:
    answer = await bot.ask(f"failed project:lookout-lvie-{stage.suffix}")
    name = stage.homes["main"].name
    assert f"lookout-lvie-{stage.suffix}" in answer.text
    assert f"`{name}`" in answer.text
    label = next(words for words, _, _ in answer.elements if words.endswith(name))
    assert (await bot.press(answer, label)).header.endswith("failed sessions · last 24 h")
