"""Numbers of public releases stand beside the SDG indicators that they are linked to; none is national."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from everycount.estimate.plan import SdgLink
from everycount.formats import write
from everycount.site.publication.states import State
from library.release.samples import small_release
from public_world import counted_elsewhere, put_out
from site_world import AT, initiative

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import Release as Numbers
    from everycount.site.publication.models import Release

pytestmark = pytest.mark.django_db


def linked(relation: str, indicator: str = "6.1.1") -> Numbers:
    release = small_release()
    first, *others = release.measures
    measures = (
        replace(first, sdg=SdgLink(indicator, relation)),
        *(replace(each, sdg=None) for each in others),
    )
    return replace(release, measures=measures)


def put(made: Numbers, *, listed: bool = True, state: State = State.PUBLISHED) -> Release:
    here = initiative(listed=listed)
    at = AT if state in (State.PUBLISHED, State.SUPERSEDED) else None
    return put_out(counted_elsewhere(here, f"{here.slug}-numbers"), made, state=state, published_at=at)


def said(path: str, language: str = "en") -> str:
    answer = Client(headers={"accept-language": language}).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        ("measures", "Measures SDG indicator 6.1.1"),
        ("proxy", "Stands in for SDG indicator 6.1.1; not the same measure"),
        ("context", "Context for SDG indicator 6.1.1"),
    ],
)
def test_a_number_says_how_it_stands_to_its_indicator(relation: str, words: str) -> None:
    put(linked(relation))
    page = said("/indicators/6.1.1")
    assert words in page
    assert "Safe water at home" in page
    assert "no national figures" in page
    assert "Proportion of population using safely managed drinking water services" in page
    assert "6.1.1" in said("/indicators")
    number = re.search(r'href="(/numbers/[^"]+)"', page)
    assert number
    assert Client().get(number[1]).status_code == 200
    first = Client().get("/indicators/6.1.1")
    again = Client().get("/indicators/6.1.1", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_only_what_is_public_and_holds_stands_there() -> None:
    put(linked("measures"), listed=False)
    for state in (State.DRAFT, State.AGREED, State.SUPERSEDED):
        put(linked("measures"), state=state)
    assert "Safe water at home" not in said("/indicators/6.1.1")
    assert "/indicators/6.1.1" not in said("/indicators")


def test_an_indicator_has_all_of_its_numbers() -> None:
    put(linked("proxy", "13.1.1"))  # the same as 1.5.1 and 11.5.1
    for number in ("1.5.1", "11.5.1", "13.1.1"):
        assert "Safe water at home" in said(f"/indicators/{number}")


def test_it_speaks_the_readers_language_and_refuses_what_is_no_indicator() -> None:
    put(linked("proxy"))
    page = said("/indicators/6.1.1", "ar")
    assert 'dir="rtl"' in page
    assert "مياه مأمونة" in page
    assert Client().get("/indicators/99.9.9").status_code == 404


@pytest.mark.parametrize("relation", ["measures", "proxy", "context"])
def test_no_file_calls_a_number_national(relation: str, tmp_path: Path) -> None:
    """There is no endorsement on record, so REPORTING_TYPE says citizen data, whatever a plan claims."""
    write(linked(relation), tmp_path)
    texts = [file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.csv")]
    tables = [csv.DictReader(text.splitlines()) for text in texts]
    told = [row["REPORTING_TYPE"] for rows in tables for row in rows if "REPORTING_TYPE" in row]
    assert set(told) == {"C"}
    for file in tmp_path.rglob("*.xml"):
        assert 'REPORTING_TYPE="N"' not in file.read_text(encoding="utf-8")
