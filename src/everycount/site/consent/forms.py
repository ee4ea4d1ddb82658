"""What people fill in about consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from everycount.site.collection.package import plain_code
from everycount.site.consent.actions import How
from everycount.site.consent.actions.messages import LONGEST
from everycount.site.consent.models import Basis, Outcome, Promise, Purpose
from everycount.site.consent.words import AGREED, HINTS, PROMISES

if TYPE_CHECKING:
    from collections.abc import Iterable

CODE_LETTERS = 26
ALL = str(Purpose.COLLECTION)  # taking back the keeping takes back everything


class CodeForm(forms.Form):
    """The code of a receipt, as people type it."""

    code = forms.CharField(
        label=_("Your receipt code"),
        help_text=_("26 letters and digits. Large or small letters, spaces and strokes do not matter."),
        max_length=100,
        strip=True,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
    )

    def clean_code(self) -> str:
        """In the form in which it was made."""
        code = plain_code(self.cleaned_data["code"])
        held = len(code.replace("-", ""))
        if held != CODE_LETTERS:
            words = _now(
                "A code has %(right)s letters and digits; this one has %(held)s. Look at it once more."
            )
            raise forms.ValidationError(words % {"right": CODE_LETTERS, "held": held})
        return code


class BackForm(forms.Form):
    """What a person takes back."""

    what = forms.ChoiceField(label=_("What shall no longer be done?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, allowed: Iterable[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(each), AGREED[each]) for each in allowed]
        choices.append((ALL, _("Everything: my answers are erased for ever")))
        self.fields["what"].choices = choices  # type: ignore[attr-defined]


class MessageForm(forms.Form):
    """A word to the steward."""

    text = forms.CharField(
        label=_("Your message"),
        help_text=_(
            "The steward does not learn who you are, unless you write it here. There is no way to answer "
            "you, unless you say how."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


class TextForm(forms.Form):
    """What people are told before they agree: language, basis, five promises."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    basis = forms.ChoiceField(
        label=_("How people agree"), choices=[(each.value, _(each.label)) for each in Basis]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for promise in Promise:
            self.fields[promise.value] = forms.CharField(
                label=PROMISES[promise],
                help_text=HINTS[promise],
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            )

    def promises(self) -> dict[str, str]:
        """The words of each promise, as far as they were filled in."""
        return {each.value: self.cleaned_data.get(each.value, "") for each in Promise}


class WishForm(forms.Form):
    """What a person wants corrected."""

    group = forms.ChoiceField(label=_("What it is about"), required=False)
    text = forms.CharField(
        label=_("What is wrong, and how it should be"),
        help_text=_("It is sealed like your answers. The steward, coordinators and reviewers can read it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )

    def __init__(self, *args: Any, groups: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [("", _("all of it")), *groups]  # type: ignore[attr-defined]


class AnswerWishForm(forms.Form):
    """What came of a wish."""

    outcome = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your words"),
        help_text=_("The person reads it at the receipt. Say why, if it was not corrected."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(each.value, _now(each.label)) for each in Outcome]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Who declines says why."""
        data = super().clean() or {}
        if data.get("outcome") == Outcome.DECLINED and not data.get("words", "").strip():
            self.add_error("words", _now("Say why it was not corrected."))
        return data


class FindForm(forms.Form):
    """By what a steward finds a submission without opening it."""

    day = forms.DateField(
        label=_("Day on which it came"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day on which the phone sent it, which may be later than the conversation."),
    )
    key = forms.ChoiceField(label=_("Whose phone sent it"), required=False)
    begins = forms.CharField(
        label=_("First five letters of the receipt code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, keys: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [("", _("any")), *keys]  # type: ignore[attr-defined]


class AssistForm(forms.Form):
    """What a steward takes back for a person, and how the person asked."""

    what = forms.ChoiceField(label=_("What the person takes back"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("How the person asked"),
        choices=[(each.value, _(each.label)) for each in How if each != How.RECEIPT],
    )
    sure = forms.BooleanField(
        label=_("I am sure that these are this person's answers, and that the person wants it."),
        error_messages={"required": _("Tick this only when you are sure. Erased answers never come back.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        some = [(str(each), AGREED[each]) for each in Purpose if each != Purpose.COLLECTION]
        self.fields["what"].choices = [*some, (ALL, _("everything: the answers are erased for ever"))]  # type: ignore[attr-defined]
