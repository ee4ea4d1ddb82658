"""A measure: which answers count, among whom, which way is good, which indicator, which figure beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from everycount import catalogue
from everycount.sample import ColumnKind
from everycount.site.publication.clicking import among
from everycount.site.publication.clicking.part import LONGEST, PartForm, nothing, put, with_own
from everycount.site.publication.clicking.words import relations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.site.publication.clicking.here import Here, Part

_SHARES = ("proportion", "count")
_CENTRES = ("mean", "median", "total")
_CODES = {"question", "in"}
_CONDITION = ("in", "at_least", "at_most", "between", "answered", "all", "any", "not")
_BENCHMARK = (
    "value",
    "label",
    "source",
    "period",
    "area",
    "population",
    "concept",
    "same_concept",
    "same_population",
    "licence",
    "note",
)
_SAID = ("source", "period", "area", "population", "concept", "licence", "note")


class MeasureForm(PartForm):
    """One ``[[measure]]``."""

    def build(self) -> None:
        """The fields, by the kind of the measure."""
        self.question = str(self.part.get("question", ""))
        self.words("label", _("Heading"), _("The finding begins with it. Empty: the words of the question."))
        self._counted()
        self._among()
        self.choose("unit", forms.ChoiceField(label=_("Who is counted?"), choices=_units()), "record")
        ways = [
            ("", _("Neither, or it is not known")),
            ("higher", _("Higher is better for people")),
            ("lower", _("Lower is better for people")),
        ]
        self.choose(
            "better",
            forms.ChoiceField(
                label=_("Which way is good?"), choices=ways, required=False, widget=forms.RadioSelect
            ),
        )
        self._indicator()
        self._benchmark()

    # --- What counts

    def _counted(self) -> None:
        kind = self.part.get("kind")
        given = [key for key in _CONDITION if key in self.part]
        if kind in _CENTRES:
            names = {"mean": _("the mean"), "median": _("the median"), "total": _("the sum")}
            choices = [(each, names[each]) for each in _CENTRES]
            self.choose("kind", forms.ChoiceField(label=_("Which number?"), choices=choices))
            self.plain(
                "number",
                forms.CharField(
                    label=_("Unit of the answers"),
                    help_text=_("Such as: litres, minutes."),
                    required=False,
                    max_length=60,
                ),
            )
        elif kind in _SHARES and given == ["in"]:
            self._codes()
        elif kind in _SHARES and given and set(given) <= {"at_least", "at_most"}:
            self._limits()
        else:
            self.by_hand.append("kind")

    def _codes(self) -> None:
        codes = among.listed(self.part["in"])
        answers = self.here.answers(self.question)
        choices = [*answers.items(), *((code, code) for code in codes if code not in answers)]
        field = forms.MultipleChoiceField(
            label=_("Which answers count?"), choices=choices, widget=forms.CheckboxSelectMultiple
        )
        self.add("codes", field, codes)
        self.on(lambda part, data: put(part, "in", list(data["codes"])), "codes")

    def _limits(self) -> None:
        for key, label in (("at_least", _("From")), ("at_most", _("Up to"))):
            value = self.part.get(key)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                self.by_hand.append(key)
                return
            self.add(key, forms.FloatField(label=label, required=False), value)
        self.on(_write_limits, "at_least", "at_most")

    # --- Among whom

    def _among(self) -> None:
        said = among.read(self.here, self.question, self.part.get("among"))
        if said is None:
            self.by_hand.append("among")
            return
        names = []
        if "codes" in self.fields:
            choices = list(self.here.answers(self.question).items())
            field = forms.MultipleChoiceField(
                label=_("Which answers are no answer? Whoever gave them is not counted at all."),
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            names.append(self.add("left_out", field, list(said.left_out)))
        elif said.left_out:
            self.by_hand.append("among")
            return
        groups = [(name, words) for name, (_q, _m, words) in among.groups(self.here).items()]
        other = forms.ChoiceField(
            label=_("Among whom?"),
            choices=with_own([("", _("everybody")), *groups], said.group),
            required=False,
        )
        names.append(self.add("group", other, said.group))
        self.on(self._write_among, *names)

    def _write_among(self, part: Part, data: Mapping[str, Any]) -> None:
        said = among.Among(tuple(data.get("left_out") or ()), data.get("group") or "")
        put(part, "among", among.written(self.here, self.question, said))

    # --- Beside what

    def _indicator(self) -> None:
        value = self.part.get("sdg", "")
        linked = {"indicator": value, "relation": "measures"} if isinstance(value, str) else value
        if not isinstance(linked, dict) or set(linked) - {"indicator", "relation"}:
            self.by_hand.append("sdg")
            return
        number, relation = str(linked.get("indicator", "")), str(linked.get("relation", "measures"))
        field = forms.ChoiceField(
            label=_("SDG indicator"),
            required=False,
            choices=with_own([nothing(), *_indicators(self.here.language)], number),
        )
        names = [self.add("indicator", field, number)]
        kinds = forms.ChoiceField(
            label=_("How does it stand to the indicator?"),
            required=False,
            choices=with_own(list(relations().items()), relation if number else "proxy"),
            widget=forms.RadioSelect,
        )
        names.append(self.add("relation", kinds, relation if number else "proxy"))
        self.on(_write_indicator, *names)

    def _benchmark(self) -> None:
        value = self.part.get("benchmark", {})
        if not isinstance(value, dict) or set(value) - set(_BENCHMARK) or not _is_plain(value):
            self.by_hand.append("benchmark")
            return
        tags = tuple(dict.fromkeys((*self.here.languages, *self.here.text(value.get("label")).as_dict())))
        for name, field, own in _benchmark_fields(value, self.here, tags):
            self.add(name, field, own)
        names = [name for name in self.fields if name.startswith("beside_")]
        self.on(lambda part, data: _write_benchmark(part, data, self.here, tags), *names)

    def clean(self) -> dict[str, Any]:
        """What belongs together stands together."""
        given = super().clean() or self.cleaned_data
        if set(given.get("codes") or ()) & set(given.get("left_out") or ()):
            self.add_error(
                "left_out", _("An answer that counts cannot be left out: take one of the two ticks away.")
            )
        if "at_least" in self.fields and given.get("at_least") is None and given.get("at_most") is None:
            self.add_error("at_least", _("Give one end at least."))
        beside = [name for name in self.fields if name.startswith("beside_") and given.get(name)]
        if beside and given.get("beside_value") is None:
            self.add_error("beside_value", _("Give the figure, or empty the other fields."))
        if beside and not given.get("beside_source"):
            self.add_error("beside_source", _("Say where the figure comes from."))
        return given


def blank(here: Here, question: str, name: str) -> Part:
    """A measure of a question, before anybody says more: of its first answer, or its mean."""
    column = here.column(question)
    answers = list(here.answers(question))
    if column is not None and not answers and column.kind is ColumnKind.NUMBER:
        return {"id": name, "kind": "mean", "question": question, "unit": "person"}
    return {"id": name, "kind": "proportion", "question": question, "in": answers[:1], "unit": "person"}


def _units() -> list[tuple[str, str]]:
    return [
        ("household", _("households")),
        ("person", _("people")),
        ("woman", _("women")),
        ("man", _("men")),
        ("child", _("children")),
        ("adult", _("adults")),
        ("respondent", _("those who answered")),
        ("record", _("records")),
    ]


def _indicators(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every indicator below its goal."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in catalogue.indicators():
        words = each.titles.say(language)
        short = words if len(words) <= 90 else f"{words[:87]}…"
        found.setdefault(each.goal, []).append((each.number, f"{each.number} {short}"))
    return [(f"{goal}. {catalogue.goal(goal).names.say(language)}", rows) for goal, rows in found.items()]


def _write_limits(part: Part, data: Mapping[str, Any]) -> None:
    for key in ("at_least", "at_most"):
        value = data.get(key)
        part.pop(key, None)
        if value is not None:
            part[key] = int(value) if float(value).is_integer() else value


def _write_indicator(part: Part, data: Mapping[str, Any]) -> None:
    number = data.get("indicator")
    put(part, "sdg", {"indicator": number, "relation": data.get("relation") or "proxy"} if number else None)


def _is_plain(value: Part) -> bool:
    number = value.get("value", 0.0)
    words = [value.get(key, "") for key in _SAID]
    return (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and all(isinstance(each, str) for each in words)
        and isinstance(value.get("label", ""), str | dict)
        and all(isinstance(value.get(key, False), bool) for key in ("same_concept", "same_population"))
    )


def _benchmark_fields(
    value: Part, here: Here, tags: tuple[str, ...]
) -> list[tuple[str, forms.Field, object]]:
    said = here.text(value.get("label")).as_dict()
    figure = forms.FloatField(
        label=_("An official figure to stand beside it"),
        help_text=_("A share is written from 0 to 1: 0.62."),
        required=False,
    )
    found: list[tuple[str, forms.Field, object]] = [("beside_value", figure, value.get("value"))]
    for tag in tags:
        named = _("What the figure is called") + (f" ({tag})" if len(tags) > 1 else "")
        widget = forms.TextInput(attrs={"lang": tag, "dir": "auto"})
        found.append(
            (
                f"beside_label_{tag}",
                forms.CharField(label=named, required=False, max_length=LONGEST, widget=widget),
                said.get(tag, ""),
            )
        )
    plain = {
        "source": _("Its source"),
        "period": _("When it was measured"),
        "area": _("Of which place (code)"),
        "population": _("Of whom"),
        "concept": _("How it is defined"),
        "licence": _("Its licence"),
        "note": _("What has to be known of it"),
    }
    for key, label in plain.items():
        found.append(
            (
                f"beside_{key}",
                forms.CharField(label=label, required=False, max_length=LONGEST),
                value.get(key, ""),
            )
        )
    same = forms.BooleanField(
        label=_("It is defined as this measure is: same question, same answers"), required=False
    )
    found.append(("beside_same_concept", same, value.get("same_concept", False)))
    alike = forms.BooleanField(label=_("It is about the same people"), required=False)
    found.append(("beside_same_population", alike, value.get("same_population", False)))
    return found


def _write_benchmark(part: Part, data: Mapping[str, Any], here: Here, tags: tuple[str, ...]) -> None:
    if data.get("beside_value") is None:
        part.pop("benchmark", None)
        return
    said = {tag: words for tag in tags if (words := str(data.get(f"beside_label_{tag}") or "").strip())}
    made: Part = {"value": data["beside_value"]}
    put(made, "label", next(iter(said.values())) if list(said) == [here.languages[0]] else said)
    for key in _SAID:
        put(made, key, str(data.get(f"beside_{key}") or "").strip())
    for key in ("same_concept", "same_population"):
        put(made, key, bool(data.get(f"beside_{key}")))
    part["benchmark"] = made
