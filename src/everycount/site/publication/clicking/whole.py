"""The survey as a whole: what it says of itself, how people were found, what may be shown."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from everycount.protect import POLICIES
from everycount.sample import ColumnKind, DesignKind
from everycount.site.publication.clicking.part import PartForm, nothing, put, with_own
from everycount.site.publication.clicking.words import countries, designs, policies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.site.publication.clicking.here import Part

_OVERRIDES = ("min_respondents", "min_respondents_sensitive")


class SurveyForm(PartForm):
    """``[survey]``."""

    def build(self) -> None:
        """Titles, languages, when and where."""
        self.words("title", _("Title"), required=True)
        tags = ", ".join(self.here.languages)
        field = forms.CharField(
            label=_("Languages"),
            help_text=_(
                "Their tags, the plan's own language first, such as: en, hi. "
                "A new language has its fields once you have kept this."
            ),
            max_length=200,
            widget=forms.TextInput(attrs={"dir": "ltr"}),
        )
        self.on(_write_languages, self.add("languages", field, tags))
        self.plain(
            "period",
            forms.CharField(
                label=_("When people were asked"),
                help_text=_("A year, a month, a day, or two of them: 2026, 2026-03, 2026-03/2026-05."),
                max_length=21,
                widget=forms.TextInput(attrs={"dir": "ltr"}),
            ),
        )
        self.choose(
            "area", forms.ChoiceField(label=_("Country or area"), choices=countries(self.here.language))
        )
        self.words(
            "about",
            _("About the survey"),
            _("Who asked whom, and why. It stands at the head of the release."),
            long=True,
        )
        self.words("asked_by", _("Asked by"))
        self.plain(
            "source", forms.CharField(label=_("Source, as it is cited"), required=False, max_length=400)
        )
        self.plain(
            "licence",
            forms.CharField(
                label=_("Licence of the release"),
                help_text=_("What others may do with the numbers, such as: CC-BY-4.0."),
                required=False,
                max_length=100,
            ),
        )
        self.tick("invented", _("People and answers are invented"))


def _write_languages(part: Part, data: Mapping[str, Any]) -> None:
    tags = [tag for word in str(data["languages"]).replace(",", " ").split() if (tag := word.strip())]
    put(part, "languages", list(dict.fromkeys(tags)))


class DesignForm(PartForm):
    """``[design]``."""

    def build(self) -> None:
        """How people were found; strata, clusters and weights where they were drawn by chance."""
        words = designs()
        kinds = [(kind.value, words[kind]) for kind in DesignKind]
        self.choose(
            "kind",
            forms.ChoiceField(label=_("How were people found?"), choices=kinds, widget=forms.RadioSelect),
        )
        self._note("selection", _("How places and people were chosen"))
        self._note("frame", _("The list from which they were drawn, if any"))
        self._several(
            "strata", _("Strata: the question with the parts of the list, if places were drawn from each")
        )
        self._several("clusters", _("Clusters: the question with the places that were drawn first"))
        self._weights()
        self._equal()

    def _note(self, key: str, label: str) -> None:
        notes = self.part.get("notes", {})
        value = notes.get(key, "") if isinstance(notes, dict) else None
        if not isinstance(value, str):
            self.by_hand.append(f"notes.{key}")
            return
        field = forms.CharField(
            label=label,
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        )
        self.on(
            lambda part, data: _put_note(part, key, str(data.get(key) or "").strip()),
            self.add(key, field, value),
        )

    def _several(self, key: str, label: str) -> None:
        value = self.part.get(key, [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or len(names) > 1 or not all(isinstance(each, str) for each in names):
            self.by_hand.append(key)
            return
        own = names[0] if names else ""
        field = forms.ChoiceField(
            label=label, required=False, choices=with_own([nothing(), *self._questions(chosen=True)], own)
        )
        self.on(
            lambda part, data: put(part, key, [data[key]] if data.get(key) else []), self.add(key, field, own)
        )

    def _weights(self) -> None:
        value = self.part.get("weights", "")
        if not isinstance(value, str):
            self.by_hand.append("weights")
            return
        field = forms.ChoiceField(
            label=_("Weights: the question with how many people each record stands for"),
            required=False,
            choices=with_own([nothing(), *self._questions(chosen=False)], value),
        )
        self.on(
            lambda part, data: put(part, "weights", data.get("weights")), self.add("weights", field, value)
        )

    def _equal(self) -> None:
        notes = self.part.get("notes", {})
        value = notes.get("probabilities", "") if isinstance(notes, dict) else None
        if value not in ("", "equal"):
            self.by_hand.append("notes.probabilities")
            return
        label = _("Everybody on the list had the same chance to be drawn, so no weights are needed")
        name = self.add("equal", forms.BooleanField(label=label, required=False), value == "equal")
        self.on(
            lambda part, data: _put_note(part, "probabilities", "equal" if data.get("equal") else ""), name
        )

    def _questions(self, *, chosen: bool) -> list[tuple[str, str]]:
        main = next(iter(self.here.columns.values()), {})
        wanted = {ColumnKind.NUMBER} | ({ColumnKind.CODE, ColumnKind.TEXT} if chosen else set())
        return [
            (column.name, column.labels.say(self.here.language) or column.name)
            for column in main.values()
            if column.kind in wanted and not column.identifier
        ]


def _put_note(part: Part, key: str, words: str) -> None:
    notes = dict(part.get("notes", {}))
    put(notes, key, words)
    put(part, "notes", notes)


class PolicyForm(PartForm):
    """``[policy]``."""

    def build(self) -> None:
        """Which thresholds, and who decided."""
        named = policies()
        own = self.part.get("name", "public")
        choices = [(name, named[name]) for name in POLICIES]
        if own not in POLICIES:
            choices = with_own(choices, str(own))
        field = forms.ChoiceField(
            label=_("Who may see the numbers?"), choices=choices, widget=forms.RadioSelect
        )
        names = [self.add("name", field, str(own))]
        names += [self._threshold("min_respondents", _("Fewest people in a number that is shown"))]
        names += [self._threshold("min_respondents_sensitive", _("The same for groups that could be harmed"))]
        self.on(self._write, *names)
        self.plain("decided_by", forms.CharField(label=_("Decided by"), required=False, max_length=300))
        self.plain(
            "since",
            forms.CharField(
                label=_("Since (year-month-day)"),
                required=False,
                max_length=10,
                widget=forms.TextInput(attrs={"dir": "ltr"}),
            ),
        )

    def _threshold(self, key: str, label: str) -> str:
        value = self.part.get(key)
        value = value if isinstance(value, int) and not isinstance(value, bool) else None
        help_text = _("Empty: as the policy has it. With a number of your own the policy is called “own”.")
        field = forms.IntegerField(
            label=label, help_text=help_text, required=False, min_value=3, max_value=10_000
        )
        return self.add(key, field, value)

    def _write(self, part: Part, data: Mapping[str, Any]) -> None:
        part["name"] = data["name"]
        for key in _OVERRIDES:
            put(part, key, data.get(key))

    def clean_since(self) -> str:
        """A day of the calendar."""
        given = str(self.cleaned_data.get("since") or "").strip()
        if given and given != str(self.part.get("since", "")):
            try:
                dt.date.fromisoformat(given)
            except ValueError:
                raise forms.ValidationError(
                    _("“%(day)s” is no day. Write it as 2026-03-31."), params={"day": given}
                ) from None
        return given
