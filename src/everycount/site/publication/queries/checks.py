"""What speaks for a release, and what somebody should look at before it goes on.

:func:`facts` asks the database once; :func:`checks` is a pure function of what it found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everycount.site.people.models import Assignment, Role
from everycount.site.publication import back
from everycount.site.publication.queries.deciding import rule_of
from everycount.site.publication.queries.inside import why_stale
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.queries.tables import SHOWN, WITHHELD, said_by
from everycount.site.questionnaires.models import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from everycount.formats.report.view import View
    from everycount.release import Release as Numbers
    from everycount.site.publication.models import Release

_UNRELIABLE = "suppressed_unreliable"
_HIDDEN = frozenset({"suppressed_small", "suppressed_complementary", WITHHELD})
_MANY = 0.5  # of all numbers; where more is hidden, the groups are too small for the plan


class Grade(StrEnum):
    """How a check came out."""

    GOOD = "good"
    LOOK = "look"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it looked at, how it came out in words, what to do, and about what.

    Attributes:
        do: "" where nothing is to be done.
        about: what it is about, a line each.
    """

    title: str
    grade: Grade
    words: str
    do: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the checks need to know.

    Attributes:
        stale: why it has to be computed again: ``consent``, ``other``, or "".
        is_elsewhere: it was computed elsewhere and brought here.
        given: against how many earlier releases it was protected.
        records: how many were opened for it.
        returned: meetings since the release before; None where this is the first one.
        rule, quorum, members: how the community body decides, by how many, and how many it has.
    """

    numbers: Numbers
    stale: str
    is_elsewhere: bool
    given: int
    records: int
    accepted_only: bool
    feedback: str
    returned: int | None
    rule: str
    quorum: int
    members: int


def facts(release: Release, *, at: datetime) -> Facts:
    """What is known of a release that was computed."""
    rule, quorum, _reason = rule_of(release.plan.initiative_id)
    body = Assignment.objects.filter(
        initiative=release.plan.initiative_id, role=Role.COMMUNITY, since__lte=at
    ).exclude(until__lte=at)
    return Facts(
        numbers(release),
        why_stale(release),
        release.plan.questionnaire_id is None,
        len(release.given),
        release.records,
        release.accepted_only,
        release.feedback,
        _returned(release),
        release.rule or rule,
        release.quorum or quorum,
        body.values("person").distinct().count(),
    )


def _returned(release: Release) -> int | None:
    """A promise is worth what became of the one before."""
    earlier = release.plan.releases.filter(number__lt=release.number, published_at__isnull=False)
    before = earlier.order_by("-published_at").first()
    if before is None or before.published_at is None:
        return None
    return back.held(release.plan, before.published_at.date())


def checks(known: Facts, view: View) -> tuple[Check, ...]:
    """All checks, those that stop it first; ``view`` says the same numbers in a language."""
    made = [
        _disclosure(known),
        _withdrawn(known),
        _consent(known),
        _feedback(known),
        _community(known),
        _hidden(known),
        *_closed(view),
        _unreliable(view),
        *_metadata(view),
    ]
    order = [Grade.STOP, Grade.LOOK, Grade.GOOD]
    return tuple(sorted(made, key=lambda one: order.index(one.grade)))


def _disclosure(known: Facts) -> Check:
    """Protection ends the making of a release that does not keep its secrets, so what is here kept them."""
    title = _("Can anybody work out what is hidden?")
    if known.stale == "other":
        words = _("Another release came out since. Beside it, these numbers were not tried.")
        return Check(title, Grade.STOP, words, _("Compute it again."))
    if not known.numbers.cells.policy.protect:
        words = _("Nothing is protected: the rule of the plan says that the records are public already.")
        return Check(title, Grade.LOOK, words, _("Take another rule in the plan if they are not."))
    words = _("No. Before it was kept, the node tried it with everything that it prints.")
    if known.given:
        words += " " + ngettext(
            "It was tried together with %(n)s earlier release of this initiative.",
            "It was tried together with %(n)s earlier releases of this initiative.",
            known.given,
        ) % {"n": known.given}
    about = (
        _("Tried: every hidden number, from its neighbours, totals and all tables together."),
        _("Not tried: what somebody knows from elsewhere, and records that were given to others."),
    )
    return Check(title, Grade.GOOD, words, about=about)


def _withdrawn(known: Facts) -> Check:
    title = _("Did anybody take consent back since?")
    if known.stale == "consent":
        words = _("Yes. Numbers that they are counted in do not hold any more.")
        return Check(title, Grade.STOP, words, _("Compute it again."))
    return Check(title, Grade.GOOD, _("No."))


def _consent(known: Facts) -> Check:
    title = _("Did everybody agree to be counted?")
    if known.is_elsewhere:
        words = _("It was computed elsewhere. This node holds no record of it and cannot tell.")
        return Check(title, Grade.LOOK, words, _("Ask whoever brought it."))
    words = ngettext(
        "Yes. %(n)s record was opened, of somebody who agreed to be counted in tables.",
        "Yes. %(n)s records were opened, each of somebody who agreed to be counted in tables.",
        known.records,
    ) % {"n": known.records}
    if known.accepted_only:
        return Check(title, Grade.GOOD, words + " " + _("Reviewers accepted each of them."))
    words += " " + _("Some of them no reviewer may have looked at yet.")
    return Check(title, Grade.LOOK, words, _("Finish the review, then compute it from what was accepted."))


def _feedback(known: Facts) -> Check:
    title = _("What comes back to the people who answered?")
    if known.feedback and known.returned == 0:
        words = _("No meeting is written down in which the release before was brought back.")
        do = _("Bring it back, and write it down among what came back.")
        return Check(title, Grade.LOOK, words, do, (known.feedback,))
    if known.feedback:
        about = []
        if known.returned:
            about.append(
                ngettext(
                    "%(n)s meeting is written down in which the release before was brought back.",
                    "%(n)s meetings are written down in which the release before was brought back.",
                    known.returned,
                )
                % {"n": known.returned}
            )
        return Check(title, Grade.GOOD, known.feedback, about=tuple(about))
    return Check(title, Grade.STOP, _("It does not say."), _("Whoever proposes it writes it down."))


def _community(known: Facts) -> Check:
    title = _("Can the community decide?")
    if known.rule == Rule.NONE:
        words = _("No community body is asked: the initiative's rule has it so.")
        return Check(title, Grade.LOOK, words, _("The steward can change the rule."))
    needed = known.members if known.rule == Rule.ALL else known.quorum
    words = ngettext(
        "%(n)s person is in the community body.", "%(n)s people are in the community body.", known.members
    ) % {"n": known.members}
    words += " " + _("Needed to agree: %(n)s.") % {"n": max(needed, 1)}
    if known.members < max(needed, 1):
        return Check(title, Grade.STOP, words, _("Invite people into the community body."))
    return Check(title, Grade.GOOD, words)


def _hidden(known: Facts) -> Check:
    title = _("How much is hidden?")
    cells = known.numbers.cells.cells
    count = sum(cell.status in _HIDDEN for cell in cells)
    withheld = sum(cell.status == WITHHELD for cell in cells)
    words = _("%(n)s of %(all)s numbers are hidden to protect people.") % {"n": count, "all": len(cells)}
    if withheld:
        words += " " + _("Of these the community withheld %(n)s.") % {"n": withheld}
    if cells and count > _MANY * len(cells):
        return Check(title, Grade.LOOK, words, _("Join small groups in the plan, or split by less."))
    return Check(title, Grade.GOOD, words)


def _closed(view: View) -> Iterator[Check]:
    """Tables of which nothing is shown."""
    shown: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for cell in view.release.cells.cells:
        place = cell.measure, tuple(name for name, _code in cell.cell)
        shown[place] += cell.status == SHOWN
    names = {one.id: one for one in view.release.measures}
    about = tuple(
        f"{view.measure_plain(names[measure])}: {said_by(view, by) if by else _('everybody together')}"
        for (measure, by), count in shown.items()
        if not count
    )
    if about:
        words = _("Of these tables no number is shown.")
        yield Check(
            _("Is a table empty?"), Grade.LOOK, words, _("Leave them out of the plan, or join groups."), about
        )


def _unreliable(view: View) -> Check:
    from everycount.formats.report.view import uncertain  # noqa: PLC0415 - it brings arrays

    title = _("Are the numbers sure enough?")
    cells = view.release.cells.cells
    hidden = sum(cell.status == _UNRELIABLE for cell in cells)
    care = sum(map(uncertain, cells))
    words = _("%(care)s numbers carry a warning; %(hidden)s are hidden because they are too uncertain.") % {
        "care": care,
        "hidden": hidden,
    }
    if view.release.design.basis == "none":
        words += " " + _("No number has an interval: people were not drawn by lot.")
    if hidden or care:
        return Check(title, Grade.LOOK, words, _("Join groups, or ask more people next time."))
    return Check(title, Grade.GOOD, words)


def _metadata(view: View) -> Iterator[Check]:
    """What readers need beside the numbers, and do not get."""
    missing = tuple(_missing(view))
    title = _("Do readers find what they need to know?")
    if missing:
        yield Check(title, Grade.LOOK, _("Something is missing."), _("Write it into the plan."), missing)
    else:
        yield Check(title, Grade.GOOD, _("Yes."))
    loose = tuple(view.measure_plain(one) for one in view.release.measures if one.sdg is None)
    if loose:
        words = _("These measures name no indicator of the Sustainable Development Goals.")
        do = _("Name one in the plan, and how close it is: measures, stands in for it, or context.")
        yield Check(_("Which indicators does it speak of?"), Grade.LOOK, words, do, loose)


def _missing(view: View) -> Iterator[str]:
    survey, design = view.release.survey, view.release.design
    facts = (
        (survey.period, _("when people were asked")),
        (survey.about, _("who asked whom, and why")),
        (survey.asked_by, _("who asked")),
        (survey.licence, _("what others may do with the numbers")),
        (design.notes, _("how people were found, in words (notes of the design)")),
    )
    yield from (words for held, words in facts if not held)
    for one in view.release.measures:
        name = view.measure_plain(one)
        if not one.labels:
            yield _("a name for the measure %(name)s") % {"name": name}
        elif absent := _absent(one.labels.languages, survey.languages):
            yield _("the name of %(name)s in %(languages)s") % {"name": name, "languages": absent}
        if not one.wording:
            yield _("the question as it was asked, for %(name)s") % {"name": name}
    for dimension in view.release.dimensions:
        if not dimension.labels or not all(label for _code, label in dimension.groups):
            yield _("names for %(name)s and its groups") % {"name": view.dimension_plain(dimension)}


def _absent(held: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Languages of the survey that a text does not have; one of unknown language is not blamed."""
    return ", ".join(one for one in wanted if one not in held) if "und" not in held else ""
