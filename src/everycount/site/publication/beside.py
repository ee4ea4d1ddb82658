"""What is shown of releases on the node's first page and on the page of an initiative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_noop as noop

from everycount.formats import shapes
from everycount.site.consent.queries import steward
from everycount.site.people.models import Role
from everycount.site.people.parts import Part
from everycount.site.publication.cards import card
from everycount.site.publication.queries import public, releases

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

    from everycount.site.consent.models import ConsentText
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release
    from everycount.site.registry.models import Initiative

_NEWEST = 3
# What people of a role do, in the order in which an answer walks.
STAGES: tuple[tuple[Role, str], ...] = (
    (Role.COMMUNITY, noop("look at every question, and decide what is shown")),
    (Role.COORDINATOR, noop("prepare the questions and go along with the work")),
    (Role.COLLECTOR, noop("ask, and write down what people say")),
    (Role.REVIEWER, noop("look at what came in, and at releases before the community does")),
    (Role.ANALYST, noop("choose with the others what is counted")),
    (Role.STEWARD, noop("answer for consent, and publish")),
    (Role.STATISTICIAN, noop("look at it for a statistical office")),
    (Role.RIGHTS, noop("look at it for human rights")),
    (Role.OBSERVER, noop("look on")),
)


def findings(at: datetime) -> Part | None:
    """The newest findings, for the first page."""
    rows = list(releases.current(at=at)[: _NEWEST + 1])
    if not rows:
        return None
    given = {"cards": _cards(rows[:_NEWEST]), "more": len(rows) > _NEWEST, "definitions": _definitions()}
    return Part("publication/public/on_home.html", given)


def about(_reader: Person | None, initiative: Initiative, at: datetime) -> Part | None:
    """The promises, who does what, and what came of it; the same for everybody who sees the page."""
    rows = list(public.of_initiative(initiative.pk, at=at))
    text = _promises(initiative)
    held = dict(public.roles(initiative, at=at))
    given = {
        "cards": _cards(rows),
        "definitions": _definitions(),
        "promises": steward.spoken(text.promises) if text else [],
        "promised_in": text.language if text else "",
        "stages": [(Role(role).label, words, held[role]) for role, words in STAGES if role in held],
        "feedback": [row for row in rows if row.feedback],
    }
    if not (rows or given["promises"]):
        return None
    return Part("publication/public/on_initiative.html", given)


def _definitions() -> SafeString:
    """Hatches and shapes, once a page."""
    return mark_safe(str(shapes.definitions()))  # noqa: S308 - made by formats.page, which escapes


def _cards(rows: list[Release]) -> list[tuple[Release, object, bool]]:
    language = get_language() or "en"
    return [(row, card(row, language), releases.under_revision(row) is not None) for row in rows]


def _promises(initiative: Initiative) -> ConsentText | None:
    """The newest wording, in the reader's language where there is one, else in the initiative's."""
    rows = list(steward.texts(initiative).order_by("-version"))
    newest = [row for row in rows if row.version == rows[0].version]
    for language in (get_language() or "en", initiative.language):
        for row in newest:
            if row.language.split("-")[0] == language.split("-")[0]:
                return row
    return newest[0] if newest else None
