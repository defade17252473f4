"""Where an account is asked and where its pages are."""

import pytest

from bot.api.sites import HOSTED, Access, hosted, self_hosted
from bot.core.errors import SettingsError


@pytest.mark.parametrize(
    ("name", "api", "session"),
    [
        (
            "us01",
            "https://api-workflow.treasuredata.com",
            "https://console.treasuredata.com/app/workflows/sessions/7",
        ),
        (
            "jp01",
            "https://api-workflow.treasuredata.co.jp",
            "https://console.treasuredata.co.jp/app/workflows/sessions/7",
        ),
        (
            "eu01",
            "https://api-workflow.eu01.treasuredata.com",
            "https://console.eu01.treasuredata.com/app/workflows/sessions/7",
        ),
        (
            "ap02",
            "https://api-workflow.ap02.treasuredata.com",
            "https://console.ap02.treasuredata.com/app/workflows/sessions/7",
        ),
        (
            "ap03",
            "https://api-workflow.ap03.treasuredata.com",
            "https://console.ap03.treasuredata.com/app/workflows/sessions/7",
        ),
    ],
)
def test_the_hosted_sites_are_known_by_name(name: str, api: str, session: str) -> None:
    site = hosted(f" {name.upper()} ")
    assert (site.api, site.session_url(7)) == (api, session)
    assert len(HOSTED) == 5


def test_links_into_the_hosted_console() -> None:
    site = hosted("us01")
    assert site.project_url(1) == "https://console.treasuredata.com/app/projects/1"
    assert site.workflow_url(2) == "https://console.treasuredata.com/app/workflows/2/info"
    assert site.attempt_url(3) is None


def test_links_into_a_digdag_of_ones_own() -> None:
    site = self_hosted(" http://digdag.test:65432/base/ ")
    assert site.api == "http://digdag.test:65432/base"
    assert site.session_url(7) == "http://digdag.test:65432/base/sessions/7"
    assert site.attempt_url(7) == "http://digdag.test:65432/base/attempts/7"
    assert site.project_url(7) == "http://digdag.test:65432/base/projects/7"
    assert site.workflow_url(7) == "http://digdag.test:65432/base/workflows/7"


def test_a_console_elsewhere_takes_the_links() -> None:
    assert hosted("us01", "https://td.test/").session_url(7) == "https://td.test/app/workflows/sessions/7"
    assert self_hosted("http://10.0.0.1", "https://ui.test").session_url(7) == "https://ui.test/sessions/7"


def test_a_hosted_sites_address_is_known_as_such() -> None:
    site = self_hosted("https://api-workflow.eu01.treasuredata.com/")
    assert site.hosted
    assert site.session_url(7) == "https://console.eu01.treasuredata.com/app/workflows/sessions/7"


def test_an_address_that_goes_on_to_api_is_cut_before_it() -> None:
    assert self_hosted("http://digdag.test/api").api == "http://digdag.test"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "digdag.test",
        "digdag.test:65432",
        "ftp://digdag.test",
        "http://",
        "http://:80",
        "http://x:port",
        "http://x:99999",
        "http://dig dag",
        "http://a..b",
        "http://" + "a" * 64,
        "http://[::1",
        "http://x/?a=b",
        "http://x/#a",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError) as raised:
        self_hosted(url)
    assert str(raised.value) == "WORKFLOW_URL is no address such as https://digdag.example.com:65432."
    with pytest.raises(SettingsError, match="CONSOLE_URL"):
        self_hosted("http://digdag.test", url or "x")


def test_a_password_in_an_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(SettingsError, match="WORKFLOW_USER and WORKFLOW_PASSWORD") as raised:
        self_hosted("https://etl:hunter2@digdag.test")
    assert "hunter2" not in str(raised.value)


def test_an_unknown_site_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="us01, jp01, eu01, ap02, ap03"):
        hosted("us02")


@pytest.mark.parametrize("key", ["1/abc", " 1/abc\n", "TD1 1/abc"])
def test_a_key_is_sent_bare_however_it_was_pasted(key: str) -> None:
    assert Access.key(key).header == "TD1 1/abc"
    assert "abc" not in repr(Access.key(key))


@pytest.mark.parametrize("key", ["", " ", "TD1 ", "1/キー", "1/a\nb", "1/a\x00"])
def test_what_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match="TD_API_KEY") as raised:
        Access.key(key)
    assert "キー" not in str(raised.value)


def test_a_password_may_hold_any_letters() -> None:
    assert Access.basic("etl", "パス:word").header == "Basic ZXRsOuODkeOCuTp3b3Jk"
    assert "ZXRs" not in repr(Access.basic("etl", "パス:word"))
