"""What a form of a plan stands among: the questions, the rest of the plan, the languages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount import catalogue
from everycount.sample import MAIN, Column, ColumnKind
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Part = dict[str, Any]  # a table of a survey file


@dataclass(frozen=True)
class Here:
    """Questions and plan.

    Attributes:
        columns: the questions by table and name.
        data: the survey file as data.
        language: of the reader, BCP 47.
    """

    columns: Mapping[str, Mapping[str, Column]]
    data: Part
    language: str

    @classmethod
    def of(cls, columns: Mapping[str, Mapping[str, Column]], text: str, language: str) -> Here:
        """Of a plan that is TOML; of one that is none there are no parts."""
        try:
            return cls(columns, tomllib.loads(text), language)
        except tomllib.TOMLDecodeError:
            return cls(columns, {}, language)

    def table(self, key: str) -> Part:
        """One table of the plan; an empty one where it has none."""
        found = self.data.get(key)
        return found if isinstance(found, dict) else {}

    def items(self, key: str) -> list[Part]:
        """The items of a list of the plan, in order; what is no table is an empty one."""
        found = self.data.get(key)
        items = found if isinstance(found, list) else []
        return [each if isinstance(each, dict) else {} for each in items]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the plan, its own first."""
        given = self.table("survey").get("languages")
        if isinstance(given, str):
            given = [given]
        if isinstance(given, list) and given:
            return tuple(dict.fromkeys(str(tag) for tag in given))
        title = self.table("survey").get("title")
        return tuple(title) if isinstance(title, dict) and title else ("en",)

    def text(self, value: object) -> Text:
        """A text of the plan: words, or words by language."""
        if isinstance(value, dict):
            return Text.of({str(tag): str(words) for tag, words in value.items()})
        return Text.of(str(value), self.languages[0]) if isinstance(value, str) else Text()

    def say(self, value: object, fallback: str = "") -> str:
        """The same in the reader's language."""
        return self.text(value).say(self.language, fallback)

    def column(self, name: str) -> Column | None:
        """A question or variable of that name; of a variable, the codes that it gives."""
        for columns in self.columns.values():
            if name in columns:
                return columns[name]
        made = next((each for each in self.items("variable") if each.get("id") == name), None)
        return None if made is None else self._variable(name, made)

    def table_of(self, name: str) -> str:
        """The table that holds a question; a variable counts as one of the records."""
        return next((table for table, columns in self.columns.items() if name in columns), MAIN)

    def asked(self, name: str) -> str:
        """A question in the reader's words."""
        found = self.column(name)
        return (found.labels.say(self.language) if found else "") or name

    def answers(self, name: str) -> dict[str, str]:
        """Codes of a question with their words for the reader."""
        found = self.column(name)
        return {code: words.say(self.language) or code for code, words in found.choices} if found else {}

    def countable(self) -> Iterator[tuple[str, Column]]:
        """Questions that can be measured: those with choices, and numbers. With their table."""
        for table, columns in self.columns.items():
            for column in columns.values():
                if not column.identifier and (column.choices or column.kind is ColumnKind.NUMBER):
                    yield table, column

    def _variable(self, name: str, made: Part) -> Column:
        choices = made.get("choices")
        if isinstance(choices, dict):
            named = {str(code): self.text(words) for code, words in choices.items()}
        elif "derivation" in made:
            named = _derived(made["derivation"])
        else:
            named = self._given(made)
        kind = ColumnKind.CODE if named else ColumnKind.TEXT
        return Column(name, kind, self.text(made.get("label")), tuple(named.items()))

    def _given(self, made: Part) -> dict[str, Text]:
        """What the cases of a variable give; nothing where one of them gives what nobody knows."""
        cases = made.get("cases", [{"take": made["question"]}] if "question" in made else [])
        found: dict[str, Text] = {}
        for case in cases if isinstance(cases, list) else []:
            if not isinstance(case, dict):
                return {}
            if "value" in case:
                found.setdefault(str(case["value"]), Text())
                continue
            asked = str(case.get("take", ""))
            taken = next((columns[asked] for columns in self.columns.values() if asked in columns), None)
            if taken is None or not taken.choices:
                return {}
            found |= dict(taken.choices)
        recoded = made.get("recode")
        gone = recoded if isinstance(recoded, dict) else {}
        return {str(gone.get(code, code)): words for code, words in found.items()}


def _derived(name: object) -> dict[str, Text]:
    """The codes of a rule of the catalogue."""
    known = next((each for each in catalogue.derivations() if each.id == name), None)
    return {code: value.labels for code, value in known.values.items()} if known else {}
