"""The style page is a living one: it shows every component that there is, and every state that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import everycount.site
from everycount.site.ui.components import EXAMPLES
from everycount.site.ui.styles import figure_styles, site_styles

pytestmark = pytest.mark.django_db
HERE = Path(everycount.site.__file__).parent
PARTS = HERE / "ui" / "templates" / "ui" / "parts"
_CLASSES = re.compile(r'class="([^"]*)"')
_TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")


def test_every_component_is_on_the_page() -> None:
    answer = Client().get("/style")
    drawn = {template.name for template in answer.templates if template.name}
    missing = {f"ui/parts/{file.name}" for file in PARTS.glob("*.html")} - drawn
    assert not missing, "a component without an example: give it one in ui/components.py"


def test_every_example_is_named_on_the_page() -> None:
    text = Client().get("/style").content.decode()
    for example in EXAMPLES:
        assert f"{example.part}: {example.state}" in text


def test_no_template_uses_a_class_that_no_style_knows() -> None:
    """A word that is spelt wrong would be seen by nobody but the reader whose page is ugly."""
    known = set(re.findall(r"\.([a-z][\w-]*)", site_styles() + figure_styles())) | {
        "field",
        "words",
        "way",
        "languages",
    }
    used = {
        (file.name, name)
        for file in HERE.rglob("*.html")
        for found in _CLASSES.finditer(_TAGS.sub(" ", file.read_text()))
        for name in found.group(1).split()
    }
    assert not {(file, name) for file, name in used if name not in known}
