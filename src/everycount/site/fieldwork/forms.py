"""What coordinators plan and reviewers say of flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from everycount.site.fieldwork.kinds import Kind
from everycount.site.fieldwork.models import Result, Why
from everycount.site.fieldwork.queries.flags import Wanted
from everycount.site.fieldwork.words import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY = {"type": "date"}


class PlanForm(forms.Form):
    """The plan, typed or as a file."""

    place = forms.ChoiceField(
        label=_("Which question holds the place (hotspot, cluster, village)?"), required=False
    )
    begins = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput(attrs=_DAY))
    ends = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs=_DAY))
    table = forms.CharField(
        label=_("Targets"),
        help_text=_(
            "The first line names the columns, as many as you need: place, name, collector, day, target, "
            "latitude, longitude, radius (in metres). Then a line for each target."
        ),
        max_length=500_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "ltr", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        help_text=_(
            "A table .xlsx or .csv with the same columns, at most 2 MB. It takes the place of the text."
        ),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _now("none")), *places]  # type: ignore[attr-defined]


class Dismiss(forms.Form):
    """Why a flag is no reason to do anything."""

    why = forms.ChoiceField(label=_("Why it is no reason to do anything"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = [(each.value, _now(each.label)) for each in Why]  # type: ignore[attr-defined]


class DrawForm(forms.Form):
    """How many are drawn."""

    most = forms.IntegerField(label=_("How many of each collector, at most"), min_value=1, max_value=50)


class CheckForm(forms.Form):
    """What checking again showed."""

    result = forms.ChoiceField(label=_("What it showed"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = [(each.value, _now(each.label)) for each in Result]  # type: ignore[attr-defined]


class SiftFlags(forms.Form):
    """By what the list of flags is sifted."""

    kind = forms.ChoiceField(
        choices=[("", ""), *((each.value, "") for each in Kind)], required=False, widget=forms.HiddenInput
    )
    collector = forms.ChoiceField(label=_("Collector"), required=False)
    state = forms.ChoiceField(
        label=_("Which"),
        choices=[("open", _("those that stand")), ("dismissed", _("those that were dismissed"))],
        required=False,
    )

    def __init__(self, *args: Any, collectors: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(each, each) for each in collectors]
        self.fields["collector"].choices = [("", _now("all")), *names]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What is understood of it."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Wanted(data.get("kind") or "", data.get("collector") or "", data.get("state") or "open")


def kinds() -> list[tuple[str, str]]:
    """The kinds with their words, in order."""
    return [(each.value, str(KINDS[each])) for each in Kind]
