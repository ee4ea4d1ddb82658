"""What coordinators write when they give keys."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everycount.faults import visible
from everycount.site.collection.models import KeyKind, Questionnaire
from everycount.site.people.models import Person

if TYPE_CHECKING:
    from everycount.site.collection.queries import KeyList

MOST = 100  # keys at a time: a sheet that one still cuts by hand
LONGEST = 120


class GiveKeys(forms.Form):
    """Keys for phones or links."""

    kind = forms.ChoiceField(
        label=_("What for"),
        choices=[
            (KeyKind.PERSON, _("Phones of collectors: one key a person")),
            (KeyKind.ONCE, _("Links that work once: one for each respondent")),
            (KeyKind.PUBLIC, _("A link that anybody may use")),
        ],
        initial=KeyKind.PERSON,
        widget=forms.RadioSelect,
    )
    names = forms.CharField(
        label=_("Names"),
        help_text=_("One a line. They are printed above each code, and you find the key again by them."),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        max_length=MOST * (LONGEST + 2),
    )
    person = forms.ModelChoiceField(
        label=_("Account of the collector"),
        help_text=_("If one of the names has an account here."),
        queryset=Person.objects.none(),
        empty_label=_("no account"),
        required=False,
    )
    questionnaire = forms.ModelChoiceField(
        label=_("Questionnaire"),
        help_text=_("Leave it empty to open all questionnaires of the initiative."),
        queryset=Questionnaire.objects.none(),
        empty_label=_("All questionnaires"),
        required=False,
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        help_text=_("The key opens nothing after it. Leave it empty for no end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, page: KeyList, at: datetime, data: Any = None) -> None:
        super().__init__(data)
        self._at = at
        self.fields["person"].queryset = page.collectors  # type: ignore[attr-defined]
        self.fields["questionnaire"].queryset = page.questionnaires  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = (at + timedelta(days=365)).date()

    def clean_names(self) -> list[str]:
        """The lines that are not empty."""
        names = [visible(line.strip()) for line in self.cleaned_data["names"].splitlines() if line.strip()]
        faults = [
            f"“{name[:40]}…”: {_('write at most 120 letters.')}" for name in names if len(name) > LONGEST
        ]
        doubled = sorted({name for name in names if names.count(name) > 1})
        faults += [f"“{name}”: {_('it stands here twice; tell the two apart.')}" for name in doubled]
        if len(names) > MOST:
            faults.append(f"{len(names)}: {_('write at most 100 names at a time.')}")
        if faults:
            raise forms.ValidationError(faults)
        return names

    def clean_expires_on(self) -> datetime | None:
        """The end of that day."""
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        if day < self._at.date():
            raise forms.ValidationError(
                _("“%(day)s” is past. Choose today or a later day."), params={"day": day}
            )
        return datetime.combine(day, time.max, UTC)

    def clean(self) -> dict[str, Any]:
        """Links of respondents open one questionnaire, and one account is for one name."""
        given = super().clean() or self.cleaned_data
        if (
            given.get("kind") != KeyKind.PERSON
            and not given.get("questionnaire")
            and "questionnaire" in given
        ):
            self.add_error("questionnaire", _("A link opens one questionnaire. Choose which."))
        if given.get("person") and (given.get("kind") != KeyKind.PERSON or len(given.get("names", [])) > 1):
            self.add_error("person", _("An account goes with one name. Write that name alone."))
        if given.get("kind") == KeyKind.PUBLIC and len(given.get("names", [])) > 1:
            self.add_error("names", _("One link is enough for anybody. Write one name for it."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        """As the action wants it."""
        data = self.cleaned_data
        return {
            "kind": KeyKind(data["kind"]),
            "labels": data["names"],
            "person": data["person"],
            "questionnaire": data["questionnaire"],
            "expires_at": data["expires_on"],
        }
