"""The questions of a questionnaire that a plan may speak of, and how many records there are to count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from everycount.microdata.asked import tables_of
from everycount.microdata.chosen import held_for
from everycount.site.collection import queries as collection
from everycount.site.consent.models import Purpose
from everycount.site.exports import queries as exports
from everycount.site.exports.wanted import ALSO
from everycount.survey.asked import About, propose_plan
from everycount.survey.trying import Tried, try_out

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from uuid import UUID

    from everycount.sample import Column
    from everycount.site.collection.models import Questionnaire


def columns_of(questionnaire: Questionnaire | None) -> Mapping[str, Mapping[str, Column]]:
    """The questions that records are laid down with for a release, by table and name.

    There are none where an initiative counts elsewhere.
    """
    return _columns(tuple(collection.published_versions(questionnaire)) if questionnaire else ())


@lru_cache(maxsize=8)
def _columns(versions: tuple[UUID, ...]) -> Mapping[str, Mapping[str, Column]]:
    forms = [collection.form(version) for version in versions]
    if not forms:
        return {"main": {}}
    also = ALSO[Purpose.STATISTICS]
    return {
        table.name: {
            column.name: column
            for _, column in table.columns
            if (reason := held_for(column)) is None or reason in also
        }
        for table in tables_of(forms)
    }


@lru_cache(maxsize=32)
def _tried(text: str, versions: tuple[UUID, ...]) -> Tried:
    return try_out(text.encode(), _columns(versions))


def tried(text: str, questionnaire: Questionnaire | None) -> Tried:
    """A survey file as the library reads it beside these questions; kept, for every page asks.

    Of a plan that counts elsewhere nothing is said: its questions are not known here.
    """
    if questionnaire is None:
        return Tried(None, None)
    return _tried(text, tuple(collection.published_versions(questionnaire)))


@dataclass(frozen=True, slots=True)
class Begun:
    """What an analyst says before anything is proposed."""

    area: str
    invented: bool


def proposed(questionnaire: Questionnaire, begun: Begun, today: dt.date) -> str:
    """A survey file from the questionnaire alone."""
    form = collection.form(collection.published_versions(questionnaire)[0])
    about = About(questionnaire.form_id, begun.area, f"{today:%Y-%m}", today)
    text = propose_plan(form, columns_of(questionnaire), about)
    mark = "invented = true\n" if begun.invented else ""
    return text.replace(f'area = "{begun.area}"\n', f'area = "{begun.area}"\n{mark}', 1)


def countable(questionnaire: Questionnaire | None) -> int:
    """How many records a release could count today."""
    if questionnaire is None:
        return 0
    return exports.counted(questionnaire, Purpose.STATISTICS).goes
