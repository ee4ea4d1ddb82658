"""Guesses what a survey could publish: its design, who its people are, and what of them can be measured.

Every guess is read by a person before anything is counted. Where a guess can be wrong in two ways, the one is
taken that shows less: no answer in own words, no name and no place of a person ever becomes a line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.protect import PUBLIC
from everycount.questionnaire import Kind
from everycount.questionnaire.kinds import SPOKEN
from everycount.sample import MAIN, ColumnKind
from everycount.survey.answers import DAY, FEW, Answers
from everycount.survey.consent import consent_questions
from everycount.survey.measures import COLUMNS
from everycount.survey.words import (
    ASKER,
    CONSENT,
    HARMFUL,
    HOUSEHOLD,
    WHO,
    is_age,
    names_something,
    who,
    words_of,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from everycount.questionnaire import Questionnaire
    from everycount.text import Text

MOST_DIMENSIONS = 6
MOST_OF_A_CLASS = 2
SELDOM = 0.05  # an answer that fewer give, or all but fewer
FEW_CHOICES = 6  # beyond these the most frequent answer tells little
# How many measures of each kind are proposed, for the main table and for each roster: a first report that can
# be read. What is left out is named in a comment.
MOST = {"yes": 12, "number": 6, "choice": 8, "several": 4}
MOST_IN_ROSTER = {"yes": 5, "number": 2, "choice": 3, "several": 2}

_STRATUM = re.compile(r"^(stratum|strata|strat_?\w*)$", re.IGNORECASE)
_CLUSTER = re.compile(r"^(psu|cluster|ea|enumeration_?area)(_?(id|no|code))?$", re.IGNORECASE)
_WEIGHT = re.compile(
    r"^((hh|survey|sample|sampling|design|final|pop)_?)?(weights?|wt|wgt)(_?(hh|final))?$|^pw$", re.IGNORECASE
)
_WHEN_ASKED = frozenset(
    {"start", "today", "end", "submissiondate", "submission", "submitted", "interview", "assessment"}
)
_BEFORE = frozenset({"birth", "dob", "born", "birthday", "arrival", "draft"})

_ELSE = "share sharing location gps photo picture image audio recording contact phone follow recontact"
_OTHER_CONSENT = frozenset(_ELSE.split())

_WORTH_HIDING = frozenset({"sex", "residence", "place", "group", "disability"})

# Which way is good for people, and which answer is counted, for yes-or-no questions of the catalogue.
_BETTER = {
    "documents-id": "higher", "documents-benefit-card": "higher", "documents-refused": "lower",
    "housing-settlement": "lower", "housing-eviction-fear": "lower", "jmp-water-enough": "lower",
    "jmp-toilet-shared": "lower", "jmp-handwashing-water": "higher", "jmp-handwashing-soap": "higher",
    "ict-phone": "higher", "education-attends": "higher", "health-insurance": "higher",
    "health-birth-attendant": "higher", "discrimination-felt": "lower", "voice-bribe": "lower",
    "safety-violence": "lower", "work-social-insurance": "higher", "work-bonded": "lower",
}  # fmt: skip
# Rules of the catalogue that make a measure: the groups that count, and the indicator they stand near.
_RULES = {
    "jmp-drinking-water": (("basic",), "6.1.1"),
    "jmp-sanitation": (("basic",), "6.2.1"),
    "jmp-hygiene": (("basic",), "6.2.1"),
}
_DISABILITY = "wg-ss-identifier"


@dataclass(frozen=True, slots=True)
class Rule:
    """A variable that the catalogue derives: ``derivation`` over this survey's ``columns``."""

    id: str
    derivation: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bands:
    """A variable with age groups: ``groups`` gives id, words, lowest and highest age."""

    id: str
    question: str
    groups: tuple[tuple[str, str, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A breakdown; ``groups`` where the codes have no list of their own, ``drop`` for "does not know"."""

    id: str
    question: str
    table: str = MAIN
    groups: tuple[tuple[str, str], ...] = ()
    drop: tuple[str, ...] = ()
    sensitive: bool = False
    ordered: bool = False
    sdmx: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something to count or to average.

    Attributes:
        codes: the answers that count; empty for a mean.
        others: the answers that say something else, where ``codes`` is one of many.
        said: every answer that says something, where there are some that do not ("does not know").
    """

    id: str
    question: str
    table: str = MAIN
    codes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    better: str = ""
    sdg: str = ""


@dataclass(frozen=True)
class Guesses:
    """All of it, with what was looked at and left out, and why."""

    consent: tuple[str, tuple[str, ...]] | None
    strata: str
    clusters: str
    weights: str
    period: str
    units: Mapping[str, str]
    rules: tuple[Rule | Bands, ...]
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    left_out: tuple[str, ...]
    lopsided: tuple[str, ...]
    doubtful: tuple[tuple[str, float], ...]


def guess(
    tables: Mapping[str, list[Answers]],
    questionnaire: Questionnaire | None,
    languages: tuple[str, ...],
    today: dt.date,
) -> Guesses:
    """What the answers in each table suggest; ``main`` is one of the tables."""
    main = tables[MAIN]
    design = _design(main)
    consent = _consent(main, questionnaire)
    taken = {name for name in design.values() if name} | ({consent[0]} if consent else set())
    taken |= {found.name for found in main if CONSENT & frozenset(words_of(found.name))}
    names = _Names({found.name for columns in tables.values() for found in columns})
    rules = tuple(_rules(main, names))
    bands = tuple(band for columns in tables.values() for band in _bands(columns, names))
    dimensions = tuple(
        dimension
        for table, columns in tables.items()
        for dimension in [
            *_dimensions(columns, taken, names),
            *_ages(bands, table, columns),
            *_disability(rules, table),
        ]
    )
    used = taken | {dimension.question for dimension in dimensions}
    chooser = _Chooser(names, languages, used)
    measures = [
        *_of_rules(rules, names),
        *(m for columns in tables.values() for m in chooser.choose(columns)),
    ]
    if not measures:
        measures = chooser.whatever(main)
    return Guesses(
        consent=consent,
        strata=design["strata"],
        clusters=design["clusters"],
        weights=design["weights"],
        period=_period(main, today),
        units={table: _unit(columns, main=table == MAIN) for table, columns in tables.items()},
        rules=(*rules, *bands),
        dimensions=dimensions,
        measures=tuple(measures),
        left_out=tuple(chooser.left_out),
        lopsided=tuple(chooser.lopsided),
        doubtful=tuple(chooser.doubtful),
    )


class _Names:
    """Ids that are plain, that nothing else has, and that are no column of ``cells.csv``."""

    def __init__(self, questions: set[str]) -> None:
        self.questions = {name.casefold() for name in questions}
        self.given: dict[str, set[str]] = {}

    def new(self, kind: str, wanted: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted).strip("_-") or kind
        given = self.given.setdefault(kind, set())
        if kind == "dimension" and plain in COLUMNS:
            plain = f"{plain}_group"
        taken = given | self.questions if kind == "variable" else given
        name = next(
            each
            for each in (plain, *(f"{plain}_{n}" for n in range(2, 9999)))
            if each.casefold() not in taken
        )
        given.add(name.casefold())
        return name


# --- Design, consent, period, unit --------------------------------------------------------------------------


def _design(main: list[Answers]) -> dict[str, str]:
    """Columns that can do their part for every record: a design with a hole in it is refused later."""
    found = {"strata": "", "clusters": "", "weights": ""}
    for each in main:
        whole = each.answered == each.rows > 0
        # A question about a weight is answered in kilograms.
        asked = each.question is not None and each.question.kind in SPOKEN
        if whole and _STRATUM.match(each.name) and not found["strata"]:
            found["strata"] = each.name
        elif whole and _CLUSTER.match(each.name) and not found["clusters"]:
            found["clusters"] = each.name
        elif (
            whole and not asked and _WEIGHT.match(each.name) and (each.low or 0) > 0 and not found["weights"]
        ):
            found["weights"] = each.name
    return found


def _consent(main: list[Answers], questionnaire: Questionnaire | None) -> tuple[str, tuple[str, ...]] | None:
    """The question that the form marks; else one that is called so and is answered by yes or no."""
    marked = consent_questions(questionnaire)
    called = [found.name for found in main if _asks_to_take_part(found)]
    for name in (*marked, *called):
        found = next((each for each in main if each.name == name), None)
        if found is not None:
            return name, found.yes or found.agreeing or found.said[:1] or ("yes",)
    return None


def _asks_to_take_part(found: Answers) -> bool:
    """A question called consent; not one that asks to share a place, or to be photographed."""
    spoken = frozenset(words_of(found.name))
    few = 0 < found.different <= 4  # somebody may be the only one who said no
    return bool(spoken & CONSENT) and not spoken & _OTHER_CONSENT and bool(found.agreeing) and few


def _period(main: list[Answers], today: dt.date) -> str:
    """The months (or years) of the interviews, from the first column that says when they were."""
    for found in sorted(main, key=_surely_when):
        if _surely_when(found) > 1:
            break
        moments = {moment for day in found.days if (moment := _month(day))}
        if moments and all("1990" <= moment[:4] <= str(today.year) for moment in moments):
            first, last = min(moments), max(moments)
            return first if first == last else f"{first}/{last}"
    return ""


def _surely_when(found: Answers) -> int:
    spoken = frozenset((*words_of(found.name), "".join(words_of(found.name))))
    if found.question is not None and found.question.kind in {Kind.START, Kind.TODAY, Kind.END}:
        return 0
    asked = found.question is not None and found.question.kind in SPOKEN
    return 1 if spoken & _WHEN_ASKED and not spoken & _BEFORE and not asked else 2


def _month(day: str) -> str:
    match = DAY.match(day)
    if match is None:
        return ""
    # Of 03/04/2019 only the year is sure.
    return f"{match[1]}-{match[2]}" if match[1] else match[3]


def _unit(columns: list[Answers], *, main: bool) -> str:
    """What a row is: a household where any column speaks of one, a person where sex and age are asked."""
    concepts = {concept.unit for found in columns if (concept := _concept(found))}
    if len(concepts) == 1:
        return concepts.pop()
    spoken = {word for found in columns for word in words_of(found.name)}
    asked = " ".join(str(found.column.labels).casefold() for found in columns)
    if main and (spoken & HOUSEHOLD or any(word in asked for word in ("household", "ménage", "hogar"))):
        return "household"
    kinds = {who(found.name) for found in columns} | {
        "age" for found in columns if "age" in words_of(found.name)
    }
    if "sex" in kinds or "age" in kinds:
        return "person"
    return "respondent" if main else "row"


def _concept(found: Answers) -> catalogue.Concept | None:
    known = {concept.id: concept for concept in catalogue.question_bank()}
    return known.get(found.question.concept) if found.question else None


# --- Variables that the catalogue derives, and ages ---------------------------------------------------------


def _rules(main: list[Answers], names: _Names) -> Iterator[Rule]:
    """The catalogue's rules all of whose concepts the form marks."""
    columns = {concept.id: found.name for found in main if found.answered and (concept := _concept(found))}
    for derivation in catalogue.derivations():
        wanted = derivation.id in _RULES or derivation.id == _DISABILITY
        if wanted and all(concept in columns for concept in derivation.columns.values()):
            chosen = {key: columns[concept] for key, concept in derivation.columns.items()}
            own = "disability" if derivation.id == _DISABILITY else derivation.id.replace("-", "_")
            yield Rule(names.new("variable", own), derivation.id, chosen)


def _of_rules(rules: Iterable[Rule], names: _Names) -> Iterator[Measure]:
    for rule in rules:
        if rule.derivation in _RULES:
            codes, sdg = _RULES[rule.derivation]
            about = next(each for each in catalogue.derivations() if each.id == rule.derivation)
            labels = {
                tag: f"{about.title.say(tag)}: {about.values[codes[0]].labels.say(tag)}" for tag in ("en",)
            }
            yield Measure(
                names.new("measure", f"{rule.id}_{codes[0]}"),
                rule.id,
                MAIN,
                codes,
                labels,
                better="higher",
                sdg=sdg,
            )


def _disability(rules: Iterable[Rule], table: str) -> Iterator[Dimension]:
    for rule in rules:
        if rule.derivation == _DISABILITY and table == MAIN:
            yield Dimension(rule.id, rule.id, sensitive=True, sdmx="DISABILITY_STATUS")


_AGES = (
    ("0_4", "0-4", 0, 4),
    ("5_17", "5-17", 5, 17),
    ("18_59", "18-59", 18, 59),
    ("60_plus", "60 and older", 60, None),
)


def _bands(columns: list[Answers], names: _Names) -> Iterator[Bands]:
    """Age groups for the first column of a table that holds ages in years."""
    for found in columns:
        years = found.numeric and (found.low or 0) >= 0 and 10 < (found.high or 0) <= 120
        if years and found.different > FEW and is_age(found.name):
            low, high = found.low or 0, found.high or 0
            groups = tuple(
                each for each in _AGES if low <= (120 if each[3] is None else each[3]) and high >= each[2]
            )
            if len(groups) > 1:
                yield Bands(names.new("variable", f"{found.name}_group"), found.name, groups)
                return


def _ages(bands: Iterable[Bands], table: str, columns: list[Answers]) -> Iterator[Dimension]:
    own = {found.name for found in columns}
    for band in bands:
        if band.question in own:
            yield Dimension(band.id, band.id, table, ordered=True)


# --- Dimensions ---------------------------------------------------------------------------------------------


def _dimensions(columns: list[Answers], taken: set[str], names: _Names) -> list[Dimension]:
    """Columns whose names say who people are: the classes in order of sureness, few of each."""
    order = [kind for kind, _ in WHO]
    chosen: dict[str, list[Answers]] = {}
    for found in columns:
        kind = who(found.name)
        if kind is not None and found.name not in taken and _divides(found, kind):
            chosen.setdefault(kind, []).append(found)
    picked = [(kind, found) for kind in order for found in chosen.get(kind, [])[:MOST_OF_A_CLASS]]
    return [_dimension(kind, found, names) for kind, found in picked[:MOST_DIMENSIONS]]


def _divides(found: Answers, kind: str) -> bool:
    if found.free or found.column.kind in {ColumnKind.CODES, ColumnKind.DATE} or not found.met:
        return False
    if found.numeric and (found.column.kind is ColumnKind.NUMBER and found.question is not None):
        return False
    sizes = [count for code, count in found.met if code in found.said]
    if not 2 <= len(sizes) <= FEW or len(found.labels) > 4 * FEW:
        return False
    # Small groups are hidden, and others with them: only the first questions are worth that.
    small = sum(1 for size in sizes if size < PUBLIC.min_respondents)
    if small * 2 > len(sizes) + 2 or (small and kind not in _WORTH_HIDING):
        return False
    return not found.yes or kind in {"disability", "displacement"}


def _dimension(kind: str, found: Answers, names: _Names) -> Dimension:
    met = {code for code, _ in found.met}
    listed = bool(found.column.choices)
    said = found.said if listed else tuple(sorted(found.said, key=_by_number))
    shown = [code for code in said if not listed or code in met or len(found.labels) <= FEW]
    whole = listed and len(shown) == len(found.labels)
    # Without a code list the groups are written out, so that a code that comes later is noticed.
    groups = () if whole else tuple((code, code) for code in shown)
    drop = () if whole else tuple(code for code in found.labels if code not in shown)
    harmful = kind in HARMFUL or (found.question is not None and (found.question.sensitivity or 0) >= 2)
    return Dimension(names.new("dimension", found.name), found.name, found.table, groups, drop, harmful)


def _by_number(code: str) -> tuple[float, str]:
    return (float(code), "") if re.fullmatch(r"-?\d+(\.\d+)?", code) else (float("inf"), code)


# --- Measures -----------------------------------------------------------------------------------------------


class _Chooser:
    """Chooses measures, a few of each kind, those that most people answered first."""

    def __init__(self, names: _Names, languages: tuple[str, ...], used: set[str]) -> None:
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
        if found.question is None and _WEIGHT.match(found.name):
            return ""
        if found.question is None and found.different == found.rows > FEW:
            return ""  # a different number for everybody is most likely a name
        if found.stand_in is not None:
            self.doubtful.append((found.name, found.stand_in))
            return ""
        return "number"

    def _measure(self, found: Answers, kind: str) -> Measure:
        concept = _concept(found)
        better = _BETTER.get(concept.id, "") if concept and kind == "yes" else ""
        sdg = concept.sdg[0] if concept and concept.sdg and better else ""
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


# Questions about the interview itself.
_ASKED_ABOUT_ASKING = ASKER | {"modality", "deployment"}
LONGEST = 140  # characters of a heading


def _worth(found: Answers) -> tuple[bool, float, bool]:
    concept = _concept(found)
    tenths = round(10 * found.answered / max(found.rows, 1))
    return (concept is not None and bool(concept.sdg), tenths, len(found.said) <= FEW_CHOICES)


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
