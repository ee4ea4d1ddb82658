"""Releases of initiatives that count elsewhere: the file that the library wrote is decided and shown here."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.people.policy import Verb, may
from everycount.site.publication.actions import computing
from everycount.site.publication.actions.moving import Told, move
from everycount.site.publication.actions.plans import free_slug
from everycount.site.publication.models import Plan, Release
from everycount.site.publication.queries.releases import earlier
from everycount.site.publication.states import Move

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.release import Release as Numbers
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

MOST = 20_000_000  # bytes of a release.json: as much as a page takes; about 30,000 cells
LONGEST = 400_000  # letters of a survey file
_OWN = "own"  # a policy for those alone who keep the records


@transaction.atomic
def bring(
    *,
    initiative: Initiative,
    document: bytes,
    by: Person,
    at: datetime,
    plan: Plan | None = None,
    survey_file: str = "",
) -> Release:
    """Takes the ``release.json`` of the library as a draft.

    Args:
        initiative: whose it is.
        document: the file.
        by: who brings it.
        at: when.
        plan: of which it is the next release; without it, of a plan of its own.
        survey_file: the survey file that it was made from, for readers to see; "" where it stays elsewhere.

    Raises:
        PermissionDenied: the person may not.
        InputError: it is no release, was changed, is not for the public, or was made without regard to what
            is public here already.
    """
    if not may(by, Verb.PLAN_RELEASES, initiative, at=at):
        raise PermissionDenied
    numbers = _read(document)
    if plan is None:
        plan = _plan(initiative, numbers, survey_file, by, at)
    made = computing.add(plan=plan, by=by, at=at)
    given = [each.digest for each in earlier(made)]
    _check(numbers, given)
    return move(
        release=made,
        step=Move.BRING,
        by=by,
        at=at,
        told=Told(payload={"digest": numbers.digest}),
        document=zlib.compress(document, 6),
        digest=numbers.digest,
        policy=numbers.cells.policy.name,
        given=given,
        computed_at=at,
    )


def _read(document: bytes) -> Numbers:
    from everycount.release import release_from_json  # noqa: PLC0415 - brings arrays, and memory is dear

    if len(document) > MOST:
        problem = _("It is larger than %(size)s MB.") % {"size": MOST // 1_000_000}
        raise InputError(Fault("release.json", problem, _("Release fewer tables at a time.")))
    try:
        read = json.loads(document)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        problem = _("This is no release.json.")
        raise InputError(Fault("release.json", problem, _("Take the file that everycount release wrote.")))
    return release_from_json(read)


def _check(numbers: Numbers, given: list[str]) -> None:
    if numbers.cells.policy.name == _OWN:
        problem = _("It was made for those alone who keep the records.")
        remedy = _("Release it again with the policy public, partners or open.")
        raise InputError(Fault("release.json", problem, remedy))
    known = {numbers.provenance.supersedes, *getattr(numbers.provenance, "given", ())}
    if set(given) - known:
        problem = _("It was made without regard to what is public already.")
        remedy = _("Release it again with --given and each release.json that is public here.")
        raise InputError(Fault("release.json", problem, remedy))


def _plan(initiative: Initiative, numbers: Numbers, text: str, by: Person, at: datetime) -> Plan:
    survey = numbers.survey
    title = survey.title.say(survey.languages[0], survey.id)[:200]
    return Plan.objects.create(
        initiative=initiative,
        slug=free_slug(title),
        title=title,
        text=text,
        made_at=at,
        changed_at=at,
        changed_by=by,
    )
