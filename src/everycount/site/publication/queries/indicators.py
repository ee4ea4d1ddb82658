"""Which public numbers are linked to which SDG indicator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.faults import InputError
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import current, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from everycount.catalogue import Indicator

RELATIONS = ("measures", "proxy", "context")  # the nearest first
_REMEMBERED = 2000  # releases of which it is known what they are linked to; a few hundred bytes each


@dataclass(frozen=True, slots=True)
class Linked:
    """A measure of a public release that holds, and how it stands to an indicator by that number."""

    release: Release
    number: str
    measure: str
    relation: str


def indicator(code: str) -> Indicator | None:
    """The indicator of that number in the global framework."""
    try:
        return catalogue.indicator(code)
    except InputError:
        return None


def linked(wanted: Indicator, *, at: datetime) -> list[Linked]:
    """The measures of public releases that hold which are linked to an indicator, the nearest first."""
    found = [
        Linked(release, number, measure, relation)
        for release in current(at=at)
        for number, measure, relation in _links(release.pk, release.digest)
        if number in wanted.numbers
    ]
    return sorted(found, key=lambda each: RELATIONS.index(each.relation))


def counted(*, at: datetime) -> list[tuple[Indicator, int]]:
    """The indicators of which public releases speak, with their measures, in the order of the framework."""
    found: dict[str, int] = {}
    for release in current(at=at):
        for number, _measure, _relation in _links(release.pk, release.digest):
            found[number] = found.get(number, 0) + 1
    return [(each, found[each.number]) for each in catalogue.indicators() if each.number in found]


@lru_cache(maxsize=_REMEMBERED)
def _links(name: UUID, _digest: str) -> tuple[tuple[str, str, str], ...]:
    """Indicator, measure and relation of each linked measure; what has a digest never changes."""
    return tuple(_read(Release.objects.defer("text").get(pk=name)))


def _read(release: Release) -> Iterator[tuple[str, str, str]]:
    for measure in numbers(release).measures:
        found = indicator(measure.sdg.indicator) if measure.sdg else None
        if found is not None and measure.sdg is not None:
            yield found.number, measure.id, measure.sdg.relation
