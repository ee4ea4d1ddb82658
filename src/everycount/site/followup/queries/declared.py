"""Which questionnaires of an initiative make lists, and which ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.faults import InputError
from everycount.site.collection import queries as collection
from everycount.site.collection.models import State, Version
from everycount.site.followup.models import GivenList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.questionnaire import Declared

ENDING = ".csv"


def _versions(initiative: UUID) -> Iterator[tuple[UUID, UUID, Declared]]:
    """Questionnaire, version and what it says of entities, of all that phones had; the first one first."""
    rows = Version.objects.filter(questionnaire__initiative=initiative)
    rows = rows.exclude(state__in=(State.DRAFT, State.REVIEW)).order_by("published_at")
    for form, version in rows.values_list("questionnaire", "pk"):
        try:
            yield form, version, collection.entities_in(version)
        except InputError:
            continue  # published by an earlier program; the questionnaire's own page says what is wrong


def making(initiative: UUID) -> dict[UUID, str]:
    """The list that each questionnaire makes or brings up to date."""
    return {form: said.list for form, _, said in _versions(initiative) if said.list}


def lists(initiative: UUID) -> dict[str, tuple[str, ...]]:
    """The lists of an initiative with their properties, in the order in which they came up."""
    found: dict[str, dict[str, None]] = {}
    for _, _, said in _versions(initiative):
        if said.list:
            found.setdefault(said.list, {}).update(dict.fromkeys(said.properties.values()))
    return {name: tuple(properties) for name, properties in found.items()}


def given(initiative: UUID) -> QuerySet[GivenList]:
    """The lists of places that somebody gave."""
    return GivenList.objects.filter(initiative=initiative)


def asked_for(version: UUID) -> tuple[str, ...]:
    """The lists that a version asks for, made or given in its initiative; as names of files."""
    wanted = collection.entities_in(version).files
    if not wanted:
        return ()
    initiative = Version.objects.values_list("questionnaire__initiative", flat=True).get(pk=version)
    names = [*lists(initiative), *given(initiative).values_list("name", flat=True)]
    made = {f"{name}{ENDING}" for name in names}
    return tuple(each for each in wanted if each in made)
