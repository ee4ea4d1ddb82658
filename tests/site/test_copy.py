"""A copy of the public site: whole, without a server, with its numbers and nothing that is not public."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from everycount.cli import DIFFERENT, DONE, WRONG_INPUT, main
from everycount.cli.publishing import LANGUAGES
from everycount.faults import InputError
from everycount.site.copying import making, places
from everycount.site.publication.queries.numbers import name_of
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import State
from library.release.samples import small_release
from public_world import counted_elsewhere, put_out
from site_addresses import ANONYMOUS, ROWS
from site_world import AT, initiative

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.site.publication.models import Release

pytestmark = pytest.mark.django_db
SPOKEN = ("en", "ar")


@pytest.fixture
def release() -> Release:
    of = counted_elsewhere(initiative(listed=True))
    put_out(of, small_release())
    return put_out(of, small_release(), 2)


@pytest.fixture
def copy(release: Release, tmp_path: Path) -> Path:
    target = tmp_path / "copy"
    made = making.publish(target, languages=SPOKEN, at=AT)
    files = [path for path in target.rglob("*") if path.is_file()]
    assert made.files == len(files)
    assert made.bytes == sum(path.stat().st_size for path in files)
    return target


def pages(copy: Path) -> list[Path]:
    return sorted(copy.rglob("*.html"))


def site_pages(copy: Path) -> list[Path]:
    """Without the reports among the files of a release and its sheets, which stand by themselves."""
    return [path for path in pages(copy) if "files" not in path.parts and not is_sheet(path)]


def is_sheet(path: Path) -> bool:
    """Of those that are given back; they are there once they were printed."""
    return path.parent.name == "give-back" and path.name != "index.html"


def test_a_copy_is_whole_and_says_what_the_site_says(copy: Path, release: Release) -> None:
    no_link_is_broken_and_nothing_is_loaded_from_elsewhere(copy)
    every_number_is_there_in_each_language(copy, release)
    all_files_of_a_release_that_holds_are_there(copy, release)


def no_link_is_broken_and_nothing_is_loaded_from_elsewhere(copy: Path) -> None:
    for path in site_pages(copy):
        page = html.document_fromstring(path.read_bytes())
        here = {one.get("id") for one in page.iter() if one.get("id")}
        for element in page.xpath("//*[@href or @src]"):
            href = element.get("href") or element.get("src")
            parts = urlsplit(href)
            if parts.scheme:
                assert element.tag == "a" or element.get("rel") == "canonical" or parts.scheme == "data", href
                continue
            assert not href.startswith("/"), f"{path}: {href}"
            if parts.path:
                target = (path.parent / unquote(parts.path)).resolve()
                assert target.is_file(), f"{path}: {href}"
                assert copy.resolve() in target.parents
            elif parts.fragment:
                assert unquote(parts.fragment) in here, f"{path}: {href}"
        assert not page.xpath("//form | //button | //input | //script[not(@type='application/ld+json')]")
        assert "made on" in page.text_content() or page.get("lang") != "en"


def every_number_is_there_in_each_language(copy: Path, release: Release) -> None:
    for cell in numbers(release).cells.cells:
        name = name_of(release, cell)
        for language in SPOKEN:
            page = html.fromstring((copy / language / "numbers" / name / "index.html").read_bytes())
            asked = html.fromstring(
                Client().get(f"/numbers/{name}", headers={"Accept-Language": language}).content
            )
            assert page.get("lang") == language
            assert page.find(".//h1").text_content() == asked.find(".//h1").text_content()
        told = json.loads((copy / "numbers" / name / "provenance.jsonld").read_text())["@graph"][0]
        assert told.get("schema:value") == cell.value


def all_files_of_a_release_that_holds_are_there(copy: Path, release: Release) -> None:
    at = f"releases/{release.plan.slug}/{release.number}/files"
    held = json.loads((copy / at / "release.json").read_text())
    assert held["digest"] == release.digest
    assert {f"{at}/{name}" for name in held["files"]} <= {
        path.relative_to(copy).as_posix() for path in copy.rglob("*")
    }
    answer = Client().get(f"/{at}/cells.csv")
    assert (copy / at / "cells.csv").read_bytes() == b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    replaced = copy / f"releases/{release.plan.slug}/1"
    assert not replaced.exists(), "a replaced release has no files"
    assert (copy / f"en/releases/{release.plan.slug}/1/index.html").is_file()
    assert (copy / f"en/releases/{release.plan.slug}.atom").is_file()
    assert main(["verify", str(copy)]) == DONE
    assert main(["verify", str(copy / f"releases/{release.plan.slug}/{release.number}/bundle.zip")]) == DONE
    (copy / at / "cells.csv").write_bytes(b"measure\n")
    assert main(["verify", str(copy)]) == DIFFERENT


def test_nothing_that_is_not_public_is_in_it(release: Release, tmp_path: Path) -> None:
    """What only the initiative's own people, or nobody yet, may see: by name and by number."""
    secret = {"title": "Zzsecret words"}
    hidden = initiative(listed=False)
    hidden.name = "Zzsecret initiative"
    hidden.save()
    unlisted = counted_elsewhere(hidden, "zzsecret-listed")
    for slug, state in (("zzsecret-draft", State.DRAFT), ("zzsecret-agreed", State.AGREED)):
        of = counted_elsewhere(release.plan.initiative, slug)
        of.title = secret["title"]
        of.save()
        put_out(of, small_release(), state=state, published_at=None, embargo=AT + timedelta(days=99999))
    put_out(unlisted, small_release())
    target = tmp_path / "copy"
    making.publish(target, languages=("en",), at=AT)
    for path in target.rglob("*"):
        assert "zzsecret" not in str(path)
        if path.is_file():
            assert b"zzsecret" not in path.read_bytes().lower(), path


