"""What a plan has to keep of earlier releases of its initiative, told before anything is computed.

A release under other cuts can be subtracted from an earlier one, so the library refuses it; here an analyst
is told of it on the plan's own page, and puts what is lacking in by one click.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.publication import questions
from everycount.site.publication.clicking.before import Before, behind, part_of, with_before
from everycount.site.publication.clicking.here import Here
from everycount.site.publication.models import Release
from everycount.site.publication.queries import releases as queries
from everycount.survey.earlier import Had, Lacking, lacking
from everycount.survey.told import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from everycount.site.collection.models import Questionnaire

_KNOWN = 64  # releases of which is kept in a process what they counted; some names each


@dataclass(frozen=True)
class Kept:
    """One thing that an earlier release has numbers of and the plan does not keep.

    Attributes:
        release: the newest that has it.
        lacking: what.
        heading: what it is called, for the reader.
        data: the survey file that says how it was made; None where nobody can read it any more.
    """

    release: Release
    lacking: Lacking
    heading: str
    data: Mapping[str, Any] | None


def lacks(text: str, questionnaire: Questionnaire | None, language: str) -> tuple[Kept, ...]:
    """What a plan does not keep of earlier releases; nothing of one that has faults, or counts elsewhere.

    Args:
        text: the plan.
        questionnaire: whose records it counts.
        language: of the reader.
    """
    if questionnaire is None:
        return ()
    tried = questions.tried(text, questionnaire)
    if tried.folder is None:
        return ()
    columns, data = questions.columns_of(questionnaire), tried.folder.document.data
    found: dict[tuple[str, str], Kept] = {}
    for release in queries.public_of(questionnaire.initiative_id).defer(
        "document"
    ):  # the newest last: it says it best
        had = _had(release.pk, release.digest)
        for each in lacking(data, had, columns, protect=tried.folder.policy.protect) or ():
            then = _told(release.text, had, each)
            here = Here(columns, dict(then or had.plan), language)
            part = part_of(here.data, each.noun, each.name) or {}
            heading = here.say(part.get("label")) or here.asked(str(part.get("question", ""))) or each.name
            found[each.noun, each.name] = Kept(release, each, heading, then)
    return tuple(found.values())


def kept(text: str, questionnaire: Questionnaire, wanted: Sequence[Kept]) -> str:
    """The plan with everything as it was released before.

    Raises:
        InputError: it cannot be put in by a click.
    """
    columns = {name for table in questions.columns_of(questionnaire).values() for name in table}
    befores = [Before(each.lacking, each.data) for each in wanted if each.data is not None]
    made = with_before(text, befores, columns)
    left = [each.heading for each in wanted if each.data is None]
    left += [each.heading for each in lacks(made, questionnaire, "en")] if not left else []
    faults = questions.tried(made, questionnaire).faults
    if faults or left:
        problem = _("It could not be put in by itself: %(what)s") % {
            "what": ", ".join(left) or faults[0].problem
        }
        raise InputError(Fault("survey.toml", problem, _("Write it by hand, as it was in that release.")))
    return made


def _told(text: str, had: Had, wanted: Lacking) -> Mapping[str, Any] | None:
    """The survey file of a release: as it is kept here, or as the release tells it where that is whole."""
    try:
        data: Mapping[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        data = {}
    if part_of(data, wanted.noun, wanted.name) is not None:
        return data
    part = part_of(had.plan, wanted.noun, wanted.name)
    if part is None or LEFT_OUT in json.dumps([part, *behind(had.plan, part)], ensure_ascii=False):
        return None
    return had.plan


@lru_cache(maxsize=_KNOWN)
def _had(name: UUID, _digest: str) -> Had:
    return Had.of(queries.numbers(Release.objects.defer("document", "text").get(pk=name)))
