"""The questions as variables of DDI-Codebook, in their groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.formats.xml_tree import Part, group, part, spoken
from everycount.questionnaire.kinds import LINES, MEDIA, METADATA, POINTS, SELECTS, UNSPOKEN, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycount.questionnaire import Choice, Group, Question, Questionnaire

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
_TIMES = frozenset({Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.START, Kind.END, Kind.TODAY})
_NOT_ANSWERED = frozenset({Kind.NOTE})  # words to read leave nothing in the records
_FORMS = "XLSForm"


@dataclass(frozen=True, slots=True)
class _Form:
    """How answers of some kinds are told.

    Attributes:
        representation: ``representationType`` of the variable; what the schema has no word for is ``other``.
        other: that word, of ours.
        domain: ``responseDomainType`` of the question.
        interval: whether values lie on a scale.
        type: ``numeric`` or ``character``.
        category: ``date``, ``time`` or ``other``.
    """

    representation: str
    domain: str
    other: str = ""
    interval: str = "discrete"
    type: str = "character"
    category: str = "other"


_TEXT = _Form("text", "text")
_BY_KIND: Mapping[Kind, _Form] = {
    **dict.fromkeys(_NUMBERS, _Form("numeric", "numeric", interval="contin", type="numeric")),
    **dict.fromkeys(_TIMES, _Form("datetime", "datetime", interval="contin", category="date")),
    Kind.TIME: _Form("datetime", "datetime", interval="contin", category="time"),
    **dict.fromkeys(SELECTS, _Form("code", "multiple")),
    Kind.SELECT_ONE: _Form("code", "category"),
    Kind.ACKNOWLEDGE: _Form("code", "category"),
    **dict.fromkeys(POINTS | LINES, _Form("other", "geographic", other="geographic")),
    **dict.fromkeys(MEDIA, _Form("other", "other", other="file")),
}


def data_description(questionnaire: Questionnaire) -> Part | None:
    """Groups, then variables; nothing for a form that asks nothing."""
    variables = {
        f"V{number}": question
        for number, question in enumerate(
            (each for each in questionnaire.questions if each.kind not in _NOT_ANSWERED), start=1
        )
    }
    groups = {f"G{number}": one for number, one in enumerate(questionnaire.groups, start=1)}
    return group(
        "dataDscr",
        [
            *(_group(name, one, groups, variables) for name, one in groups.items()),
            *(_variable(name, question) for name, question in variables.items()),
        ],
    )


def _group(name: str, one: Group, groups: Mapping[str, Group], variables: Mapping[str, Question]) -> Part:
    """A group with the ids of what stands directly in it."""
    return part(
        "varGrp",
        *spoken("labl", one.labels),
        _said("universe", f"Asked when: {one.relevance}" if one.relevance else ""),
        _note("rows", one.count),
        ID=name,
        name_=one.name,
        type="repetition" if one.repeat else "section",
        var=" ".join(each for each, question in variables.items() if question.path == one.full_path),
        varGrp=" ".join(each for each, other in groups.items() if other.path == one.full_path),
    )


def _variable(name: str, question: Question) -> Part:
    form = _BY_KIND.get(question.kind, _TEXT)
    return part(
        "var",
        *(spoken("labl", question.labels) if question.labels else [part("labl", question.name)]),
        _security(question),
        _said("respUnit", f"Each row of the roster “{question.roster}”" if question.roster else ""),
        *_asked(question, form),
        _said("universe", f"Asked when: {question.relevance}" if question.relevance else ""),
        *(_category(choice, question) for choice in question.choices if not question.chooses_people),
        *_instructions(question),
        part("concept", question.concept, vocab="everycount") if question.concept else None,
        _derivation(question),
        _format(question, form),
        *_notes(question),
        ID=name,
        name_=question.name,
        intrvl=form.interval,
        representationType=form.representation,
        otherRepresentationType=form.other,
        temporal="Y" if question.kind in _TIMES else "",
        geog="Y" if form.domain == "geographic" else "",
    )


def _said(name: str, words: str) -> Part | None:
    return part(name, words, language="en") if words else None


def _note(kind: str, words: str) -> Part | None:
    return part("notes", words, type=kind) if words else None


def _security(question: Question) -> Part | None:
    if not question.direct_identifier:
        return None
    guessed = " (guessed from its name or kind)" if question.identifier_guessed else ""
    return _said("security", f"Names or finds a person{guessed}. Never published.")


def _asked(question: Question, form: _Form) -> Iterator[Part]:
    """The wording, one question element a language, with what stands beside it."""
    if question.kind in METADATA | UNSPOKEN:
        return
    texts = (("qstnLit", question.labels), ("ivuInstr", question.hints), ("ivuInstr", question.guidance))
    languages = dict.fromkeys(tongue for _, text in texts for tongue in text.languages)
    for language in languages:
        said = [(name, text.as_dict().get(language)) for name, text in texts]
        yield part(
            "qstn",
            *(part(name, words) for name, words in said if words),
            language=language,
            responseDomainType=form.domain,
        )


def _category(choice: Choice, question: Question) -> Part:
    return part(
        "catgry",
        part("catValu", choice.code),
        *spoken("labl", choice.labels),
        excls="" if question.kind is Kind.SELECT_ONE else "false",
    )


def _instructions(question: Question) -> Iterator[Part | None]:
    """What an answer must satisfy, as written, and what is said when it does not."""
    yield _said("codInstr", f"Must satisfy: {question.constraint}" if question.constraint else "")
    yield from spoken("codInstr", question.constraint_message)


def _derivation(question: Question) -> Part | None:
    if not question.calculation:
        return None
    return part("derivation", part("drvcmd", question.calculation, syntax="XPath"))


def _format(question: Question, form: _Form) -> Part:
    return part(
        "varFormat",
        type=form.type,
        schema="other",
        otherSchema=_FORMS,
        formatname=question.kind.value,
        category=form.category if form.category != "other" else "",
    )


def _notes(question: Question) -> Iterator[Part | None]:
    required = "always" if question.required else question.required_if
    yield _note("required", required)
    yield _note("list of choices", question.list_name)
    yield _note("choices", "They are people, and are not published." if question.chooses_people else "")
    yield _note("choices offered when", question.choice_filter)
    yield _note("consent to", question.consent_purpose)
    yield _note("follows the standard", question.standard)
    sensitivity = "" if question.sensitivity is None else f"{question.sensitivity} of 3"
    yield _note("sensitivity", sensitivity)
