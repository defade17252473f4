"""How a copy stands, from before its fill to the day when it lags."""

from dataclasses import replace
from datetime import timedelta

from bot.core.standing import MirrorStanding
from bot.mirror.rules import RULES
from bot.mirror.standing import mirror_standing
from bot.playground.account import Account, Clock, Written
from bot.store.lease import Lease
from tests.mirror.keeping import BEGIN, DAY, Time, mirrored

HOUR = timedelta(hours=1)
RULE = replace(RULES, exact=2 * DAY, kept=4 * DAY)


def history() -> Written:
    """Six days with a session every hour, the last but one failed, the newest at work."""
    written = Written()
    for hours in range(144, 2, -1):
        written.run("sales", "load", created=BEGIN - hours * HOUR, outcome="success")
    written.run("sales", "load", created=BEGIN - 2 * HOUR, outcome="error")
    written.run("sales", "load", created=BEGIN - HOUR, outcome="running")
    return written


async def test_a_copy_from_its_beginning_to_its_lag(database: str) -> None:
    clock = Clock(BEGIN)
    clock.freeze()
    time, begun = Time(clock), clock.now()
    async with Account(history(), clock=clock) as account, mirrored(account, time, database, RULE) as kept:
        empty = await mirror_standing(kept.mirror)
        assert (empty.begun, empty.exact, empty.whole, empty.unread) == (False, False, False, 0)
        assert (empty.keeps, empty.ticked_at, empty.looked_at, empty.a_minute) == (True, None, None, None)

        await kept.do("fill")
        filled = await mirror_standing(kept.mirror)
        assert (filled.begun, filled.exact, filled.whole) == (True, True, True)
        assert (filled.unfinished, filled.unread, filled.odd) == (1, 1, 0)
        assert (filled.ticked_at, filled.looked_at, filled.lease) == (begun, None, None)
        assert filled.filled_to is None or filled.filled_to <= begun - RULE.kept

        clock.move(timedelta(minutes=5))
        await kept.do("look")
        await kept.do("diagnose")
        looked = await mirror_standing(kept.mirror)
        assert looked.looked_at == looked.ticked_at == begun + timedelta(minutes=5)
        assert (looked.unread, looked.trouble) == (0, None)
        assert looked.a_minute is not None
        assert looked.a_minute > 0

        account.faults.status(401)
        clock.move(HOUR)
        await kept.do("tick")
        lagging = await mirror_standing(kept.mirror)
        assert lagging.ticked_at == looked.ticked_at
        assert "TD_API_KEY" in (lagging.trouble or "")


async def test_odd_rows_are_counted(database: str) -> None:
    clock = Clock(BEGIN)
    clock.freeze()
    async with Account(history(), clock=clock) as account:
        account.faults.odd_row("no_session_time")
        async with mirrored(account, Time(clock), database, RULE) as kept:
            await kept.do("fill")
            assert (await mirror_standing(kept.mirror)).odd == 1


async def test_a_server_with_sessions_only_has_no_copy(database: str) -> None:
    clock = Clock(BEGIN)
    clock.freeze()
    async with Account(history(), clock=clock) as account:
        account.faults.only_sessions()
        async with mirrored(account, Time(clock), database, RULE) as kept:
            await kept.do("fill")
            standing: MirrorStanding = await mirror_standing(kept.mirror)
            assert (standing.only_sessions, standing.begun) == (True, False)


async def test_it_names_who_keeps_the_copy_up(database: str) -> None:
    clock = Clock(BEGIN)
    clock.freeze()
    time = Time(clock)
    async with Account(history(), clock=clock) as account, mirrored(account, time, database, RULE) as kept:
        kept.mirror.upkeep.duty.lease = Lease(kept.mirror.copy.store, "mirror", "host-1", now=time.now)
        await kept.mirror.upkeep.duty.hold()
        assert (await mirror_standing(kept.mirror)).lease == "host-1"
