"""Evidence that follows from a release and what is known of it.

A machine counts and does not judge: it proposes an answer only where the model ties one to a fact, the design
of the sample (M3) and the relation to an indicator (M1). What it cannot know it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.framework.figures import Evidence
from everycount.framework.known import NOTHING_KNOWN
from everycount.framework.model import model
from everycount.framework.rules import institution, method, output
from everycount.framework.rules.subject import subject_of

if TYPE_CHECKING:
    from everycount.framework.known import Known
    from everycount.release import Release


def evidence(release: Release, measure: str, known: Known = NOTHING_KNOWN) -> tuple[Evidence, ...]:
    """Evidence for every criterion, in their order; a criterion of people alone has none.

    Args:
        release: what is assessed.
        measure: id of the measure whose use is meant.
        known: what the release itself does not say.

    Raises:
        InputError: the release has no such measure.
    """
    about = subject_of(release, measure, known)
    made = {**institution.RULES, **method.RULES, **output.RULES}
    return tuple(made[each.id](about) if each.id in made else Evidence(each.id) for each in model().criteria)
