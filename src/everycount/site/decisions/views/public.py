"""What everybody reads: decisions with their reasons, and the files beside a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from everycount import framework
from everycount.formats.ro_crate import described
from everycount.site.decisions import files, words
from everycount.site.decisions.forms import Appeal, Reply, Settle
from everycount.site.decisions.queries import assessing, deciding
from everycount.site.decisions.queries.waiting import appeals
from everycount.site.decisions.views.profile import by_block, profile
from everycount.site.people.views.shared import found, now, reader
from everycount.site.publication.cards import card
from everycount.site.publication.queries import releases
from everycount.site.publication.queries.public import decision as community
from everycount.site.publication.views.public import TAKEN, attached

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpRequest

    from everycount.site.decisions.models import Decision
    from everycount.site.people.models import Person

PAGE = 30


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All decisions that are public."""
    at = now()
    page = Paginator(deciding.public(at=at), PAGE).get_page(request.GET.get("page"))
    rows = [
        (each, words.outcome(each), deciding.use_of(each.assessment), deciding.holds(each, at=at))
        for each in page
    ]
    return render(request, "decisions/public.html", {"page": page, "rows": rows, "query": ""})


@require_safe
def page(request: HttpRequest, decision: UUID) -> HttpResponse:
    """One decision, for good."""
    at, who = now(), reader(request)
    here = found(deciding.decision(who, decision, at=at))
    return render(request, "decisions/decision.html", shown(here, who, at=at))


def shown(
    here: Decision, who: Person | None, *, at: datetime, bound: dict[str, Form] | None = None
) -> dict[str, object]:
    """What the page of a decision is given; ``bound`` holds forms that were sent with something missing."""
    about, bound = here.assessment, bound or {}
    release = about.release
    waits = next((each for each in here.appeals.all() if not each.outcome), None)
    replies = deciding.may_reply(who, here, at=at)
    settles = who is not None and waits in appeals(who, release.plan.initiative, at)
    return {
        "decision": here,
        "about": about,
        "release": release,
        "card": card(release, words.language()),
        "outcome": words.outcome(here),
        "use": deciding.use_of(about),
        "lens": framework.lens(about.lens),
        "version": framework.model(about.model),
        "blocks": by_block(profile(about)),
        "gates": [(gettext(assessing.GATES[one.gate.id]), one.stands) for one in assessing.gates(about)],
        "holds": deciding.holds(here, at=at),
        "is_over": at.date() > here.until,
        "after": deciding.after(here),
        "community": community(release, at=at),
        "address": deciding.address_of(here),
        "is_public": release.published_at is not None and release.published_at <= at,
        "appeals": [
            (one, gettext(words.SETTLED[one.outcome]) if one.outcome else "") for one in here.appeals.all()
        ],
        "reply": bound.get("reply") or (Reply(auto_id="r_%s") if replies else None),
        "appeal": bound.get("appeal") or (Appeal(auto_id="p_%s") if replies and waits is None else None),
        "settle": bound.get("settle") or (Settle(auto_id="s_%s") if settles else None),
    }


@require_safe
def data(request: HttpRequest, decision: UUID) -> HttpResponse:
    """The same for programs."""
    at = now()
    here = found(deciding.decision(reader(request), decision, at=at))
    return HttpResponse(
        files.plain(here, at=at),
        content_type="application/json",
        headers={"Access-Control-Allow-Origin": "*"},
    )


@require_safe
def beside(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """A file beside a release: what was decided about it, and its numbers with that."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    made = found(files.file(release, name, at=at))
    return attached(made, described(name)[1] if name in _KNOWN else "application/json", name, TAKEN)


_KNOWN = frozenset(words.BESIDE) - {files.DECISIONS}
