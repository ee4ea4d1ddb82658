"""What is chosen of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from everycount.microdata.chosen import Held
from everycount.site.consent.models import Purpose
from everycount.site.exports.formats import can_write
from everycount.site.exports.wanted import ALL, ALSO, FORMATS, PURPOSES, Format, Wanted, formats_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.site.exports.queries import Offer
    from everycount.site.exports.sheets import Sheets

EXTRAS = {
    Held.TEXT: _("Words that people wrote; names may stand in them"),
    Held.DAY: _("Whole days, not only months; a day of birth finds a person nearly alone"),
}


class Choose(forms.Form):
    """Of which questionnaire, and what for."""

    questionnaire = forms.ChoiceField(label=_("Questionnaire"))
    purpose = forms.ChoiceField(
        label=_("What for"),
        help_text=_("Only records whose person agreed to that go along."),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(str(each.pk), each.title) for each in offer.questionnaires]
        self.fields["questionnaire"].choices = titles  # type: ignore[attr-defined]
        purposes = [(each.value, PURPOSES[each]) for each in offer.purposes]
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]


class Take(forms.Form):
    """Which file."""

    questionnaire = forms.CharField(widget=forms.HiddenInput)
    purpose = forms.ChoiceField(choices=Purpose.choices, widget=forms.HiddenInput)
    format = forms.ChoiceField(label=_("File"), widget=forms.RadioSelect)
    table = forms.ChoiceField(
        label=_("Tables"),
        help_text=_("Several tables come in one archive, with their codebook; one table comes alone."),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language of the labels"), required=False)
    also = forms.MultipleChoiceField(
        label=_("Also, where the purpose needs it"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    accepted_only = forms.BooleanField(label=_("Only what reviewers accepted"), required=False)

    def __init__(
        self,
        *args: Any,
        purpose: Purpose,
        sheets: Sheets,
        languages: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._purpose = purpose
        tables = [each.name for each in sheets.all]
        without = {Format.GEOJSON} if not sheets.points else set()
        written = (each for each in formats_for(purpose) if can_write(each) and each not in without)
        files = [(each.value, FORMATS[each]) for each in written]
        self.fields["format"].choices = files  # type: ignore[attr-defined]
        self.fields["format"].initial = Format.CSV
        self.fields["language"].choices = list(languages)  # type: ignore[attr-defined]
        self.fields["table"].choices = [(ALL, _now("all")), *((each, each) for each in tables)]  # type: ignore[attr-defined]
        extras = ALSO.get(purpose, ())
        self.fields["also"].choices = [(each.value, EXTRAS[each]) for each in extras]  # type: ignore[attr-defined]
        for name, is_wanted in (
            ("table", len(tables) > 1),
            ("language", len(languages) > 1),
            ("also", extras),
        ):
            if not is_wanted:
                del self.fields[name]

    @property
    def wanted(self) -> Wanted:
        """What was chosen."""
        data = self.cleaned_data
        return Wanted(
            purpose=self._purpose,
            format=Format(data["format"]),
            language=data.get("language") or "en",
            table=data.get("table") or ALL,
            also=tuple(map(Held, data.get("also") or ())),
            accepted_only=data["accepted_only"],
        )
