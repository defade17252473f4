"""What goes wrong when it is told to."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.playground.account import Account, AnyKey, Written
from bot.playground.account.faults import Odd

TLS = ssl.create_default_context()  # made once: it takes 50 ms
PATH = "/api/sessions"


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    history = Written(datetime(2026, 11, 1, tzinfo=UTC))
    for _ in range(3):
        history.run()
    async with Account(history, auth=AnyKey()) as running:
        yield running


@pytest.fixture
async def client(account: Account) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=account.url, headers={"Authorization": "TD1 1/a"}, timeout=5
    ) as made:
        yield made


async def test_a_status_for_the_next_two_requests(account: Account, client: httpx.AsyncClient) -> None:
    fault = account.faults.status(503, times=2)
    assert [(await client.get(PATH)).status_code for _ in range(3)] == [503, 503, 200]
    assert fault.struck == 2


async def test_a_fault_of_one_path_spares_the_others(account: Account, client: httpx.AsyncClient) -> None:
    fault = account.faults.status(500, "/api/attempts")
    assert (await client.get("/api/attempts/1")).status_code == 500
    assert (await client.get(PATH)).status_code == 200
    account.faults.off(fault)
    assert (await client.get("/api/attempts/1")).status_code == 200


async def test_a_share_of_the_requests(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.status(502, share=0.5)
    seen = {(await client.get(PATH)).status_code for _ in range(30)}
    assert seen == {200, 502}


@pytest.mark.parametrize(
    ("after", "header"),
    [
        (None, None),
        (2, "2"),
        (datetime(2026, 11, 24, 9, 5, 7, tzinfo=UTC), "Tue, 24 Nov 2026 09:05:07 GMT"),
    ],
)
async def test_too_many_requests(
    account: Account, client: httpx.AsyncClient, after: float | datetime | None, header: str | None
) -> None:
    account.faults.too_many(after)
    answer = await client.get(PATH)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)


async def test_forbidden_has_an_envelope(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.forbidden()
    answer = await client.get(PATH)
    assert (answer.status_code, answer.json()["status"]) == (403, 403)


@pytest.mark.parametrize("status", [200, 500, 502])
async def test_a_page_of_html(account: Account, client: httpx.AsyncClient, status: int) -> None:
    account.faults.html(status)
    answer = await client.get(PATH)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<html>" in answer.text


async def test_a_cut_body_and_a_dropped_connection(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.cut(times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await client.get(PATH)
    account.faults.drop(times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await client.get(PATH)
    assert (await client.get(PATH)).status_code == 200


async def test_a_body_that_drips_for_ever(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.drip(0.01)
    async with client.stream("GET", PATH) as answer:
        drops = answer.aiter_raw()
        assert [await anext(drops) for _ in range(5)] == [b" "] * 5


async def test_no_answer_at_all(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.silent(times=1)
    with pytest.raises(httpx.ReadTimeout):
        await client.get(PATH, timeout=0.05)
    assert (await client.get(PATH)).status_code == 200


async def test_wrong_bodies(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.empty(times=1)
    assert (await client.get(PATH)).content == b""
    account.faults.content_type("text/plain", times=1)
    answer = await client.get(PATH)
    assert answer.headers["Content-Type"] == "text/plain"
    assert len(answer.json()["sessions"]) == 3
    account.faults.broken_json(times=1)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        (await client.get(PATH)).json()


@pytest.mark.parametrize(
    "odd",
    ["no_id", "no_session_time", "unknown_status", "no_project", "no_last_attempt", "odd_time", "text"],
)
async def test_one_odd_row_of_a_page(account: Account, client: httpx.AsyncClient, odd: Odd) -> None:
    right = (await client.get(PATH)).json()["sessions"]
    account.faults.odd_row(odd, row=1)
    spoiled = (await client.get(PATH)).json()["sessions"]
    assert [spoiled[0], spoiled[2]] == [right[0], right[2]]
    assert spoiled[1] != right[1]


async def test_paging_that_loops(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.ignore_last_id()
    first = (await client.get(PATH, params={"page_size": 2})).json()
    assert (await client.get(PATH, params={"page_size": 2, "last_id": 2})).json() == first


async def test_a_server_that_has_nothing_but_sessions(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.only_sessions()
    assert (await client.get(PATH)).status_code == 200
    for path in ("/api/sessions/1", "/api/attempts", "/api/projects", "/api/version"):
        assert (await client.get(path)).status_code == 404


async def weathered(account: Account, client: httpx.AsyncClient, seed: int) -> list[str]:
    """What became of a hundred requests, one after the other, in a storm."""
    account.faults.storm(failing=0.3, cut=0.1, dropped=0.1, too_many=0.1, retry_after=7, slow=0.1, seed=seed)
    seen = []
    for _ in range(100):
        try:
            answer = await client.get(PATH)
        except httpx.RemoteProtocolError as error:
            seen.append("cut" if "message body" in str(error) else "dropped")
        else:
            seen.append(f"{answer.status_code} {answer.headers.get('Retry-After', '')}".strip())
    account.faults.clear()
    return seen


async def test_a_storm_is_the_same_for_the_same_seed_and_ends_at_once(
    account: Account, client: httpx.AsyncClient
) -> None:
    first = await weathered(account, client, 5)
    assert {"200", "500", "502", "503", "429 7", "cut", "dropped"} == set(first)
    assert 30 < first.count("200") < 75
    assert [(await client.get(PATH)).status_code for _ in range(20)] == [200] * 20
    assert await weathered(account, client, 6) != first
    assert await weathered(account, client, 5) == first


async def test_a_storm_over_one_path_spares_the_others(account: Account, client: httpx.AsyncClient) -> None:
    assert len(account.faults.storm(failing=1.0, path="/api/attempts")) == 3
    assert (await client.get("/api/attempts")).status_code in (500, 502, 503)
    assert (await client.get(PATH)).status_code == 200


async def test_clear_ends_them_all(account: Account, client: httpx.AsyncClient) -> None:
    account.faults.status(500)
    account.faults.only_sessions()
    account.faults.clear()
    assert (await client.get("/api/attempts/1")).status_code == 200
