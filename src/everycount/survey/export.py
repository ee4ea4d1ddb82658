"""The records of a survey folder as files, for those who may have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.estimate import narrow
from everycount.estimate.origins import roots
from everycount.estimate.variables import derive
from everycount.faults import Fault, InputError
from everycount.microdata import FORMATS, Request, export
from everycount.microdata.persons import read_key
from everycount.sample import MAIN
from everycount.survey.consent import SHARING, consent_questions
from everycount.survey.folder import FILE, read_folder
from everycount.survey.river import open_records, refuse_empty, silent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everycount.microdata.chosen import Held
    from everycount.sample import Sample
    from everycount.survey.folder import SurveyFolder


@dataclass(frozen=True)
class Wanted:
    """What the person at the keyboard asks for; see :class:`everycount.microdata.Request`.

    Attributes:
        purpose: why, in words; stands in the README of the export.
        given: the records are given to others; needs consent to sharing.
        key: file with the key of the pseudonyms; a new key without it.
    """

    purpose: str
    given: bool = False
    key: Path | None = None
    formats: tuple[str, ...] = FORMATS
    language: str | None = None
    also: tuple[Held, ...] = ()
    without: tuple[str, ...] = ()
    accepted: str = ""


def export_folder(
    path: Path, out: Path, wanted: Wanted, progress: Callable[[str], None] = silent
) -> list[Path]:
    """Writes the records of the survey folder at ``path``.

    Raises:
        InputError: the folder, its records or the request has faults, or consent is missing; nothing is
            written.
    """
    folder = read_folder(path)
    _refuse_unasked(folder, wanted)
    key = read_key(wanted.key)
    opened = open_records(folder, progress)
    sample = derive(opened.sample, opened.plan.variables)
    if wanted.given and folder.consent.sharing is not None:
        sample = narrow(sample, folder.consent.sharing)
        refuse_empty(sample, "Nobody agreed to share.", f"Look at the code in [consent] {SHARING}.")
    progress("writing")
    return export(sample, out, _request(folder, wanted, key, sample))


def _refuse_unasked(folder: SurveyFolder, wanted: Wanted) -> None:
    """Records go to others only where people agreed to that; data that are public already need no asking."""
    if not wanted.purpose.strip():
        raise InputError(
            Fault("--purpose", "It is not said what the records are for.", "Say it in a sentence.")
        )
    asked = consent_questions(folder.questionnaire, SHARING)
    public = not folder.policy.protect and folder.consent.statistics is None and not asked
    if not wanted.given or folder.consent.sharing is not None or public:
        return
    question = asked[0] if asked else "..."
    raise InputError(
        Fault(
            f"{FILE}, [consent]",
            "It is not said who agreed that their answers are given to others.",
            f'Write {SHARING} = {{question = "{question}", in = ["yes"]}}. '
            "Where nobody was asked, the records stay where they are.",
        )
    )


def _request(folder: SurveyFolder, wanted: Wanted, key: bytes, sample: Sample) -> Request:
    held = folder.document.data.get("consent", {})
    heeded = {purpose: held[purpose] for purpose in held if wanted.given or purpose != SHARING}
    return Request(
        survey=folder.facts.id,
        purpose=wanted.purpose.strip(),
        given=wanted.given,
        key=key,
        formats=wanted.formats,
        language=wanted.language or folder.facts.languages[0],
        also=wanted.also,
        without=wanted.without,
        known=_known(folder, sample),
        consent=json.dumps(heeded, ensure_ascii=False) if heeded else "",
        accepted=wanted.accepted.strip(),
        invented=folder.facts.invented,
    )


def _known(folder: SurveyFolder, sample: Sample) -> tuple[str, ...]:
    """The questions behind the dimensions: what a group is by, others can see, and often finer."""
    behind = roots((dimension.question for dimension in folder.plan.dimensions), folder.plan)
    return tuple(name for name in sample.columns[MAIN] if name in behind)
