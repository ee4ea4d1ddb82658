"""Holds a survey file against a questionnaire alone, before anybody opens a record for it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.estimate.condition import questions
from everycount.faults import InputError
from everycount.survey.document import Document
from everycount.survey.folder import FILE, Supplied, SurveyFolder, read_document
from everycount.survey.names import Names, bind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.estimate.plan import Plan
    from everycount.faults import Fault
    from everycount.sample import Column


@dataclass(frozen=True)
class Tried:
    """What a survey file means for a questionnaire.

    Attributes:
        folder: what it says; None after a fault.
        plan: the plan with labels and tables filled in; None after a fault.
        faults: everything that is wrong with it.
    """

    folder: SurveyFolder | None
    plan: Plan | None
    faults: tuple[Fault, ...] = ()


def try_out(content: bytes, columns: Mapping[str, Mapping[str, Column]], name: str = FILE) -> Tried:
    """Reads a survey file as a release would, as far as that can be without records.

    Args:
        content: of the file.
        columns: the questions that its records would have, by table and name.
        name: of the file, for the places of faults.
    """
    try:
        document = Document.typed(content, name)
        # No file that it names is there: records and questionnaire come from elsewhere.
        with tempfile.TemporaryDirectory(prefix="everycount-") as empty:
            folder = read_document(document, Path(empty).resolve(), supplied=Supplied({}, None))
        plan = bind(folder.plan, columns, document, folder.facts.languages[0])
        _check_design(folder, columns)
        document.settle()
    except InputError as error:
        return Tried(None, None, tuple(error.faults))
    return Tried(folder, plan)


def _check_design(folder: SurveyFolder, columns: Mapping[str, Mapping[str, Column]]) -> None:
    """The questions that the design, non-response and consent speak of."""
    made = {variable.id for variable in folder.plan.variables}
    names = Names(folder.document, {table: dict(each) for table, each in columns.items()}, "en")
    design = folder.design
    for key, wanted in (("strata", design.strata), ("clusters", design.clusters)):
        names.check(("design", key), [each for each in wanted if each not in made])
    if isinstance(design.weights, str) and design.weights not in made:
        names.check(("design", "weights"), [design.weights])
    if folder.responded is not None:
        names.check(("nonresponse", "responded"), questions(folder.responded))
    for key, rule in (("statistics", folder.consent.statistics), ("sharing", folder.consent.sharing)):
        if rule is not None:
            names.check(("consent", key), questions(rule))
