"""How the names in a query find projects and workflows, and what is offered where they find none."""

from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.names import Names, NoSuchName, Settled, needs_names, settle
from bot.core.query import Misread, Pattern, Place, Query
from bot.core.words import parse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

ACCOUNT = Names(
    projects=frozenset(
        {"sales", "sales_eu", "marketing", "Billing", "売上", "売上_本番", "failed", 'say "hi"', "a*b"}
    ),
    workflows=frozenset(
        {
            ("sales", "daily_load"),
            ("sales", "hourly"),
            ("sales_eu", "daily_load"),
            ("sales_eu", "daily load"),
            ("marketing", "daily_mail"),
            ("marketing", "import"),
            ("Billing", "Invoices"),
            ("Billing", "sales"),
            ("売上", "日次"),
            ("failed", "cleanup"),
            ("gone", "last_words"),
        }
    ),
)


def asking(text: str) -> Query:
    query = parse(text, now=NOW, zone=UTC)
    assert isinstance(query, Query)
    return query


def held(text: str, names: Names = ACCOUNT) -> set[str]:
    """The workflows that a text's places hold."""
    settled = settle(asking(text), names, complete_names=True)
    assert isinstance(settled, Settled), settled
    return {f"{project}/{name}" for project, name in names.workflows if settled.within.holds(project, name)}


def missed(text: str, *, complete_names: bool = True) -> NoSuchName:
    settled = settle(asking(text), ACCOUNT, complete_names=complete_names)
    assert isinstance(settled, NoSuchName), settled
    return settled


@pytest.mark.parametrize(
    ("text", "workflows"),
    [
        # exactly: never what merely begins so
        ("project:sales", {"sales/daily_load", "sales/hourly"}),
        ('project:"sales"', {"sales/daily_load", "sales/hourly"}),
        ("marketing", {"marketing/daily_mail", "marketing/import"}),
        ("daily_load", {"sales/daily_load", "sales_eu/daily_load"}),
        ('workflow:"daily load"', {"sales_eu/daily load"}),
        ("売上", {"売上/日次"}),
        ('"failed"', {"failed/cleanup"}),
        ("project:failed", {"failed/cleanup"}),
        ("gone", {"gone/last_words"}),
        # one word for a project and for workflows elsewhere
        ("sales", {"sales/daily_load", "sales/hourly", "Billing/sales"}),
        # any case and width
        ("billing", {"Billing/Invoices", "Billing/sales"}),
        ("ｍａｒｋｅｔｉｎｇ", {"marketing/daily_mail", "marketing/import"}),
        ("INVOICES", {"Billing/Invoices"}),
        # beginnings
        ("project:sal", {"sales/daily_load", "sales/hourly", "sales_eu/daily_load", "sales_eu/daily load"}),
        ("mark", {"marketing/daily_mail", "marketing/import"}),
        ("invo", {"Billing/Invoices"}),
        # parts
        ("_eu", {"sales_eu/daily_load", "sales_eu/daily load"}),
        ("ket", {"marketing/daily_mail", "marketing/import"}),
        ("voice", {"Billing/Invoices"}),
        # pairs
        ("sales/daily_load", {"sales/daily_load"}),
        ("sales / daily_load", {"sales/daily_load"}),
        ("SALES/daily", {"sales/daily_load"}),
        ("sales_eu/daily_load", {"sales_eu/daily_load"}),
        ("sale/daily", {"sales/daily_load", "sales_eu/daily_load", "sales_eu/daily load"}),
        ("/daily_load", {"sales/daily_load", "sales_eu/daily_load"}),
        # patterns
        ("sales/*", {"sales/daily_load", "sales/hourly"}),
        ("sales*/*", {"sales/daily_load", "sales/hourly", "sales_eu/daily_load", "sales_eu/daily load"}),
        ("*/daily_*", {"sales/daily_load", "sales_eu/daily_load", "marketing/daily_mail"}),
        ("*/DAILY_*", {"sales/daily_load", "sales_eu/daily_load", "marketing/daily_mail"}),
        ("*_load", {"sales/daily_load", "sales_eu/daily_load"}),
        ("project:*ill*", {"Billing/Invoices", "Billing/sales"}),
        # several: projects widen, workflows widen, one kind narrows the other
        (
            "marketing Billing",
            {"marketing/daily_mail", "marketing/import", "Billing/Invoices", "Billing/sales"},
        ),
        ("daily_mail import", {"marketing/daily_mail", "marketing/import"}),
        ("project:sales daily_load", {"sales/daily_load"}),
        ("daily_load sales", {"sales/daily_load"}),
        (
            "project:sales project:marketing workflow:daily_load workflow:import",
            {"sales/daily_load", "marketing/import"},
        ),
        ("sales/hourly marketing/import", {"sales/hourly", "marketing/import"}),
        ("sales/hourly marketing", {"sales/hourly", "marketing/daily_mail", "marketing/import"}),
    ],
)
def test_what_words_find(text: str, workflows: set[str]) -> None:
    assert held(text) == workflows


def test_no_places_hold_everything_and_need_no_names() -> None:
    assert held("failed 7d") == {f"{project}/{name}" for project, name in ACCOUNT.workflows}
    assert not needs_names(asking("failed 7d"))
    assert needs_names(asking("failed sales"))
    assert isinstance(settle(asking("failed"), Names(), complete_names=True), Settled)


@pytest.mark.parametrize("name", ['say "hi"', "a*b"])
def test_names_with_signs_are_found_in_quotes(name: str) -> None:
    settled = settle(Query(places=(Place(project=Pattern(name)),)), ACCOUNT, complete_names=True)

    assert isinstance(settled, Settled)
    assert settled.within.holds(name, "any")
    assert not settled.within.holds("axxb", "any")


