"""What an answer can do without: errors and lists of names. Unread, they are said so."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account as Asked
from bot.asking.desk import IN_SLACK, SILENCE, Desk
from bot.asking.lists import kept_page, new_page
from bot.core.patience import Patience
from bot.core.people import Asking, Person
from bot.core.query import Query
from bot.core.reply import File
from bot.core.words import parse
from bot.features.sessions.files import new_file
from bot.features.sessions.lists import SESSION_LISTS
from bot.features.sessions.stories import session_story
from bot.features.sessions.views import ListPage, list_message
from bot.mirror.scan import Scan
from bot.playground.account import Account, Clock, Fault, Written
from bot.store import store as stores
from bot.store.asks import Asks
from tests.features.asking import HOUR, NOW, at_desk, failing, rows

UNREAD = "its error could not be read"


class TestRows:
    async def test_the_row_whose_error_could_not_be_read_says_so_and_only_that_row(self) -> None:
        async with patient(failing(3)) as at:
            at.account.faults.status(403, "/api/attempts/2/tasks")
            message = list_message(await at.listed("failed"))
            third, second, first = rows(message)
            assert UNREAD in second
            assert ("boom 3" in third, "boom 1" in first) == (True, True)
            assert str(message.blocks).count(UNREAD) == 1
            assert message.text.count(UNREAD) == 1

    async def test_it_is_read_when_its_page_is_turned_to_again(self) -> None:
        async with patient(failing(12)) as at:
            fault = at.account.faults.status(403, "/api/attempts/12/tasks")
            first = await at.listed("failed")
            assert UNREAD in rows(list_message(first))[0]
            at.account.faults.off(fault)
            ask = await at.desk.asks.get(first.ask or "", NOW)
            assert ask is not None
            again = await kept_page(at.desk, SESSION_LISTS, ask, 1, ANA, public=False)
            assert again is not None
            assert "boom 12" in rows(list_message(again))[0]
            assert UNREAD not in str(list_message(again).payload())

    async def test_what_has_no_error_to_read_never_says_so(self) -> None:
        history = Written()
        history.run("sales", "no_tasks", created=NOW - HOUR, outcome="error", tasks=[])
        history.run("sales", "killed", created=NOW - HOUR, outcome="killed")
        history.run("sales", "good", created=NOW - HOUR, outcome="success")
        async with patient(history) as at:
            at.account.faults.status(403, "/api/attempts/2")
            at.account.faults.status(403, "/api/attempts/3")
            message = list_message(await at.listed("24h"))
            assert len(rows(message)) == 3
            assert UNREAD not in message.text + str(message.blocks)

    async def test_a_server_that_tells_no_errors_is_not_blamed_row_by_row(self) -> None:
        async with at_desk(failing(2)) as desk:
            desk.account.faults.only_sessions()
            message = await desk.say("/sessions failed")
            assert len(rows(message)) == 2
            assert UNREAD not in message.text + str(message.blocks)


class TestFiles:
    @pytest.mark.parametrize(
        ("unread", "note"),
        [
            ((), ""),
            ((2,), "1 error could not be read: left empty."),
            ((1, 3), "2 errors could not be read: left empty."),
        ],
    )
    async def test_the_note_beside_a_file_counts_what_it_leaves_empty(
        self, unread: tuple[int, ...], note: str
    ) -> None:
        async with at_desk(failing(3)) as desk:
            for number in unread:
                desk.account.faults.status(403, f"/api/attempts/{number}/tasks")
            file = await desk.ask("/sessions failed csv")
            assert isinstance(file, File)
            assert note in file.message.text
            assert ("left empty" in file.message.text) == bool(unread)
            errors = [line.rpartition(",")[2] for line in file.content.decode().splitlines()[1:]]
            assert errors == ["" if number in unread else f"boom {number}" for number in (3, 2, 1)]

    async def test_a_failure_without_an_error_is_no_unread_one(self) -> None:
        history = failing(1)
        history.run("sales", "no_tasks", created=NOW - HOUR, outcome="error", tasks=[])
        async with at_desk(history) as desk:
            file = await desk.ask("/sessions failed csv")
            assert isinstance(file, File)
            assert "left empty" not in file.message.text


@dataclass
class Time:
    """Seconds that pass only where someone waits; who waits at once waits together."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds = max(self.seconds, self.seconds + seconds)


