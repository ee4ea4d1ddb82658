"""What the node knows of a release beside its numbers, for the machine's evidence: counts, never people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from everycount.framework.known import Body, Checked, Known
from everycount.site.fieldwork.models import Check, Result
from everycount.site.publication.queries.public import decision
from everycount.site.publication.queries.releases import numbers, published
from everycount.site.questionnaires.models import Rule, Stance, Voice
from everycount.site.returns.models import Meeting

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.publication.models import Release


def known(release: Release, *, at: datetime) -> Known:
    """All of it."""
    form = release.plan.questionnaire_id
    voices = _voices(release)
    out = release.published_at
    return Known(
        published=out.date() if out is not None and out <= at else None,
        consented=release.records if release.use is not None else None,
        body=_body(release, at=at),
        endorsed=voices[Stance.ENDORSE] if form else None,
        objected=voices[Stance.OBJECT] if form else None,
        checked=_checked(release),
        promised=bool(release.feedback),
        returned=Meeting.objects.filter(plan=release.plan_id, day__lte=at.date()).count(),
        languages=len(numbers(release).survey.languages) if form else None,
        rounds=_rounds(release, at=at),
    )


def _body(release: Release, *, at: datetime) -> Body | None:
    if release.rule in ("", Rule.NONE):
        return None
    said = decision(release, at=at)
    return Body(said.agree, said.object, said.needed)


def _voices(release: Release) -> Counter[str]:
    rows = Voice.objects.filter(review__version__questionnaire=release.plan.questionnaire_id)
    return Counter(rows.values_list("stance", flat=True))


def _checked(release: Release) -> Checked | None:
    rows = Check.objects.filter(draw__questionnaire=release.plan.questionnaire_id)
    counts = Counter(rows.values_list("result", flat=True))
    if not counts:
        return None
    return Checked(
        counts.total(),
        counts[Result.AGREES],
        counts[Result.DIFFERS],
        counts[Result.NOT_FOUND],
        counts[Result.REFUSED],
    )


def _rounds(release: Release, *, at: datetime) -> int:
    """Periods of which the plan has a public release."""
    rows = published(at=at).filter(plan=release.plan_id)
    return len({numbers(each).survey.period for each in rows})
