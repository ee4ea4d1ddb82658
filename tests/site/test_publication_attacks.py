"""Somebody who wants to know of published numbers what nobody may: from outside, or with a small role.

The attacker follows every link, guesses every address, opens every archive, and compares answers bit by bit.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from lxml import html

from everycount.estimate.plan import SdgLink
from everycount.protect.cells import Status
from everycount.site.people.models import NodeRole, Role
from everycount.site.publication import files
from everycount.site.publication.cards import shelf
from everycount.site.publication.models import Release
from everycount.site.publication.queries.numbers import mark_of, name_of
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import PUBLIC, State
from library.release.samples import (
    SAFE_WATER,
    SEX,
    TENURE,
    hidden,
    large_release,
    remade,
    shown,
    small_release,
)
from public_world import counted_elsewhere, put_out
from publication_rows import word_on
from site_world import AT, initiative, person, published

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from everycount.release import Release as Numbers
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan

pytestmark = pytest.mark.django_db
ODD = 8765.4321
_ODD = re.compile(rb"8\D{0,9}765")  # however it is written: with a comma, a blank, a dot, or marks between
_SAME = re.compile(rb'value="[^"]*"|\d{1,2} \w+ 20\d\d|<responseDate>[^<]*|Prepared>[^<]*')
ENDS = ("", "/numbers", "/cite.bib", "/cite.json", "/bundle.zip", "/files/cells.csv", "/files/release.json")
FIGURE = ("", "/embed", "/table.csv", "/picture.svg", "/picture.png")


def client(who: Person | None = None, **headers: str) -> Client:
    made = Client(headers=headers)
    if who is not None:
        made.force_login(who)
    return made


def ask(path: str, who: Person | None = None, **headers: str) -> tuple[HttpResponse, bytes]:
    answer = client(who, **headers).get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    answer.close()
    return answer, bytes(body)  # type: ignore[return-value]


def still(path: str, who: Person | None = None) -> bytes:
    """A page without what differs each time."""
    return _SAME.sub(b"", ask(path, who)[1])


def home(release: Release) -> str:
    return f"/releases/{release.plan.slug}/{release.number}"


def addresses(release: Release, made: Numbers | None = None) -> list[str]:
    """Every address that a release would have."""
    figures = (
        "distance",
        *(f"{kind}.{one.id}" for one in small_release().dimensions for kind in ("by", "map")),
    )
    paths = [f"{home(release)}{end}" for end in ENDS]
    paths += [f"{home(release)}/figures/{name}{end}" for name in figures for end in FIGURE]
    for cell in (made or numbers(release)).cells.cells[:3]:
        name = f"/numbers/{release.plan.slug}.{release.number}.{mark_of(cell.measure, cell.cell)}"
        paths += [name, f"{name}/provenance.jsonld"]
    return paths


def reached(begin: Iterable[str]) -> dict[str, bytes]:
    """Everything that a stranger reaches by following links, archives unpacked; nothing is opened twice."""
    ahead = deque(begin)
    found: dict[str, bytes] = {}
    while ahead:
        path = ahead.popleft()
        if path in found:
            continue
        answer, body = ask(path)
        found[path] = body
        media = answer.headers.get("Content-Type", "")
        if media == "application/zip":
            with zipfile.ZipFile(io.BytesIO(body)) as opened:
                found |= {f"{path}!{name}": opened.read(name) for name in opened.namelist()}
        if media.startswith("text/html") and answer.status_code in (200, 410) and "/files/" not in path:
            ahead.extend(each for each in _links(path, body) if each not in found)
    return found


def _links(path: str, body: bytes) -> list[str]:
    links = html.fromstring(body).xpath("//a/@href | //link/@href | //img/@src | //iframe/@src")
    whole = (urlsplit(urljoin(f"http://testserver{path}", str(link))) for link in links)
    kept = [
        one
        for one in whole
        if one.netloc == "testserver" and not one.path.startswith(("/account", "/static"))
    ]
    return [f"{one.path}?{one.query}" if one.query else one.path for one in kept]


# Numbers that are hidden


def odd_release() -> tuple[Numbers, Numbers, tuple[str, tuple[tuple[str, str], ...]]]:
    """A number that the first release shows and the second one's community does not want shown."""
    whole = small_release()
    measures = tuple(replace(one, sdg=SdgLink("6.1.1", "proxy")) for one in whole.measures)
    cells = list(whole.cells.cells)
    place = next(
        i for i, cell in enumerate(cells) if cell.measure == "minutes_to_water" and cell.value and cell.cell
    )
    first = replace(cells[place], value=ODD, ci_low=ODD - 1, ci_high=ODD + 1)
    (contrast,) = whole.cells.contrasts
    told = replace(
        contrast, measure=first.measure, other=first.cell, cell=_other(cells, first), difference=-ODD
    )
    before = (*cells[:place], first, *cells[place + 1 :])
    gap = hidden(first.measure, first.cell, Status.WITHHELD_BY_COMMUNITY)
    after = (*cells[:place], gap, *cells[place + 1 :])
    return (
        replace(whole, measures=measures, cells=remade(whole.cells, cells=before, contrasts=(told,))),
        replace(whole, measures=measures, cells=remade(whole.cells, cells=after, contrasts=())),
        (first.measure, first.cell),
    )


