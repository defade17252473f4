"""The words of a query: what people type, and what is understood."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import FINISHED, UNFINISHED, Status
from bot.core.query import (
    Asked,
    Help,
    Misread,
    OneAttempt,
    OneSession,
    Pattern,
    Place,
    Query,
    Shape,
    Sort,
)
from bot.core.vocabulary import BARE, KEYS, OPENING, STATUSES
from bot.core.words import parse, words

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 24, 5, 2, 31, tzinfo=UTC)
FAILED = frozenset({Status.ERROR})


def ask(text: str) -> Asked:
    return parse(text, now=NOW, zone=TOKYO)


def either(text: str, *, glob: bool = False) -> Place:
    return Place(either=Pattern(text, glob))


def pair(project: Pattern | str, workflow: Pattern | str) -> Place:
    one, other = (Pattern(part) if isinstance(part, str) else part for part in (project, workflow))
    return Place(project=one, workflow=other)


def project(text: str, *, glob: bool = False) -> Query:
    return Query(places=(Place(project=Pattern(text, glob)),))


def workflow(text: str, *, glob: bool = False) -> Query:
    return Query(places=(Place(workflow=Pattern(text, glob)),))


def at(*places: Place) -> Query:
    return Query(places=places)


ANY = Pattern("*", glob=True)


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("", frozenset()),
        ("   ", frozenset()),
        ("all", frozenset()),
        ("failed all", frozenset()),
        *((word, FAILED) for word in ("failed", "error", "errors", "FAILED", "Failed,", "status:failed")),
        ("status: failed", FAILED),
        ("success", {Status.SUCCESS}),
        ("ok", {Status.SUCCESS}),
        ("succeeded", {Status.SUCCESS}),
        ("killed", {Status.KILLED}),
        ("cancelled", {Status.KILLED}),
        ("canceling", {Status.CANCELING}),
        ("cancelling", {Status.CANCELING}),
        ("running queued", {Status.RUNNING, Status.QUEUED}),
        ("failed, blocked", {Status.ERROR, Status.BLOCKED}),
        ("status:failed,killed", {Status.ERROR, Status.KILLED}),
        ("finished", FINISHED),
        ("unfinished", UNFINISHED),
        ("unfinished failed", UNFINISHED | FAILED),
    ],
)
def test_statuses(text: str, statuses: frozenset[Status]) -> None:
    assert ask(text) == Query(statuses=frozenset(statuses))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("24h", "24h"),
        ("24H", "24h"),
        ("window:24h", "24h"),
        ('window:"this week"', "this week"),
        ("Today", "today"),
        ("this week", "this week"),
        ("last week", "last week"),
        ("last 7 days", "7d"),
        ("24 hours", "24h"),
        ("since Monday", "since monday"),
        ("since:monday", "since monday"),
        ("since 9:00", "since 09:00"),
        ("2026-11-20", "2026-11-20"),
        ("2026/11/20", "2026-11-20"),
        ("2026–11–20", "2026-11-20"),
        ("２０２６－１１－２０", "2026-11-20"),
        ("2026-11-20..2026-11-22", "2026-11-20..2026-11-22"),
        ("2026-11-20…2026-11-22", "2026-11-20..2026-11-22"),
        ("2026-11-20—2026-11-22", "2026-11-20..2026-11-22"),
        ("2026-11-20〜2026-11-22", "2026-11-20..2026-11-22"),
        ("2026-11-20 to 2026-11-22", "2026-11-20..2026-11-22"),
        ("24h 24h", "24h"),
    ],
)
def test_windows(text: str, when: str) -> None:
    assert ask(text) == Query(when=when)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("for 2026-11-20", "2026-11-20"),
        ("for:2026-11-20", "2026-11-20"),
        ("For Today", "today"),
        ("for 2026-11-20..2026-11-22", "2026-11-20..2026-11-22"),
        ("for 2026-11-20 to 2026-11-22", "2026-11-20..2026-11-22"),
    ],
)
def test_days_of_session_time(text: str, days: str) -> None:
    assert ask(text) == Query(session_days=days)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("sales", at(either("sales"))),
        ("sales marketing", at(either("sales"), either("marketing"))),
        ("sales sales", at(either("sales"))),
        ("sales,", at(either("sales"))),
        ("Sales", at(either("Sales"))),
        ("売上", at(either("売上"))),
        ("売上　本番", at(either("売上"), either("本番"))),
        ("sales_*", at(either("sales_*", glob=True))),
        ("sales/daily_load", at(pair("sales", "daily_load"))),
        ("sales / daily_load", at(pair("sales", "daily_load"))),
        ("sales／daily_load", at(pair("sales", "daily_load"))),
        ("sales/*", at(pair("sales", ANY))),
        ("*/daily_*", at(pair(ANY, Pattern("daily_*", glob=True)))),
        ("sales/", project("sales")),
        ("/daily_load", workflow("daily_load")),
        ("project:sales", project("sales")),
        ("project：sales", project("sales")),
        ("project: sales", project("sales")),
        ("PROJECT:sales", project("sales")),
        ("project:sales*", project("sales*", glob=True)),
        ("project:sales/daily", at(pair("sales", "daily"))),
        ("project:failed", project("failed")),
        ("project:123", project("123")),
        ("project:24h", project("24h")),
        ('project:"daily load"', project("daily load")),
        ("project:“daily load”", project("daily load")),
        ("project:„daily load“", project("daily load")),
        ("workflow:'daily load'", workflow("daily load")),
        ("workflow:‘daily load’", workflow("daily load")),
        ('workflow:"daily load"', workflow("daily load")),
        ('"daily load"', at(either("daily load"))),
        ('"daily load"/"step 1"', at(pair("daily load", "step 1"))),
        ('"failed"', at(either("failed"))),
        ('"24h"', at(either("24h"))),
        ('"123456"', at(either("123456"))),
        ('project:"a/b"', project("a/b")),
        (r'project:"a\"b"', project('a"b')),
        (r'project:"a\\b"', project("a\\b")),
        (r'project:"a\b"', project("a\\b")),
        (r'project:"a\nb"', project("a\nb")),
        ('project:"a\nb"', project("a\nb")),
        ('project:"a*b"', project("a*b")),
        ('project:"a b"*', project("a b*", glob=True)),
        ('project:"🎉 party"', project("🎉 party")),
        ("project:bob's", project("bob's")),
        (f"project:{'x' * 255}", project("x" * 255)),
        ("foo:bar", at(either("foo:bar"))),
        ("a&amp;b", at(either("a&b"))),
        ("&lt;!channel&gt;", at(either("<!channel>"))),
        ("project:<http://sales.example.com|sales.example.com>", project("sales.example.com")),
        ("last", at(either("last"))),
    ],
)
def test_places(text: str, query: Query) -> None:
    assert ask(text) == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("retried", Query(shapes=frozenset({Shape.RETRIED}))),
        ("slow STUCK", Query(shapes=frozenset({Shape.SLOW, Shape.STUCK}))),
        ("by workflow", Query(by_workflow=True)),
        ("by workflows", Query(by_workflow=True)),
        ("by:workflow", Query(by_workflow=True)),
        ("sort:duration", Query(sort=Sort.DURATION)),
        ("sort duration", Query(sort=Sort.DURATION)),
        ("sort:newest", Query(sort=Sort.NEWEST)),
        ("SORT:Name", Query(sort=Sort.NAME)),
        ("limit:20", Query(limit=20)),
        ("limit 20", Query(limit=20)),
        ("limit:1000", Query(limit=1000)),
        ("limit:２０", Query(limit=20)),
        ("here", Query(here=True)),
        ("csv", Query(csv=True)),
    ],
)
def test_shape_order_and_delivery(text: str, query: Query) -> None:
    assert ask(text) == query


@pytest.mark.parametrize(
    "text",
    [
        "failed sales 7d by workflow here",
        "here 7d sales by workflow failed",
        "by workflow here sales failed last 7 days",
        "FAILED\u00a0sales\u30007d\n\there by workflow",
        "\u200bfailed sales 7d here\ufeff by workflow",
        "ｆａｉｌｅｄ sales ７ｄ by workflow here",
    ],
)
def test_words_come_in_any_order_case_width_and_spacing(text: str) -> None:
    assert ask(text) == Query(
        statuses=FAILED, when="7d", places=(either("sales"),), by_workflow=True, here=True
    )


CONSOLE = "https://console.treasuredata.com/app/workflows/sessions"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("123456", OneSession(123456)),
        ("#123456", OneSession(123456)),
        ("１２３４５６", OneSession(123456)),
        ("session:123", OneSession(123)),
        ("session 123", OneSession(123)),
        ("123 here", OneSession(123, here=True)),
        ("here #123", OneSession(123, here=True)),
        ("123 123", OneSession(123)),
        ("attempt:987", OneAttempt(987)),
        ("attempt:#987", OneAttempt(987)),
        ("Attempt 987 here", OneAttempt(987, here=True)),
        (f"{CONSOLE}/123", OneSession(123)),
        (f"{CONSOLE}/123/", OneSession(123)),
        (f"{CONSOLE}/123?tab=log#x", OneSession(123)),
        (f"<{CONSOLE}/123>", OneSession(123)),
        (f"<{CONSOLE}/123|the failed one>", OneSession(123)),
        (f"<{CONSOLE}/123?a=1&amp;b=2|console.treasuredata.com/…> here", OneSession(123, here=True)),
        ("https://console.treasuredata.co.jp/app/workflows/sessions/5", OneSession(5)),
        ("http://127.0.0.1:65432/sessions/12", OneSession(12)),
        ("https://digdag.example.com/attempts/987", OneAttempt(987)),
        ("console.treasuredata.com/app/workflows/sessions/123", OneSession(123)),
        (str(2**63 - 2), OneSession(2**63 - 2)),
    ],
)
def test_one_session_or_attempt(text: str, asked: Asked) -> None:
    assert ask(text) == asked


@pytest.mark.parametrize("text", ["help", "HELP", "?", "--help", "help failed", "failed help", "123 help"])
def test_help_whatever_stands_beside_it(text: str) -> None:
    assert ask(text) == Help()


@pytest.mark.parametrize(
    ("text", "word", "cure"),
    [
        # typos behind a word that says what must follow
        ("since blursday failed", "blursday", "since thursday failed"),
        ("failed sinse monday", "sinse", "failed since monday"),
        ("since mnday", "mnday", "since monday"),
        ("this weak", "weak", "this week"),
        ("for yesterda", "yesterda", "for yesterday"),
        ("by worklfow", "worklfow", "by workflow"),
        ("window:yesterda", "window:yesterda", "yesterday"),
        ("since:mondy", "since:mondy", "since monday"),
        ("projct:x failed", "projct:x", "project:x failed"),
        ('wrokflow:"daily load"', 'wrokflow:"daily load"', 'workflow:"daily load"'),
        ("sort:duratoin 7d", "sort:duratoin", "sort:duration 7d"),
        ("status:faled", "status:faled", "status:failed"),
        ("failed 09:00", "09:00", "failed since 09:00"),
        # nonsense
        ("sort:banana", "sort:banana", None),
        ("status:banana", "status:banana", None),
        ("since", "since", None),
        ("since the flood", "since the", None),
        ("since 13pm", "since 13pm", None),
        ("for", "for", None),
        ("failed for sales", "for sales", "failed sales"),
        ("by", "by", "by workflow"),
        ("by project", "by", "by workflow project"),
        ("11/20/2026", "11/20/2026", None),
        ("20.11.2026", "20.11.2026", None),
        ("limit:0", "limit:0", "limit:20"),
        ("limit:-5", "limit:-5", "limit:20"),
        ("limit:many", "limit:many", "limit:20"),
        ("limit:1001", "limit:1001", "limit:1000"),
        ("limit:99999999999999", "limit:99999999999999", "limit:1000"),
        ("project:", "project:", None),
        ('project:""', 'project:""', None),
        ('""', '""', None),
        ("/", "/", None),
        ('project:"daily load', '"daily load', None),
        ("“daily load", "“daily load", None),
        ("https://example.com/foo", "https://example.com/foo", None),
        ("0", "0", None),
        ("#0", "#0", None),
        ("session:abc", "session:abc", None),
        (str(2**63), str(2**63), None),
        ("9" * 5000, "9" * 5000, None),
        # windows that cannot be cut
        ("0h", "0h", "24h"),
        ("failed 99999d", "99999d", "failed 400d"),
        ("since 25:00", "since 25:00", "24h"),
        ("2026-02-30", "2026-02-30", "24h"),
        ("2027-01-01", "2027-01-01", "24h"),
        ("2026-11-22..2026-11-20 ok", "2026-11-22..2026-11-20", "2026-11-20..2026-11-22 ok"),
        ("for 2026-11-22..2026-11-20", "2026-11-22..2026-11-20", "for 2026-11-20..2026-11-22"),
        ("for 2026-02-30", "2026-02-30", "for yesterday"),
        # contradictions
        ("24h failed yesterday", "yesterday", "24h failed"),
        ("today since monday", "since monday", "today"),
        ("for today for yesterday", "for yesterday", "for today"),
        ("sort:name sort:duration", "sort:duration", "sort:name"),
        ("limit:1 limit:2", "limit:2", "limit:1"),
        ("123 456", "456", "123"),
        ("123 attempt:123", "attempt:123", "123"),
        ("123456 failed", "failed", "123456"),
        ("failed 123456 7d", "failed 7d", "123456"),
        ("123456 csv", "csv", "123456"),
        # too much of it
        ("x" * 8001, "", None),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_cure(text: str, word: str, cure: str | None) -> None:
    asked = ask(text)

    assert isinstance(asked, Misread)
    assert asked.word == word
    assert asked.corrected[:1] == ((cure,) if cure else ())
    assert len(asked.sentence) < 300
    assert asked.sentence[-1] in ".?"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("since blursday", "I don't know `blursday`. Did you mean `thursday`?"),
        ("24h yesterday", "`24h` and `yesterday` are 2 windows: keep one."),
        ("limit:0", "`limit:0` is no limit: it goes from `limit:1` to `limit:1000`."),
        ("sort:banana", "`sort:banana` means nothing to me: `sort:` takes `newest`, `duration`, `name`."),
        ("99999d", "`99999d` is too long: a window has at most 400 days (`400d`)."),
        ('sales "daily', 'The quote that opens at `"daily` is not closed: end it with `"`.'),
    ],
)
def test_sentences_say_what_is_wrong_and_what_would_do(text: str, sentence: str) -> None:
    asked = ask(text)

    assert isinstance(asked, Misread)
    assert asked.sentence == sentence


def test_a_backtick_or_a_newline_in_a_word_does_not_break_the_sentence() -> None:
    asked = ask('sort:"`a\nb`"')

    assert isinstance(asked, Misread)
    assert asked.sentence.startswith("`sort:\"'a b'\"` means nothing")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("faled", "failed"),
        ("FALED", "failed"),
        ("failde", "failed"),
        ("runing", "running"),
        ("sucess", "success"),
        ("yestrday", "yesterday"),
        ("cvs", "csv"),
        ("stcuk", "stuck"),
        ("retired", "retried"),
        ("hepl", "help"),
        ("monday", "since monday"),
        ("sales", None),
        ("marketing", None),
        ("daily_load", None),
        ('"faled"', None),
        ("faled*", None),
        ("売上", None),
    ],
)
def test_a_bare_word_may_be_a_typo(text: str, near: str | None) -> None:
    asked = ask(text)

    assert isinstance(asked, Query)
    (place,) = asked.places
    assert (place.near and place.near.word) == near


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (Query(), ""),
        (Query(statuses=FAILED, when="7d", places=(either("sales"),)), "failed sales 7d"),
        (Query(statuses=FINISHED), "finished"),
        (Query(statuses=frozenset({Status.ERROR, Status.KILLED}), csv=True), "failed killed csv"),
        (at(either("failed")), '"failed"'),
        (at(either("by")), '"by"'),
        (at(either("123")), '"123"'),
        (at(pair("2026", "x")), "2026/x"),
        (at(either('say "hi"')), r'"say \"hi\""'),
        (project("a\nb"), r'project:"a\nb"'),
        (project("a&amp;b"), 'project:"a&amp;amp;b"'),
        (project("a b*", glob=True), 'project:"a b"*'),
        (at(pair("sales", ANY)), "sales/*"),
        (Query(session_days="yesterday", here=True, limit=5), "for yesterday limit:5 here"),
    ],
)
def test_a_query_in_its_plainest_words(query: Query, text: str) -> None:
    assert words(query) == text
    assert ask(text) == query


SPELLINGS = [
    "failed",
    "for",
    "since monday",
    "a/b",
    "*",
    "a*",
    'a"b',
    "a\\",
    "\\n",
    "“x”",
    "&lt;",
    "<http://x>",
    "x,",
]
NAMES = st.one_of(
    st.sampled_from(
        [*BARE, *KEYS, *OPENING, *STATUSES, "24h", "2026-11-20", "2026/11/20", "last week", "123"]
    ),
    st.sampled_from(
        [*SPELLINGS, "project:x", "'x'", "#1", "\u200b", "\u3000", "é", "e\u0301", "ﬁ", "to", "week"]
    ),
    st.text(min_size=1, max_size=12),
    st.text(alphabet="ab/*:\"' \\&;lt<>,.-`\n0", min_size=1, max_size=8),
)
PATTERNS = st.one_of(
    NAMES.map(Pattern),
    NAMES.filter(lambda name: "*" in name).map(lambda name: Pattern(name, glob=True)),
    st.tuples(NAMES, NAMES).map(lambda ends: Pattern("*".join(ends), glob=True)),
)
PLACES = st.one_of(
    PATTERNS.map(lambda name: Place(either=name)),
    PATTERNS.map(lambda name: Place(project=name)),
    PATTERNS.map(lambda name: Place(workflow=name)),
    st.tuples(PATTERNS, PATTERNS).map(lambda names: Place(*names)),
)
QUERIES = st.builds(
    Query,
    statuses=st.frozensets(st.sampled_from(Status)),
    when=st.sampled_from(
        [None, "24h", "90m", "today", "last week", "since monday", "since 09:00", "2026-11-20"]
    ),
    session_days=st.sampled_from([None, "today", "2026-11-20", "2026-11-20..2026-11-22"]),
    places=st.lists(PLACES, max_size=3, unique=True).map(tuple),
    shapes=st.frozensets(st.sampled_from(Shape)),
    by_workflow=st.booleans(),
    sort=st.one_of(st.none(), st.sampled_from(Sort)),
    limit=st.one_of(st.none(), st.integers(1, 1000)),
    here=st.booleans(),
    csv=st.booleans(),
)


@settings(deadline=None)
@given(QUERIES)
def test_a_query_turned_to_words_is_read_back_the_same(query: Query) -> None:
    assert ask(words(query)) == query


FRAGMENTS = st.one_of(
    st.sampled_from(
        [*BARE, *KEYS, *OPENING, *SPELLINGS, "project:", "sort:", "limit:", "#", "/", ":", '"', "..", "<"]
    ),
    st.sampled_from(
        ["24h", "0h", "2026-02-30", "25:00", "123", "https://x/sessions/1", "monday", "workflow", "９"]
    ),
    st.text(max_size=6),
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=6).map(" ".join), st.lists(FRAGMENTS).map("".join)))
def test_no_text_is_too_odd_to_be_answered(text: str) -> None:
    asked = ask(text)

    hash(asked)
    if isinstance(asked, Query):
        assert ask(words(asked)) == asked
    if isinstance(asked, Misread):
        assert "\n" not in asked.sentence
