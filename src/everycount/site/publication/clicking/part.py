"""What the forms of all parts have in common: only what somebody changed is written."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from everycount.site.publication.clicking.here import Here, Part

LONGEST = 2000


class PartForm(forms.Form):
    """A form over one table of a survey file.

    Fields are added with the value that the table gives them. What a person leaves as it is leaves its keys
    as they are, however they are written; so nothing is lost that the form cannot say.

    Attributes:
        by_hand: what the table says and the form cannot; it stays, and the page names it.
    """

    of = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, part: Part, here: Here, data: Any = None) -> None:
        super().__init__(data)
        self.part, self.here = part, here
        self.by_hand: list[str] = []
        self._writes: list[tuple[Callable[[Part, Mapping[str, Any]], None], tuple[str, ...]]] = []
        self.build()

    def build(self) -> None:
        """Adds the fields."""
        raise NotImplementedError

    def add(self, name: str, field: forms.Field, value: object) -> str:
        """One field with its value; its name."""
        if isinstance(field, forms.CharField):
            field.strip = True
        field.initial = value
        self.fields[name] = field
        return name

    def on(self, write: Callable[[Part, Mapping[str, Any]], None], *names: str) -> None:
        """What writes the keys of some fields, when one of them was changed."""
        self._writes.append((write, names))

    def written(self) -> Part:
        """The table as it is meant now."""
        made = copy.deepcopy(self.part)
        for write, names in self._writes:
            if any(self._is_changed(name) for name in names):
                write(made, self.cleaned_data)
        return made

    def _is_changed(self, name: str) -> bool:
        field = self.fields[name]
        field_now, before = self.cleaned_data.get(name), field.initial
        if isinstance(field, forms.MultipleChoiceField):
            return set(field_now or ()) != set(before or ())
        if isinstance(field, forms.FloatField):
            return bool(field_now != before)
        if isinstance(field, forms.BooleanField):
            return bool(field_now) != bool(before)
        return _settled(field_now) != _settled(before)

    # --- Kinds of fields that several parts have

    def words(
        self, key: str, label: str, help_text: str = "", *, long: bool = False, required: bool = False
    ) -> None:
        """A text in each language of the plan."""
        value = self.part.get(key)
        if value is not None and not isinstance(value, str | dict):
            self.by_hand.append(key)
            return
        said = self.here.text(value).as_dict()
        tags = tuple(dict.fromkeys((*self.here.languages, *said)))
        names = []
        for tag in tags:
            field = in_language(label, tag, many=len(tags) > 1, long=long)
            if tag == tags[0]:
                field.help_text, field.required = help_text, required
            names.append(self.add(f"{key}_{tag}", field, said.get(tag, "")))
        self.on(lambda part, data: self._write_words(part, key, tags, data), *names)

    def _write_words(self, part: Part, key: str, tags: tuple[str, ...], data: Mapping[str, Any]) -> None:
        said = {tag: words for tag in tags if (words := _settled(data.get(f"{key}_{tag}")))}
        plain = not isinstance(part.get(key), dict) and list(said) in ([], [self.here.languages[0]])
        put(part, key, next(iter(said.values()), "") if plain else said)

    def plain(self, key: str, field: forms.CharField) -> None:
        """A text in no language, such as a source."""
        value = self.part.get(key, "")
        if isinstance(value, bool | list | dict):
            self.by_hand.append(key)
            return
        self.add(key, field, str(value))
        self.on(lambda part, data: put(part, key, _settled(data.get(key))), key)

    def tick(self, key: str, label: str, help_text: str = "") -> None:
        """Something that is so or not."""
        value = self.part.get(key, False)
        if not isinstance(value, bool):
            self.by_hand.append(key)
            return
        self.add(key, forms.BooleanField(label=label, help_text=help_text, required=False), value)
        self.on(lambda part, data: put(part, key, bool(data.get(key))), key)

    def choose(self, key: str, field: forms.ChoiceField, default: str = "") -> None:
        """One of some words; another word that stands there already may stay."""
        value = self.part.get(key, default)
        if not isinstance(value, str):
            self.by_hand.append(key)
            return
        field.choices = with_own(list(field.choices), value)  # type: ignore[arg-type]  # none of ours is a function
        self.add(key, field, value)
        self.on(lambda part, data: put(part, key, data.get(key)), key)


def in_language(label: str, tag: str, *, many: bool, long: bool = False) -> forms.CharField:
    """A field for words in one language, which it names where there are several."""
    attrs = {"lang": tag, "dir": "auto"}
    widget = forms.Textarea(attrs=attrs | {"rows": "3"}) if long else forms.TextInput(attrs=attrs)
    named = f"{label} ({tag})" if many else label
    return forms.CharField(label=named, required=False, widget=widget, max_length=LONGEST)


def with_own(choices: list[Any], value: str) -> list[Any]:
    """Choices that hold a value which stands there already."""
    known = {code for code, _words in _flat(choices)}
    return choices if value in known else [*choices, (value, value)]


def _flat(choices: list[Any]) -> list[tuple[str, object]]:
    flat: list[tuple[str, object]] = []
    for code, words in choices:
        flat += words if isinstance(words, list | tuple) else [(code, words)]
    return flat


def put(part: Part, key: str, value: object) -> None:
    """A key with its value; without one that says nothing."""
    if value in (None, "", False) or value in ([], {}):
        part.pop(key, None)
    else:
        part[key] = value


def _settled(value: object) -> str:
    """Words as they are kept: browsers end lines in their own way."""
    return str(value or "").replace("\r\n", "\n").strip()


def nothing() -> tuple[str, str]:
    """The choice that chooses nothing."""
    return ("", _("none"))
