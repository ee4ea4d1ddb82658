"""The codebook: what was asked, in which words, and what each code means, on one page for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from everycount.formats.page import Child, Html, join, page, tag
from everycount.questionnaire.kinds import MEDIA, METADATA, Kind
from everycount.text import UNDETERMINED, Text, direction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.questionnaire import Choice, Group, Question, Questionnaire

BESIDE = 12  # choices that stand beside their question; a longer list stands once, at the end
REFERENCE = re.compile(r"(\$\{[^}]*\})")

KINDS = {
    Kind.TEXT: "Text",
    Kind.INTEGER: "Whole number",
    Kind.DECIMAL: "Number",
    Kind.RANGE: "Number on a scale",
    Kind.DATE: "Date",
    Kind.TIME: "Time of day",
    Kind.DATETIME: "Date and time",
    Kind.SELECT_ONE: "One choice",
    Kind.SELECT_MULTIPLE: "Several choices",
    Kind.RANK: "Choices in order",
    Kind.ACKNOWLEDGE: "Acknowledgement",
    Kind.NOTE: "Words to read",
    Kind.CALCULATE: "Calculated",
    Kind.HIDDEN: "Hidden value",
    Kind.BARCODE: "Barcode",
    Kind.GEOPOINT: "Place",
    Kind.GEOTRACE: "Path of places",
    Kind.GEOSHAPE: "Outline of an area",
    Kind.START_GEOPOINT: "Place where the form was opened",
    Kind.BACKGROUND_GEOPOINT: "Place, recorded in the background",
    Kind.IMAGE: "Picture",
    Kind.AUDIO: "Sound",
    Kind.BACKGROUND_AUDIO: "Sound, recorded in the background",
    Kind.VIDEO: "Film",
    Kind.FILE: "File",
    Kind.OSM: "OpenStreetMap object",
    Kind.START: "Start of the interview",
    Kind.END: "End of the interview",
    Kind.TODAY: "Day of the interview",
    Kind.DEVICEID: "Id of the device",
    Kind.SUBSCRIBERID: "Id of the subscriber",
    Kind.SIMSERIAL: "Number of the SIM card",
    Kind.PHONENUMBER: "Phone number of the device",
    Kind.USERNAME: "Name of the interviewer's account",
    Kind.EMAIL: "E-mail of the interviewer's account",
    Kind.AUDIT: "Log of the interview",
}

STYLES = """
.toc ol{list-style:none;padding-inline-start:0}
.toc li{padding-block:.2rem;display:flex;gap:.75rem;justify-content:space-between;
 border-block-end:1px solid var(--line)}
.toc li>span{color:var(--quiet);white-space:nowrap}
.toc a{display:inline-block;min-block-size:1.6rem}
article{padding-block:.25rem 1rem}
article+article{border-block-start:1px solid var(--line)}
article h3{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;margin-block:1.25rem .25rem}
article h3 span{font:400 .875rem/1.4 system-ui,sans-serif;color:var(--quiet)}
.said{margin-block:.15rem}
.said b{font-weight:400;color:var(--quiet);font-size:.8125rem;margin-inline-end:.625rem;
 font-family:system-ui,sans-serif}
