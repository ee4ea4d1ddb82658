"""A release in a line of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import mark_safe

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Card:
    """A release in a list.

    Attributes:
        title: of the survey.
        when: period of the fieldwork, in words.
        finding: of its main measure, in a sentence; empty where that is not shown.
        sure: how sure one can be of it.
        how: how respondents were found.
        drawn: the finding on its line, as markup of the library.
        apart: the characteristic by which it differs most, drawn on one line; empty where nothing is split.
        searched: words by which it is found, in small letters.
    """

    title: str
    when: str
    finding: str
    sure: str
    how: str
    drawn: str
    apart: str
    searched: str

    @property
    def line(self) -> SafeString:
        """The finding on its line, for a template."""
        return mark_safe(self.drawn)  # noqa: S308 - made by formats.page, which escapes

    @property
    def gap(self) -> SafeString:
        """Its groups on a line, for a template."""
        return mark_safe(self.apart)  # noqa: S308 - the same
