"""Flags: the list, and dismissing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everycount.site.fieldwork import actions
from everycount.site.fieldwork.forms import Dismiss, SiftFlags, kinds
from everycount.site.fieldwork.models import Why
from everycount.site.fieldwork.queries import flags as queries
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.review.queries.lists import initiative_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from everycount.site.people.models import Person


@require_safe
@for_persons
def listing(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """The flags of an initiative."""
    at = now()
    here = found(initiative_of(reader, Verb.REVIEW, slug, at=at))
    names = queries.collectors(reader, here, at=at)
    form = SiftFlags(request.GET or None, collectors=names)
    wanted = form.wanted
    sheet = queries.flag_list(reader, here, wanted, request.GET.get("page", 1), at=at)
    given = {
        "here": here,
        "sheet": sheet,
        "form": form,
        "whys": Why.choices,
        "facets": _facets(sheet, wanted, request.GET),
        "is_sifted": bool(wanted.collector or wanted.state != "open"),
        "asked": _without(request.GET, "page"),
    }
    return render(request, "fieldwork/flags.html", given, status=400 if form.errors else 200)


def _facets(sheet: queries.FlagList, wanted: queries.Wanted, asked: QueryDict) -> list[tuple[str, str, bool]]:
    """Kinds of which there are any, each with the address of its list."""
    found = [("", _("All"), sum(sheet.kinds.values()))]
    found += [(kind, words, sheet.kinds[kind]) for kind, words in kinds() if kind in sheet.kinds]
    return [(f"{words} ({n})", _with(asked, kind), kind == wanted.kind) for kind, words, n in found]


def _with(asked: QueryDict, kind: str) -> str:
    kept = asked.copy()
    kept.pop("page", None)
    kept["kind"] = kind
    return f"?{kept.urlencode()}"


def _without(asked: QueryDict, name: str) -> str:
    kept = asked.copy()
    kept.pop(name, None)
    return kept.urlencode()


@require_POST
@for_persons
def dismiss(request: HttpRequest, by: Person, slug: str, number: int) -> HttpResponse:
    """Says why a flag is no reason to do anything."""
    at = now()
    flag = found(queries.one(by, slug, number, at=at))
    form = Dismiss(request.POST)
    if form.is_valid():
        actions.dismiss(flag=flag.pk, why=Why(form.cleaned_data["why"]), by=by, at=at)
        messages.success(request, _("The flag is dismissed, and why is kept beside it."))
    else:
        messages.error(request, _("Say why: choose one of the reasons."))
    if "list" in request.POST or flag.submission_id is None:
        return redirect("flags", slug)
    return redirect("one_submission", slug, flag.submission_id)