def _other(cells: list[object], first: object) -> tuple[tuple[str, str], ...]:
    """Another number of the same measure that both releases show."""
    return next(
        one.cell  # type: ignore[attr-defined]
        for one in cells
        if one.measure == first.measure and one.cell and one.value and one.cell != first.cell  # type: ignore[attr-defined]
    )


def test_a_number_that_is_withheld_stands_in_nothing_that_is_given_out_any_more() -> None:
    """Nor what another number was held against it, nor in the archive, nor in a picture's hidden words."""
    before, after, (measure, key) = odd_release()
    of = counted_elsewhere(initiative(listed=True))
    old = put_out(of, before)
    begin = [
        "/",
        "/releases",
        "/releases.atom",
        f"/releases/{of.slug}.atom",
        "/indicators",
        "/indicators/6.1.1",
    ]
    begin += ["/releases?q=8765", f"{home(old)}/numbers?q=8765", f"/initiatives/{of.initiative.slug}"]
    begin += [
        "/sdmx/data/DF_hill-town-2024/all/all",
        "/catalog.jsonld",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    ]
    seen = reached([*begin, *addresses(old)])
    assert sum(bool(_ODD.search(body)) for body in seen.values()) > 10, "the attack would find it"
    assert any(_ODD.search(body) for path, body in seen.items() if "bundle.zip!" in path)
    new = put_out(of, after, 2)
    paths = [*seen, *addresses(old, before), *addresses(new)]
    after_it = reached(path for path in paths if "!" not in path)
    told = [path for path, body in after_it.items() if "?q=" not in path and _ODD.search(body)]
    assert told == []
    answer, body = ask(f"/numbers/{of.slug}.1.{mark_of(measure, key)}")
    assert answer.status_code == 200
    assert b"no longer" not in body
    files.keep(at=AT)
    assert not list(shelf().glob(f"{old.digest.removeprefix('sha256:')}*"))


def test_the_size_and_the_mark_of_an_answer_do_not_follow_what_is_hidden() -> None:
    """Two worlds that differ in a hidden number alone are one: a gap holds nothing that could differ."""
    _, after, (measure, key) = odd_release()
    of = counted_elsewhere(initiative(listed=True))
    release = put_out(of, after)
    cell = next(one for one in after.cells.cells if (one.measure, one.cell) == (measure, key))
    held = {
        name: getattr(cell, name) for name in ("value", "se", "ci_low", "ci_high", "n", "n_effective", "cv")
    }
    assert set(held.values()) == {None}
    for path in addresses(release):
        answer, _ = ask(path)
        assert "Last-Modified" not in answer.headers, path


