"""Bringing a release that was computed elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from everycount.faults import InputError
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.publication.actions import bringing
from everycount.site.publication.queries.releases import counted_elsewhere, initiative_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan


class Bring(forms.Form):
    """The file that the library wrote."""

    file = forms.FileField(
        label="release.json",
        help_text=gettext_lazy("From the folder that everycount release wrote; at most 20 MB."),
    )
    survey = forms.FileField(
        label="survey.toml",
        help_text=gettext_lazy("What it was made from, for readers to see."),
        required=False,
    )
    plan = forms.ChoiceField(label=gettext_lazy("It is"), required=False)

    def __init__(self, *given: Any, plans: list[Plan], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [("", _("something new"))]
        choices += [(each.slug, _("the next release of %s") % each.title) for each in plans]
        self.fields["plan"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def bring(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """Takes a ``release.json`` as a draft; what is wrong with it is said beside the form."""
    at = now()
    here = found(initiative_for(by, Verb.PLAN_RELEASES, slug, at=at))
    plans = list(counted_elsewhere(here))
    form = Bring(request.POST or None, request.FILES or None, plans=plans)
    faults: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        chosen, survey = form.cleaned_data["plan"], form.cleaned_data["survey"]
        try:
            made = bringing.bring(
                initiative=here,
                document=form.cleaned_data["file"].read(),
                by=by,
                at=at,
                plan=next((each for each in plans if each.slug == chosen), None),
                survey_file=survey.read().decode("utf-8", "replace")[: bringing.LONGEST] if survey else "",
            )
        except InputError as error:
            faults = error.faults
        else:
            messages.success(request, _("It is here as a draft. Look at it, then propose it to a reviewer."))
            return redirect("release_inside", slug, made.plan.slug, made.number)
    given = {"here": here, "form": form, "faults": faults}
    status = 422 if faults or form.errors else 200
    return render(request, "publication/bringing/bring.html", given, status=status)


PATHS = [path("initiatives/<slug:slug>/releases/bring", bring, name="bring_release")]
