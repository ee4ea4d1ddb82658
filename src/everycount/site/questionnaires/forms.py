"""What people write when they make questionnaires and review them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from everycount.catalogue import concept, question_bank
from everycount.questionnaire import Picked
from everycount.questionnaire.languages import NAMED
from everycount.questionnaire.question import Choice
from everycount.site.questionnaires.models import Rule, Stance
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.uploadedfile import UploadedFile
    from django.http import QueryDict

    from everycount.faults import InputError
    from everycount.questionnaire import Questionnaire

_NO_FILE = _("No file came. Choose one; what is far too large is stopped on its way.")
LARGEST_FORM = 10_000_000  # bytes
_LONGEST = 2000
PEOPLE = 5  # for whom there is room in a table, unless more are asked for
_CODE = re.compile(r"[^\w]+")

BLOCKS = {
    "roster": _("Who lives here"),
    "identity": _("Identity and migration"),
    "functioning": _("Functioning: the Washington Group Short Set"),
    "documents": _("Documents and social protection"),
    "housing": _("Housing"),
    "water_sanitation": _("Drinking water, sanitation and hygiene"),
    "food": _("Food"),
    "services": _("Energy, communication, education and health"),
    "work": _("Work and earnings"),
    "voice": _("Discrimination, voice and safety"),
    "paradata": _("About the interview"),
}


class Upload(forms.Form):
    """An XLSForm."""

    file = forms.FileField(
        label=_("XLSForm"),
        help_text=_("A file .xlsx, .xls or .csv, as for ODK and KoboToolbox; at most 10 MB."),
        error_messages={"required": _NO_FILE},
        max_length=200,
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Small enough to be a form."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FORM:
            words = _(
                "“%(name)s” has %(size)d MB. A form has at most 10; add pictures and lists on the next page."
            )
            raise forms.ValidationError(
                words, params={"name": file.name, "size": (file.size or 0) // 1_000_000}
            )
        return file


class AddFile(forms.Form):
    """A file beside the form."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A picture, a sound or a list (.csv); at most 20 MB."),
        error_messages={"required": _NO_FILE},
        max_length=160,
    )
    is_entity_list = forms.BooleanField(
        label=_("It is a list of entities (columns name and label), which phones keep up to date"),
        required=False,
    )


