"""A table: which measures, split by what."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from everycount.site.publication.clicking.part import PartForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.site.publication.clicking.here import Here, Part

MOST_WAYS = 4
_BETWEEN = " × "


class TableForm(PartForm):
    """One ``[[table]]``."""

    def build(self) -> None:
        """Measures, breakdowns, crossings."""
        measures = [(str(each.get("id")), _named(self.here, each)) for each in self.here.items("measure")]
        given, by = self.part.get("measures", []), self.part.get("by", [])
        if not _is_list(given) or not isinstance(by, list) or not all(_is_list(each) for each in by):
            self.by_hand.append("by")
            return
        chosen = [given] if isinstance(given, str) else given
        chosen = [name for name, _words in measures] if chosen == ["*"] else [str(name) for name in chosen]
        self._everything = [name for name, _words in measures]
        field = forms.MultipleChoiceField(
            label=_("Measures"), choices=_and(measures, chosen), widget=forms.CheckboxSelectMultiple
        )
        self.on(self._write_measures, self.add("measures", field, chosen))
        self._breakdowns([[each] if isinstance(each, str) else [str(name) for name in each] for each in by])

    def _breakdowns(self, by: list[list[str]]) -> None:
        self._titles = {str(each.get("id")): _named(self.here, each) for each in self.here.items("dimension")}
        offered = [[name] for name in self._titles]
        offered += [each for each in by if each not in offered and each]
        choices = [
            ("|".join(each), _BETWEEN.join(self._titles.get(name, name) for name in each)) for each in offered
        ]
        field = forms.MultipleChoiceField(
            label=_("Split by"),
            help_text=_("The number for everybody is always there."),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        names = [self.add("by", field, ["|".join(each) for each in by if each])]
        crossed = forms.MultipleChoiceField(
            label=_("Cross these with each other, as one more table"),
            help_text=_("Two to four of them: women with a disability, by place."),
            choices=list(self._titles.items()),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        names.append(self.add("crossed", crossed, []))
        pairs = forms.BooleanField(
            label=_("Cross every two of the characteristics that are chosen above"), required=False
        )
        names.append(self.add("pairs", pairs, value=False))
        self.on(_write_by, *names)

    def _write_measures(self, part: Part, data: Mapping[str, Any]) -> None:
        chosen = [name for name in self._everything if name in data["measures"]]
        part["measures"] = "*" if chosen == self._everything else chosen

    def clean_crossed(self) -> list[str]:
        """None, or two to four."""
        names = list(self.cleaned_data.get("crossed") or ())
        if len(names) == 1 or len(names) > MOST_WAYS:
            raise forms.ValidationError(_("Choose two to four."))
        return names


def blank(here: Here) -> Part:
    """Every measure by every characteristic."""
    return {"measures": "*", "by": [[str(each.get("id"))] for each in here.items("dimension")]}


def _write_by(part: Part, data: Mapping[str, Any]) -> None:
    by = [each.split("|") for each in data.get("by") or ()]
    if data.get("crossed"):
        by.append(list(data["crossed"]))
    if data.get("pairs"):
        by += [list(two) for two in combinations([each[0] for each in by if len(each) == 1], 2)]
    part["by"] = [list(each) for each in dict.fromkeys(tuple(each) for each in by)]


def _named(here: Here, item: Part) -> str:
    return here.say(item.get("label")) or here.asked(str(item.get("question", ""))) or str(item.get("id"))


def _and(choices: list[tuple[str, str]], chosen: list[str]) -> list[tuple[str, str]]:
    known = {code for code, _words in choices}
    return [*choices, *((name, name) for name in chosen if name not in known)]


def _is_list(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )
