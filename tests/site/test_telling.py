"""A record in words: what people said, and what the phone wrote down by itself."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from everycount.questionnaire import read_instance, read_xlsform, write_xlsform
from everycount.site.consent import telling

SURVEY = [
    ("type", "name", "label"),
    ("start", "start", ""),
    ("end", "when_it_ended", ""),
    ("today", "today", "The day we met"),
    ("date", "born", "Born on"),
    ("calculate", "code", ""),
]
XML = b"""<data id="invented_form" version="1"><start>2026-02-19T09:30:00.000+05:30</start>
<when_it_ended>2026-02-19T09:55:00.000+05:30</when_it_ended><today>2026-02-19</today><born>1990-12-01</born>
<code>A7</code></data>"""
WRITTEN = {
    "en": {
        "Begun": "19 February 2026, 09:30",
        "Ended": "19 February 2026, 09:55",
        "The day we met": "19 February 2026",
        "Born on": "1 December 1990",
        "code": "A7",
    },
    "fr": {
        "Commencé": "19 février 2026 09:30",
        "Terminé": "19 février 2026 09:55",
        "The day we met": "19 février 2026",
        "Born on": "1 décembre 1990",
        "code": "A7",
    },
}


@pytest.mark.parametrize("language", WRITTEN)
def test_what_the_phone_wrote_has_a_name_and_times_are_as_on_its_clock(language: str) -> None:
    settings = [["form_title", "form_id", "version"], ["Invented form", "invented_form", "1"]]
    form = read_xlsform(write_xlsform({"survey": SURVEY, "choices": [], "settings": settings}))
    with override(language):
        (part,) = telling.parts(form, read_instance(XML, form), language)
    assert {line.asked: line.answer for line in part.lines} == WRITTEN[language]
