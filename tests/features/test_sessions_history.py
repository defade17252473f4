"""A story with what the copy knows of its workflow: usual duration, slowness, streak."""

import pytest

from bot.core.statistics import FEWEST
from bot.mirror.mirror import Mirror
from bot.playground.account import Written
from tests.features.asking import HOUR, MINUTE, NOW, Desk, at_desk


def slow_failures() -> Written:
    """Successes of 14 min, then three failures of 40: sessions 6 to 8."""
    history = Written()
    for number in range(FEWEST):
        begun = NOW - (20 - number) * HOUR
        history.run("sales", "load", created=begun, finished=begun + 14 * MINUTE, outcome="success")
    for number in range(3):
        begun = NOW - (9 - number) * HOUR
        history.run("sales", "load", created=begun, finished=begun + 40 * MINUTE, outcome="error")
    return history


async def fill(desk: Desk) -> Mirror:
    mirror = desk.sessions.desk.source
    assert isinstance(mirror, Mirror)
    await mirror.upkeep.fill()
    return mirror


@pytest.mark.parametrize(
    ("session", "ran", "status"),
    [
        (8, "40 min (usually 14 min), slow", "failed, 3rd in a row"),
        (7, "40 min (usually 14 min), slow", "failed, 2nd in a row"),
        (6, "40 min (usually 14 min), slow", "failed"),
        (5, "14 min (usually 14 min)", "success"),
    ],
)
async def test_a_story_tells_what_the_copy_knows(session: int, ran: str, status: str) -> None:
    async with at_desk(slow_failures()) as desk:
        await fill(desk)
        fields = [
            field["text"]
            for block in (await desk.say(f"/sessions {session}")).blocks
            for field in block.get("fields", ())
        ]
        assert f"*Ran*\n{ran}" in fields
        assert any(field.startswith("*Status*") and field.endswith(f" {status}") for field in fields)


async def test_an_attempt_that_the_copy_does_not_hold_yet_has_its_workflows_pace() -> None:
    history = slow_failures()
    async with at_desk(history) as desk:
        await fill(desk)
        history.run("sales", "load", created=NOW - 25 * MINUTE, outcome="running")
        assert "25 min so far (usually 14 min), slow" in str((await desk.say("/sessions 9")).blocks)


async def test_without_a_copy_it_is_left_unsaid() -> None:
    async with at_desk(slow_failures()) as desk:
        story = str((await desk.say("/sessions 8")).blocks)
        assert "usually" not in story
        assert "in a row" not in story


async def test_a_workflow_of_the_same_name_elsewhere_is_another() -> None:
    history = slow_failures()
    history.run("crm", "load", created=NOW - HOUR, finished=NOW - 10 * MINUTE, outcome="error")
    async with at_desk(history) as desk:
        await fill(desk)
        story = str((await desk.say("/sessions 9")).blocks)
        assert "usually" not in story
        assert "in a row" not in story
