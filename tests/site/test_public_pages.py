"""What everybody sees of a release: the same numbers on the page and in every file, and nothing hidden."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree, html

from everycount.formats.cells_csv import read_back
from everycount.protect.cells import Status
from everycount.site.consent.models import Basis, ConsentText, Promise, Use
from everycount.site.people.models import Role
from everycount.site.publication import cards, files, printing
from everycount.site.publication.models import Release
from everycount.site.publication.queries.numbers import mark_of, name_of
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import State
from everycount.site.publication.views import keeping
from library.release.samples import hidden, large_release, remade, small_release
from public_world import FEEDBACK, counted_elsewhere, put_out
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
LIMIT = 150_000  # bytes of the first view: the page and its two style sheets


@pytest.fixture
def release() -> Release:
    return put_out(counted_elsewhere(initiative(listed=True)), small_release())


def get(path: str, status: int = 200, **headers: str) -> HttpResponse:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == status, path
    return answer  # type: ignore[return-value]


def read(path: str) -> bytes:
    """The whole of a file."""
    answer = get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    answer.close()
    return bytes(body)


def home(release: Release) -> str:
    return f"/releases/{release.plan.slug}/{release.number}"


def listed(release: Release) -> list[str]:
    """Names of the files, as the page lists them."""
    page = html.fromstring(get(home(release)).content)
    links = page.xpath("//table[contains(@class,'files')]//a/@href")
    return [link.removeprefix(f"{home(release)}/files/") for link in links]


def rows_on_pages(release: Release) -> Iterator[tuple[str, str]]:
    """Each number of the searched table: where it leads, and what stands there."""
    page, more = 1, True
    while more:
        seen = html.fromstring(get(f"{home(release)}/numbers?page={page}").content)
        for link in seen.xpath("//tbody//a[starts-with(@href,'/numbers/')]"):
            yield link.get("href"), link.text_content()
        more = bool(seen.xpath("//a[@rel='next']"))
        page += 1


def test_each_number_of_the_page_is_in_every_file_and_the_reverse(release: Release) -> None:
    whole = numbers(release).cells.cells
    on_page = dict(rows_on_pages(release))
    assert set(on_page) == {f"/numbers/{name_of(release, cell)}" for cell in whole}
    shown = sorted(cell.value for cell in whole if cell.value is not None)
    rows = read_back(read(f"{home(release)}/files/cells.csv"))
    assert sorted(float(row["value"]) for row in rows if row["value"]) == shown
    document = json.loads(read(f"{home(release)}/files/release.json"))
    assert sorted(one["value"] for one in document["cells"]["cells"] if one.get("value") is not None) == shown
    sdmx = list(csv.DictReader(io.StringIO(read(f"{home(release)}/files/cells.sdmx.csv").decode())))
    in_sdmx = [float(row["OBS_VALUE"]) for row in sdmx if row["OBS_VALUE"]]
    tree = etree.fromstring(read(f"{home(release)}/files/cells.sdmx.xml"))
    in_xml = [float(one.get("OBS_VALUE")) for one in tree.iter() if one.get("OBS_VALUE") not in {None, "NaN"}]
    for found in (in_sdmx, in_xml):
        assert sorted(found) == shown
    marks = {mark_of(row["measure"], _key(release, row)) for row in rows if row["value"]}
    drawn = {link.rsplit(".", 1)[1] for link, said in on_page.items() if re.search(r"\d", said)}
    assert marks == drawn


def _key(release: Release, row: dict[str, str]) -> tuple[tuple[str, str], ...]:
    names = [one.id for one in numbers(release).dimensions]
    return tuple((name, row[name]) for name in names if row[name])


def test_every_number_has_a_page_that_says_its_value_or_why_there_is_none(release: Release) -> None:
    for cell in numbers(release).cells.cells:
        seen = html.fromstring(get(f"/numbers/{name_of(release, cell)}").content)
        (said,) = seen.xpath("//script[@type='application/ld+json']")
        node = json.loads(said.text)["@graph"][0]
        assert node == json.loads(read(f"/numbers/{name_of(release, cell)}/provenance.jsonld"))["@graph"][0]
        large = seen.xpath("//h1/span[contains(@class,'large')]")
        assert bool(large) is (cell.value is not None)
        assert node.get("schema:value") == cell.value
        if cell.value is None:
            assert not {"schema:value", "schema:minValue", "schema:maxValue", "schema:marginOfError"} & set(
                node
            )
            assert seen.xpath("//p[contains(@class,'lede')]")[0].text_content().strip()
        assert seen.xpath("//div[contains(@class,'picture')]/*[name()='svg']")


def test_a_measure_says_within_its_page_how_many_who_and_what_for(release: Release) -> None:
    text = get(f"/numbers/{name_of(release, numbers(release).cells.cells[0])}").content.decode()
    for words in ("Of whom", "From how many", "Who agreed", "What may not be concluded"):
        assert words in text


def test_what_is_hidden_stands_nowhere() -> None:
    """A cell that the world knows and the release hides: its number is in no page and no file."""
    odd = 8765.4321
    whole = small_release()
    cells = list(whole.cells.cells)
    place = next(
        i for i, cell in enumerate(cells) if cell.measure == "minutes_to_water" and cell.value and cell.cell
    )
    first = replace(cells[place], value=odd)
    before = replace(whole, cells=remade(whole.cells, cells=(*cells[:place], first, *cells[place + 1 :])))
    empty = hidden(first.measure, first.cell, Status.WITHHELD_BY_COMMUNITY)
    after = replace(whole, cells=remade(whole.cells, cells=(*cells[:place], empty, *cells[place + 1 :])))
    of = counted_elsewhere(initiative(listed=True))
    old = put_out(of, before)
    assert str(odd) in read(f"{home(old)}/files/cells.csv").decode()
    old_number = f"/numbers/{name_of(old, first)}"
    assert str(odd) in read(f"{old_number}/provenance.jsonld").decode()
    new = put_out(of, after, 2)
    paths = [home(old), home(new), f"{home(new)}/numbers", "/releases", f"/releases/{of.slug}", old_number]
    paths += [f"{old_number}/provenance.jsonld", f"/numbers/{name_of(new, empty)}", "/"]
    paths += [f"{home(new)}/files/{name}" for name in listed(new)]
    for name in _figures(new):
        paths += [f"{home(new)}/figures/{name}{end}" for end in ("", "/embed", "/table.csv", "/picture.svg")]
    for path in paths:
        assert not re.search(rb"8.{0,3}765", read(path)), path
    assert "no longer" not in get(old_number).content.decode()
    assert not html.fromstring(get(old_number).content).xpath("//span[contains(@class,'large')]")


def _figures(release: Release) -> list[str]:
    page = html.fromstring(get(home(release)).content)
    found = page.xpath("//a[contains(@href,'/figures/')]/@href")
    return sorted({link.rsplit("/", 1)[1] for link in found})


def test_every_figure_has_table_picture_and_a_page_for_other_pages(release: Release) -> None:
    names = _figures(release)
    assert "distance" in names
    for name in names:
        here = f"{home(release)}/figures/{name}"
        page = get(here).content.decode()
        assert f"{here}/embed" in page
        rows = read_back(read(f"{here}/table.csv"))
        values = {row["value"] for row in rows if row["value"]}
        assert values <= {row["value"] for row in read_back(read(f"{home(release)}/files/cells.csv"))}
        etree.fromstring(read(f"{here}/picture.svg"))
        framed = get(f"{here}/embed")
        assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in framed.headers
        assert "<form" not in framed.content.decode()
        assert "<script" not in framed.content.decode()
        for path in (here, home(release)):
            assert "frame-ancestors 'none'" in get(path).headers["Content-Security-Policy"]
            assert get(path).headers["X-Frame-Options"] == "DENY"


def test_every_figure_that_is_drawn_is_a_png_in_every_language(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "__version__", "not yet printed")
    figure = f"{home(release)}/figures/distance"
    cached = get(figure).headers["ETag"]
    assert "not there yet" in get(figure).content.decode()
    get(f"{figure}/picture.png", 404)
    printing.prints(release)
    assert get(figure).headers["ETag"] != cached
    for name in _figures(release):
        here = f"{home(release)}/figures/{name}"
        assert f"{here}/picture.png" in get(here).content.decode()
        for language, _ in settings.LANGUAGES:
            drawn = read(f"{here}/picture.png?language={language}")
            width = etree.fromstring(read(f"{here}/picture.svg?language={language}")).get("width")
            assert drawn.startswith(b"\x89PNG")
            assert int.from_bytes(drawn[16:20], "big") == 2 * int(str(width))
    get(f"{figure}/../../picture.png", 404)


def test_what_is_given_back_is_read_on_the_spot(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "__version__", "given back")
    here = f"{home(release)}/give-back"
    assert here in get(home(release)).content.decode()
    assert "not there yet" in get(here).content.decode()
    printing.prints(release)
    page = html.fromstring(get(here).content)
    links = page.xpath("//main//li/a/@href")
    assert {link.rsplit("/", 1)[1].split(".")[0] for link in links} == set(printing.KINDS)
    assert f"{here}/brief.en.pdf" in links
    assert f"{here}/phone.ar.html" in links
    for link in links:
        answer = get(link)
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'none'" in policy
    phone = read(f"{here}/phone.en.html").decode()
    assert f"http://testserver{home(release)}" in phone
    assert FEEDBACK in read(f"{here}/read-aloud.en.txt").decode()
    get(f"{here}/given.json", 404)
    get(f"{here}/..%2fgiven.json", 404)


def test_what_cannot_be_printed_is_not_tried_again_and_the_pages_stand(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def broken(folder: Path) -> None:
        tried.append(folder)
        raise OSError("The disk is full.")

    monkeypatch.setattr(printing, "_run", broken)
    monkeypatch.setattr(printing, "_FAILED", set())
    monkeypatch.setattr(printing, "__version__", "never printed")
    for _ in range(2):
        files.keep(at=datetime.now(UTC))
    assert len(tried) == 1
    assert not tried[0].exists()
    get(home(release))


def test_no_page_has_a_style_or_a_script_of_its_own(release: Release) -> None:
    number = f"/numbers/{name_of(release, numbers(release).cells.cells[0])}"
    for path in (home(release), f"{home(release)}/numbers", f"{home(release)}/figures/distance", number):
        seen = html.fromstring(get(path).content)
        assert not seen.xpath("//style | //*[@style] | //script[not(@type='application/ld+json')]")
        loaded = seen.xpath("//img/@src | //link[@rel='stylesheet']/@href | //iframe/@src")
        assert all(str(link).startswith("/") for link in loaded)


@pytest.mark.parametrize("why", ["unlisted", "agreed", "embargo"])
def test_what_is_not_public_changes_no_list_no_count_and_no_search(why: str) -> None:
    there = put_out(counted_elsewhere(initiative(listed=True), "open-numbers"), small_release())
    closed = counted_elsewhere(initiative(listed=why != "unlisted"))
    paths = ["/releases", "/releases?q=tenure", "/", home(there)]
    paths += [f"/initiatives/{one.initiative.slug}" for one in (there.plan, closed) if one.initiative.listed]
    was = [_still(path) for path in paths]
    other = put_out(closed, large_release(3, 3), **_CLOSED[why])
    number = f"/numbers/{name_of(other, numbers(other).cells.cells[0])}"
    ends = ("", "/numbers", "/files/cells.csv", "/cite.bib", "/figures/distance", "/figures/distance/embed")
    hidden_paths = [f"{home(other)}{end}" for end in ends]
    for path in (*hidden_paths, f"/releases/{closed.slug}", number, f"{number}/provenance.jsonld"):
        get(path, 404)
    assert [_still(path) for path in paths] == was
    nowhere = _still(home(other).replace(closed.slug, "another-slug"), 404)
    assert _still(home(other), 404) == nowhere.replace("another-slug", closed.slug)


_CLOSED: dict[str, dict[str, object]] = {
    "unlisted": {},
    "agreed": {"state": State.AGREED, "published_at": None},
    "embargo": {"published_at": datetime.now(UTC) + timedelta(days=1)},
}


def _still(path: str, status: int = 200) -> str:
    """A page without the token that differs each time, and without the day under what is printed."""
    return re.sub(r'value="[^"]*"|\d{1,2} \w+ 20\d\d', "", get(path, status).content.decode())


def test_a_replaced_release_keeps_its_page_and_gives_out_no_file(release: Release) -> None:
    cell = next(cell for cell in numbers(release).cells.cells if cell.value is not None)
    names, figures = listed(release), _figures(release)
    changed = small_release()
    put_out(release.plan, replace(changed, survey=replace(changed.survey, source="Another")), 2)
    page = get(home(release)).content.decode()
    assert "These numbers do not hold any more." in page
    assert f'href="/releases/{release.plan.slug}/2"' in page
    gone = [f"{home(release)}/files/{name}" for name in names]
    gone += [f"{home(release)}/figures/{name}" for name in figures] + [f"{home(release)}/numbers"]
    for path in gone:
        answer = get(path, 410)
        assert f'/releases/{release.plan.slug}/2>; rel="successor-version"' in answer.headers["Link"]
    number = get(f"/numbers/{name_of(release, cell)}").content.decode()
    assert "What replaced it" in number
    files.keep(at=AT)
    assert not (cards.shelf() / release.digest.removeprefix("sha256:")).exists()


def test_files_are_made_again_and_never_from_outside_their_folder(release: Release) -> None:
    first = {name: read(f"{home(release)}/files/{name}") for name in listed(release)}
    folder = cards.shelf() / release.digest.removeprefix("sha256:")
    for file in sorted(folder.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    folder.rmdir()
    assert {name: read(f"{home(release)}/files/{name}") for name in first} == first
    for name in ("../x", "..%2Fx", "%2Fetc%2Fpasswd", "cells.csv/", "./cells.csv", "nothing", ".json"):
        get(f"{home(release)}/files/{name}", 404)


class _OneDay(datetime):
    """Midnight comes between no two looks: a page's tag has the day in it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """Always the same."""
        return AT.astimezone(tz)


