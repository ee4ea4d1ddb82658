"""Official figures for a measure of a plan: looked for, chosen, and written with source and licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everycount import catalogue
from everycount.faults import InputError
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons
from everycount.site.publication.clicking import official
from everycount.site.publication.clicking.plan import with_part
from everycount.site.publication.views.opened import kept, new_faults, number_of, open_plan, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from everycount.faults import Fault
    from everycount.site.people.models import Person
    from everycount.site.publication.clicking.here import Part
    from everycount.site.publication.views.opened import Opened


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def figures(request: HttpRequest, by: Person, slug: str, name: str, number: int) -> HttpResponse:
    """Looks for official figures, and puts the one that is chosen beside a measure."""
    opened = open_plan(by, Verb.PLAN_RELEASES, slug, name)
    measures = opened.here.items("measure")
    if not 1 <= number <= len(measures):
        raise Http404
    part = measures[number - 1]
    faults: Sequence[Fault] = ()
    if request.method == "POST":
        faults = _chosen(request, opened, number - 1, part, by)
        if not faults:
            return redirect("plan_item", slug, name, "measure", number)
    form = official.Search(request.GET or None, part=part, language=opened.here.language)
    given = opened.given(
        form=form,
        found=form.found(),
        number=number,
        faults=faults,
        asked=opened.here.say(part.get("label")) or opened.here.asked(str(part.get("question", ""))),
        stands=part.get("benchmark"),
    )
    return render(request, "publication/plans/figures.html", given, status=422 if faults else 200)


def _chosen(request: HttpRequest, opened: Opened, at: int, part: Part, by: Person) -> Sequence[Fault]:
    try:
        figure = catalogue.figure_named(request.POST.get("figure", ""))
        made = part | {"benchmark": official.benchmark(figure, part, opened.here)}
    except InputError as error:
        return error.faults
    text = with_part(opened.plan.text, "measure", at, made)
    words = _(
        "The figure stands in the plan. Say below whether it is defined alike, and about the same people: "
        "only then may both share an axis."
    )
    return (
        refused(opened, number_of(request))
        or new_faults(opened, text)
        or kept(request, opened, text, by, words)
    )