def held(copy: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}


def test_again_is_as_good_as_once_and_an_interrupt_leaves_the_earlier_copy(
    release: Release, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    making.publish(copy, languages=("en",), at=AT)
    before = held(copy)

    def stop(_said: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        making.publish(copy, languages=("en",), at=AT, say=stop)
    assert held(copy) == before
    making.publish(copy, languages=("en",), at=AT)
    assert held(copy) == before
    (copy / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=re.escape("mine.txt")):
        making.publish(copy, languages=("en",), at=AT)
    assert held(copy) == before | {copy / "mine.txt": b"mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_a_node_that_is_not_up_to_date_is_not_copied(tmp_path: Path) -> None:
    kept = {name: words for name, words in os.environ.items() if not name.startswith("DJANGO_")}
    target = tmp_path / "copy"
    done = subprocess.run(
        [sys.executable, "-m", "everycount", "publish", "--static", str(target)],
        env=kept | {"EVERYCOUNT_DATA_DIR": str(tmp_path / "node")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == WRONG_INPUT
    assert "not up to date" in done.stderr
    assert not target.exists()


def test_the_command_knows_the_languages_of_the_site() -> None:
    assert tuple(code for code, _name in settings.LANGUAGES) == LANGUAGES


# What only a node can answer: forms in a browser, invitations, questions of programs; frames and examples.
STAY = {"fill", "fill_icon", "fill_manifest", "fill_worker", "invitation", "sdmx_data", "sdmx_structure"}
STAY |= {"figure_embed", "health", "style"}
GO = places.PAGES | places.SPOKEN | places.PLAIN


def test_every_public_address_goes_along_or_needs_the_node() -> None:
    """A page that is new to the public is new to copies, or somebody says here that it needs the node."""
    asked = {name for name, row in ROWS.items() if row.takes_get and not row.free}
    public = {name for name in asked if ANONYMOUS in ROWS[name].get or ROWS[name].opens_when_listed}
    assert public - STAY == GO - {"plan_feed"}  # which nobody has there, since no plan is public
