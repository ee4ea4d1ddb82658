"""What stands beside a release: its decisions as data, and its SDMX files with them.

A release never changes, so nothing of this is in its own folder or its list of digests. It is made when it is
asked for, from the release and the decisions that hold at that moment.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from everycount import framework
from everycount.site.decisions.queries import deciding
from everycount.site.decisions.words import BESIDE
from everycount.site.publication.queries.public import decision as community
from everycount.site.publication.queries.releases import numbers, previous

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.decisions.models import Decision
    from everycount.site.publication.models import Release

DECISIONS = "decisions.json"


def file(release: Release, name: str, *, at: datetime) -> bytes | None:
    """One of the files beside a release; None for another name, and for SDMX where no decision holds."""
    if name not in BESIDE:
        return None
    if name == DECISIONS:
        rows = [document(each, at=at) for each in deciding.of_release(release)]
        return _json({"release": release.digest, "decisions": rows})
    rows_held = [deciding.told(each) for each in deciding.holding(release, at=at)]
    if not rows_held:
        return None
    from everycount.formats import sdmx  # noqa: PLC0415 - writers are loaded where files are made

    before = previous(release)
    return sdmx.files(numbers(release), numbers(before) if before else None, rows_held)[name]


def document(here: Decision, *, at: datetime) -> dict[str, Any]:
    """A decision with its whole profile, for programs: answers, evidence and gates, and never one total."""
    about = here.assessment
    said = community(about.release, at=at)
    lens = framework.lens(about.lens)
    plain = json.loads(json.dumps(asdict(deciding.told(here)), default=str))
    return {
        **plain,
        "holds": deciding.holds(here, at=at),
        "supersedes": _address(here.supersedes),
        "superseded_by": _address(after.pk if (after := deciding.after(here)) else None),
        "release": about.release.digest,
        "criteria": about.model,
        "lens": {"id": lens.id, "name": lens.name, "dated": lens.dated, "source": lens.source},
        "answers": [
            {"criterion": one.criterion, "answer": one.answer, "reason": one.reason, "evidence": one.link}
            for one in about.scores.order_by("pk")
        ],
        "computed": about.computed,
        "computed_on": f"{about.begun_at:%Y-%m-%d}",
        "community": {
            "agreed": said.agree,
            "objected": said.object,
            "needed": said.needed,
            "said": [{"stance": stance, "words": words} for stance, words in said.voices],
        },
    }


def plain(here: Decision, *, at: datetime) -> bytes:
    """One decision as a file."""
    return _json(document(here, at=at))


def _address(name: object) -> str | None:
    from everycount.site.publication.citing import absolute  # noqa: PLC0415 - brings arrays

    return None if name is None else absolute(f"/decisions/{name}")


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
