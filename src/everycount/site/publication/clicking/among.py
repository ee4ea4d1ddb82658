"""Among whom something is counted: everybody, without those who did not say, within one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.site.publication.clicking.here import Here, Part


@dataclass(frozen=True, slots=True)
class Among:
    """What a condition says, as far as it can be clicked.

    Attributes:
        left_out: answers to the measure's own question that do not count as an answer.
        group: a group of a dimension, as ``dimension/group``; "" for everybody.
    """

    left_out: tuple[str, ...] = ()
    group: str = ""


def groups(here: Here) -> dict[str, tuple[str, list[str], str]]:
    """Groups of the plan's dimensions: question, codes and words of each."""
    found = {}
    for dimension in here.items("dimension"):
        question, name = str(dimension.get("question", "")), str(dimension.get("id", ""))
        title = here.say(dimension.get("label")) or here.asked(question)
        for code, members, words in members_of(here, dimension):
            found[f"{name}/{code}"] = (question, members, f"{title}: {words}")
    return found


def members_of(here: Here, dimension: Part) -> list[tuple[str, list[str], str]]:
    """Each group of a dimension with its answers and its words."""
    question, own = str(dimension.get("question", "")), dimension.get("groups")
    answers, labels = here.answers(question), dimension.get("labels")
    named = labels if isinstance(labels, dict) else {}
    if isinstance(own, dict):
        given = [(str(code), listed(members)) for code, members in own.items()]
    else:
        given = [(str(code), [str(code)]) for code in (named or answers)]
    dropped = set(listed(dimension.get("drop", [])))
    return [
        (
            code,
            members,
            here.say(named.get(code)) or (answers.get(members[0], code) if len(members) == 1 else code),
        )
        for code, members in given
        if members and not dropped & set(members)
    ]


def read(here: Here, question: str, condition: object) -> Among | None:
    """What a condition says; None where clicks cannot say it."""
    if condition is None:
        return Among()
    if not isinstance(condition, dict):
        return None
    parts = (
        condition["all"] if set(condition) == {"all"} and isinstance(condition["all"], list) else [condition]
    )
    found = [_leaf(here, question, part) for part in parts]
    own = [each for each in found if each and each.left_out]
    others = [each for each in found if each and each.group]
    if None in found or len(own) > 1 or len(others) > 1 or len(own) + len(others) != len(parts):
        return None
    return Among(own[0].left_out if own else (), others[0].group if others else "")


def written(here: Here, question: str, said: Among) -> Part | None:
    """The condition that says so; None for everybody."""
    parts: list[Part] = []
    if said.left_out:
        kept = [code for code in here.answers(question) if code not in said.left_out]
        parts.append({"question": question, "in": kept})
    if said.group:
        other, members, _words = groups(here)[said.group]
        parts.append({"question": other, "in": members})
    return None if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def _leaf(here: Here, question: str, part: object) -> Among | None:
    if not isinstance(part, dict) or set(part) != {"question", "in"}:
        return None
    asked, codes = part["question"], listed(part["in"])
    if asked == question:
        known = here.answers(question)
        left_out = tuple(code for code in known if code not in codes)
        return Among(left_out) if left_out and not set(codes) - set(known) else None
    matching = (
        name for name, (other, members, _words) in groups(here).items() if (other, members) == (asked, codes)
    )
    name = next(matching, "")
    return Among(group=name) if name else None


def listed(value: object) -> list[str]:
    """Codes of a list, or of one alone."""
    items = value if isinstance(value, list) else [value]
    return [str(each) for each in items]
