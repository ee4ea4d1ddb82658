"""The words of the pages: every one is in every catalogue, and what browsers get is what was written."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import everycount.site

HERE = Path(everycount.site.__file__).parent
ROOMS = ("ui", "people")
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
_IN_TEMPLATES = re.compile(r"""\{% translate (?:"([^"]+)"|'([^']+)') """)
_IN_CODE = re.compile(r"""\b_\(\s*"([^"]+)"\s*\)""")


def said(room: str) -> set[str]:
    """Every text that is marked in a room."""
    found = set()
    for file in (HERE / room).rglob("*"):
        if file.suffix in {".html", ".txt", ".py"} and "migrations" not in file.parts:
            pattern = _IN_CODE if file.suffix == ".py" else _IN_TEMPLATES
            found |= {next(filter(None, one.groups())) for one in pattern.finditer(file.read_text())}
    return found


def catalogue(room: str, language: str) -> dict[str, str]:
    path = HERE / room / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_every_language(language: str) -> None:
    known = set[str]().union(*(catalogue(room, language) for room in ROOMS))
    for room in ROOMS:
        assert not said(room) - known, room


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_a_compiled_catalogue_is_the_written_one(room: str, language: str) -> None:
    text = (HERE / room / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    written = re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', text, re.MULTILINE)
    compiled = {words for key, words in catalogue(room, language).items() if key}
    assert {one.replace('\\"', '"') for one in written} == compiled
    assert "not yet read by a native speaker" in text.splitlines()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_speaks_the_language_that_was_chosen(language: str) -> None:
    client = Client()
    answer = client.post("/language", {"language": language, "next": "/"}, follow=True)
    text = answer.content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text
    assert catalogue("ui", language)["People count themselves here"] in text
    assert "People count themselves here" not in text
