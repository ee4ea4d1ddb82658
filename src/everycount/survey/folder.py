"""A survey folder: one ``survey.toml`` and the files that it names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.questionnaire import read_xlsform
from everycount.survey.calibration import read_calibration
from everycount.survey.consent import ConsentRule, read_consent
from everycount.survey.document import Document, Reader
from everycount.survey.facts import read_design, read_facts, read_languages, read_policy
from everycount.survey.measures import read_plan
from everycount.survey.nonresponse import read_nonresponse
from everycount.survey.quality import read_quality
from everycount.survey.records import read_questionnaire, read_sources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from everycount.estimate.condition import Condition
    from everycount.estimate.plan import Plan
    from everycount.protect import Policy
    from everycount.quality import Roles
    from everycount.questionnaire import Questionnaire
    from everycount.release.model import SurveyFacts
    from everycount.sample import Design, Source

FILE = "survey.toml"
MISSING = ("",)  # texts that mean "no answer" where the survey file says nothing: the empty one


@dataclass(frozen=True)
class SurveyFolder:
    """Everything that a survey file says, read and checked as far as it can be without opening a record.

    Attributes:
        path: the folder.
        document: the file itself, for the places of later faults and for the provenance.
        facts, design, consent, policy, plan: its parts.
        responded: what is true of a record that answered, where others stand in the file, too.
        sources: the files of the records by table.
        missing: texts that mean "no answer".
        questionnaire: what was asked, where that is known.
        quality: which columns the checks of quality look at, where the file says so.
        files: every file that was or will be read.
    """

    path: Path
    document: Document
    facts: SurveyFacts
    design: Design
    responded: Condition | None
    consent: ConsentRule
    policy: Policy
    plan: Plan
    sources: Mapping[str, Source]
    missing: tuple[str, ...]
    questionnaire: Questionnaire | None
    quality: Roles | None
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Supplied:
    """Records and questionnaire from elsewhere, in place of those that a survey file names.

    Whoever supplies records opened those alone whose people agreed, so ``[consent]`` is not demanded; where
    it stands, it holds as well.

    Attributes:
        sources: the files of the records by table, inside the survey folder.
        questionnaire: what was asked, as an XLSForm inside the survey folder; None where whoever looks at the
            plan alone knows it already.
    """

    sources: Mapping[str, Source]
    questionnaire: Path | None


def read_folder(
    path: Path, *, policy: str | None = None, records: bool = True, supplied: Supplied | None = None
) -> SurveyFolder:
    """The survey folder at ``path``.

    Args:
        path: the folder; naming the ``survey.toml`` in it is as good.
        policy: name of a policy that takes the place of the file's.
        records: whether the files of the records must be there; a plan is enough to pool what others sent.
        supplied: takes the place of the files that the survey file names, which need not be there.

    Raises:
        InputError: with every fault that can be found without opening the records.
    """
    folder = path.parent if path.name == FILE else path
    if not folder.is_dir():
        raise InputError(Fault(str(path), "There is no such folder.", f"Name a folder with a {FILE}."))
    folder = folder.resolve()
    document = Document.read(folder / FILE)
    return read_document(document, folder, policy, records=records, supplied=supplied)


def read_document(
    document: Document,
    folder: Path,
    policy: str | None = None,
    *,
    records: bool = True,
    supplied: Supplied | None = None,
) -> SurveyFolder:
    """What a survey file says, wherever its text comes from; the files that it names stand in ``folder``.

    Raises:
        InputError: with every fault that can be found without opening the records.
    """
    root = document.root()
    survey = root.table("survey")
    if survey is None:
        raise InputError(
            Fault(
                document.name,
                "The table [survey] is missing.",
                "Begin with [survey] and id, title, period, area.",
            )
        )
    return _read(folder, document, root, survey, policy, records=records, supplied=supplied)


def _supplied(form: Path | None) -> Questionnaire | None:
    return None if form is None else read_xlsform(form.read_bytes(), form.name)


def _read(
    folder: Path,
    document: Document,
    root: Reader,
    survey: Reader,
    policy: str | None,
    *,
    records: bool,
    supplied: Supplied | None,
) -> SurveyFolder:
    languages = read_languages(survey)
    facts = read_facts(survey, languages)
    for name in ("records", "questionnaire"):
        survey.raw(name)  # known, even where nobody opens it
    missing = survey.strings("missing") if "missing" in survey else MISSING
    if supplied is None:
        sources = read_sources(survey, folder) if records else {}
        questionnaire, asked_in = read_questionnaire(survey, folder)
    else:
        sources = dict(supplied.sources)
        asked_in = (supplied.questionnaire,) if supplied.questionnaire else ()
        questionnaire = _supplied(supplied.questionnaire)
    survey.close()
    design, weights = read_design(root)
    calibration, margins = read_calibration(root, folder)
    nonresponse, responded = read_nonresponse(root, design)
    design = replace(design, calibration=calibration, nonresponse=nonresponse)
    plan = read_plan(root, languages[0])
    consent = read_consent(root, questionnaire if supplied is None else None)
    chosen = read_policy(root, policy)
    quality = read_quality(root, plan.dimensions)
    root.close()
    document.settle()

    return SurveyFolder(
        path=folder,
        document=document,
        facts=facts,
        design=design,
        responded=responded,
        consent=consent,
        policy=chosen,
        plan=replace(plan, variables=(*plan.variables, *weights)),
        sources=sources,
        missing=missing,
        questionnaire=questionnaire,
        quality=quality,
        files=(
            folder / FILE,
            *asked_in,
            *margins,
            *dict.fromkeys(source.path for source in sources.values()),
        ),
    )