class SetRule(forms.Form):
    """How the community reviews questionnaires."""

    rule = forms.ChoiceField(
        label=_("Who must have spoken before a questionnaire is published"),
        choices=[
            (Rule.ALL, _("Every member of the community body")),
            (Rule.QUORUM, _("A number of members")),
            (Rule.NONE, _("Nobody: there is no review")),
        ],
        widget=forms.RadioSelect,
    )
    quorum = forms.IntegerField(
        label=_("How many members"), min_value=1, max_value=1000, required=False, initial=1
    )
    reason = forms.CharField(
        label=_("Why this rule"),
        help_text=_("Your reason is printed with every version that it lets pass."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        max_length=_LONGEST,
    )


class SpeakOn(forms.Form):
    """A voice on one thing; made with a prefix for each thing of a page."""

    stance = forms.ChoiceField(
        label=_("What do you say?"),
        choices=[
            (Stance.ENDORSE, _("Right for us")),
            (Stance.OBJECT, _("Not right for us")),
            (Stance.COMMENT, _("I want to add something")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    words = forms.CharField(
        label=_("In your words"),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        max_length=_LONGEST,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """An objection has its reason, and words belong to a stance."""
        given = super().clean() or self.cleaned_data
        stance, words = given.get("stance"), given.get("words", "").strip()
        if stance in {Stance.OBJECT, Stance.COMMENT} and not words:
            self.add_error("words", _("Say in a sentence what is not right, or what is missing."))
        if words and not stance:
            self.add_error("stance", _("Choose one, so that your words are understood."))
        return given


class LayOut(forms.Form):
    """How a questionnaire is laid out for paper; what is left out of the address has its first value."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    sheets = forms.IntegerField(
        label=_("How many numbered sheets"),
        help_text=_("1 to 50, each with an id of its own. Leave it empty for one sheet to be copied."),
        min_value=1,
        max_value=50,
        required=False,
    )
    people = forms.IntegerField(
        label=_("Room in tables, for how many people"), min_value=1, max_value=30, required=False
    )

    def __init__(self, form: Questionnaire, data: QueryDict) -> None:
        super().__init__(data)
        names = form.language_names
        choices = [(tag, names.get(tag) or tag) for tag in form.languages]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        self._first = {"language": form.default_language, "people": PEOPLE}
        if not form.rosters:
            del self.fields["people"]
        for name, value in self._first.items():
            if name in self.fields:
                self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        """With the first values where nothing is said."""
        given = super().clean() or self.cleaned_data
        return given | {name: given.get(name) or value for name, value in self._first.items()}


class Answer(forms.Form):
    """A coordinator's answer."""

    words = forms.CharField(
        label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}), max_length=_LONGEST
    )


class FromBank(forms.Form):
    """A form made of questions from the bank."""

    title = forms.CharField(label=_("Title"), max_length=200)
    form_id = forms.CharField(
        label=_("Short name for phones"),
        help_text=_("Letters, digits, - and _, such as our_village_2026. It never changes."),
        max_length=64,
    )
    version = forms.CharField(label=_("Version"), initial="1", max_length=30)
    languages = forms.CharField(
        label=_("Languages"),
        help_text=_(
            "One a line, the first language first; with its tag if it is a rare one, such as: Dholuo (luo)."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        initial="English",
        max_length=400,
    )
    consent = forms.CharField(
        label=_("How you ask for consent to be counted"),
        initial=_("May your answers be counted, together with those of others?"),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        max_length=_LONGEST,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for block, title in BLOCKS.items():
            asked = question_bank(block)
            self.fields[f"block_{block}"] = forms.MultipleChoiceField(
                label=title,
                choices=[(each.id, str(each.labels)) for each in asked],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        for each in question_bank():
            if each.kind.startswith("select_"):
                self.fields[_own(each.id)] = forms.CharField(
                    label=str(each.labels),
                    widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
                    max_length=_LONGEST,
                    required=False,
                )

    @property
    def first(self) -> Iterator[forms.BoundField]:
        """The fields before the bank."""
        return (self[name] for name in ("title", "form_id", "version", "languages", "consent"))

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The questions by block, each with the field for its own categories."""
        return [
            {"name": block, "title": title, "field": self[f"block_{block}"], "rows": self._rows(block)}
            for block, title in BLOCKS.items()
        ]

    def _rows(self, block: str) -> list[dict[str, Any]]:
        widgets = self[f"block_{block}"].subwidgets
        return [
            {
                "concept": each,
                "box": box,
                "own": self[_own(each.id)] if _own(each.id) in self.fields else None,
                "needs_own": each.kind.startswith("select_") and not each.answers,
            }
            for each, box in zip(question_bank(block), widgets, strict=True)
        ]

    @property
    def picked(self) -> Picked:
        """As the library wants it.

        Raises:
            InputError: it makes no form.
        """
        data = self.cleaned_data
        chosen = [concept(name) for block in BLOCKS for name in data[f"block_{block}"]]
        languages = _languages(data["languages"])
        first = next(iter(languages.values()), "en")
        own = {each.id: _choices(data.get(_own(each.id), ""), first) for each in chosen}
        return Picked(
            form_id=data["form_id"],
            version=data["version"],
            title=data["title"],
            languages=languages,
            concepts=tuple(chosen),
            own={name: choices for name, choices in own.items() if choices},
            consent=Text.of(data["consent"], first),
        )


def _own(name: str) -> str:
    return f"own_{name}"


def _languages(lines: str) -> dict[str, str]:
    """Names to tags, from lines such as ``Kiswahili (sw)`` or ``French``."""
    found = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        name, _open, tag = line.partition("(")
        found[name.strip()] = tag.rstrip(") ") or NAMED.get(name.strip().casefold(), "")
    return found


def _choices(lines: str, language: str) -> tuple[Choice, ...]:
    """A category a line; its code is made of its words, and is the same when the list is made again."""
    found: dict[str, Choice] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        code = _CODE.sub("_", line.casefold()).strip("_")[:40] or f"category_{len(found) + 1}"
        found.setdefault(code, Choice(code, Text.of(line[:300], language)))
    return tuple(found.values())


def tell(form: forms.Form, error: InputError) -> None:
    """Puts the library's faults into the form, each as place, problem and remedy."""
    for fault in error.faults:
        form.add_error(
            None,
            _now("%(place)s: %(problem)s %(remedy)s")
            % {"place": fault.place, "problem": fault.problem, "remedy": fault.remedy},
        )
