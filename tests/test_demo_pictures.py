"""The pictures of docs/pictures, and those that the README shows."""

import re
from pathlib import Path

from tests.browser.pictures import FOLDER, PICTURES, SCHEMES, path_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MOST = 5_000_000
"""Bytes of all pictures: a clone stays quick."""


def test_each_picture_is_one_that_the_command_makes_and_all_of_them_are_there() -> None:
    made = {path_of(name, scheme).name for name in PICTURES for scheme in SCHEMES}
    assert {path.name for path in FOLDER.iterdir()} == made


def test_the_pictures_are_small_in_all() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST


def test_the_readme_shows_pictures_that_are_there_light_and_dark_and_in_words() -> None:
    shown = re.findall(
        r'<picture><source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)-dark\.png">'
        r'<img alt="([^"]+)" src="([^"]+)-light\.png"',
        README,
    )
    assert 2 <= len(shown) == README.count("<picture>")
    assert all(dark == light and len(words) > 20 for dark, words, light in shown)
    assert [path for path, _, _ in shown if not (ROOT / f"{path}-dark.png").exists()] == []
    assert [path for path, _, _ in shown if not (ROOT / f"{path}-light.png").exists()] == []


def test_the_readme_names_the_command_that_makes_them() -> None:
    assert "python -m tests.browser.pictures" in README
