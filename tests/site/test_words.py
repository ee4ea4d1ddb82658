"""The words of the pages: every one is in every catalogue, and what browsers get is what was written."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation.template import templatize

import everycount.site
from everycount.site.ledger.verbs import VERBS
from everycount.site.people.queries.events import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(everycount.site.__file__).parent
ROOMS = (
    "ui",
    "people",
    "ledger",
    "collection",
    "questionnaires",
    "consent",
    "review",
    "exports",
    "fieldwork",
    "followup",
    "node",
    "keying",
    "publication",
    "returns",
    "decisions",
)
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
_CALLS = frozenset(
    {"_", "_now", "gettext", "gettext_lazy", "gettext_noop", "noop", "ngettext", "ngettext_lazy"}
)
_VARIABLES = re.compile(r"%\(\w+\)[sd]|%s|</?\w+>")


def said(room: str) -> set[str]:
    """Every text that is marked in a room: in code, in templates and in verbs."""
    found = {verb.words for verb in VERBS.values()} if room == "ledger" else set()
    for file in (HERE / room).rglob("*"):
        if "migrations" not in file.parts and file.suffix == ".py":
            found |= set(_in_code(file.read_text()))
        elif file.suffix in {".html", ".txt"}:
            found |= set(_in_template(file.read_text()))
    return found


def _in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS
        if called and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
            yield node.args[0].value  # type: ignore[attr-defined]


def _in_template(text: str) -> Iterator[str]:
    """What Django itself would hand to xgettext: calls with a literal, among letters that mean nothing."""
    calls = re.compile(r"""\bn?(?:_|gettext)\(u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
    for found in calls.finditer(templatize(text)):
        yield ast.literal_eval(found.group(1))


def catalogue(room: str, language: str) -> dict[str, list[str]]:
    """The compiled words: one for most, one for each number where something is counted."""
    path = HERE / room / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        held = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    words: dict[str, list[str]] = {}
    for key, translated in held.items():
        words.setdefault(key[0] if isinstance(key, tuple) else key, []).append(translated)
    return words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_every_language(language: str) -> None:
    known = set[str]().union(*(catalogue(room, language) for room in ROOMS))
    missing = {room: said(room) - known for room in ROOMS}
    assert not any(missing.values()), missing


def test_what_events_carry_has_a_word() -> None:
    assert set[str]().union(*(verb.payload for verb in VERBS.values())) <= set(NAMES)


def test_what_is_marked_is_found() -> None:
    """One of each kind: a test that finds nothing to miss would never fail."""
    assert "took a role" in said("ledger")
    assert "In writing or by the person's own hand" in said("consent")
    assert (
        "Your answers to “<bdi>%(title)s</bdi>” came on %(day)s and are kept by <bdi>%(name)s</bdi>."
        in said("consent")
    )
    assert "%(n)s person has spoken." in said("questionnaires")
    assert "Keys that open" in said("collection")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_there_in_every_language(language: str) -> None:
    """Without the name or number it would say something else; of one or two the number may be a word."""
    counted = {"ar": 6}.get(language, 2)
    for room in ROOMS:
        for key, words in catalogue(room, language).items():
            if key:
                assert len(words) in {1, counted}, key
                wanted = sorted(_VARIABLES.findall(key))
                for each in words:
                    held = sorted(_VARIABLES.findall(each))
                    assert held == wanted or (len(words) > 1 and set(held) <= set(wanted) | {"%(files)s"}), (
                        key
                    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_a_compiled_catalogue_is_the_written_one(room: str, language: str) -> None:
    text = (HERE / room / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    written = re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', text, re.MULTILINE)
    compiled = {each for key, words in catalogue(room, language).items() if key for each in words}
    assert {one.replace('\\"', '"').replace("\\n", "\n") for one in written} == compiled
    assert "not yet read by a native speaker" in text.splitlines()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_speaks_the_language_that_was_chosen(language: str) -> None:
    client = Client()
    answer = client.post("/language", {"language": language, "next": "/"}, follow=True)
    text = answer.content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text
    assert catalogue("ui", language)["People count themselves here"][0] in text
    assert "People count themselves here" not in text
