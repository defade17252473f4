"""Digests from the terminal: made, listed and changed by `ask`, printed by `digest NAME --dry-run`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground.account import Account, Clock, Written
from bot.store.digests import Digests
from bot.store.store import Account as Owner
from bot.store.store import open_store
from tests.command_line.test_ask import Ended, ran

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
LATELY = "2026-11-24T12:30:00Z"
ADD = "/digests add morning every weekday at 9 in #data"


def story() -> Written:
    """Of each of 20 days one session that went well and one that failed; of the last a killed one, too."""
    history = Written(NOW - 40 * DAY)
    for day in range(19, -1, -1):
        at = NOW.replace(hour=3, minute=0) - day * DAY
        history.run("shop", "nightly", created=at, took=10 * MINUTE, outcome="success")
        history.run("shop", "stock", created=at, took=MINUTE, outcome="error", error="no rows")
    history.run("shop", "nightly", created=NOW - 8 * HOUR, took=MINUTE, outcome="killed")
    return history


@asynccontextmanager
async def account() -> AsyncIterator[Account]:
    clock = Clock(NOW)
    clock.freeze()
    async with Account(story(), clock=clock) as served:
        yield served


async def ask(served: Account, folder: Path, *typed: str, **environ: str) -> Ended:
    return await ran("ask", *typed, folder=folder, WORKFLOW_URL=served.url, TD_API_KEY="1/a", **environ)


async def dry_run(served: Account, folder: Path, *typed: str, **environ: str) -> Ended:
    environ = {"WORKFLOW_URL": served.url, "TD_API_KEY": "1/a", **environ}
    return await ran("digest", *typed, folder=folder, **environ)


async def test_one_is_made_listed_changed_and_removed(tmp_path: Path) -> None:
    async with account() as served:
        made = await ask(served, tmp_path, ADD)
        assert (made.status, made.err) == (0, "")
        assert "Mon–Fri 09:00 UTC in #data" in made.out
        assert "Saved." in made.out
        assert "unchecked" in made.out
        listed = await ask(served, tmp_path, "/digests")
        assert "made by the operator" in listed.out
        for step, said in (("pause", "Paused"), ("resume", "goes on"), ("remove", "is gone")):
            ended = await ask(served, tmp_path, f"/digests {step} morning")
            assert (ended.status, said in ended.out) == (0, True), ended
        assert "There is none yet" in (await ask(served, tmp_path, "/digests")).out
        assert "the operator removed morning" in (await ask(served, tmp_path, "/digests history")).out


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("/digests add morning every blursday at 9 in #data", "blursday"),
        ("/digests add morning every weekday at 25 in #data", "25"),
        ("/digests add morning 0 9 * * 1-5 2 in #data", "five"),
        ("/digests add morning 0 9 31 2 * in #data", "never"),
        ("/digests add morning hourly in #data failed", "failed"),
        ("/digests add morning hourly in #data zone Asia/Tokio", "Asia/Tokyo"),
        ("/digests add morning hourly in #data faield", "faield"),
        ("/digests add morning hourly in #data nosuch/*", "nosuch"),
        ("/digests add", "/digests add morning every weekday at 9 in #data"),
        ("/digests preview morning", "There is no digest `morning`"),
    ],
)
async def test_a_refusal_ends_with_1_and_names_what_was_not_understood(
    typed: str, named: str, tmp_path: Path
) -> None:
    async with account() as served:
        ended = await ask(served, tmp_path, typed)
        assert (ended.status, ended.out) == (1, "")
        assert named in ended.err
    async with open_store(f"sqlite:///{tmp_path}/lookout.db", Owner(served.url, "1")) as store:
        assert await Digests(store).all() == []


async def test_what_would_have_to_be_kept_is_refused_where_it_cannot_be(tmp_path: Path) -> None:
    async with account() as served:
        ended = await ask(served, tmp_path, ADD, EPHEMERAL_DISK="1")
        assert ended.status == 1
        assert "DIGESTS" in ended.err
        ended = await ask(served, tmp_path, ADD, DATABASE_URL="sqlite:////nowhere/at/all.db")
        assert ended.status == 1
        assert "Nothing can be kept now" in ended.err
        declared = "- {name: morning, when: hourly, channel: '#data'}"
        ended = await ask(served, tmp_path, "/digests send morning", EPHEMERAL_DISK="1", DIGESTS=declared)
        assert (ended.status, ended.out) == (1, "")
        assert "cannot be sent from here" in ended.err


async def test_one_is_printed_as_it_would_be_sent(tmp_path: Path) -> None:
    async with account() as served:
        await ask(served, tmp_path, ADD)
        at = (NOW - 7 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
        ended = await dry_run(served, tmp_path, "morning", "--dry-run", "--at", at, "--json")
        assert (ended.status, ended.err) == (0, "")
        told = json.loads(ended.out)
        assert told.keys() == {"text", "blocks", "numbers"}
        assert told["numbers"] == {
            "from": "2026-11-16T09:00:00Z",
            "to": "2026-11-17T09:00:00Z",
            "finished": 2,
            "success": 1,
            "failed": 1,
            "killed": 0,
            "still_broken": ["shop/stock"],
            "new": [],
            "recovered": [],
        }
        assert "`no rows`" in told["text"]
        assert "not read yet" not in told["text"]
        plain = await dry_run(served, tmp_path, "morning", "--dry-run", "--at", LATELY)
        verdict = next(line for line in plain.out.split("\n") if "%" in line)
        assert "33.3 % of 3 sessions succeeded" in verdict
        assert "1 failed, as many as before, 1 killed" in verdict


async def test_a_declared_one_is_printed_too(tmp_path: Path) -> None:
    declared = "- {name: morning, when: daily at 9, channel: '#data', words: 'shop/stock'}"
    async with account() as served:
        ended = await dry_run(
            served, tmp_path, "morning", "--dry-run", "--at", LATELY, "--json", DIGESTS=declared
        )
        numbers = json.loads(ended.out)["numbers"]
        assert (numbers["finished"], numbers["failed"]) == (1, 1)


async def test_what_cannot_be_had_ends_with_1_and_a_sentence(tmp_path: Path) -> None:
    async with account() as served:
        ended = await dry_run(served, tmp_path, "nobody", "--dry-run")
        assert (ended.status, ended.out) == (1, "")
        assert "There is no digest `nobody`" in ended.err
        await ask(served, tmp_path, ADD)
        served.faults.forbidden(times=None)
        ended = await dry_run(served, tmp_path, "morning", "--dry-run")
        assert (ended.status, ended.out) == (1, "")
        assert ended.err


@pytest.mark.parametrize("at", ["yesterday", "2026-11-24T00:00:00", "0001-01-01T00:00:00Z"])
async def test_an_instant_that_is_none_is_a_wrong_option(at: str, tmp_path: Path) -> None:
    ended = await ran("digest", "morning", "--dry-run", "--at", at, folder=tmp_path, WORKFLOW_URL="http://x")
    assert ended.status == 2
    assert "instant" in ended.err
