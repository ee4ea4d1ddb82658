"""What is chosen of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from everycount.microdata.chosen import Held
from everycount.site.consent.models import Purpose
from everycount.site.exports.formats import can_write
from everycount.site.exports.wanted import (
    ALL,
    ALSO,
    FORMATS,
    GIVEN,
    KEEPS,
    PURPOSES,
    Format,
    Keep,
    Wanted,
    formats_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.site.exports.queries import Offer
    from everycount.site.exports.sheets import Known, Sheets

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
    more = forms.CharField(
        label=_("Others may know this, too"),
        help_text=_("Table and column, one a line, such as: main, water"),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why records that stand out are given all the same"),
        help_text=_("Whoever gets the file reads it there. Name nobody."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        max_length=1000,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        purpose: Purpose,
        sheets: Sheets,
        languages: Sequence[tuple[str, str]],
        with_reason: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._purpose, self._known = purpose, sheets.known
        for place, each in enumerate(sheets.known):
            self.fields[f"keep_{place}"] = _keep(each)
        tables = [each.name for each in sheets.all]
        without = {Format.GEOJSON} if not sheets.points else set()
        without |= set() if sheets.has_files else {Format.FILES}
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
            ("more", purpose in GIVEN),
            ("reason", with_reason),
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
            kept=tuple(self._kept()),
            more=tuple(
                " ".join(line.split()) for line in (data.get("more") or "").splitlines() if line.strip()
            ),
            reason=data.get("reason") or "",
        )

    def _kept(self) -> Iterator[tuple[str, Keep]]:
        for place, each in enumerate(self._known):
            keep = Keep(self.cleaned_data[f"keep_{place}"])
            if keep is not Keep.AS_IT_IS:
                yield each.name, keep

    @property
    def about_file(self) -> list[forms.BoundField]:
        """The fields above those of what others may know."""
        return [each for each in self.visible_fields() if not _is_of_risk(each.name)]

    @property
    def about_risk(self) -> list[forms.BoundField]:
        """What becomes of columns that others may know; the reason stands last."""
        found = [each for each in self.visible_fields() if _is_of_risk(each.name)]
        return sorted(found, key=lambda each: ("keep_", "more", "reason").index(_kind(each.name)))


def _kind(name: str) -> str:
    return "keep_" if name.startswith("keep_") else name


def _is_of_risk(name: str) -> bool:
    return _kind(name) in {"keep_", "more", "reason"}


def _keep(known: Known) -> forms.ChoiceField:
    choices = [(each.value, KEEPS[each]) for each in Keep if known.is_number or not each.value.isdigit()]
    return forms.ChoiceField(label=known.name, choices=choices, required=False)
