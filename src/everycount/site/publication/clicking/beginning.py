"""How plans begin and are written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from everycount.limits import SURVEY_FILE
from everycount.site.publication.clicking.words import countries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.site.collection.models import Questionnaire

_LARGEST = min(SURVEY_FILE, 400_000)


class Begin(forms.Form):
    """A new plan: proposed, or brought as a file."""

    questionnaire = forms.ChoiceField()
    area = forms.ChoiceField(required=False)
    file = forms.FileField(required=False, max_length=200)

    def __init__(self, *args: Any, offered: Sequence[Questionnaire], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked, area, file = self.fields["questionnaire"], self.fields["area"], self.fields["file"]
        asked.label = _("Questionnaire")
        asked.choices = [(str(each.pk), each.title) for each in offered]  # type: ignore[attr-defined]
        area.label, area.help_text = _("Country or area"), _("Not needed with a file.")
        area.choices = [("", ""), *countries(language)]  # type: ignore[attr-defined]
        file.label = _("Or a plan that you have as a file (survey.toml)")
        file.help_text = _(
            "It is read as it is; files of records that it names are not needed. At most 0.4 MB."
        )

    def clean(self) -> dict[str, Any]:
        """A place, or a file of a plan's size."""
        given = super().clean() or self.cleaned_data
        file = given.get("file")
        if file is None and not given.get("area") and "file" not in self.errors:
            self.add_error("area", _("Choose where people were asked."))
        if file is not None and (file.size or 0) > _LARGEST:
            self.add_error("file", _("The file is larger than 0.4 MB. Choose the plan, not the records."))
        return given


class ByHand(forms.Form):
    """The text of a plan."""

    of = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        max_length=_LARGEST,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 28, "dir": "ltr", "spellcheck": "false", "autocapitalize": "off", "wrap": "off"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("The plan")

    def clean_text(self) -> str:
        """With ends of lines as files have them."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")
