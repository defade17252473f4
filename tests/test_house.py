"""The house files agree with each other and with the code."""

import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
RUN = ["python", "-m", "bot", "run"]
LOCKS = ("requirements.txt", "requirements-dev.txt")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
    return table


def declared(lock: str) -> list[Requirement]:
    extra = project()["optional-dependencies"]["dev"] if "dev" in lock else []
    return [Requirement(line) for line in project()["dependencies"] + extra]


def pinned(lock: str) -> dict[str, str]:
    """Package to version, as locked."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", read(lock), flags=re.MULTILINE))


def settings() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def first_cells(markdown: str) -> str:
    """The first cells of all tables, a line each."""
    return "\n".join(re.findall(r"^\| *(.*?) *\|", markdown, flags=re.MULTILINE))


def sh_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", read("README.md"), flags=re.MULTILINE | re.DOTALL)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)  # noqa: S607
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_each_setting_is_in_the_readme_s_table() -> None:
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", first_cells(read("README.md"))))
    assert settings() - named == set()


def test_app_json_asks_for_settings_that_there_are() -> None:
    assert set(json.loads(read("app.json"))["env"]) <= settings()
    assert all(entry["description"] for entry in json.loads(read("app.json"))["env"].values())


def test_app_json_asks_for_a_dyno_that_does_not_sleep() -> None:
    formation = json.loads(read("app.json"))["formation"]
    assert list(formation) == ["web"]
    assert formation["web"]["size"] not in {"eco", "free"}


def test_app_json_asks_for_a_database_that_outlasts_the_dyno() -> None:
    assert any(addon.startswith("heroku-postgresql:") for addon in json.loads(read("app.json"))["addons"])


def test_procfile_and_container_run_the_same_command() -> None:
    (process,) = read("Procfile").splitlines()
    assert shlex.split(process) == ["web:", *RUN]
    (command,) = re.findall(r"^CMD (.*)$", read("Dockerfile"), flags=re.MULTILINE)
    assert json.loads(command) == RUN


def test_the_container_keeps_its_data_in_a_volume_that_it_may_write() -> None:
    lines = read("Dockerfile").splitlines()
    assert "VOLUME /data" in lines
    assert "USER lookout" in lines
    assert any("DATABASE_URL=sqlite:////data/lookout.db" in line for line in lines)
    assert any("install -d -o lookout /data" in line for line in lines)
    assert any("--require-hashes -r requirements.txt" in line for line in lines)


def test_python_s_versions_agree() -> None:
    oldest = project()["requires-python"].removeprefix(">=")
    assert tuple(map(int, read(".python-version").strip().split("."))) >= tuple(map(int, oldest.split(".")))
    assert all(f"--python-version {oldest}" in read(lock).splitlines()[1] for lock in LOCKS)


@pytest.mark.parametrize("lock", LOCKS)
def test_all_that_is_declared_is_locked_in_its_range(lock: str) -> None:
    versions = pinned(lock)
    for requirement in declared(lock):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_each_locked_package_has_its_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", read(lock), flags=re.MULTILINE)[1:]
    assert len(entries) == len(pinned(lock))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_host_or_path(lock: str) -> None:
    assert re.findall(r"^ *-(?!-hash=).*|\S*://\S*|.* @ .*", read(lock), flags=re.MULTILINE) == []


def test_both_locks_hold_the_same_versions() -> None:
    assert pinned(LOCKS[0]).items() <= pinned(LOCKS[1]).items()


def test_each_dependency_earns_its_place_in_a_line() -> None:
    names = set(re.findall(r"`([^`]+)`", first_cells(read("docs/decisions.md"))))
    assert names == {re.split(r"[<>=~!]", str(requirement))[0] for requirement in declared(LOCKS[1])}


def test_a_decision_takes_ten_lines_at_most() -> None:
    sections = re.split(r"^## ", read("docs/decisions.md"), flags=re.MULTILINE)[1:]
    texts = [section.strip().splitlines() for section in sections]
    lengths = {title: len([line for line in lines if line and line[0] != "|"]) for title, *lines in texts}
    assert {title: length for title, length in lengths.items() if length > 10} == {}


def test_the_readme_s_first_two_commands_run_the_demo_and_the_tests() -> None:
    demo, tests = sh_blocks()[:2]
    assert demo.count("\n") == tests.count("\n") == 1
    assert "--require-hashes -r requirements.txt" in demo
    assert demo.rstrip().endswith("-m bot demo")
    assert "--require-hashes -r requirements-dev.txt" in tests
    assert tests.rstrip().endswith("-m pytest")


def test_no_file_speaks_of_one_machine() -> None:
    place = re.compile(rb"/(?:work|root|home)/\w")
    others = [path for path in tracked() if path != Path(__file__)]
    found = {path.name: place.findall(path.read_bytes()) for path in others}
    assert {name: places for name, places in found.items() if places} == {}
