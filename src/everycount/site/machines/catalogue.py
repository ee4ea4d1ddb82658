"""Everything that can be taken from this node, as a catalogue of DCAT-AP 3 in JSON-LD."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from everycount.formats.dataset import CONTEXT, dcat
from everycount.formats.linked import filled
from everycount.site.publication.citing import absolute
from everycount.site.publication.described import CATALOGUE, told
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import current, numbers

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.formats.dataset import Told

Node = dict[str, Any]
_ABOUT = "Numbers that communities gathered about their own lives, and decided to show."
_KEPT = 2000  # releases that are described already; some kilobytes each
_ATOM, _SDMX = "https://www.rfc-editor.org/rfc/rfc4287", "https://sdmx.org/?page_id=5008"


def catalogue(*, at: datetime) -> Node:
    """The catalogue with every release that holds."""
    rows = list(current(at=at))
    parts = [_described(row.pk, row.digest, told(row, at=at)) for row in rows]
    datasets = [part[0]["@id"] for part in parts]
    services = _services(rows, datasets)
    newest = max((f"{row.published_at:%Y-%m-%d}" for row in rows), default="")
    own = {
        "@id": absolute(CATALOGUE),
        "@type": "dcat:Catalog",
        "dct:title": {"@value": f"Everycount, {absolute('')}", "@language": "en"},
        "dct:description": {"@value": _ABOUT, "@language": "en"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": f"Everycount, {absolute('')}"},
        "dct:modified": {"@value": newest, "@type": "xsd:date"} if newest else None,
        "foaf:homepage": {"@id": absolute("/"), "@type": "foaf:Document"},
        "dcat:dataset": [{"@id": name} for name in datasets],
        "dcat:service": [{"@id": one["@id"]} for one in services],
    }
    graph = [filled(own), *services, *(node for part in parts for node in part)]
    return {"@context": CONTEXT, "@graph": graph}


@lru_cache(maxsize=_KEPT)
def _described(name: UUID, digest: str, said: Told) -> list[Node]:
    return dcat(numbers(Release(pk=name, digest=digest)), said)


def _services(rows: list[Release], datasets: list[str]) -> list[Node]:
    """What can be asked: the SDMX service, and the news of all releases and of each plan."""
    served = [{"@id": name} for name in datasets]
    made = [_service("/sdmx/", "SDMX REST service", _SDMX, "/sdmx/dataflow", served)]
    feed = reverse("releases_feed")
    made.append(_service(feed, "News of all releases (Atom)", _ATOM, feed, served))
    for row, one in zip(rows, served, strict=True):
        feed = reverse("plan_feed", args=[row.plan.slug])
        made.append(_service(feed, f"News of {row.plan.title} (Atom)", _ATOM, feed, [one]))
    return [filled(one) for one in made]


def _service(where: str, title: str, follows: str, described: str, served: list[Node]) -> Node:
    return {
        "@id": f"{absolute(where)}#service",
        "@type": "dcat:DataService",
        "dct:title": {"@value": title, "@language": "en"},
        "dcat:endpointURL": {"@id": absolute(where)},
        "dcat:endpointDescription": {"@id": absolute(described)},
        "dct:conformsTo": {"@id": follows, "@type": "dct:Standard"},
        "dcat:servesDataset": served,
    }
