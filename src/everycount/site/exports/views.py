"""The page on which an export is chosen, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from everycount.faults import InputError
from everycount.microdata.risk import FEWEST
from everycount.site.consent.models import Purpose
from everycount.site.exports import actions, queries
from everycount.site.exports.about import reason
from everycount.site.exports.forms import Choose, Take
from everycount.site.exports.rare import RareError
from everycount.site.exports.wanted import GIVEN, PURPOSES, Format, Wanted
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.ui.forms import tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse, QueryDict
    from django.http.response import HttpResponseBase

    from everycount.microdata.risk import Risk
    from everycount.site.collection.models import Questionnaire
    from everycount.site.exports.queries import Offer
    from everycount.site.people.models import Person


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What was chosen in the first step."""

    questionnaire: Questionnaire
    purpose: Purpose


@require_safe
@for_persons
def page(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """What could be taken out: first of what and what for, then what goes along and which file."""
    offer = found(queries.offer(reader, slug, at=now()))
    chosen = _chosen(offer, request.GET)
    if chosen is None:
        form = Choose(request.GET or None, offer=offer)
        status = 400 if form.errors else 200
        return render(request, "exports/choose.html", {"here": offer.initiative, "form": form}, status=status)
    return _second(request, offer, chosen, None)


@require_POST
@for_persons
def take(request: HttpRequest, by: Person, slug: str) -> HttpResponseBase:
    """The file, made while it leaves."""
    at = now()
    offer = found(queries.offer(by, slug, at=at))
    chosen = _chosen(offer, request.POST)
    if chosen is None:
        return redirect("exports", slug)
    form = _form(chosen, request.POST, with_reason="reason" in request.POST)
    if not form.is_valid():
        return _second(request, offer, chosen, form)
    try:
        file = found(actions.take_out(questionnaire=chosen.questionnaire, wanted=form.wanted, by=by, at=at))
    except RareError as error:
        return _second(request, offer, chosen, _form(chosen, request.POST, with_reason=True), error.found)
    except InputError as error:
        tell(form, error, places=True)
        return _second(request, offer, chosen, form)
    answer = StreamingHttpResponse(file.chunks, content_type=file.media_type)
    name = f"{chosen.questionnaire.form_id}-{chosen.purpose}-{at:%Y-%m-%d}{file.suffix}"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def _chosen(offer: Offer, asked: QueryDict) -> _Chosen | None:
    """The ones that are named; where none is named and there is but one, that one."""
    form = _one({str(each.pk): each for each in offer.questionnaires}, asked.get("questionnaire"))
    purpose = _one({each.value: each for each in offer.purposes}, asked.get("purpose"))
    return _Chosen(form, purpose) if form is not None and purpose is not None else None


def _one(known: Mapping[str, T], asked: str | None) -> T | None:
    if asked is None and len(known) == 1:
        return next(iter(known.values()))
    return known.get(asked or "")


def _form(chosen: _Chosen, given: QueryDict | None, *, with_reason: bool = False) -> Take:
    forms = queries.forms_of(chosen.questionnaire)
    languages = queries.languages(forms)
    sheets = queries.sheets(chosen.questionnaire, _plain(chosen))
    tags = [tag for tag, _ in languages]
    mine = get_language() or "en"
    initial = {
        "questionnaire": chosen.questionnaire.pk,
        "purpose": chosen.purpose.value,
        "language": mine if mine in tags else next(iter(tags), ""),
    }
    return Take(
        given,
        initial=initial,
        purpose=chosen.purpose,
        sheets=sheets,
        languages=languages,
        with_reason=with_reason,
    )


def _plain(chosen: _Chosen) -> Wanted:
    """Without anything that has to be asked for."""
    return Wanted(chosen.purpose, Format.CSV, get_language() or "en")


def _second(
    request: HttpRequest,
    offer: Offer,
    chosen: _Chosen,
    form: Take | None,
    found: Sequence[tuple[str, Risk]] = (),
) -> HttpResponse:
    sheets = queries.sheets(chosen.questionnaire, _plain(chosen))
    given = {
        "here": offer.initiative,
        "questionnaire": chosen.questionnaire,
        "purpose": PURPOSES[chosen.purpose],
        "is_contact": chosen.purpose == Purpose.CONTACT,
        "counted": queries.counted(chosen.questionnaire, chosen.purpose),
        "fewest": queries.FEWEST,
        "sheets": sheets.all,
        "held": [(table, name, reason(why)) for table, name, why in sheets.held],
        "form": form or _form(chosen, None),
        "is_given": chosen.purpose in GIVEN,
        "found": found,
        "k": FEWEST,
        "can_go_back": len(offer.questionnaires) > 1 or len(offer.purposes) > 1,
    }
    return render(request, "exports/take.html", given, status=422 if form else 200)
