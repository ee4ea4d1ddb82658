"""Plans: the list, one of them, its parts by click and its text by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everycount.faults import Fault, InputError
from everycount.protect import POLICIES
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.publication import asbefore, questions, trial
from everycount.site.publication.actions import computing
from everycount.site.publication.actions import plans as actions
from everycount.site.publication.clicking import dimension, measure, table, whole
from everycount.site.publication.clicking.beginning import Begin, ByHand
from everycount.site.publication.clicking.plan import LISTS, free_id, into_tables, sheet, with_part, without
from everycount.site.publication.queries import plans as queries
from everycount.site.publication.views.opened import kept, new_faults, number_of, open_plan, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from everycount.site.collection.models import Questionnaire
    from everycount.site.people.models import Person
    from everycount.site.publication.clicking.part import PartForm
    from everycount.site.publication.models import Plan, Release
    from everycount.site.publication.views.opened import Opened

_WHOLE = {"survey": whole.SurveyForm, "design": whole.DesignForm, "policy": whole.PolicyForm}
_ITEMS = {"measure": measure.MeasureForm, "dimension": dimension.DimensionForm, "table": table.TableForm}


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of a plan: a table, or an item of a list, from 0."""

    key: str
    number: int | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def listing(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """The plans of an initiative, and a new one."""
    at = now()
    verb = Verb.PLAN_RELEASES if request.method == "POST" else Verb.SEE_RELEASES
    here = found(queries.initiative(by, verb, slug, at=at))
    offered = queries.offered(by, here, at=at)
    form = Begin(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        offered=offered,
        language=get_language() or "en",
    )
    faults: Sequence[Fault] = ()
    if request.method == "POST" and form.is_valid():
        one = next(each for each in offered if str(each.pk) == form.cleaned_data["questionnaire"])
        try:
            text = _begun(_first_text(form, one), one, is_file=form.cleaned_data["file"] is not None)
            made = actions.write(questionnaire=one, text=text, by=by, at=at)
        except InputError as error:
            faults = error.faults
        else:
            messages.success(
                request, _("The plan is kept. Every line of it is a proposal: look at each part.")
            )
            return redirect("plan", slug, made.slug)
    given = {"here": here, "plans": queries.plans_of(by, here, at=at), "faults": faults}
    given["form"] = form if offered else None
    return render(request, "publication/plans/list.html", given, status=422 if faults or form.errors else 200)


def _first_text(form: Begin, one: Questionnaire) -> str:
    file = form.cleaned_data["file"]
    if file is None:
        begun = questions.Begun(form.cleaned_data["area"], one.initiative.invented)
        return questions.proposed(one, begun, now().date())
    try:
        text = file.read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError(Fault(file.name, _("This is no text."), _("Save it as UTF-8."))) from None
    tried = questions.tried(text, one)
    if tried.faults:
        raise InputError(*tried.faults)
    return str(text)


def _begun(text: str, one: Questionnaire, *, is_file: bool) -> str:
    """A proposed plan with what earlier releases had, as it was then; a file is kept as it was brought."""
    wanted = () if is_file else asbefore.lacks(text, one, get_language() or "en")
    try:
        return asbefore.kept(text, one, wanted) if wanted else text
    except InputError:
        return text  # the page of the plan says what is lacking


@require_safe
@for_persons
def page(request: HttpRequest, by: Person, slug: str, name: str) -> HttpResponse:
    """One plan: what each part says, what is wrong, how it would come out."""
    opened = open_plan(by, Verb.SEE_RELEASES, slug, name)
    tried = questions.tried(opened.plan.text, opened.plan.questionnaire)
    given = opened.given(
        sheet=sheet(opened.here),
        faults=tried.faults,
        lacking=_lacking(opened.plan),
        releases=[(each, _address(each)) for each in opened.plan.releases.all()],
        may_plan=queries.plan(by, Verb.PLAN_RELEASES, slug, name, at=now()) is not None,
    )
    return render(request, "publication/plans/plan.html", given)


def _lacking(plan: Plan) -> tuple[asbefore.Kept, ...]:
    """What the plan does not keep of earlier releases."""
    return asbefore.lacks(plan.text, plan.questionnaire, get_language() or "en")


@require_POST
@for_persons
def keep(request: HttpRequest, by: Person, slug: str, name: str) -> HttpResponse:
    """Puts into the plan what earlier releases had, as it was then."""
    opened = open_plan(by, Verb.PLAN_RELEASES, slug, name)
    wanted = _lacking(opened.plan)
    faults: Sequence[Fault] = refused(opened, number_of(request))
    if wanted and not faults:
        try:
            text = asbefore.kept(opened.plan.text, found(opened.plan.questionnaire), wanted)
            faults = kept(request, opened, text, by, _("What was released before stands in the plan again."))
        except InputError as error:
            faults = error.faults
    for fault in faults:
        messages.error(request, f"{fault.problem} {fault.remedy}")
    return redirect("plan", slug, name)


def _address(release: Release) -> str:
    """The inside page of a release."""
    plan = release.plan
    return reverse("release_inside", args=[plan.initiative.slug, plan.slug, release.number])


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def by_hand(request: HttpRequest, by: Person, slug: str, name: str) -> HttpResponse:
    """The text of a plan, which is kept when the library understands it."""
    opened = open_plan(by, Verb.PLAN_RELEASES, slug, name)
    form = ByHand(
        request.POST if request.method == "POST" else None,
        initial={"text": opened.plan.text, "of": opened.plan.number},
    )
    faults: Sequence[Fault] = ()
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        faults = (
            refused(opened, form.cleaned_data["of"])
            or questions.tried(text, opened.plan.questionnaire).faults
            or kept(request, opened, text, by)
        )
        if not faults:
            return redirect("plan", slug, name)
    given = opened.given(form=form, faults=faults)
    return render(request, "publication/plans/text.html", given, status=422 if faults or form.errors else 200)


@require_safe
@for_persons
def file(request: HttpRequest, by: Person, slug: str, name: str) -> HttpResponse:
    """The survey file, to be carried away."""
    del request
    plan = found(queries.plan(by, Verb.SEE_RELEASES, slug, name, at=now()))
    head = content_disposition_header(as_attachment=True, filename=f"{plan.slug}.toml") or "attachment"
    return HttpResponse(plan.text, content_type="application/toml", headers={"Content-Disposition": head})


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def part(request: HttpRequest, by: Person, slug: str, name: str, key: str) -> HttpResponse:
    """The survey, its design or its policy, by click."""
    if key not in _WHOLE:
        raise Http404
    opened = open_plan(by, Verb.PLAN_RELEASES, slug, name)
    form = _WHOLE[key](
        opened.here.table(key), opened.here, request.POST if request.method == "POST" else None
    )
    return _changed(request, opened, form, _Place(key), by)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def item(request: HttpRequest, by: Person, slug: str, name: str, key: str, number: int) -> HttpResponse:
    """One measure, characteristic or table, by click; or taken out."""
    opened = open_plan(by, Verb.PLAN_RELEASES, slug, name)
    items = opened.here.items(key) if key in LISTS else []
    if not 1 <= number <= len(items):
        raise Http404
    faults: Sequence[Fault] = ()
    if "remove" in request.POST:
        text = without(opened.plan.text, opened.here, key, number - 1)
        faults = refused(opened, number_of(request)) or kept(request, opened, text, by)
        if not faults:
            return redirect("plan", slug, name)
    posted = request.method == "POST" and "remove" not in request.POST
    form = _ITEMS[key](items[number - 1], opened.here, request.POST if posted else None)
    return _changed(request, opened, form, _Place(key, number - 1), by, faults)


def _changed(
    request: HttpRequest,
    opened: Opened,
    form: PartForm,
    place: _Place,
    by: Person,
    faults: Sequence[Fault] = (),
) -> HttpResponse:
    """Keeps what was changed of a part, unless that would bring a fault into the plan; or shows the form."""
    if form.is_bound and form.is_valid():
        text = with_part(opened.plan.text, place.key, place.number, form.written())
        faults = (
            refused(opened, form.cleaned_data.get("of"))
            or new_faults(opened, text)
            or kept(request, opened, text, by)
        )
        if not faults:
            return redirect("plan", opened.plan.initiative.slug, opened.plan.slug)
    form.fields["of"].initial = opened.plan.number
    asked = opened.here.asked(str(form.part.get("question", ""))) if place.number is not None else ""
    more = {"key": place.key, "number": place.number, "asked": asked, "policies": POLICIES.values()}
    status = 422 if faults or form.errors else 200
    given = opened.given(form=form, faults=faults, **more)
    return render(request, f"publication/plans/{place.key}.html", given, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def new(request: HttpRequest, by: Person, slug: str, name: str, key: str) -> HttpResponse:
    """One more measure, characteristic or table: of which question."""
    if key not in LISTS:
        raise Http404
    opened = open_plan(by, Verb.PLAN_RELEASES, slug, name)
    if request.method == "POST":
        return _added(request, opened, key, by)
    return _offer(request, opened, key)


def _offer(
    request: HttpRequest,
    opened: Opened,
    key: str,
    bands: dimension.BandsForm | None = None,
    question: str = "",
) -> HttpResponse:
    here = opened.here
    used = {str(each.get("question")) for each in here.items(key)}
    rows = [
        (table_name, column.name, here.asked(column.name), column.name in used)
        for table_name, column in here.countable()
        if key == "measure" or column.choices or dimension.is_number(here, column.name)
    ]
    given = opened.given(key=key, rows=rows, bands=bands, question=question, asked=here.asked(question))
    status = 422 if bands is not None and bands.errors else 200
    return render(request, "publication/plans/new.html", given, status=status)


def _added(request: HttpRequest, opened: Opened, key: str, by: Person) -> HttpResponse:
    here, text, question = opened.here, opened.plan.text, request.POST.get("question", "")
    if key != "table" and here.column(question) is None:
        messages.error(request, _("Choose a question."))
        return _offer(request, opened, key)
    count = len(here.items(key))
    if key == "dimension" and dimension.is_number(here, question):
        bands = dimension.BandsForm(request.POST if "starts" in request.POST else None)
        if not bands.is_valid():
            return _offer(request, opened, key, bands, question)
        name = free_id(here, "variable", f"{question}_group")
        variable, made = dimension.banded(question, name, bands.cleaned_data["starts"])
        made["id"] = free_id(here, key, name)
        text = with_part(text, "variable", len(here.items("variable")), variable)
    elif key == "table":
        made = table.blank(here)
    else:
        named = free_id(here, key, question)
        made = measure.blank(here, question, named) if key == "measure" else dimension.blank(question, named)
    text = with_part(text, key, count, made)
    if key != "table":
        text = into_tables(text, here, key, str(made["id"]), question)
    faults = kept(request, opened, text, by)
    if not faults:
        return redirect("plan_item", opened.plan.initiative.slug, opened.plan.slug, key, count + 1)
    for fault in faults:
        messages.error(request, f"{fault.problem} {fault.remedy}")
    return _offer(request, opened, key)


@require_safe
@for_persons
def tried(request: HttpRequest, by: Person, slug: str, name: str) -> HttpResponse:
    """How the plan would come out: from the number of people alone, and from the newest draft."""
    opened = open_plan(by, Verb.PLAN_RELEASES, slug, name)
    form = trial.Suppose(request.GET if "n" in request.GET else None, opened.plan)
    read = questions.tried(opened.plan.text, opened.plan.questionnaire)
    given = opened.given(form=form, faults=read.faults, foreseen=trial.foreseen(opened.plan, read, form))
    given["lacking"] = _lacking(opened.plan)
    given["computed"] = trial.computed(opened.plan, get_language() or "en")
    return render(request, "publication/plans/trial.html", given, status=422 if form.errors else 200)


@require_POST
@for_persons
def compute(request: HttpRequest, by: Person, slug: str, name: str) -> HttpResponse:
    """Asks for a draft: the records are opened."""
    plan = found(queries.plan(by, Verb.PLAN_RELEASES, slug, name, at=now()))
    accepted = "accepted_only" in request.POST
    if questions.tried(plan.text, plan.questionnaire).faults:
        messages.error(request, _("The plan has a fault that has to be mended first."))
        return redirect("plan", slug, name)
    if _lacking(plan):
        messages.error(request, _("The plan lacks what earlier releases have: keep it first."))
        return redirect("plan", slug, name)
    try:
        made = computing.ask(plan=plan, accepted_only=accepted, by=by, at=now())
    except InputError as error:
        for fault in error.faults:
            messages.error(request, f"{fault.problem} {fault.remedy}")
        return redirect("plan", slug, name)
    messages.success(
        request, _("The draft is being computed. The records are opened for it, and the ledger says so.")
    )
    return redirect(_address(made))
