"""Being told of new numbers, by mail or by a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.syndication.views import Feed
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from everycount.site.people.views.shared import found, now
from everycount.site.publication.actions import following
from everycount.site.publication.models import Follower, Plan, Release
from everycount.site.publication.queries.releases import published
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

FEWEST = 30  # entries of a feed


class Address(forms.Form):
    """Where to write to."""

    email = forms.EmailField(label=gettext_lazy("Your email address"), max_length=254)


def _plan(slug: str, at: datetime) -> Plan | None:
    row = published(at=at).filter(plan__slug=slug).first()
    return None if row is None else row.plan


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, plan: str) -> HttpResponse:
    """Leaves an address."""
    at = now()
    here = found(_plan(plan, at))
    form = Address(request.POST or None)
    if request.method == "POST" and form.is_valid():
        following.ask(plan=here, email=form.cleaned_data["email"], language=get_language() or "en", at=at)
        messages.success(
            request,
            _("If this address is right, a mail is on its way. Nothing more comes until you answer it."),
        )
        return redirect(f"/releases/{plan}")
    status = 422 if form.errors else 200
    return render(request, "publication/following/follow.html", {"plan": here, "form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """Says yes to being told, or ends it. Looking at the page does neither: programs open links in mails."""
    here = found(Follower.objects.filter(secret=secret).select_related("plan").first())
    if request.method == "POST":
        if request.POST.get("answer") == "leave":
            following.leave(secret=secret)
            messages.success(request, _("Your address is forgotten here."))
        else:
            following.confirm(secret=secret, at=now())
            messages.success(request, _("You will be told when these numbers change."))
        return redirect(f"/releases/{here.plan.slug}")
    return render(request, "publication/following/answer.html", {"follower": here})


class Releases(Feed):  # type: ignore[type-arg]  # it has no arguments while it runs
    """The newest releases of the node, or of one plan."""

    feed_type = Atom1Feed

    def get_object(self, _request: HttpRequest, plan: str = "") -> Plan | None:
        """The plan that is meant."""
        return found(_plan(plan, now())) if plan else None

    def title(self, plan: Plan | None) -> str:
        """What it is called."""
        return f"{plan.title} · Everycount" if plan else f"{_('Releases')} · Everycount"

    def link(self, plan: Plan | None) -> str:
        """The page that it belongs to."""
        return f"/releases/{plan.slug}" if plan else "/releases"

    def subtitle(self, _plan: Plan | None) -> str:
        """What is in it."""
        return _("New numbers, and numbers that took the place of earlier ones.")

    def items(self, plan: Plan | None) -> list[Release]:
        """Releases, the newest first."""
        rows = published(at=now())
        return list((rows.filter(plan=plan) if plan else rows)[:FEWEST])

    def item_title(self, item: Release) -> str:
        """What it is called."""
        return f"{item.plan.title} {item.number}"

    def item_description(self, item: Release) -> str:
        """What became of it."""
        if item.state == State.SUPERSEDED:
            return _("Replaced by a later one")
        return _("It took the place of an earlier one.") if item.number > 1 else _("New")

    def item_link(self, item: Release) -> str:
        """Its page."""
        return f"/releases/{item.plan.slug}/{item.number}"

    def item_guid(self, item: Release) -> str:
        """Its name for good."""
        return f"urn:uuid:{item.pk}"

    def item_pubdate(self, item: Release) -> datetime | None:
        """When it came out."""
        return item.published_at

    def item_updateddate(self, item: Release) -> datetime | None:
        """When it came out, or was replaced."""
        return item.superseded_at or item.published_at


_FEED = require_safe(Releases())
PATHS = [
    path("releases.atom", _FEED, name="releases_feed"),
    path("releases/<slug:plan>.atom", _FEED, name="plan_feed"),
    path("releases/<slug:plan>/follow", follow, name="follow_plan"),
    path("following/<str:secret>", answer, name="following"),
]
