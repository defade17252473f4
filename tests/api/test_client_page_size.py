"""A server whose largest page is smaller than ours refuses our `page_size`; without it, it gives 100 rows."""

from datetime import timedelta

from bot.api.client import Client
from bot.api.sites import Access, self_hosted
from bot.api.wire import Account as Asked
from bot.core.patience import Patience
from bot.playground.account import Account, Written
from bot.playground.account.written import T0

HOUR = timedelta(hours=1)


async def test_a_smaller_largest_page_is_found_out_once() -> None:
    history = Written(T0 - 5 * HOUR)
    for _ in range(120):
        history.run()
    async with (
        Account(history, flavour="digdag", most=50) as served,
        Client(Asked(self_hosted(served.url), Access())) as client,
    ):
        patience = Patience(lambda: 0.0, total=10)
        first = await client.attempts(patience=patience)
        second = await client.attempts(first.lowest_id, patience=patience)
        assert (first.size, second.size) == (100, 20)
        assert [dict(each.query).get("page_size") for each in served.log] == ["100", None, None]
