"""The profile of an assessment: every criterion with its answer and its evidence, and never one total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount import framework
from everycount.site.decisions import words
from everycount.site.decisions.queries import assessing as queries

if TYPE_CHECKING:
    from everycount.site.decisions.models import Assessment, Score


@dataclass(frozen=True)
class Row:
    """One criterion as pages show it.

    Attributes:
        lens: headings of the lens under which it stands.
        figures: sentences of the machine, and where each comes from.
        unknown: what the machine does not know.
        said: what the answer means; empty where there is none yet.
        proposed: what the answer means that the machine proposes.
    """

    id: str
    block: str
    name: str
    question: str
    counts: str
    lens: tuple[str, ...]
    figures: list[tuple[str, str]]
    unknown: list[str]
    score: Score | None
    said: str
    proposed: str


def profile(here: Assessment) -> list[Row]:
    """In the order of the model."""
    lens, held = framework.lens(here.lens), queries.scores(here)
    machine = {each.criterion: each for each in queries.evidence(here)}
    language = words.language()
    rows = []
    for each in queries.criteria(here):
        score, computed = held.get(each.id), machine[each.id]
        rows.append(
            Row(
                id=each.id,
                block=each.block,
                name=each.name.say(language),
                question=each.question.say(language),
                counts=each.counts.say(language),
                lens=lens.words_for(each.id),
                figures=words.figures(computed),
                unknown=words.unknown(computed),
                score=score,
                said=words.level(each, score.answer) if score else "",
                proposed=words.level(each, computed.proposed) if computed.proposed else "",
            )
        )
    return rows


def by_block(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Rows under the heading of their block."""
    names = dict.fromkeys(row.block for row in rows)
    return [(_(words.BLOCKS[name]), [row for row in rows if row.block == name]) for name in names]
