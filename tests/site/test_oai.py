"""Gathering by OAI-PMH: everything once, in parts and since a day, and what was replaced as deleted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from lxml import etree

from everycount.release import Input
from everycount.site.machines.oai import answering, records
from everycount.site.publication.states import State
from library.release.samples import small_release
from public_world import counted_elsewhere, put_out
from site_world import AT, initiative, published

if TYPE_CHECKING:
    from everycount.site.publication.models import Release

pytestmark = pytest.mark.django_db
OAI, DC = "{http://www.openarchives.org/OAI/2.0/}", "{http://purl.org/dc/elements/1.1/}"


def ask(query: str) -> Any:
    answer = Client().get(f"/oai?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    tree = etree.fromstring(answer.content)
    assert [etree.QName(one).localname for one in tree][:2] == ["responseDate", "request"]
    return tree


def error(query: str) -> str:
    (found,) = ask(query).iter(f"{OAI}error")
    return str(found.get("code"))


def headers(tree: Any) -> list[tuple[str, str, str]]:
    return [
        (one.findtext(f"{OAI}identifier"), one.findtext(f"{OAI}datestamp"), one.get("status", ""))
        for one in tree.iter(f"{OAI}header")
    ]


@pytest.fixture
def releases() -> list[Release]:
    """Three plans, each a day later; the first was revised."""
    here = initiative(listed=True)
    first = counted_elsewhere(here, "plan-0")
    made = [put_out(first, small_release(), published_at=AT - timedelta(days=9))]
    for day in (1, 2):
        of = counted_elsewhere(here, f"plan-{day}")
        made.append(put_out(of, small_release(), published_at=AT - timedelta(days=9 - day)))
    made.append(put_out(first, small_release(), 2, published_at=AT - timedelta(days=6)))
    return made


def test_the_repository_says_what_it_is(releases: list[Release]) -> None:
    told = {etree.QName(one).localname: one.text for one in ask("verb=Identify").find(f"{OAI}Identify")}
    assert told["protocolVersion"] == "2.0"
    assert told["baseURL"] == "http://testserver/oai"
    assert "@" in (told["adminEmail"] or "")
    assert told["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert told["earliestDatestamp"] == min(stamp for _, stamp, _ in headers(ask(ALL)))
    listed = ask("verb=ListMetadataFormats")
    assert {one.text for one in listed.iter(f"{OAI}metadataPrefix")} == set(records.FORMATS)
    one = headers(ask(ALL))[0][0]
    assert [
        each.text for each in ask(f"verb=ListMetadataFormats&identifier={one}").iter(f"{OAI}metadataPrefix")
    ]


ALL = "verb=ListRecords&metadataPrefix=oai_dc"


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_parts_put_together_are_the_whole(
    releases: list[Release], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    whole = headers(ask(ALL))
    assert len(whole) == 4
    assert len({name for name, _, _ in whole}) == 4
    monkeypatch.setattr(answering, "PART", size)
    for verb in ("ListRecords", "ListIdentifiers"):
        query, found = f"verb={verb}&metadataPrefix=oai_dc", []
        while query:
            tree = ask(query)
            part = headers(tree)
            assert 0 < len(part) <= size
            found += part
            tokens = list(tree.iter(f"{OAI}resumptionToken"))
            token = tokens[0].text if tokens else None
            assert not tokens or tokens[0].get("completeListSize") == "4"
            query = f"verb={verb}&resumptionToken={token}" if token else ""
        assert found == whole


def test_what_was_replaced_is_deleted_and_what_holds_is_described(releases: list[Release]) -> None:
    tree = ask(ALL)
    (gone,) = [name for name, _, status in headers(tree) if status == "deleted"]
    assert gone == "oai:testserver:plan-0/1"
    for one in tree.iter(f"{OAI}record"):
        is_deleted = one.find(f"{OAI}header").get("status") == "deleted"
        assert (one.find(f"{OAI}metadata") is None) is is_deleted
    single = ask("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:plan-0/2")
    said = {etree.QName(one).localname: one.text for one in single.iter(f"{DC}*")}
    assert said["type"] == "Dataset"
    assert "invented" in (said["description"] or "")
    assert releases[-1].digest in {one.text for one in single.iter(f"{DC}identifier")}
    assert "http://testserver/releases/plan-0/2" in {one.text for one in single.iter(f"{DC}identifier")}


def test_a_questionnaire_that_is_here_comes_as_ddi() -> None:
    here = initiative(listed=True)
    version = published(here)
    form = bytes(version.xlsform)
    whole = small_release()
    asked = Input("form.xlsx", hashlib.sha256(form).hexdigest(), len(form))
    whole = replace(whole, provenance=replace(whole.provenance, inputs=(asked,)))
    of = counted_elsewhere(here, "with-form")
    of.questionnaire = version.questionnaire
    of.save()
    put_out(of, whole)
    put_out(counted_elsewhere(here, "without"), small_release())
    tree = ask("verb=ListRecords&metadataPrefix=ddi")
    assert [name for name, _, _ in headers(tree)] == ["oai:testserver:with-form/1"]
    (book,) = tree.iter("{ddi:codebook:2_5}codeBook")
    assert book.getparent().tag == f"{OAI}metadata"
    file = Client().get("/releases/with-form/1/files/codebook.xml")
    alone = etree.fromstring(b"".join(file.streaming_content))  # type: ignore[attr-defined]
    file.close()
    assert etree.tostring(book, method="c14n2") == etree.tostring(alone, method="c14n2")


def test_since_a_day_gives_what_came_or_went_since(releases: list[Release]) -> None:
    whole = headers(ask(ALL))
    for _name, moment, _status in whole:
        for query, fits in (
            (f"from={moment}", lambda other, moment=moment: other >= moment),
            (f"until={moment}", lambda other, moment=moment: other <= moment),
            (
                f"from={moment[:10]}&until={moment[:10]}",
                lambda other, moment=moment: other[:10] == moment[:10],
            ),
        ):
            assert headers(ask(f"{ALL}&{query}")) == [one for one in whole if fits(one[1])]
    assert error(f"{ALL}&from=2100-01-01") == "noRecordsMatch"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=Dance", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&from=2020-01-01", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        (f"{ALL}&metadataPrefix=oai_dc", "badArgument"),
        (f"{ALL}&from=soon", "badArgument"),
        (f"{ALL}&from=2026-02-31", "badArgument"),
        (f"{ALL}&from=2026-01-01&until=2026-01-02T00:00:00Z", "badArgument"),
        (f"{ALL}&from=2026-01-02&until=2026-01-01", "badArgument"),
        ("verb=ListRecords&resumptionToken=odd&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&resumptionToken=odd", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=W10%3D", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=%C3%A9", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        (f"{ALL}&set=water", "noSetHierarchy"),
        ("verb=ListSets", "noSetHierarchy"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:nothing/1", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=ddi&identifier=oai:testserver:plan-1/1", "cannotDisseminateFormat"),
        ("verb=ListMetadataFormats&identifier=nothing", "idDoesNotExist"),
    ],
)
def test_what_is_not_answered_says_why(releases: list[Release], query: str, code: str) -> None:
    assert error(query) == code
    posted = Client(enforce_csrf_checks=True).post(
        "/oai", query, content_type="application/x-www-form-urlencoded"
    )
    (found,) = etree.fromstring(posted.content).iter(f"{OAI}error")
    assert found.get("code") == code


def test_nobody_gathers_what_is_not_public(releases: list[Release]) -> None:
    hidden = counted_elsewhere(releases[0].plan.initiative, "zzsecret")
    put_out(hidden, small_release(), state=State.AGREED, published_at=None)
    assert "zzsecret" not in etree.tostring(ask(ALL), encoding="unicode")
    here = releases[0].plan.initiative
    here.listed = False
    here.save()
    assert error(ALL) == "noRecordsMatch"