def test_a_typo_of_a_table_word_is_offered_before_parts_of_names() -> None:
    names = Names(workflows=frozenset({("sales", "unfaled_load")}))

    misread = settle(asking("faled 7d"), names, complete_names=True)

    assert misread == Misread("faled", "I don't know `faled`. Did you mean `failed`?", ("failed 7d",))


@pytest.mark.parametrize("name", ["faled", "FALED", "faled_runs"])
def test_a_name_is_taken_before_a_typo_if_it_is_one_or_begins_so(name: str) -> None:
    assert held("faled", Names(workflows=frozenset({(name, "load")}))) == {f"{name}/load"}


def test_all_typos_are_mended_by_one_button() -> None:
    misread = settle(asking("faled marketing yestrday"), ACCOUNT, complete_names=True)

    assert isinstance(misread, Misread)
    assert misread.sentence == "I don't know `faled` and `yestrday`. Did you mean `failed` and `yesterday`?"
    assert misread.corrected == ("failed marketing yesterday",)


@pytest.mark.parametrize(
    ("text", "word", "first"),
    [
        ("markting", "markting", "marketing"),
        ("failed slaes 7d", "slaes", "failed sales 7d"),
        ("project:slaes", "slaes", "project:sales"),
        ("project:daily_load", "daily_load", "workflow:daily_load"),
        ("workflow:marketing", "marketing", "project:marketing"),
        ("workflow:dayly_load", "dayly_load", "workflow:daily_load"),
        ("sales/dayly_load", "dayly_load", "sales/daily_load"),
        ("sales/import", "import", "marketing/import"),
        ("slaes/daily_load", "slaes", "sales/daily_load"),
        ("projct_*", "projct_*", None),
        ("sales/x*", "x*", None),
        ("売り上げ", "売り上げ", "売上"),
        ("本番売上", "本番売上", "売上"),
        ("7d zzzzqqqq failed", "zzzzqqqq", "failed 7d"),
        ("project:sales workflow:import", "import", "marketing/import"),
        ('project:"say hi"', "say hi", r'project:"say \"hi\""'),
        ("4711x", "4711x", ""),
    ],
)
def test_a_name_that_is_not_there_is_named_with_the_nearest(text: str, word: str, first: str | None) -> None:
    missing = missed(text)

    assert missing.word == word
    assert f"`{word}`" in missing.sentence
    assert first is None or missing.corrected[0] == first
    assert 1 <= len(missing.corrected) <= 5


def test_sentences_for_names_that_are_not_there() -> None:
    assert (
        missed("markting").sentence
        == "I know no project or workflow named `markting`. Did you mean `marketing`?"
    )
    assert (
        missed("zzzzqqqq").sentence
        == "I know no project or workflow named `zzzzqqqq`. Leave it out to see all."
    )
    assert missed("sales/import").sentence.startswith(
        "I know no workflow in `sales` named `import`. Did you mean `marketing/import`"
    )


def test_a_sentence_says_the_kind_only_where_it_is_another() -> None:
    assert missed("project:slaes").sentence.startswith(
        "I know no project named `slaes`. Did you mean `sales`"
    )
    assert missed("project:daily_load").sentence.startswith(
        "I know no project named `daily_load`. Did you mean `workflow:daily_load`"
    )


def test_where_not_all_names_are_known_a_miss_says_so() -> None:
    sentence = missed("markting", complete_names=False).sentence

    assert sentence.startswith("In what I could read there is no project or workflow named `markting`.")


def test_with_no_names_at_all_a_name_is_a_miss_not_a_crash() -> None:
    settled = settle(asking("sales/daily_load x/*"), Names(), complete_names=False)

    assert isinstance(settled, NoSuchName)
    assert settled.corrected == ("x/*",)


def test_names_add_up() -> None:
    both = Names(frozenset({"a"})) | Names(frozenset({"b"}), frozenset({("c", "w")}))

    assert both == Names(frozenset({"a", "b"}), frozenset({("c", "w")}))
    assert both.all_projects == {"a", "b", "c"}


def test_many_names_are_searched_quickly() -> None:
    names = Names(workflows=frozenset((f"project_{n % 300}", f"workflow_number_{n}") for n in range(20_000)))
    began = perf_counter()

    missing = settle(asking("workflwo_nmuber_77x7"), names, complete_names=True)

    assert isinstance(missing, NoSuchName)
    assert missing.corrected
    assert perf_counter() - began < 2


NAME = st.text(min_size=1, max_size=6)
WORKFLOWS = st.frozensets(st.tuples(NAME, NAME), max_size=6)


@settings(deadline=None)
@given(WORKFLOWS, st.data())
def test_an_exact_name_finds_itself_alone(workflows: frozenset[tuple[str, str]], data: st.DataObject) -> None:
    project, name = data.draw(st.sampled_from(sorted(workflows) or [("p", "w")]))
    names = Names(workflows=workflows | {(project, name)})

    settled = settle(Query(places=(Place(Pattern(project), Pattern(name)),)), names, complete_names=True)

    assert isinstance(settled, Settled)
    assert {pair for pair in names.workflows if settled.within.holds(*pair)} == {(project, name)}


@settings(deadline=None)
@given(st.text(max_size=12), WORKFLOWS, st.booleans())
def test_whatever_is_asked_of_whatever_names_is_settled(
    text: str, workflows: frozenset[tuple[str, str]], complete_names: bool
) -> None:
    query = parse(text, now=NOW, zone=UTC)
    if not isinstance(query, Query):
        return

    settled = settle(query, Names(workflows=workflows), complete_names=complete_names)

    if isinstance(settled, NoSuchName):
        assert all(not isinstance(parse(each, now=NOW, zone=UTC), Misread) for each in settled.corrected)
