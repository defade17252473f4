"""Messages that have stood for a while."""

from pathlib import Path

from bot.manifest import manifest_yaml
from bot.playground.account import Account, Clock
from bot.playground.slack import LocalSlack, Message, SteppedClock
from tests.end_to_end.staging import (
    HERE,
    MINUTE,
    NOW,
    Stage,
    everything,
    failing,
    header,
    settled,
    staged,
    started,
)


async def test_a_press_works_after_half_an_hour(mode: str, tmp_path: Path) -> None:
    clock = SteppedClock()
    async with staged(mode, tmp_path, failing(12), slack_clock=clock) as stage:
        message = await stage.ask("/sessions failed")
        clock.move(31 * 60)
        stage.account.clock.move(31 * MINUTE)
        read = len(stage.asked())
        await stage.press(message, "Next")
        changed = await stage.slack.changed(message)
        assert "page 2 of 2" in everything(changed)
        assert "31 min ago" in changed.text
        assert all(path.endswith("/tasks") for path in stage.asked()[read:])


async def turned_after_a_restart(mode: str, folder: Path, second: str) -> tuple[Stage, Message]:
    """Page 2 of a list that the bot before the restart made; the second one's database is `second`."""
    clock = Clock(NOW)
    clock.freeze()
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(12), clock=clock) as account:
        async with started(mode, slack, account, folder) as stage:
            message = await stage.ask("/sessions failed")
        async with started(
            mode, slack, account, folder, DATABASE_URL=f"sqlite:///{folder}/{second}"
        ) as stage:
            await settled(stage.bot)
            account.log.clear()
            await stage.press(message, "Next")
            return stage, await slack.changed(message)


async def test_a_restart_on_the_same_database_goes_on(mode: str, tmp_path: Path) -> None:
    stage, changed = await turned_after_a_restart(mode, tmp_path, "lookout.db")
    assert "page 2 of 2" in everything(changed)
    assert "asked anew" not in everything(changed)
    assert "/api/attempts" not in stage.asked()


async def test_on_an_empty_database_a_list_is_asked_anew_in_place_and_says_so(
    mode: str, tmp_path: Path
) -> None:
    _, changed = await turned_after_a_restart(mode, tmp_path, "empty.db")
    assert "asked anew" in everything(changed)
    assert "page 2 of 2" in everything(changed)
    assert header(changed) == "12 failed sessions · last 24 h"
    assert changed.for_user == "U0ANA"


async def test_the_menus_of_a_lost_list_still_answer(mode: str, tmp_path: Path) -> None:
    clock = Clock(NOW)
    clock.freeze()
    async with LocalSlack(manifest_yaml()) as slack, Account(failing(12), clock=clock) as account:
        async with started(mode, slack, account, tmp_path) as stage:
            message = await stage.ask("/sessions failed")
        empty = f"sqlite:///{tmp_path}/empty.db"
        async with started(mode, slack, account, tmp_path, DATABASE_URL=empty) as stage:
            await stage.choose(message, "window", "last 7 days")
            changed = await slack.changed(message)
            assert header(changed) == "12 failed sessions · last 7 days"
            await stage.press(changed, "Share in channel")
            assert header(await slack.next_message(HERE)) == "12 failed sessions · last 7 days"
