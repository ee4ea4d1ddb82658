"""What officers write when they assess and decide, and initiatives when they reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everycount import framework
from everycount.framework import Answer
from everycount.site.decisions import words
from everycount.site.decisions.actions.assessing import Given
from everycount.site.decisions.models import Settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.framework import Criterion, Evidence
    from everycount.site.decisions.models import Score

_LONGEST = 4000


def _words(label: Any, hint: Any = "", *, required: bool = True, most: int = _LONGEST) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        max_length=most,
        required=required,
    )


class Begin(forms.Form):
    """For what use, through which lens."""

    measure = forms.ChoiceField(label=_("The number"))
    use = forms.CharField(
        label=_("Another use, in words"),
        help_text=_("Leave it empty where the use is the SDG indicator to which the number is linked."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    lens = forms.ChoiceField(
        label=_("Lens"), help_text=_("Whose text on quality lies over the criteria. Gates are always asked.")
    )

    def __init__(self, *given: Any, measures: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["measure"].choices = measures  # type: ignore[attr-defined]
        self.fields["lens"].choices = [(each.id, each.name) for each in framework.lenses()]  # type: ignore[attr-defined]


class Answers(forms.Form):
    """One step: the criteria of a block."""

    def __init__(
        self,
        data: Any = None,
        *,
        criteria: Iterable[Criterion],
        held: Mapping[str, Score],
        machine: Mapping[str, Evidence],
    ) -> None:
        super().__init__(data, auto_id="a_%s")
        self.criteria = tuple(criteria)
        for each in self.criteria:
            before, proposed = held.get(each.id), machine[each.id].proposed
            choices = [
                (
                    one.value,
                    f"{one.value}: {words.level(each, one.value)}"
                    if one.score is not None
                    else words.level(each, one.value),
                )
                for one in Answer
            ]
            self.fields[f"{each.id}_answer"] = forms.ChoiceField(
                label=_("Answer"),
                choices=choices,
                initial=before.answer if before else proposed or Answer.UNKNOWN.value,
            )
            self.fields[f"{each.id}_reason"] = _words(_("Why"), required=False, most=2000)
            self.fields[f"{each.id}_reason"].initial = before.reason if before else ""
            self.fields[f"{each.id}_link"] = forms.URLField(
                label=_("Where the evidence is"),
                help_text=_("Address of a page or document."),
                required=False,
                max_length=500,
                assume_scheme="https",
                initial=before.link if before else "",
            )

    def given(self) -> dict[str, Given]:
        """The answers."""
        read = self.cleaned_data
        return {
            each.id: Given(
                Answer(read[f"{each.id}_answer"]), read[f"{each.id}_reason"], read[f"{each.id}_link"]
            )
            for each in self.criteria
        }


class Decide(forms.Form):
    """What the office decides."""

    outcome = forms.ChoiceField(
        label=_("What it is used for"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = _words(_("The reason"), _("Everybody reads it."))
    conditions = _words(_("Conditions"), _("Under which it may be used so."), required=False)
    until = forms.DateField(
        label=_("Last day on which it holds"),
        help_text=_("Within the next five years; then the office looks again."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    endorsed = forms.BooleanField(
        label=_("The office reports the number as its own (U1 only)"), required=False
    )

    def __init__(self, *given: Any, outcomes: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]


class Reply(forms.Form):
    """The initiative speaks."""

    words = _words(_("What the initiative says"), _("It stands beside the decision, for everybody to read."))


class Appeal(forms.Form):
    """The initiative asks for a second look."""

    words = _words(_("What should be looked at again, and why"), _("Somebody else of the office answers."))


class Settle(forms.Form):
    """The office answers an appeal."""

    outcome = forms.ChoiceField(
        label=_("After a second look"),
        choices=[
            (Settled.STANDS, _("The decision stands")),
            (Settled.AGAIN, _("The office assesses it again")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    words = _words(_("The answer"), _("It stands beside the appeal."))
