"""Groups left behind: how much harm their name can do, and how they are recognised in a survey."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from everycount.catalogue.lookup import look_up
from everycount.catalogue.own_lists import listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.catalogue.codelists import Code
    from everycount.text import Text

SENSITIVE = 2  # from this level on, larger groups before anything is shown (list ``sensitivity``)


@dataclass(frozen=True, slots=True)
class PopulationGroup:
    """A kind of group that may be left behind.

    Attributes:
        id: its code, such as ``bonded_labour``.
        labels: its name for people.
        parent: id of the wider group, or "".
        ground: code of the ground of discrimination.
        sensitivity: 0 none, 1 personal, 2 sensitive, 3 can endanger.
        self_identified_only: nobody else may say that somebody belongs to it.
        do_not_map: naming where its members live can endanger them.
        names: normalised words by which it is recognised.
    """

    id: str
    labels: Text
    parent: str
    ground: str
    sensitivity: int
    self_identified_only: bool
    do_not_map: bool
    names: frozenset[tuple[str, ...]]


@cache
def _groups() -> dict[str, PopulationGroup]:
    return {code.id: _group(code) for code in listing("group").items.values()}


def _group(code: Code) -> PopulationGroup:
    facts = code.facts
    said = (code.id, *(words for _, words in code.labels.versions), *facts.get("also", ()))
    return PopulationGroup(
        id=code.id,
        labels=code.labels,
        parent=code.parent,
        ground=facts["ground"],
        sensitivity=facts["sensitivity"],
        self_identified_only=facts["self_identified_only"],
        do_not_map=facts["do_not_map"],
        names=frozenset(_words(one) for one in said),
    )


def population_groups() -> tuple[PopulationGroup, ...]:
    """Every group of the list, in its order."""
    return tuple(_groups().values())


def population_group(name: str) -> PopulationGroup:
    """A group by its code.

    Raises:
        InputError: there is no such group.
    """
    return look_up("group", name, _groups())


def recognised(said: Iterable[str]) -> PopulationGroup | None:
    """The most sensitive group that one of some texts (a code, a label in any language) names.

    A name counts where it is the whole text; the names of sensitive groups also where they are part of it, so
    that "Hijra and kinnar persons" is recognised. Taking too many for sensitive costs a few numbers, taking
    too few can cost a person dearly.
    """
    found = [group for one in said for group in _named(_words(one))]
    return max(found, key=lambda group: group.sensitivity, default=None)


def _named(text: tuple[str, ...]) -> Iterator[PopulationGroup]:
    for at, word in enumerate(text):
        for name, group in _by_first_word().get(word, ()):
            if text == name or (group.sensitivity >= SENSITIVE and text[at : at + len(name)] == name):
                yield group


@cache
def _by_first_word() -> dict[str, list[tuple[tuple[str, ...], PopulationGroup]]]:
    """Names by their first word: a survey may have a thousand places, and few of them begin like a group."""
    found: dict[str, list[tuple[tuple[str, ...], PopulationGroup]]] = {}
    for group in _groups().values():
        for name in sorted(group.names):
            found.setdefault(name[0], []).append((name, group))
    return found


def _words(said: str) -> tuple[str, ...]:
    """Lower case, without punctuation, in the singular as far as an ending tells."""
    return tuple(_singular(word) for word in re.findall(r"[^\W_]+", said.casefold()))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
