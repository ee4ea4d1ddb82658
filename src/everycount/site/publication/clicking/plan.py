"""A plan as its page shows it: parts with what they say, and the text that a changed part leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.sample import MAIN
from everycount.site.publication.clicking import among
from everycount.site.publication.clicking.words import designs, policies
from everycount.survey.editing import with_item, with_table

if TYPE_CHECKING:
    from everycount.site.publication.clicking.here import Here, Part

TABLES = ("survey", "design", "policy")
LISTS = ("measure", "dimension", "table")


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a list: where it stands, its heading, and what it says in short."""

    number: int
    heading: str
    said: str


@dataclass(frozen=True)
class Sheet:
    """Everything that the page of a plan lists."""

    title: str
    when: str
    where: str
    languages: str
    design: str
    policy: str
    measures: tuple[Line, ...]
    dimensions: tuple[Line, ...]
    tables: tuple[Line, ...]


def sheet(here: Here) -> Sheet:
    """The parts of a plan, in words."""
    survey, design = here.table("survey"), here.table("design")
    named = {kind.value: words for kind, words in designs().items()}
    policy = str(here.table("policy").get("name", "public"))
    return Sheet(
        title=here.say(survey.get("title")),
        when=str(survey.get("period", "")),
        where=str(survey.get("area", "")),
        languages=", ".join(here.languages),
        design=named.get(str(design.get("kind", "")), str(design.get("kind", ""))),
        policy=policies().get(policy, policy),
        measures=tuple(_measure(here, at, each) for at, each in enumerate(here.items("measure"))),
        dimensions=tuple(_dimension(here, at, each) for at, each in enumerate(here.items("dimension"))),
        tables=tuple(_table(here, at, each) for at, each in enumerate(here.items("table"))),
    )


def _measure(here: Here, number: int, part: Part) -> Line:
    question = str(part.get("question", ""))
    answers = here.answers(question)
    codes = among.listed(part["in"]) if "in" in part else []
    said = ", ".join(answers.get(code, code) for code in codes) or str(part.get("kind", ""))
    linked = part.get("sdg")
    if isinstance(linked, str):
        linked = {"indicator": linked}
    if isinstance(linked, dict):
        said += f" · SDG {linked.get('indicator', '')}"
    return Line(number, here.say(part.get("label")) or here.asked(question) or str(part.get("id", "")), said)


def _dimension(here: Here, number: int, part: Part) -> Line:
    words = [words for _code, _members, words in among.members_of(here, part)]
    heading = here.say(part.get("label")) or here.asked(str(part.get("question", "")))
    return Line(number, heading or str(part.get("id", "")), ", ".join(words))


def _table(here: Here, number: int, part: Part) -> Line:
    names = {str(each.get("id")): _dimension(here, 0, each).heading for each in here.items("dimension")}
    measures = {str(each.get("id")): _measure(here, 0, each).heading for each in here.items("measure")}
    given = part.get("measures")
    chosen = (
        list(measures.values())
        if given in ("*", ["*"])
        else [measures.get(each, each) for each in among.listed(given or [])]
    )
    by = part.get("by")
    split = (
        [" × ".join(names.get(name, name) for name in among.listed(each)) for each in by]
        if isinstance(by, list)
        else []
    )
    return Line(number, " · ".join(split), "; ".join(chosen))


# --- Changes ------------------------------------------------------------------------------------------------


def with_part(text: str, key: str, number: int | None, part: Part | None) -> str:
    """The survey file with another part in that place; None takes it out."""
    if number is None:
        return with_table(text, key, part)
    return with_item(text, key, number, part)


def without(text: str, here: Here, key: str, number: int) -> str:
    """The survey file without an item, and without its name in the tables."""
    name = str(here.items(key)[number].get("id"))
    made = with_item(text, key, number, None)
    tables = here.items("table")
    for at in reversed(range(len(tables))):
        left = _without(tables[at], key, name)
        if left != tables[at]:
            made = with_item(made, "table", at, left)
    return made


def _without(table: Part, key: str, name: str) -> Part | None:
    """A table that does not name it any more; None where nothing is left of it."""
    if key == "measure" and table.get("measures") not in ("*", ["*"]):
        left = [each for each in among.listed(table.get("measures", [])) if each != name]
        return table | {"measures": left} if left else None
    if key == "dimension" and isinstance(table.get("by"), list):
        return table | {"by": [each for each in table["by"] if name not in among.listed(each)]}
    return table


def into_tables(text: str, here: Here, key: str, name: str, question: str) -> str:
    """The survey file with a new measure or characteristic in the tables to which it belongs.

    In none it would be counted nowhere, and whoever clicks would not see why. A plan without tables has all.
    """
    own, tables = here.table_of(question), here.items("table")
    for at, table in enumerate(tables):
        theirs = _records_of(here, table)
        if own == theirs or (key == "dimension" and own == MAIN):
            text = with_item(text, "table", at, _with(table, key, name))
            if key == "measure":
                return text
    if key == "measure" and tables:
        by = [str(each.get("id")) for each in here.items("dimension")]
        asked = {str(each.get("id")): str(each.get("question", "")) for each in here.items("dimension")}
        fitting = [[each] for each in by if here.table_of(asked[each]) in (MAIN, own)]
        return with_table(text, "table", {"measures": [name], "by": fitting})
    return text


def _records_of(here: Here, table: Part) -> str:
    """The table of records that a table of the plan counts."""
    named = among.listed(table.get("measures", []))
    asked = (str(each.get("question", "")) for each in here.items("measure") if each.get("id") in named)
    return next((here.table_of(each) for each in asked), MAIN)


def _with(table: Part, key: str, name: str) -> Part:
    if key == "measure" and table.get("measures") not in ("*", ["*"]):
        return table | {"measures": [*among.listed(table.get("measures", [])), name]}
    if key == "dimension" and isinstance(table.get("by"), list):
        return table | {"by": [*table["by"], [name]]}
    return table


def free_id(here: Here, key: str, wanted: str) -> str:
    """A name that no item of the list has, as near to the wanted one as may be."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted).strip("_-")[:40] or key
    taken = {str(each.get("id")) for each in here.items(key)}
    if key == "variable":
        taken |= {name for columns in here.columns.values() for name in columns}
    names = (plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
