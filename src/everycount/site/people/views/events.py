"""The ledger of an initiative as a page and as a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from everycount.site.ledger.queries import head
from everycount.site.people.models import Person
from everycount.site.people.policy import Verb
from everycount.site.people.queries import events, initiatives
from everycount.site.people.views.shared import found, now, reader

if TYPE_CHECKING:
    from django.http import HttpRequest

_SIGNER = Signer(salt="feed of events")


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What happened, newest first."""
    asks = reader(request)
    here = found(initiatives.one(asks, Verb.SEE_LEDGER, slug, at=now()))
    rows = events.page(here, request.GET.get("page", 1))
    token = _SIGNER.sign(str(asks.pk)) if asks else ""
    given = {
        "here": here,
        "rows": rows,
        "events": events.lines(events.told(rows)),
        "head": head(),
        "token": token,
    }
    return render(request, "people/events.html", given)


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest events for a feed reader.

    A feed reader has no session: the address carries the reader's signed id, and the policy is asked each
    time, so that the feed ends with the role.
    """
    asks = reader(request) or _signed(request.GET.get("token", ""))
    here = found(initiatives.one(asks, Verb.SEE_LEDGER, slug, at=now()))
    base = settings.ENVIRONMENT.public_url
    link = f"{base}{reverse('events', args=[slug])}"
    atom = Atom1Feed(title=here.name, link=link, description="", language=here.language)
    for one in events.told(events.page(here, 1)):
        atom.add_item(
            title=one.said,
            link=link,
            description=one.said,
            unique_id=f"urn:sha256:{one.digest}",
            pubdate=one.at,
            updateddate=one.at,
        )
    text = atom.writeString("utf-8")
    return HttpResponse(text, content_type=atom.content_type, headers={"Cache-Control": "private, no-store"})


def _signed(token: str) -> Person | None:
    try:
        name = _SIGNER.unsign(token)
    except BadSignature:
        return None
    return Person.objects.filter(pk=name, is_active=True).first()
