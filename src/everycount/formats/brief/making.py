"""Every brief of a release as files: of everybody and of each group of one dimension, in each language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError, unknown
from everycount.formats.brief.content import brief_of
from everycount.formats.brief.phone import phone_page
from everycount.formats.brief.sheets import brief_pdf, poster_pdf
from everycount.formats.brief.spoken import spoken
from everycount.formats.messages import chosen, languages, messages
from everycount.formats.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import CellKey
    from everycount.formats.brief.given import Given
    from everycount.release import Release

_ODD = re.compile(r"[^A-Za-z0-9_-]+")


def languages_of(release: Release) -> list[str]:
    """The survey's languages that we speak, its first one first; English where it is none of them."""
    first = chosen(None, release.survey.languages)
    spoken_here = (each.split("-", maxsplit=1)[0].lower() for each in release.survey.languages)
    return list(dict.fromkeys([first, *(each for each in spoken_here if each in languages())]))


def names_of(release: Release, by: str | None = None) -> dict[str, CellKey]:
    """What there are briefs of, by the name in their files: "" is everybody, then each group.

    Args:
        release: whose.
        by: the dimension whose groups have one each; without it the first of the survey file, by which most
            surveys say whom they are about.

    Raises:
        InputError: there is no such dimension.
    """
    known = [one.id for one in release.dimensions]
    if by is not None and by not in known:
        raise InputError(unknown("--briefs-by", "dimension", by, known))
    found: dict[str, CellKey] = {"": ()}
    for one in release.dimensions:
        if one.id == (by or known[0]):
            for n, (code, _) in enumerate(one.groups, 1):
                plain = _ODD.sub("-", code).strip("-").lower()
                found[plain if plain and plain not in found else f"{plain}{n}"] = ((one.id, code),)
    return found


def files(release: Release, given: Given, by: str | None = None) -> Iterator[tuple[str, bytes | Fault]]:
    """Every brief, poster, text and page by its name; a fault instead of one that cannot be made.

    Raises:
        InputError: there is no such dimension.
    """
    for name, within in names_of(release, by).items():
        for language in languages_of(release):
            yield from _of(View(release, messages(language)), given, name, within)


def _of(view: View, given: Given, name: str, within: CellKey) -> Iterator[tuple[str, bytes | Fault]]:
    brief = brief_of(view, given, within)
    if brief is None:
        return
    end = f"{name}.{view.language}" if name else view.language
    yield f"read-aloud.{end}.txt", spoken(brief, view.words).encode()
    yield f"phone.{end}.html", phone_page(brief)
    for kind, make in (("brief", brief_pdf), ("poster", poster_pdf)):
        try:
            yield f"{kind}.{end}.pdf", make(brief)
        except InputError as problem:  # a sign that no font of ours draws, or no Typst
            yield f"{kind}.{end}.pdf", problem.faults[0]