def test_files_and_pages_are_unchanged_until_something_changes(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "datetime", _OneDay)
    number = f"/numbers/{name_of(release, numbers(release).cells.cells[0])}"
    paths = [home(release), "/releases", f"/releases/{release.plan.slug}", number, f"{home(release)}/numbers"]
    client = Client()
    for path in (*paths, f"{home(release)}/figures/distance", f"{home(release)}/files/cells.csv"):
        client.get(path).close()  # the page's token comes with the first one
        answer = client.get(path)
        answer.close()
        tag = answer.headers["ETag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
        other = client.get(path, headers={"if-none-match": '"other"'})
        other.close()
        assert other.status_code == 200
        french = client.get(path, headers={"if-none-match": tag, "accept-language": "fr"})
        assert french.status_code == (304 if path.endswith(".csv") else 200)
        french.close()
    tag = client.get(home(release)).headers["ETag"]
    changed = small_release()
    put_out(release.plan, replace(changed, survey=replace(changed.survey, source="Another")), 2)
    assert client.get(home(release), headers={"if-none-match": tag}).status_code == 200
    signed = Client()
    signed.force_login(person())
    assert "no-store" in signed.get(home(release)).headers["Cache-Control"]


def test_what_is_under_revision_says_so_wherever_its_finding_stands(release: Release) -> None:
    use = Use.objects.create(event=7, initiative=release.plan.initiative_id, purpose="statistics", made_at=AT)
    Release.objects.filter(pk=release.pk).update(use=use.event)
    linked = re.findall(rb'href="(/indicators/[0-9a-z.]+)"', get("/indicators").content)
    paths = [
        "/",
        "/releases",
        f"/releases/{release.plan.slug}",
        f"/initiatives/{release.plan.initiative.slug}",
    ]
    paths += [home(release), *(each.decode() for each in linked)]
    assert linked
    client, said = Client(), "These numbers are under revision."
    tags = {path: client.get(path).headers.get("ETag", "") for path in paths}
    assert all(said not in client.get(path).content.decode() for path in paths)
    Use.objects.update(under_revision_since=AT)
    for path in paths:
        answer = client.get(path, headers={"if-none-match": tags[path]})
        assert said in answer.content.decode(), path


def test_the_newest_findings_are_drawn_where_people_come_in(release: Release) -> None:
    for path in ("/", f"/initiatives/{release.plan.initiative.slug}"):
        page = html.fromstring(get(path).content)
        (found,) = page.xpath("//article[contains(@class,'newest')]")
        assert found.xpath(f".//h3/a[@href='{home(release)}']")
        assert len(found.xpath("./*[name()='svg'][@role='img']")) == 2  # the finding, and the distance
        named = {each.get("id") for each in page.xpath("//*[name()='defs']/*")}
        assert {each.get("href").removeprefix("#") for each in found.xpath(".//*[name()='use']")} <= named
        assert page.xpath("//nav//a[@href='/releases']")


def test_a_large_release_is_light_and_its_numbers_are_searched() -> None:
    release = put_out(counted_elsewhere(initiative(listed=True)), large_release())
    page = get(home(release)).content
    sheets = re.findall(rb'rel="stylesheet" href="([^"]+)"', page)
    assert len(page) + sum(len(get(sheet.decode()).content) for sheet in sheets) <= LIMIT
    count = len(numbers(release).cells.cells)
    assert f"All {count} numbers" in page.decode()
    first = numbers(release).measures[0]
    found = html.fromstring(get(f"{home(release)}/numbers?q={first.id}").content)
    links = found.xpath("//tbody//a[starts-with(@href,'/numbers/')]")
    assert len(links) == 100
    assert f"{count // len(numbers(release).measures)} number" in found.text_content()
    assert not html.fromstring(get(f"{home(release)}/numbers?q=nothing-like-it").content).xpath("//tbody//tr")


def test_the_page_says_what_comes_back_and_can_be_cited(release: Release) -> None:
    page = get(home(release)).content.decode()
    assert FEEDBACK in page
    assert f"{settings.ENVIRONMENT.public_url}{home(release)}" in page
    assert read(f"{home(release)}/cite.bib").decode().startswith("@misc{invented-numbers-1,")
    (item,) = json.loads(read(f"{home(release)}/cite.json"))
    assert item["type"] == "dataset"
    get(f"{home(release)}/cite.exe", 404)
    plan = home(release).rpartition("/")[0]
    listed = get(plan).content.decode()
    assert f'href="{plan}/follow"' in listed
    assert f'href="{plan}.atom"' in listed


@pytest.mark.parametrize("language", ["en", "ar", "hi"])
def test_pages_speak_every_language(release: Release, language: str) -> None:
    number = f"/numbers/{name_of(release, numbers(release).cells.cells[0])}"
    for path in (
        home(release),
        "/releases",
        f"{home(release)}/numbers",
        f"{home(release)}/figures/distance",
        number,
    ):
        seen = get(path, **{"accept-language": language}).content.decode()
        assert f'lang="{language}"' in seen


def test_the_first_page_and_the_initiative_show_what_was_found(release: Release) -> None:
    here = release.plan.initiative
    member = person(Role.COMMUNITY, here)
    member.name = "Somebody Nameless"
    member.save()
    promises = {each.value: f"Promised {each.value}" for each in Promise}
    ConsentText.objects.create(
        initiative=here, version=1, language="en", promises=promises, basis=Basis.SPOKEN, made_at=AT
    )
    text = get("/").content.decode()
    assert f'href="{home(release)}"' in text
    text = get(f"/initiatives/{here.slug}").content.decode()
    for words in (f'href="{home(release)}"', "Promised why", "How people were found", "1 person", FEEDBACK):
        assert words in text
    assert "Somebody Nameless" not in text


def test_a_release_that_a_format_cannot_say_has_its_page_without_files() -> None:
    whole = small_release()
    first, *others = whole.dimensions
    called = {first.id: "value"}  # as a column of cells.csv is called that holds something else
    cells = tuple(
        replace(cell, cell=tuple((called.get(name, name), code) for name, code in cell.cell))
        for cell in whole.cells.cells
    )
    odd = replace(
        whole,
        dimensions=(replace(first, id="value"), *others),
        breakdowns=((),),
        cells=remade(whole.cells, cells=cells, contrasts=()),
    )
    made = put_out(counted_elsewhere(initiative(listed=True), "odd-names"), odd)
    assert listed(made) == []
    get(f"{home(made)}/files/cells.csv", 404)