ANA = Asking(Person("ana", "Ana", ZoneInfo("Europe/Berlin")), hurried=False)
"""Someone at a terminal: she waits for as long as the account answers."""


@dataclass
class Patient:
    """A desk, the account it asks, and how long it waited."""

    desk: Desk
    account: Account
    time: Time

    def refuse(self, path: str, seconds: int) -> None:
        """From now on this path asks to be left alone for so long."""
        headers = {"Retry-After": str(seconds)}
        self.account.faults.add(Fault("status", path, status=503, headers=headers))

    async def listed(self, words: str) -> ListPage:
        page = await new_page(self.desk, SESSION_LISTS, self.query(words), ANA)
        assert isinstance(page, ListPage)
        return page

    def query(self, words: str) -> Query:
        query = parse(words, now=NOW, zone=ANA.person.zone)
        assert isinstance(query, Query)
        return query


@asynccontextmanager
async def patient(history: Written) -> AsyncIterator[Patient]:
    clock, time = Clock(NOW), Time()
    clock.freeze()
    async with (
        Account(history, clock=clock) as account,
        stores.open_store("sqlite://", stores.Account(account.url, "1")) as store,
        Client(
            Asked(self_hosted(account.url), Access.key("1/abc")),
            clock=time,
            sleep=time.sleep,
            now=clock.now,
            chance=lambda: 0.0,
        ) as client,
    ):
        site = client.account.site
        yield Patient(
            Desk(Scan(client, clock.now), client, Asks(store), site, clock.now, time), account, time
        )


class TestWaiting:
    """Beside the answer itself, who waits (a terminal, a file) waits no longer than someone in Slack."""

    async def names(self, at: Patient) -> None:
        at.refuse("/api/projects", 4)
        at.refuse("/api/workflows", 4)
        assert (await at.listed("failed sales")).total == 2

    async def errors(self, at: Patient) -> None:
        at.refuse("/api/attempts/", 4)
        assert [row.error for row in (await at.listed("failed")).rows] == [None, None]

    async def story(self, at: Patient) -> None:
        at.refuse("/api/attempts/1/tasks", 4)
        story = await session_story(at.desk, 1, ANA)
        assert story.error is None
        assert story.fresh.coverage.complete

    @pytest.mark.parametrize("what", ["names", "errors", "story"])
    async def test_what_can_be_left_out_is_waited_for_ten_seconds_at_most(self, what: str) -> None:
        async with patient(failing(2)) as at:
            asked: Callable[[Patient], Awaitable[None]] = getattr(self, what)
            await asked(at)
            assert 0 < at.time.seconds <= IN_SLACK

    async def test_a_files_errors_are_waited_for_five_seconds_at_most(self) -> None:
        async with patient(failing(2)) as at:
            at.refuse("/api/attempts/", 2)
            file = await new_file(at.desk, at.query("failed csv"), ANA)
            assert isinstance(file, File)
            assert "2 errors could not be read: left empty." in file.message.text
            assert 0 < at.time.seconds <= 5.0

    async def test_what_is_asked_for_itself_is_waited_for_longer(self) -> None:
        async with patient(failing(2)) as at:
            refusal = Fault("status", "/api/attempts", left=2, status=503, headers={"Retry-After": "8"})
            at.account.faults.add(refusal)
            assert (await at.listed("failed")).total == 2
            assert at.time.seconds > IN_SLACK

    async def test_in_slack_all_of_it_shares_the_ten_seconds_that_are_left(self) -> None:
        async with patient(failing(1)) as at:
            hurried = Patience(at.time, total=IN_SLACK)
            at.time.seconds = 7.0
            assert at.desk.beside(hurried) is hurried
            waiting = Patience(at.time, silence=SILENCE)
            assert at.desk.beside(waiting).left() == IN_SLACK
            at.time.seconds += SILENCE - 4.0
            assert at.desk.beside(waiting).left() == 4.0
