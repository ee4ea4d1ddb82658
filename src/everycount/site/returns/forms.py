"""What people write about what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everycount.site.returns.models import LONGEST, Kind
from everycount.site.returns.states import BY_COMMUNITY, NEXT, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.site.returns.models import Meeting


def _words(label: Any, hint: Any = "", *, required: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    return forms.CharField(label=label, help_text=hint, widget=area, max_length=LONGEST, required=required)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class Met(forms.Form):
    """A meeting."""

    day = _day(_("When"))
    place = forms.CharField(
        label=_("Where"),
        help_text=_("As the people call it. Leave out what would lead to somebody's home."),
        max_length=200,
    )
    people = forms.IntegerField(
        label=_("How many came"),
        help_text=_("Leave it empty if nobody counted. Of fewer than ten, everybody reads only that."),
        min_value=0,
        max_value=1_000_000,
        required=False,
    )
    said = _words(
        _("What people said"), _("Together, in a few sentences, without names. Everybody reads it.")
    )


class Say(forms.Form):
    """Words of somebody."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Kind.choices, widget=forms.RadioSelect)
    words = _words(_("In their words"), _("Without names, and without what only one person could know."))
    meeting = forms.ChoiceField(label=_("Said in"), required=False)
    agreed = forms.BooleanField(label=_("Whoever said it agreed that everybody may read it"))

    def __init__(self, *given: Any, meetings: Iterable[Meeting], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [("", _("no meeting")), *((str(one.pk), str(one)) for one in meetings)]
        self.fields["meeting"].choices = choices  # type: ignore[attr-defined]


class Answer(forms.Form):
    """The initiative's answer."""

    answer = _words(_("The answer"), _("What becomes of it. Everybody reads it."))


class Recommend(forms.Form):
    """What should change."""

    words = _words(_("What should change"))
    to = forms.CharField(
        label=_("Who can change it"), help_text=_("An office or a role, not a person's name."), max_length=200
    )
    day = _day(_("When it was said to them"))


class Next(forms.Form):
    """What became of it."""

    state = forms.ChoiceField(label=_("What happened"), widget=forms.RadioSelect)
    words = _words(_("In a sentence"), required=False)
    day = _day(_("When"))

    def __init__(self, *given: Any, now: State, gives_back: bool, sees_change: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        open_ = [each for each in NEXT[now] if (sees_change if each in BY_COMMUNITY else gives_back)]
        self.fields["state"].choices = [(each.value, each.label) for each in open_]  # type: ignore[attr-defined]
