"""A dimension: which answers are one group, what groups are called, how far they are to be protected."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from everycount.sample import ColumnKind
from everycount.site.publication.clicking import among
from everycount.site.publication.clicking.part import PartForm, put

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.site.publication.clicking.here import Here, Part

MOST_ANSWERS = 60  # a question with more is grouped by hand


class DimensionForm(PartForm):
    """One ``[[dimension]]``."""

    def build(self) -> None:
        """Heading, groups, protection."""
        self.question = str(self.part.get("question", ""))
        self.words("label", _("Heading"), _("Empty: the words of the question."))
        self.codes = self._codes()
        self._groups()
        self._names()
        self.tick(
            "sensitive",
            _("Naming these groups can endanger people"),
            _("More people are needed in each number, and no map shows them."),
        )
        self.tick("do_not_map", _("No map and no code of a place tells where these groups live"))
        self.tick("ordered", _("The groups stand in an order, as ages do"))
        self._reference()

    def _codes(self) -> list[str]:
        """Answers of the question, and what the plan names besides."""
        groups = self.part.get("groups")
        named = (
            [code for members in groups.values() for code in among.listed(members)]
            if isinstance(groups, dict)
            else []
        )
        labels = self.part.get("labels")
        own = list(labels) if isinstance(labels, dict) and not isinstance(groups, dict) else []
        dropped = among.listed(self.part.get("drop", []))
        return list(dict.fromkeys([*self.here.answers(self.question), *named, *map(str, own), *dropped]))

    def _group_of(self, code: str) -> str:
        found = (name for name, members, _words in among.members_of(self.here, self.part) if code in members)
        return next(found, "")

    def _groups(self) -> None:
        if not self.codes or len(self.codes) > MOST_ANSWERS:
            self.by_hand.append("groups")
            return
        answers = self.here.answers(self.question)
        names = []
        for number, code in enumerate(self.codes):
            field = forms.CharField(label=answers.get(code, code), required=False, max_length=60)
            field.widget.attrs["dir"] = "auto"
            names.append(self.add(f"group_{number}", field, self._group_of(code)))
        self.on(self._write_groups, *names)

    def _write_groups(self, part: Part, data: Mapping[str, Any]) -> None:
        groups: dict[str, list[str]] = {}
        dropped = []
        for number, code in enumerate(self.codes):
            name = str(data.get(f"group_{number}") or "").strip()
            if name:
                groups.setdefault(name, []).append(code)
            else:
                dropped.append(code)
        part["groups"] = groups
        put(part, "drop", dropped)
        labels = part.get("labels")
        if isinstance(labels, dict):
            put(part, "labels", {code: words for code, words in labels.items() if code in groups})
        if part.get("reference") not in groups:
            part.pop("reference", None)

    def _names(self) -> None:
        """Names of groups of several answers: of one answer they are its words."""
        labels = self.part.get("labels", {})
        if not isinstance(labels, dict):
            self.by_hand.append("labels")
            return
        tags = self.here.languages
        for code, members, _words in among.members_of(self.here, self.part):
            said = self.here.text(labels.get(code)).as_dict()
            if len(members) < 2 and not said:
                continue
            names = []
            for tag in tuple(dict.fromkeys((*tags, *said))):
                label = _("Name of the group “%(group)s”") % {"group": code} + (
                    f" ({tag})" if len(tags) > 1 else ""
                )
                field = forms.CharField(
                    label=label,
                    required=False,
                    max_length=200,
                    widget=forms.TextInput(attrs={"lang": tag, "dir": "auto"}),
                )
                names.append(self.add(f"name_{tag}_{code}", field, said.get(tag, "")))
            self.on(self._writes_name(code), *names)

    def _writes_name(self, code: str) -> Any:
        def write(part: Part, data: Mapping[str, Any]) -> None:
            known = among.members_of(self.here, part)
            if code not in {name for name, _members, _words in known}:
                return  # the group is gone with this very change
            start, end = "name_", f"_{code}"
            said = {
                name.removeprefix(start).removesuffix(end): str(words).strip()
                for name, words in data.items()
                if name.startswith(start)
                and name.endswith(end)
                and name in self.fields
                and str(words or "").strip()
            }
            labels = dict(part.get("labels") or {})
            put(labels, code, next(iter(said.values())) if list(said) == [self.here.languages[0]] else said)
            put(part, "labels", labels)

        return write

    def _reference(self) -> None:
        groups = [(code, words) for code, _members, words in among.members_of(self.here, self.part)]
        field = forms.ChoiceField(
            label=_("Compare the others with"),
            required=False,
            choices=[("", _("everyone else, as usual")), *groups],
        )
        self.choose("reference", field)

    @property
    def group_fields(self) -> list[Any]:
        """The answers with their groups."""
        return [self[name] for name in self.fields if name.startswith("group_")]

    @property
    def other_fields(self) -> list[Any]:
        """Everything else that is seen."""
        hidden = {"of"}
        return [self[name] for name in self.fields if not name.startswith("group_") and name not in hidden]

    def clean(self) -> dict[str, Any]:
        """Two groups at least: with one there is nothing to compare."""
        given = super().clean() or self.cleaned_data
        names = {given.get(name) for name in self.fields if name.startswith("group_")} - {"", None}
        if "group_0" in self.fields and len(names) < 2:
            self.add_error("group_0", _("Keep two groups or more; with one there is nothing to compare."))
        return given


class BandsForm(forms.Form):
    """Where groups of a number begin, such as ages."""

    starts = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"dir": "ltr"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].label = _("Where does each group begin?")
        self.fields["starts"].help_text = _(
            "Numbers in their order, such as: 0, 5, 18, 60. The last group has no end."
        )

    def clean_starts(self) -> list[int]:
        """Whole numbers that rise."""
        words = str(self.cleaned_data["starts"]).replace(",", " ").split()
        if not all(word.lstrip("-").isdecimal() for word in words):
            raise forms.ValidationError(_("Write whole numbers with commas between them."))
        found = [int(word) for word in words]
        if len(found) < 2 or any(high <= low for low, high in pairwise(found)):
            raise forms.ValidationError(_("Give two numbers or more, each higher than the one before."))
        return found


def blank(question: str, name: str) -> Part:
    """A dimension of a question, before anybody says more."""
    return {"id": name, "question": question}


def banded(question: str, name: str, starts: list[int]) -> tuple[Part, Part]:
    """A variable with groups of a number, and the dimension of it."""
    ends = [*(start - 1 for start in starts[1:]), None]
    codes = [
        f"{low}_{high}" if high is not None else f"{low}_plus" for low, high in zip(starts, ends, strict=True)
    ]
    cases = []
    for code, low, high in zip(codes, starts, ends, strict=True):
        # Ages may be given in parts of a year, so each band reaches up to the next birthday.
        upper = {} if high is None else {"at_most": high + 0.999}
        cases.append({"when": {"question": question, "at_least": low, **upper}, "value": code})
    words = [
        f"{low}-{high}" if high is not None else f"{low}+" for low, high in zip(starts, ends, strict=True)
    ]
    variable = {"id": name, "cases": cases, "choices": dict(zip(codes, words, strict=True))}
    return variable, {"id": name, "question": name, "ordered": True}


def is_number(here: Here, question: str) -> bool:
    """Whether its groups have to be cut."""
    column = here.column(question)
    return column is not None and column.kind is ColumnKind.NUMBER and not column.choices