def test_a_mark_of_a_page_tells_nothing_of_what_was_said_and_is_not_shown() -> None:
    """A page's tag can be guessed by whoever knows all that it is made of, so nothing unseen goes into it."""
    here = initiative(listed=True)
    member = person(Role.COMMUNITY, here)
    release = put_out(counted_elsewhere(here), small_release())
    asks = Client()
    asks.get(home(release))
    tags = []
    for _ in range(2):
        tags.append(asks.get(home(release)).headers["ETag"])
        said = word_on(release, member)
        said.public, said.draft = False, 99
        said.save()
    assert tags[0] == tags[1] == asks.get(home(release)).headers["ETag"]


# Groups that no map shows


def mapped_release(*, first: str) -> Numbers:
    """Places, a group that no map shows, and a measure that says who is of one; each with odd numbers."""
    state = replace(
        TENURE,
        id="state",
        groups=tuple((code, TENURE.labels) for code in ("IN-RJ", "IN-KL", "IN-MH")),
        area="IND-states",
        sensitive=False,
    )
    named = replace(TENURE, id="named", do_not_map=True)
    who = replace(SAFE_WATER, id="who_they_are", do_not_map=True, sdg=SdgLink("10.3.1", "proxy"))
    plain = replace(SAFE_WATER, id="water", benchmark=None)
    whole = small_release()
    both = [((("state", code), ("named", own))) for code, _ in state.groups for own, _ in named.groups]
    cells = [shown("water", (), 0.5), shown("who_they_are", (), 0.25)]
    cells += [shown("water", (("state", code),), 0.51 + i / 100) for i, (code, _) in enumerate(state.groups)]
    cells += [shown("water", (("named", code),), 0.61 + i / 100) for i, (code, _) in enumerate(named.groups)]
    cells += [
        shown("who_they_are", (("named", code),), 0.31 + i / 100) for i, (code, _) in enumerate(named.groups)
    ]
    cells += [
        shown("who_they_are", (("state", code),), 0.8765 + i / 1000)
        for i, (code, _) in enumerate(state.groups)
    ]
    cells += [shown("water", key, 0.9765 + i / 1000) for i, key in enumerate(both)]
    return replace(
        whole,
        measures=tuple(sorted((who, plain), key=lambda one: one.id != first)),
        dimensions=(state, named),
        breakdowns=((), ("state",), ("named",), ("state", "named")),
        cells=remade(whole.cells, cells=tuple(cells), contrasts=()),
    )


# 0.8765 and 0.9765 upwards, as figures of a file and as people read them.
_WHERE = re.compile(rb"\b0\.(87|97|98)\d\d|\b(87|97|98)\.\d|\b(88|98)\s?%")
_DRAWINGS = re.compile(r"\.(svg|geojson|kml|gpkg)$")


@pytest.mark.parametrize("first", ["water", "who_they_are"])
def test_groups_that_no_map_shows_are_drawn_nowhere_and_have_no_place_in_any_file(first: str) -> None:
    """What crosses them with a place stands in the table for people, and in nothing that draws."""
    here = initiative(listed=True)
    release = put_out(counted_elsewhere(here), mapped_release(first=first))
    seen = reached(["/", "/indicators", "/indicators/10.3.1", home(release), f"{home(release)}/numbers"])
    assert any(_WHERE.search(body) for path, body in seen.items() if path.endswith("cells.csv"))
    assert any("map.state" in path for path in seen) is (first == "water")
    assert not any("map.named" in path for path in seen)
    files = [path for path in seen if re.search(r"sdmx|open-sdg|structure", path) or _DRAWINGS.search(path)]
    assert any("open-sdg" in path for path in files)
    assert any("cells.sdmx.xml" in path for path in files)
    assert [path for path in files if _WHERE.search(seen[path])] == []
    assert [path for path in seen if re.search(r"(?i)geojson|\.kml|coordinates", path)] == []
    for path, body in seen.items():
        if body.lstrip().startswith((b"<!doctype html", b"<!DOCTYPE html")):
            for drawing in html.fromstring(body).xpath("//*[local-name()='svg']"):
                words = " ".join([*drawing.itertext(), *map(str, drawing.xpath(".//@aria-label"))])
                assert not _WHERE.search(words.encode()), path
        assert b'"coordinates"' not in body
    assert ask(f"{home(release)}/figures/map.named")[0].status_code == 404
    assert ask(f"{home(release)}/figures/map.named/picture.svg")[0].status_code == 404


