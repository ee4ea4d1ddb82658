"""``codebook.xml``: the questionnaire and the survey as DDI-Codebook 2.5, which data archives read.

DDI Alliance, DDI-Codebook 2.5 XML schema (2012), field-level documentation in the schema itself. Questions
stand there in every language with their codes, concepts and conditions; no frequencies, no sums and no value
of any record or cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.formats.about import CITIZEN_DATA, INVENTED, SCOPES, area_names, basis_in_words, software
from everycount.formats.ddi_variables import data_description
from everycount.formats.licences import licence_of
from everycount.formats.xml_tree import group, part, spoken, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.formats.xml_tree import Part
    from everycount.questionnaire import Questionnaire
    from everycount.release import Release

NAME = "codebook.xml"
NAMESPACE = "ddi:codebook:2_5"
_FRAME = "frame"  # the note of the design that says from which list respondents were drawn


def codebook_xml(questionnaire: Questionnaire, release: Release) -> bytes:
    """The codebook as a document that is valid against the official schema.

    Args:
        questionnaire: what was asked.
        release: what is known of the survey around it.
    """
    root = part(
        "codeBook",
        _document(release),
        _study(questionnaire, release),
        data_description(questionnaire),
        version="2.5",
    )
    return to_bytes(root, NAMESPACE)


def _said(name: str, words: str, **attributes: str) -> Part | None:
    """An element with words of ours, which are English; nothing without words."""
    return part(name, words, language="en", **attributes) if words else None


def _document(release: Release) -> Part:
    """What this file is."""
    name, version = software(release)
    return part(
        "docDscr",
        part(
            "citation",
            part("titlStmt", part("titl", f"Codebook of {release.survey.title}")),
            part("prodStmt", part("software", name, version=version)),
        ),
    )


def _study(questionnaire: Questionnaire, release: Release) -> Part:
    return part(
        "stdyDscr",
        _citation(release),
        group("stdyInfo", [*spoken("abstract", release.survey.about), group("sumDscr", _summary(release))]),
        part("method", group("dataColl", _collection(questionnaire, release)), _errors(release)),
        part("dataAccs", group("useStmt", _use(release))),
    )


def _citation(release: Release) -> Part:
    survey = release.survey
    (language, title), *others = survey.title.versions or (("", survey.id),)
    licence = licence_of(survey.licence)
    return part(
        "citation",
        part(
            "titlStmt",
            part("titl", title, language=language),
            *(part("parTitl", words, language=tongue) for tongue, words in others),
            part("IDNo", survey.id, agency="everycount"),
        ),
        group("rspStmt", list(spoken("AuthEnty", survey.asked_by))[:1]),
        part("prodStmt", part("copyright", licence.name)),
        part("verStmt", part("version", release.digest, type="digest of the release")),
    )


def _summary(release: Release) -> Iterator[Part | None]:
    """When, where, about what and about whom."""
    survey = release.survey
    start, _, end = survey.period.partition("/")
    if end:
        yield part("collDate", start, date=start, event="start")
        yield part("collDate", end, date=end, event="end")
    else:
        yield part("collDate", start, date=start, event="single")
    for language, name in area_names(release).versions[:1]:
        yield part("nation", name, language=language, abbr=survey.area)
    for unit in dict.fromkeys(measure.unit for measure in release.measures):
        yield part("anlyUnit", unit) if unit else None
    yield _said("universe", SCOPES[release.design.scope])
    yield _said("dataKind", "Survey data (invented)" if survey.invented else "Survey data")


def _collection(questionnaire: Questionnaire, release: Release) -> Iterator[Part | None]:
    """How respondents were found and asked."""
    design = release.design
    known = catalogue.listing("sampling_design")[design.kind]
    yield _said("sampProc", f"{known.labels}. {known.about} Widest claim: {known.facts['claim']}")
    yield _said("sampProc", _counts(release))
    for key, words in design.notes.items():
        if key != _FRAME:
            yield part("sampProc", f"{key}: {words}") if words else None
    if design.notes.get(_FRAME):
        yield part("sampleFrame", part("txt", design.notes[_FRAME]))
    version = f", version {questionnaire.version}" if questionnaire.version else ""
    yield _said("resInstru", f"Structured questionnaire: form {questionnaire.id}{version}.")
    if release.survey.source:
        yield part("sources", part("dataSrc", release.survey.source))
    weights = "Respondents are weighted." if design.weighted else "Every respondent counts the same."
    yield _said("weight", weights)


def _counts(release: Release) -> str:
    sample = release.design.sample
    said = [f"{sample.records} records"]
    if release.design.clustered:
        said.append(f"{sample.clusters} clusters of the first stage")
    if sample.strata > 1:
        said.append(f"{sample.strata} strata")
    return f"The sample: {', '.join(said)}."


def _errors(release: Release) -> Part | None:
    return group("anlyInfo", [_said("EstSmpErr", basis_in_words(release.design))])


def _use(release: Release) -> Iterator[Part | None]:
    """What may be done with what; in the order of the schema."""
    policy = release.cells.policy
    decided = f" It was decided by: {policy.decided_by}." if policy.decided_by else ""
    yield _said(
        "restrctn",
        f"Records are not published. What may be shown follows the policy “{policy.name}”.{decided}",
    )
    yield _said("conditions", licence_of(release.survey.licence).name)
    yield _said("disclaimer", f"{INVENTED if release.survey.invented else ''} {CITIZEN_DATA}".strip())