.first{font-family:Charter,"Bitstream Charter","Noto Serif",Georgia,serif;font-size:1.125rem}
.beside{color:var(--quiet);font-size:.9375rem}
.marks{list-style:none;padding:0;margin-block:.5rem;display:flex;flex-wrap:wrap;gap:.375rem .5rem}
.marks li{border:1px solid var(--edge);border-radius:4px;padding:.05rem .5rem;font-size:.875rem}
.marks .care{border-color:var(--clay)}
.facts{font-size:.9375rem;margin-block:.5rem}
.facts dt{font-weight:400;color:var(--quiet)}
.facts dd{margin-block-end:.35rem}
th.code{inline-size:8rem}
td[dir=rtl],th[dir=rtl]{padding-inline:.75rem 0}
caption{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
@media (min-width:36rem){
 .facts{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;column-gap:1rem}
 .facts dd{margin:0}}
@media print{th,td{padding-block:.15rem}.toc li{display:list-item}.toc li>span{margin-inline-start:.75rem}
 article h3,.said{break-after:avoid}.facts,.marks{break-inside:avoid}}
"""


@dataclass(frozen=True, slots=True)
class _Section:
    """Questions that stand one after the other in the same group."""

    anchor: str
    path: tuple[str, ...]
    group: Group | None
    questions: tuple[Question, ...]
    again: bool


def codebook_html(questionnaire: Questionnaire, language: str | None = None) -> str:
    """The codebook of a questionnaire as one self-contained HTML page.

    Args:
        questionnaire: what was asked.
        language: tag of the wording that leads; else the questionnaire's default language. All other wordings
            stand below it. The page's own words are English.

    Returns:
        The page's text. It loads nothing, runs no script and prints.
    """
    return _Codebook(questionnaire, language or questionnaire.default_language).page()


class _Codebook:
    """Writes the parts of one codebook."""

    def __init__(self, questionnaire: Questionnaire, lead: str) -> None:
        self.questionnaire = questionnaire
        self.lead = lead
        self.several = len(questionnaire.languages) > 1
        self.groups = {group.full_path: group for group in questionnaire.groups}
        self.sections = self._sections()

    def page(self) -> str:
        title = self.questionnaire.title.say(self.lead, self.questionnaire.id)
        body = join(
            [
                tag("h1", self._words(self.questionnaire.title, self.questionnaire.id)),
                self._about(),
                self._identifiers(),
                self._contents(),
                *(self._section(section) for section in self.sections),
                self._lists(),
            ]
        )
        return page(
            f"Codebook: {title}",
            body,
            "en",
            description=f"Questions, codes and conditions of {title}.",
            styles=STYLES,
        )

    def _sections(self) -> list[_Section]:
        seen: set[tuple[str, ...]] = set()
        sections = []
        asked = (question for question in self.questionnaire.questions if not _is_filler(question))
        for number, (path, questions) in enumerate(groupby(asked, key=lambda each: each.path), start=1):
            group = self.groups.get(path)
            sections.append(_Section(f"s-{number}", path, group, tuple(questions), path in seen))
            seen.add(path)
        return sections

    # The head of the page

    def _about(self) -> Html:
        form = self.questionnaire
        count = sum(len(section.questions) for section in self.sections)
        version = f", version {form.version}" if form.version else ""
        facts = [f"Form {form.id}{version}.", f"{count} questions and recorded values."]
        if form.rosters:
            facts.append(
                f"{_counted(len(form.rosters), 'roster')}: {', '.join(each.name for each in form.rosters)}."
            )
        if self.several:
            facts.append(f"Asked in {_listed([self._language(each) for each in form.languages])}.")
        return tag("p", " ".join(facts), class_="quiet")

    def _identifiers(self) -> Html | None:
        found = [question for question in self.questionnaire.questions if question.direct_identifier]
        if not found:
            return None
        links = join((tag("a", tag("code", each.name), href=f"#{_anchor(each)}") for each in found), ", ")
        guessed = any(question.identifier_guessed for question in found)
        more = " Some are guessed from their name or type; the form can say otherwise." if guessed else ""
        return tag(
            "div",
            tag(
                "p",
                tag("strong", "These answers name or find a person."),
                " They are never published: ",
                links,
                ".",
            ),
            tag("p", more.strip()) if more else None,
            class_="notice",
        )

    def _contents(self) -> Html:
        items = [
            tag(
                "li",
                tag("a", self._heading(section), href=f"#{section.anchor}"),
                tag("span", _counted(len(section.questions), "question")),
            )
            for section in self.sections
        ]
        if self._long_lists():
            items.append(tag("li", tag("a", "Lists of choices", href="#lists")))
        return tag("nav", tag("h2", "Contents"), tag("ol", *items), class_="toc", aria_label="Contents")

    # Sections and questions

    def _section(self, section: _Section) -> Html:
        return tag(
            "section",
            tag("h2", self._heading(section), id=section.anchor),
            None if section.again else self._about_group(section.group, section.questions[0].roster),
            *(self._question(question) for question in section.questions),
        )

    def _heading(self, section: _Section) -> Html:
        if not section.path:
            steps: list[Child] = ["Outside groups"]
        elif section.path == ("meta",):
            steps = ["About the submission"]
        else:
            steps = [self._group_name(section.path[: depth + 1]) for depth in range(len(section.path))]
        return join([join(steps, " › "), " (continued)" if section.again else None])

    def _group_name(self, path: tuple[str, ...]) -> Html:
        group = self.groups.get(path)
        return self._words(group.labels if group else Text(), path[-1])

    def _about_group(self, group: Group | None, roster: str | None) -> Html | None:
        if group is None:
            return None
        others = [pair for pair in group.labels.versions if pair[1] != group.labels.say(self.lead)]
        terms: list[tuple[str, Child]] = [
            ("Roster", f"asked once for each row of “{roster}”" if roster else None),
            ("Number of rows", self._code(group.count)),
            ("Asked when", self._code(group.relevance)),
        ]
        return join([*(self._version(tongue, words) for tongue, words in others), _terms(terms)])

    def _question(self, question: Question) -> Html:
        return tag(
            "article",
            tag("h3", tag("code", question.name), tag("span", _kind(question))),
            *self._wordings(question),
            _marks(question),
            self._choices(question),
            _terms(self._facts(question)),
            id=_anchor(question),
        )

    def _wordings(self, question: Question) -> Iterable[Html]:
        for tongue, words in self._led(question.labels):
            yield self._version(tongue, words, first=tongue == self._leading(question.labels))
        for text in (question.hints, question.guidance):
            for tongue, words in self._led(text):
                yield self._version(tongue, words, beside=True)

    def _facts(self, question: Question) -> list[tuple[str, Child]]:
        message = question.constraint_message
        return [
            ("Asked when", self._code(question.relevance)),
            ("Required when", self._code(question.required_if)),
            ("Must satisfy", self._code(question.constraint)),
            (
                "Said when it does not",
                join((self._said(*each) for each in self._led(message)), " / ") if message else None,
            ),
            ("Calculated as", self._code(question.calculation)),
            ("Choices offered when", self._code(question.choice_filter)),
            ("Starts with", self._code(question.default)),
            ("Parameters", self._code(question.parameters)),
            ("Measures", tag("code", question.concept) if question.concept else None),
            ("Follows the standard", tag("code", question.standard) if question.standard else None),
        ]

    # Choices

    def _choices(self, question: Question) -> Html | None:
        if not question.is_select:
            return None
        if question.chooses_people:
            return tag("p", "The choices are people, and are not published.")
        if not question.choices:
            return tag("p", "Choices from ", self._code(question.list_name), ".")
        if question.list_name in self._long_lists():
            link = tag("a", tag("code", question.list_name), href=f"#list-{question.list_name}")
            return tag("p", f"{len(question.choices)} choices, in the list ", link, ".")
        return self._table(question.choices, f"Choices of {question.name}")

    def _long_lists(self) -> dict[str, tuple[Choice, ...]]:
        return {
            question.list_name: question.choices
            for question in self.questionnaire.questions
            if len(question.choices) > BESIDE and not question.chooses_people
        }

    def _lists(self) -> Html | None:
        lists = self._long_lists()
        if not lists:
            return None
        parts = [
            tag(
                "section",
                tag("h3", tag("code", name), id=f"list-{name}"),
                self._table(choices, f"The list {name}"),
            )
            for name, choices in lists.items()
        ]
        return tag("section", tag("h2", "Lists of choices", id="lists"), *parts)

    def _table(self, choices: tuple[Choice, ...], caption: str) -> Html:
        spoken = {tongue for choice in choices for tongue in choice.labels.languages}
        tongues = [tongue for tongue in self._tongues() if tongue in spoken]
        heads = [tag("th", "Code", scope="col", class_="code")]
        heads += [
            tag("th", self._language(each) if self.several else "Label", scope="col", dir=direction(each))
            for each in tongues
        ]
        rows = [
            tag(
                "tr",
                tag("th", tag("code", choice.code), scope="row", class_="code"),
                *_cells(choice, tongues),
            )
            for choice in choices
        ]
        table = tag("table", tag("caption", caption), tag("thead", tag("tr", *heads)), tag("tbody", *rows))
        return tag("div", table, class_="wide")

    # Words

    def _tongues(self) -> list[str]:
        """The languages, the leading one first."""
        return sorted(self.questionnaire.languages, key=lambda tongue: tongue != self.lead)

    def _led(self, text: Text) -> list[tuple[str, str]]:
        return sorted(text.versions, key=lambda pair: pair[0] != self.lead)

    def _leading(self, text: Text) -> str:
        return next((tongue for tongue, _ in self._led(text)), "")

    def _words(self, text: Text, fallback: str) -> Html:
        """A text in the leading language, or in the language that it has."""
        for tongue, words in self._led(text)[:1]:
            return self._said(tongue, words)
        return tag("bdi", fallback)

    def _said(self, tongue: str, words: str) -> Html:
        return tag("bdi", words, lang=_lang(tongue), dir=direction(tongue))

    def _version(self, tongue: str, words: str, *, first: bool = False, beside: bool = False) -> Html:
        name = tag("b", tag("bdi", self._language(tongue)), lang="") if self.several else None
        names = ["said", *(["first"] if first else []), *(["beside"] if beside else [])]
        return tag("p", name, words, class_=" ".join(names), lang=_lang(tongue), dir=direction(tongue))

    def _language(self, tongue: str) -> str:
        name = self.questionnaire.language_names.get(tongue, "")
        return name or ("language not stated" if tongue == UNDETERMINED else tongue)

    def _code(self, expression: str) -> Html | None:
        """An expression as written; what it refers to is a link."""
        if not expression:
            return None
        return tag("code", *(self._part(part) for part in REFERENCE.split(expression)), dir="ltr")

    def _part(self, part: str) -> Child:
        found = self.questionnaire.find(part[2:-1]) if REFERENCE.fullmatch(part) else None
        return tag("a", part, href=f"#{_anchor(found)}") if found and not _is_filler(found) else part


def _is_filler(question: Question) -> bool:
    """Elements that the form language puts in to lay out a table; nobody answers them."""
    return question.generated and question.kind is Kind.NOTE


def _anchor(question: Question) -> str:
    return f"q-{'/'.join(question.full_path)}"


def _lang(tongue: str) -> str:
    return "" if tongue == UNDETERMINED else tongue


def _kind(question: Question) -> str:
    words = KINDS[question.kind]
    if question.generated and question.kind is Kind.TEXT:
        return f"{words}, asked when “other” is chosen"
    if question.kind in METADATA - MEDIA:
        return f"{words}, recorded by the device"
    return words


def _marks(question: Question) -> Html | None:
    marks = []
    if question.direct_identifier:
        guessed = " (guessed)" if question.identifier_guessed else ""
        marks.append(tag("li", f"Names or finds a person{guessed}", class_="care"))
    if question.consent_purpose:
        marks.append(tag("li", "Consent: ", tag("code", question.consent_purpose)))
    if question.sensitivity is not None:
        marks.append(
            tag(
                "li",
                f"Sensitivity {question.sensitivity} of 3",
                class_="care" if question.sensitivity > 1 else None,
            )
        )
    if question.required:
        marks.append(tag("li", "Required"))
    return tag("ul", *marks, class_="marks") if marks else None


def _terms(pairs: list[tuple[str, Child]]) -> Html | None:
    told = [join([tag("dt", term), tag("dd", said)]) for term, said in pairs if said is not None]
    return tag("dl", *told, class_="facts") if told else None


def _cells(choice: Choice, tongues: list[str]) -> list[Html]:
    said = choice.labels.as_dict()
    return [tag("td", said.get(tongue), lang=_lang(tongue), dir=direction(tongue)) for tongue in tongues]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
