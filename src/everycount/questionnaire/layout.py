"""Where the answers of a questionnaire stand in an instance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.questionnaire.question import Group, Question


@dataclass(slots=True)
class Place:
    """An element of an instance: the question it answers, or the group it is with what stands inside."""

    question: Question | None = None
    group: Group | None = None
    inside: dict[str, Place] = field(default_factory=dict)


def layout_of(groups: Iterable[Group], questions: Iterable[Question], *, flat: bool) -> Place:
    """The elements of an instance below its root; ``flat`` leaves groups out, but not repeats."""
    root = Place()
    at: dict[tuple[str, ...], Place] = {(): root, ("meta",): root.inside.setdefault("meta", Place())}
    for group in groups:
        above = at[group.path]
        if flat and not group.repeat:
            # The questions of the group then stand one level up.
            at[group.full_path] = above
        else:
            at[group.full_path] = above.inside.setdefault(group.name, Place(group=group))
    for question in questions:
        at[question.path].inside[question.name] = Place(question=question)
    return root