# Releases that are not public


_LATER = {"embargo": datetime.now(UTC) + timedelta(days=2)}
UNSEEN: dict[str, tuple[bool, dict[str, object]]] = {
    **{str(state): (True, {"state": state, "published_at": None}) for state in State if state not in PUBLIC},
    "embargo": (True, {"state": State.AGREED, "published_at": None, **_LATER}),
    "not yet": (True, {"published_at": datetime.now(UTC) + timedelta(days=2)}),
    "unlisted": (False, {}),
    "unlisted and replaced": (False, {"state": State.SUPERSEDED, "superseded_at": AT}),
}


def unseen(why: str, number: int) -> Release:
    """A release that nobody may know of, and that has its own digest."""
    listed, given = UNSEEN[why]
    whole = small_release()
    made = replace(whole, survey=replace(whole.survey, source=why))
    return put_out(counted_elsewhere(initiative(listed=listed), f"withheld-{number}"), made, **given)


def few(release: Release) -> list[str]:
    """Of its addresses one of each kind."""
    cell = numbers(release).cells.cells[0]
    number = f"/numbers/{release.plan.slug}.{release.number}.{mark_of(cell.measure, cell.cell)}"
    paths = [f"{home(release)}{end}" for end in ("", "/files/cells.csv", "/bundle.zip")]
    return [*paths, number, f"{number}/provenance.jsonld", f"/releases/{release.plan.slug}.atom"]


def refuses(
    path: str, who: Person | None, nothing: dict[tuple[str, Person | None], tuple[set[str], bytes]]
) -> None:
    """The answer is the one that a name gets that nobody gave to anything."""
    empty = re.sub(r"withheld-\d+", "nothing-99", path)
    if (empty, who) not in nothing:
        answer, body = ask(empty, who)
        nothing[empty, who] = {*answer.headers}, _SAME.sub(b"", body)
    answer, body = ask(path, who)
    assert answer.status_code == 404, (path, who)
    found = {*answer.headers}, _SAME.sub(b"", re.sub(rb"withheld-\d+", b"nothing-99", body))
    assert found == nothing[empty, who], (path, who)


def test_what_is_not_public_is_nowhere_for_anybody_by_any_name() -> None:
    """By its address, by its numbers' names for good, by its digest; and no answer differs from nothing's."""
    releases = {why: unseen(why, number) for number, why in enumerate(UNSEEN, 10)}
    nothing: dict[tuple[str, Person | None], tuple[set[str], bytes]] = {}
    other = initiative(listed=True)
    readers = [person(), person(NodeRole.OPERATOR), person(NodeRole.SECRETARIAT)]
    readers += [person(role, other) for role in (Role.STEWARD, Role.COMMUNITY, Role.ANALYST)]
    for why, release in releases.items():
        closely = why in ("draft", "not yet", "unlisted")
        for path in addresses(release) if closely else few(release):
            refuses(path, None, nothing)
        for path in (f"/releases/{release.plan.slug}", f"/releases/{release.plan.slug}/follow"):
            refuses(path, None, nothing)
        here = release.plan.initiative
        insiders = [person(role, here) for role in (Role.COLLECTOR, Role.OBSERVER, Role.STEWARD)]
        for who in [*readers, *insiders] if closely else insiders[:1]:
            for path in few(release):
                refuses(path, who, nothing)
        digest = release.digest.removeprefix("sha256:")
        for path in (f"/published/{digest}/cells.csv", f"/releases/{digest}", f"/numbers/{digest}"):
            assert ask(path)[0].status_code == 404
        assert not list(shelf().glob(f"{digest}*"))


