"""Every open attempt is covered, by no more requests than it takes."""

import random

import pytest

from bot.mirror.cover import ON_HEAD, PAGE, cover

RECENT = tuple(range(5000, 2000, -3))


def rows_of(last_id: int, size: int) -> set[int]:
    """What the server would answer, where nothing has changed."""
    return set(sorted((number for number in RECENT if number < last_id), reverse=True)[:size])


def test_what_the_first_page_shows_is_not_asked_for() -> None:
    assert cover(RECENT[:ON_HEAD], RECENT) == []


def test_neighbours_share_a_page_that_is_no_longer_than_it_must_be() -> None:
    (fetch,) = cover([RECENT[100], RECENT[110]], RECENT)
    assert (fetch.ids, fetch.last_id, fetch.size) == ((RECENT[100], RECENT[110]), RECENT[100] + 1, 14)


def test_one_that_stands_alone_is_asked_for_by_itself() -> None:
    assert [fetch.alone for fetch in cover([RECENT[100], RECENT[400]], RECENT)] == [True, True]


def test_what_is_older_than_the_ids_that_are_known_is_asked_for_one_by_one() -> None:
    fetches = cover([RECENT[100], 17, 16], RECENT)
    assert [fetch.ids for fetch in fetches] == [(RECENT[100],), (17,), (16,)]


def test_an_empty_copy_needs_nothing() -> None:
    assert cover([], ()) == []


@pytest.mark.parametrize("seed", range(20))
def test_every_open_attempt_is_on_its_page(seed: int) -> None:
    chance = random.Random(seed)
    opened = chance.sample(RECENT, chance.randrange(1, 200))
    fetches = cover(opened, RECENT)
    for fetch in fetches:
        assert set(fetch.ids) <= rows_of(fetch.last_id, fetch.size)
        assert fetch.size <= PAGE
    asked = {number for fetch in fetches for number in fetch.ids}
    assert asked == {number for number in opened if number < RECENT[ON_HEAD - 1]}
