"""An officer's pages: what may be assessed, the steps of an assessment, and its decision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everycount import framework
from everycount.faults import InputError
from everycount.site.decisions import words
from everycount.site.decisions.actions import assessing, deciding
from everycount.site.decisions.forms import Answers, Begin, Decide
from everycount.site.decisions.queries import assessing as queries
from everycount.site.decisions.queries.deciding import before, use_of
from everycount.site.decisions.views.profile import profile
from everycount.site.people.views.shared import for_persons, found, now, said
from everycount.site.publication.cards import card
from everycount.site.publication.queries.releases import numbers
from everycount.site.ui.forms import tell

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from everycount.site.decisions.models import Assessment
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release

_FAULTY = 422


@require_safe
@for_persons
def listing(request: HttpRequest, reader: Person) -> HttpResponse:
    """What the reader's office has begun and decided, and what may be assessed."""
    at = now()
    office = found(queries.office_of(reader, at=at))
    language = words.language()
    own = list(queries.own(reader, at=at))
    given = {
        "office": office,
        "open": [(each, use_of(each)) for each in own if each.finished_at is None],
        "done": [(each, use_of(each), words.outcome(each.decision)) for each in own if each.finished_at],
        "rows": [(row, card(row, language)) for row in queries.assessable(reader, at=at)],
    }
    return render(request, "decisions/list.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def begin(request: HttpRequest, by: Person, plan: str, number: int) -> HttpResponse:
    """For what use, and through which lens."""
    at = now()
    release = found(queries.release(by, plan, number, at=at))
    form = Begin(request.POST or None, measures=_measures(release), auto_id="b_%s")
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        wanted = assessing.Wanted(read["measure"], read["use"], read["lens"])
        try:
            made = assessing.begin(release=release, wanted=wanted, by=by, at=at)
        except InputError as error:
            tell(form, error, places=True)
        else:
            messages.success(request, _("It is begun. What the machine could work out is filled in."))
            return redirect("assessment", made.pk)
    given = {"release": release, "card": card(release, words.language()), "form": form}
    return _rendered(request, "decisions/begin.html", given, form)


def _measures(release: Release) -> list[tuple[str, str]]:
    """The measures, those first that are linked to an indicator."""
    language = words.language()
    rows = sorted(numbers(release).measures, key=lambda each: each.sdg is None)
    return [
        (
            each.id,
            f"{each.sdg.indicator}: {each.labels.say(language, each.id)}"
            if each.sdg
            else each.labels.say(language, each.id),
        )
        for each in rows
    ]


@require_safe
@for_persons
def page(request: HttpRequest, reader: Person, assessment: UUID) -> HttpResponse:
    """How far it is, and everything that was answered."""
    here = found(queries.assessment(reader, assessment, at=now()))
    if here.finished_at is not None:
        return redirect("decision", here.decision.pk)
    given = {**_around(here), "profile": profile(here), "gates": _gates(here)}
    return render(request, "decisions/assessment.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def step(request: HttpRequest, by: Person, assessment: UUID, block: str) -> HttpResponse:
    """The criteria of one block; what is kept can be changed until it is decided."""
    at = now()
    here = found(queries.assessment(by, assessment, at=at))
    found(block if here.finished_at is None and block in queries.blocks(here) else None)
    rows = [each for each in queries.criteria(here) if each.block == block]
    machine = {each.criterion: each for each in queries.evidence(here)}
    held = queries.scores(here)
    form = Answers(request.POST or None, criteria=rows, held=held, machine=machine)
    if request.method == "POST" and form.is_valid():
        try:
            assessing.answer(assessment=here, given=form.given(), by=by, at=at)
        except InputError as error:
            for fault in error.faults:
                form.add_error(f"{fault.place}_reason", f"{fault.problem} {fault.remedy}")
        else:
            messages.success(request, _("Kept. You can change it until it is decided."))
            return _onward(here, block)
    given = {**_around(here, block), "form": form, "heading": words.BLOCKS[block]}
    shown = profile(here)
    given["asked"] = [
        (row, [form[f"{row.id}_{part}"] for part in ("answer", "reason", "link")])
        for row in shown
        if row.block == block
    ]
    return _rendered(request, "decisions/step.html", given, form)


def _onward(here: Assessment, block: str) -> HttpResponse:
    """To the next step, and from the last one to the whole."""
    steps = queries.blocks(here)
    following = steps[steps.index(block) + 1 :]
    return (
        redirect("assessment_step", here.pk, following[0]) if following else redirect("assessment", here.pk)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def decide(request: HttpRequest, by: Person, assessment: UUID) -> HttpResponse:
    """The office decides."""
    at = now()
    here = found(queries.assessment(by, assessment, at=at))
    if here.finished_at is not None:
        return redirect("decision", here.decision.pk)
    form = Decide(request.POST or None, outcomes=_outcomes(here), auto_id="d_%s")
    if request.method == "POST" and form.is_valid():
        try:
            made = deciding.decide(
                assessment=here, judgement=deciding.Judgement(**form.cleaned_data), by=by, at=at
            )
        except InputError as error:
            tell(form, error, places=True)
        else:
            messages.success(request, _("It is decided. The initiative is told, and can reply."))
            return redirect("decision", made.pk)
    given = {**_around(here), "form": form, "gates": _gates(here), "before": before(here)}
    given["unanswered"] = queries.unanswered(here)
    return _rendered(request, "decisions/decide.html", given, form)


@require_POST
@for_persons
def drop(request: HttpRequest, by: Person, assessment: UUID) -> HttpResponse:
    """It is given up."""
    at = now()
    here = found(queries.assessment(by, assessment, at=at))
    said(request, partial(assessing.drop, assessment=here, by=by, at=at), _("It is given up."))
    return redirect("assessments")


def _outcomes(here: Assessment) -> list[tuple[str, str]]:
    """Those that the gates leave open."""
    version, standing = framework.model(here.model), queries.gates(here)
    return [
        (each.id, f"{each.id}: {each.name.say(words.language())}")
        for each in version.outcomes
        if framework.is_open_to(version, each.id, standing)
    ]


def _gates(here: Assessment) -> list[tuple[str, bool]]:
    return [(_(queries.GATES[each.gate.id]), each.stands) for each in queries.gates(here)]


def _around(here: Assessment, block: str = "") -> dict[str, object]:
    """What every page of an assessment shows."""
    steps, missing = queries.blocks(here), queries.unanswered(here)
    return {
        "here": here,
        "release": here.release,
        "use": use_of(here),
        "lens": framework.lens(here.lens),
        "card": card(here.release, words.language()),
        "steps": [
            (_(words.BLOCKS[each]), "now" if each == block else "" if _lacks(each, missing) else "done")
            for each in steps
        ],
        "ways": [(each, _(words.BLOCKS[each]), _lacks(each, missing)) for each in steps],
        "missing": missing,
    }


def _lacks(block: str, missing: list[str]) -> bool:
    return any(name.startswith(block) for name in missing)


def _rendered(request: HttpRequest, template: str, given: dict[str, object], form: Form) -> HttpResponse:
    return render(request, template, given, status=_FAULTY if form.errors else 200)
