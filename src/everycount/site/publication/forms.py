"""What people write when they decide about a release."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from everycount.site.publication.models import Stance

_LONGEST = 2000


def _words(label: Any, hint: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        max_length=_LONGEST,
        required=required,
    )


class Compute(forms.Form):
    """A release is asked for."""

    accepted_only = forms.BooleanField(label=_("Count only what reviewers accepted"), required=False)


class Nothing(forms.Form):
    """A button and nothing to write."""


class Propose(forms.Form):
    """A draft is given to a reviewer."""

    feedback = _words(
        _("What comes back to the people who answered"),
        _("What, when and how. Nothing is published without it, and everybody can read it."),
    )


class Remark(forms.Form):
    """A word that may be left out."""

    words = _words(_("A word to the others"), required=False, rows=2)


class Reason(forms.Form):
    """A word that may not."""

    words = _words(_("The reason"), rows=2)


class Publish(forms.Form):
    """Now, or from a day on."""

    day = forms.DateField(
        label=_("From which day on"),
        help_text=_("From its first minute on (UTC). Leave it empty to publish now."),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )

    @property
    def embargo(self) -> datetime | None:
        """The first moment of that day."""
        day = self.cleaned_data["day"]
        return datetime.combine(day, time(), UTC) if day else None


class Speak(forms.Form):
    """A member of the community body on the whole release."""

    stance = forms.ChoiceField(
        label=_("May it be shown?"),
        choices=[
            (Stance.AGREE, _("Yes, we agree")),
            (Stance.OBJECT, _("No, we do not agree")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    words = _words(_("In your words"), _("If you do not agree, say why."), required=False, rows=2)
    is_public = forms.BooleanField(
        label=_("My words may stand on the public page, without my name"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        """Whoever does not agree says why."""
        given = super().clean() or self.cleaned_data
        if given.get("stance") == Stance.OBJECT and not given.get("words", "").strip():
            self.add_error("words", _now("Say in a sentence why you do not agree."))
        return given


class Withhold(forms.Form):
    """A member of the community body wants something not shown."""

    words = _words(
        _("Why should it not be shown?"), _("A sentence will do. Others read it, not who you are."), rows=2
    )
    is_public = forms.BooleanField(
        label=_("My words may stand on the public page, without my name"), required=False
    )
