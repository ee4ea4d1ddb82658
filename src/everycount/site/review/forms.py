"""What reviewers choose and write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from everycount.site.review.actions.deciding import LONGEST
from everycount.site.review.models import Reason, State
from everycount.site.review.queries.lists import ANSWERED, TESTS, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

DECISIONS = (
    (State.ACCEPTED, _("Accept: it can be counted")),
    (State.RETURNED, _("Return: the collector is asked to mend it")),
    (State.REJECTED, _("Reject: it is not counted")),
    (State.IN_REVIEW, _("I am looking at it; others leave it to me")),
)


class Decide(forms.Form):
    """A decision about one submission."""

    state = forms.ChoiceField(label=_("What you found"), choices=DECISIONS, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Reason"), help_text=_("If you return or reject it. The collector reads it."), required=False
    )
    words = forms.CharField(
        label=_("In your words"),
        help_text=_(
            "What is wrong, or shall be asked again. The collector reads it: name nobody, repeat no answer."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        required=False,
    )
    questions = forms.MultipleChoiceField(
        label=_("Which questions it is about"),
        help_text=_("If you return or reject it. Leave it empty if it is about all of it."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if questions:
            self.fields["questions"].choices = questions  # type: ignore[attr-defined]
        else:
            del self.fields["questions"]
        reasons = [(each.value, _now(each.label)) for each in Reason]
        self.fields["reason"].choices = [("", "–"), *reasons]  # type: ignore[attr-defined]

    @property
    def given(self) -> dict[str, Any]:
        """As the action wants it."""
        data = self.cleaned_data
        return {
            "state": State(data["state"]),
            "reason": Reason(data["reason"]) if data["reason"] else None,
            "words": data["words"],
            "questions": data.get("questions", ()),
            "edition": data["edition"],
        }


class Say(forms.Form):
    """What a collector answers to what was found."""

    words = forms.CharField(
        label=_("Your answer"),
        help_text=_("The reviewers read it, and it stays beside what they decided. Name nobody."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class Sift(forms.Form):
    """By what the list is sifted; what cannot be understood is said, and sifts nothing."""

    state = forms.ChoiceField(
        choices=[("", ""), *State.choices, (TESTS, ""), (ANSWERED, "")],
        required=False,
        widget=forms.HiddenInput,
    )
    questionnaire = forms.ChoiceField(label=_("Questionnaire"), required=False)
    version = forms.ChoiceField(label=_("Version"), required=False)
    key = forms.ChoiceField(label=_("Whose phone sent it"), required=False)
    day = forms.DateField(
        label=_("Day on which it came"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        *args: Any,
        sieves: tuple[Sequence[tuple[str, str]], Sequence[str], Sequence[tuple[str, str]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        questionnaires, versions, keys = sieves
        for name, choices in (
            ("questionnaire", questionnaires),
            ("version", [(each, each or "–") for each in versions if each]),
            ("key", keys),
        ):
            self.fields[name].choices = [("", _now("all")), *choices]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What is understood of it."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        texts = {name: data.get(name) or "" for name in ("state", "questionnaire", "version", "key")}
        return Wanted(**texts, day=data.get("day"))
