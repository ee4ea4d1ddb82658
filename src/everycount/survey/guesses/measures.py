"""What can be counted or averaged, and what of it is worth proposing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import SPOKEN
from everycount.sample import MAIN, ColumnKind
from everycount.survey.answers import FEW, Answers
from everycount.survey.guesses.design import WEIGHT, concept
from everycount.survey.guesses.guessed import Measure
from everycount.survey.words import ASKER, names_something, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.survey.guesses.ids import Names
    from everycount.text import Text

SELDOM = 0.05  # an answer that fewer give, or all but fewer
FEW_CHOICES = 6  # beyond these the most frequent answer tells little
# How many measures of each kind are proposed, for the main table and for each roster: a first report that can
# be read. What is left out is named in a comment.
MOST = {"yes": 12, "number": 6, "choice": 8, "several": 4}
MOST_IN_ROSTER = {"yes": 5, "number": 2, "choice": 3, "several": 2}

# Which way is good for people, and which answer is counted, for yes-or-no questions of the catalogue.
_BETTER = {
    "documents-id": "higher", "documents-benefit-card": "higher", "documents-refused": "lower",
    "housing-settlement": "lower", "housing-eviction-fear": "lower", "jmp-water-enough": "lower",
    "jmp-toilet-shared": "lower", "jmp-handwashing-water": "higher", "jmp-handwashing-soap": "higher",
    "ict-phone": "higher", "education-attends": "higher", "health-insurance": "higher",
    "health-birth-attendant": "higher", "discrimination-felt": "lower", "voice-bribe": "lower",
    "safety-violence": "lower", "work-social-insurance": "higher", "work-bonded": "lower",
}  # fmt: skip

# Questions about the interview itself.
_ASKED_ABOUT_ASKING = ASKER | {"modality", "deployment"}
LONGEST = 140  # characters of a heading


class Chooser:
    """Chooses measures, a few of each kind, those that most people answered first."""

    def __init__(self, names: Names, languages: tuple[str, ...], used: set[str]) -> None:
        self.names, self.languages, self.used = names, languages, used
        self.left_out: list[str] = []
        self.lopsided: list[str] = []
        self.doubtful: list[tuple[str, float]] = []

    def choose(self, columns: list[Answers]) -> Iterator[Measure]:
        """The measures of one table, in the order of its columns."""
        found = [(kind, each) for each in columns if (kind := self._kind(each))]
        most = MOST if columns and columns[0].table == MAIN else MOST_IN_ROSTER
        kept: set[str] = set()
        for kind, limit in most.items():
            of_kind = [each for its, each in found if its == kind]
            kept |= {each.name for each in sorted(of_kind, key=_worth, reverse=True)[:limit]}
        for kind, each in found:
            if each.name in kept:
                yield self._measure(each, kind)
            else:
                self.left_out.append(each.name)

    def whatever(self, main: list[Answers]) -> list[Measure]:
        """The first thing that can be counted at all: a survey file without a measure is refused."""
        for each in main:
            if each.telling is not None and not each.free:
                return [self._measure(each, "choice")]
        return []

    def _kind(self, found: Answers) -> str:
        if (
            not found.answered
            or found.name in self.used
            or frozenset(words_of(found.name)) & _ASKED_ABOUT_ASKING
        ):
            return ""
        if found.question is not None and found.question.kind not in SPOKEN:
            return ""  # what a form calculates serves the form
        if found.numeric and not found.yes:
            return self._number(found)
        kind = self._chosen(found)
        return "" if kind and self._is_lopsided(found, found.yes or (found.telling or "",)) else kind

    def _chosen(self, found: Answers) -> str:
        if found.column.kind is ColumnKind.CODES:
            known = found.telling is not None and not any(code not in found.labels for code, _ in found.met)
            return "several" if known and found.column.choices else ""
        if found.free:
            return ""
        if found.yes:
            return "yes"
        told = found.telling is not None and found.different > 1 and len(found.said) <= FEW
        return "choice" if told and not names_something(found.name) else ""

    def _is_lopsided(self, found: Answers, codes: tuple[str, ...]) -> bool:
        """Nearly everybody answers alike: such a number is hard to show without telling about somebody."""
        counted = sum(count for code, count in found.met if code in codes)
        if min(counted, found.answered - counted) >= SELDOM * found.answered:
            return False
        self.lopsided.append(found.name)
        return True

    def _number(self, found: Answers) -> str:
        if names_something(found.name) or found.different <= 2:
            return ""
        if found.question is None and WEIGHT.match(found.name):
            return ""
        if found.question is None and found.different == found.rows > FEW:
            return ""  # a different number for everybody is most likely a name
        if found.stand_in is not None:
            self.doubtful.append((found.name, found.stand_in))
            return ""
        return "number"

    def _measure(self, found: Answers, kind: str) -> Measure:
        known = concept(found)
        better = _BETTER.get(known.id, "") if known and kind == "yes" else ""
        sdg = known.sdg[0] if known and known.sdg and better else ""
        if kind == "number":
            name = self.names.new("measure", found.name)
            return Measure(name, found.name, found.table, (), self._labels(found))
        codes = found.yes if kind == "yes" else (found.telling or found.said[0],)
        name = found.name if kind == "yes" else f"{found.name}_{codes[0]}"
        return Measure(
            id=self.names.new("measure", name[:64]),
            question=found.name,
            table=found.table,
            codes=codes,
            labels=self._labels(found, "" if kind == "yes" else codes[0]),
            others=() if kind == "yes" else tuple(code for code in found.said if code not in codes),
            said=found.said if len(found.said) < len(found.labels) else (),
            better=better,
            sdg=sdg,
        )

    def _labels(self, found: Answers, code: str = "") -> dict[str, str]:
        """The question, and the answer where the question alone does not say it, in each language."""
        question = found.column.labels
        answer = dict(found.column.choices).get(code) if code else None
        tags = [tag for tag in self.languages if not question or tag in question.languages] or [
            self.languages[0]
        ]
        spoken = {}
        for tag in tags:
            words = _plain(_in(question, tag)) or " ".join(words_of(found.name))
            spoken[tag] = f"{words} – {_plain(_in(answer, tag)) or code}" if code else words
        return spoken


def _worth(found: Answers) -> tuple[bool, float, bool]:
    known = concept(found)
    tenths = round(10 * found.answered / max(found.rows, 1))
    return (known is not None and bool(known.sdg), tenths, len(found.said) <= FEW_CHOICES)


def _in(text: Text | None, tag: str) -> str:
    return "" if text is None else text.say(tag)


def _plain(words: str) -> str:
    """A wording as a heading: without references to other answers, marks of layout and line breaks."""
    bare = re.sub(r"\$\{[^}]*\}", "…", words)
    bare = re.sub(r"<[^>]*>|[*_#]{2,}", " ", bare)
    bare = re.sub(r"\s+", " ", bare).strip(" :")
    if len(bare) <= LONGEST:
        return bare
    return bare[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:. ") + " …"
