"""What the community body said of a release, in words. Who said it is shown to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount.site.publication.models import Stance, Statement
from everycount.site.publication.queries.tables import said_by, view_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.formats.report.view import View
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release


@dataclass(frozen=True, slots=True)
class Told:
    """One statement as others read it.

    Attributes:
        about: what is not to be shown, in words; "" for the whole release.
        is_current: it is about the draft as it is now.
    """

    id: UUID
    stance: str
    about: str
    words: str
    is_mine: bool
    is_public: bool
    is_current: bool
    said_at: datetime


def told(release: Release, reader: Person, language: str) -> tuple[Told, ...]:
    """Everything that was said of a release, the latest first; of earlier drafts, too."""
    rows = list(release.statements.order_by("-said_at"))
    view = view_of(release, language) if release.digest and rows else None
    return tuple(
        Told(
            each.pk,
            each.stance,
            about(view, each.measure, [(name, code) for name, code in each.cell], each.by),
            each.words,
            each.person_id == reader.pk,
            each.public,
            each.draft == (release.use or 0),
            each.said_at,
        )
        for each in rows
    )


def about(view: View | None, measure: str, cell: list[tuple[str, str]], by: list[str]) -> str:
    """What is meant, as far as the release that is there now knows it; else its codes."""
    if view is None:
        return " · ".join([measure, *(code for _, code in cell), *by]).strip(" ·")
    measures = {one.id: one.labels.say(view.language, one.id) for one in view.release.measures}
    parts = [measures.get(measure, measure)] if measure else []
    parts += [_group(view, name, code) for name, code in cell]
    if by:
        known = set(by) <= set(view.dimensions)
        parts.append(
            _("everybody together") if by == ["-"] else said_by(view, by) if known else " × ".join(by)
        )
    return " · ".join(parts)


def _group(view: View, name: str, code: str) -> str:
    groups = dict(view.dimensions[name].groups) if name in view.dimensions else {}
    return groups[code].say(view.language, code) if code in groups else code


def mine(release: Release, reader: Person) -> Statement | None:
    """Whether the reader agrees to the draft or objects, where they said so."""
    rows = release.statements.filter(person=reader, draft=release.use or 0)
    return rows.exclude(stance=Stance.WITHHOLD).first()


def is_mine(release: Release, reader: Person) -> bool:
    """The reader had it computed."""
    return release.asked_by_id == reader.pk
