"""The words of the pages in a language, from the compiled catalogues that browsers get."""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from pathlib import Path

import allauth
from django.conf import settings

import everycount.site

_SITE = "everycount.site"
_HERE, _ALLAUTH = Path(everycount.site.__file__).parent, Path(allauth.__file__).parent


@dataclass
class Spoken:
    """Says a text of a page in its language; in English as it stands."""

    language: str
    _held: list[gettext.GNUTranslations] = field(default_factory=list)

    def __post_init__(self) -> None:
        rooms = [name.rpartition(".")[2] for name in settings.INSTALLED_APPS if name.startswith(f"{_SITE}.")]
        for folder in (*(_HERE / room for room in rooms), _ALLAUTH):  # as Django does: the first app wins
            path = folder / "locale" / self.language / "LC_MESSAGES" / "django.mo"
            if path.exists():
                with path.open("rb") as file:
                    self._held.append(gettext.GNUTranslations(file))

    def __call__(self, text: str, **given: object) -> str:
        """The text; one that is not translated fails, for a person would read English there."""
        if self.language == "en":
            return text % given if given else text
        said = next((words for held in self._held if (words := held.gettext(text)) != text), "")
        assert said, f"{text!r} is not there in {self.language}"
        return said % given if given else said