def test_a_body_member_of_another_initiative_finds_no_draft_and_can_say_nothing() -> None:
    here, other = initiative(listed=True), initiative(listed=True)
    plan = counted_elsewhere(here, "their-plan")
    release = put_out(plan, small_release(), state=State.COMMUNITY, published_at=None)
    member = client(person(Role.COMMUNITY, other))
    for slug in (here.slug, other.slug):
        one = f"/initiatives/{slug}/releases/{plan.slug}/1"
        for end in ("", "/numbers", "/checks", "/beside", "/not-this?measure=safe_water"):
            assert member.get(f"{one}{end}").status_code == 404, end
        for end in ("/speak", "/do/agree", "/do/withhold", "/not-this?measure=safe_water"):
            assert member.post(f"{one}{end}", {"stance": "agree", "words": "x"}).status_code == 404, end
    assert not release.statements.exists()
    assert Release.objects.get().state == State.COMMUNITY


# An initiative that is not listed


def test_an_initiative_that_is_not_listed_changes_nothing_that_others_see() -> None:
    """No list, count, feed, facet, search or number, for strangers, members of others and operators."""
    mine = initiative(listed=True)
    put_out(counted_elsewhere(mine, "my-numbers"), small_release())
    member, operator = person(Role.STEWARD, mine), person(NodeRole.OPERATOR)
    paths = ["/", "/initiatives", "/releases", "/releases.atom", "/releases?q=tenure", "/indicators"]
    paths += ["/indicators/6.1.1", "/organisations", f"/initiatives/{mine.slug}", "/releases/my-numbers"]
    paths += ["/releases/my-numbers/1", "/releases/my-numbers/1/numbers", "/releases/my-numbers.atom"]
    paths += ["/sitemap.xml", "/robots.txt", "/releases?page=2", "/initiatives?q=Invented", "/catalog.jsonld"]
    paths += ["/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=Identify", "/sdmx/dataflow"]
    paths += [
        "/sdmx/dataflow/EVERYCOUNT/DF_hill-town-2024?references=all",
        "/sdmx/data/DF_hill-town-2024/all/all",
    ]
    own = [f"/initiatives/{mine.slug}{end}" for end in ("/releases", "/plans", "/people", "/questionnaires")]
    readers = ((None, paths), (member, [*paths, *own]), (operator, paths))
    was = {(who, path): still(path, who) for who, all_of in readers for path in all_of}
    hidden_one = initiative()
    form = published(hidden_one).questionnaire
    assert form.initiative == hidden_one
    for number, state in enumerate(State, 1):
        given = {} if state in PUBLIC else {"published_at": None}
        plan: Plan = counted_elsewhere(hidden_one, f"plan-{number}")
        put_out(plan, large_release(3, 3), number=1, state=state, **given)
    for (who, path), before in was.items():
        assert still(path, who) == before, path
    assert numbers(Release.objects.filter(plan__initiative=hidden_one).exclude(digest="")[0])


def test_names_of_numbers_are_no_sequence() -> None:
    """A mark follows from measure and groups alone: it tells nothing of others, and cannot be counted up."""
    here = put_out(counted_elsewhere(initiative(listed=True), "one"), small_release())
    first = [name_of(here, cell).rpartition(".")[2] for cell in numbers(here).cells.cells]
    put_out(counted_elsewhere(initiative(), "another"), large_release(3, 3))
    there = put_out(counted_elsewhere(initiative(listed=True), "third"), small_release())
    assert [name_of(there, cell).rpartition(".")[2] for cell in numbers(there).cells.cells] == first
    assert SEX.id in {name for cell in numbers(there).cells.cells for name, _ in cell.cell}
