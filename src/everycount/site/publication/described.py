"""A release as programs that look for data sets want it: in its page, and in the catalogue of the node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from everycount.formats.dataset import Given, Told, schema
from everycount.formats.page import Html, tag
from everycount.site.publication import citing, files
from everycount.site.publication.queries.releases import numbers, published

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.publication.models import Release

CATALOGUE = "/catalog.jsonld"


def told(release: Release, *, at: datetime) -> Told:
    """What this node knows of a public release."""
    slug = release.plan.slug
    rows = published(at=at).filter(plan=release.plan_id, number__lt=release.number).order_by("-number")
    before = rows.first()
    return Told(
        address=_release(slug, release.number),
        version=release.number,
        publisher=release.plan.initiative.name,
        published=f"{release.published_at:%Y-%m-%d}",
        catalogue=citing.absolute(CATALOGUE),
        series=citing.absolute(reverse("releases_of", args=[slug])),
        before=_release(slug, before.number) if before else "",
        files=tuple(_given(release, one) for one in files.listed(release)),
    )


def _release(slug: str, number: int) -> str:
    return citing.absolute(reverse("release", args=[slug, number]))


def _given(release: Release, one: files.File) -> Given:
    where = reverse("release_file", args=[release.plan.slug, release.number, one.name])
    return Given(citing.absolute(where), one.said, one.media, one.size, one.digest)


def linked(release: Release, language: str, *, at: datetime) -> Html:
    """The release for search engines, as an element of its page."""
    return script(schema(numbers(release), told(release, at=at), language))


def script(document: dict[str, Any]) -> Html:
    """A document in a page: data that nothing runs. No text in it can end the element."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return tag("script", Html(safe), type="application/ld+json")
