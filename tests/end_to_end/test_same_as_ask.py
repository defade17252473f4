"""`ask` and Slack build the same message with the same requests."""

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.answering import Times, answering
from bot.ask import TERMINAL, asker, no_trouble, shown
from bot.dispatch import Dispatch
from bot.playground.account import Lifelike
from bot.settings import Settings
from tests.end_to_end.staging import NOW, Stage, settings, staged

QUESTIONS = [
    "/sessions failed",
    "/sessions",
    "/sessions by workflow 7d",
    "/sessions retried slow sort:duration",
    "/sessions faled",
    "/sessions 1990",
    "/sessions help",
    "/lookout sessions killed 3d",
]


def normalised(payload: Any) -> str:
    """Without the ask's id, the ids that Slack gives, and usual durations: a copy knows more of the past."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    text = re.sub(r'"block_id": "b\d+", ', "", text)
    text = re.sub(r" \(usually [^)]*\)", "", text)
    text = re.sub(r"ask:[^- ]\S* ", "ask:ID ", text)
    return re.sub(r" at:[^\" .]+\.", " at:ID.", text)


async def printed(question: str, stage: Stage, capsys: pytest.CaptureFixture[str]) -> Any:
    """What `ask --json` prints, at the same instant."""
    chosen = Settings.for_ask(settings(stage.mode, stage.slack, stage.account.url, Path()))
    times = Times(now=stage.account.clock.now)
    road = answering(chosen, database="sqlite://", slack="", slack_trouble=no_trouble, times=times)
    async with road as parts:
        dispatch = Dispatch(parts.features, asker(ZoneInfo("Europe/Berlin")), hurried=False)
        assert shown(await dispatch.asked(question, TERMINAL), as_json=True) == 0
    return json.loads(capsys.readouterr().out)


async def test_ask_and_slack_agree(mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lifelike = Lifelike(1, sessions=2_000, anchor=NOW)
    async with staged(mode, tmp_path, lifelike, MIRROR_DAYS="8") as stage:
        for question in QUESTIONS:
            message = await stage.ask(question)
            by_ask = await printed(question, stage, capsys)
            in_slack = {"text": message.text, "blocks": list(message.blocks)}
            assert normalised(by_ask) == normalised(in_slack), question
