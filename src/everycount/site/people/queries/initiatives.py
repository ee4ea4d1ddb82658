"""Initiatives that a reader may see, and what may be done there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.people.policy import Verb, may, may_on_node, roles_of, visible
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from everycount.site.people.models import Person, Role


def seen(reader: Person | None, *, at: datetime) -> QuerySet[Initiative]:
    """The initiatives of which a reader may know, by name."""
    return visible(Initiative.objects.all(), Verb.SEE_INITIATIVE, reader, at=at).order_by("name")


def mine(reader: Person | None, *, at: datetime) -> QuerySet[Initiative]:
    """Those in which the reader has a role."""
    return visible(Initiative.objects.all(), Verb.SEE_PEOPLE, reader, at=at).order_by("name")


def one(reader: Person | None, verb: Verb, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative of that name, where the reader may do the verb there."""
    return visible(Initiative.objects.filter(slug=slug), verb, reader, at=at).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """An initiative as one reader stands to it.

    Attributes:
        roles: those that the reader has.
        verbs: everything that the reader may do there, by name.
    """

    initiative: Initiative
    roles: tuple[Role, ...]
    verbs: frozenset[str]


def standing(reader: Person | None, slug: str, *, at: datetime) -> Standing | None:
    """The page of an initiative for a reader; None where they may not see it."""
    found = one(reader, Verb.SEE_INITIATIVE, slug, at=at)
    if found is None:
        return None
    verbs = frozenset(verb.name for verb in Verb if may(reader, verb, found, at=at))
    roles = tuple(sorted(roles_of(reader, found.id, at=at))) if reader else ()
    return Standing(found, roles, verbs)


def admits(reader: Person | None, *, at: datetime) -> bool:
    """Whether the reader may admit initiatives and organisations."""
    return may_on_node(reader, Verb.ADMIT, at=at)
