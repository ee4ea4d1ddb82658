"""How far fieldwork is, and its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everycount.faults import InputError
from everycount.site.fieldwork import actions, plans
from everycount.site.fieldwork.forms import PlanForm
from everycount.site.fieldwork.models import Plan
from everycount.site.fieldwork.queries import collectors as beside
from everycount.site.fieldwork.queries import progress as queries
from everycount.site.fieldwork.queries import views
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.review.queries.lists import initiative_of

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.collection.models import Questionnaire
    from everycount.site.people.models import Person


@require_safe
@for_persons
def overview(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """The fieldworks of an initiative; where there is one only, that one."""
    at = now()
    here = found(initiative_of(reader, Verb.SEE_PROGRESS, slug, at=at))
    rows = list(queries.questionnaires(reader, here, at=at))
    if len(rows) == 1:
        return _page(request, reader, rows[0])
    return render(request, "fieldwork/overview.html", {"here": here, "rows": rows})


@require_safe
@for_persons
def page(request: HttpRequest, reader: Person, slug: str, name: UUID) -> HttpResponse:
    """How far one fieldwork is."""
    return _page(
        request, reader, found(queries.questionnaire(reader, Verb.SEE_PROGRESS, slug, name, at=now()))
    )


def _page(request: HttpRequest, reader: Person, one: Questionnaire) -> HttpResponse:
    sheet = queries.progress(reader, one, at=now())
    return render(request, "fieldwork/progress.html", {"here": sheet.initiative, "sheet": sheet})


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def plan(request: HttpRequest, by: Person, slug: str, name: UUID) -> HttpResponse:
    """The plan, to be typed or uploaded."""
    at = now()
    one = found(queries.questionnaire(by, Verb.PLAN_FIELDWORK, slug, name, at=at))
    places = queries.place_questions(one)
    faults: tuple[object, ...] = ()
    if request.method == "POST":
        form = PlanForm(request.POST, request.FILES, places=places)
        if form.is_valid():
            try:
                _kept(one, form.cleaned_data, by)
            except InputError as error:
                faults = error.faults
            else:
                messages.success(request, _("The plan holds from now on."))
                return redirect("fieldwork_of", slug, one.pk)
    else:
        form = PlanForm(initial=_now_planned(one), places=places)
    given = {"here": one.initiative, "questionnaire": one, "form": form, "faults": faults}
    given["collectors"] = queries.collectors_of(one)
    return render(request, "fieldwork/plan.html", given, status=422 if faults or form.errors else 200)


def _kept(one: Questionnaire, data: dict[str, Any], by: Person) -> Plan:
    file, known = data["file"], queries.collectors_of(one)
    lines = plans.read_file(file.read(), file.name, known) if file else plans.read_text(data["table"], known)
    return actions.plan(
        questionnaire=one,
        lines=lines,
        place=data["place"],
        begins=data["begins"],
        ends=data["ends"],
        by=by,
        at=now(),
    )


def _now_planned(one: Questionnaire) -> dict[str, object]:
    """What is planned already, as it would be typed; else a beginning to go on from."""
    held = Plan.objects.filter(questionnaire=one).first()
    if held is None:
        return {"table": "place,target\n"}
    lines = [
        plans.Line(**{name: getattr(each, name) for name in plans.COLUMNS}) for each in held.targets.all()
    ]
    return {
        "place": held.place,
        "begins": held.begins.isoformat() if held.begins else None,
        "ends": held.ends.isoformat() if held.ends else None,
        "table": plans.as_text(lines),
    }


@require_safe
@for_persons
def collectors(request: HttpRequest, reader: Person, slug: str, name: UUID) -> HttpResponse:
    """Collectors beside each other."""
    one = found(queries.questionnaire(reader, Verb.REVIEW, slug, name, at=now()))
    return render(request, "fieldwork/collectors.html", {"here": one.initiative, "sheet": beside.sheet(one)})


@require_safe
@for_persons
def tables(request: HttpRequest, reader: Person, slug: str, name: UUID) -> HttpResponse:
    """Provisional tables."""
    one = found(queries.questionnaire(reader, Verb.SEE_PROVISIONAL, slug, name, at=now()))
    return render(request, "fieldwork/tables.html", {"here": one.initiative, "sheet": views.sheet(one)})
