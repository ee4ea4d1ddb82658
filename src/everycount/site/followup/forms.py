"""What is typed on the page of follow-up."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class GiveForm(forms.Form):
    """A list of places."""

    name = forms.CharField(
        label=_("Name of the list"),
        help_text=_("As forms ask for it, without .csv, such as: hotspots"),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("The columns name (the id) and label, and others where you need them."),
    )
