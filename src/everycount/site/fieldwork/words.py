"""Flags in words: what is odd, what it is held against, and what to do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from everycount.site.fieldwork.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from everycount.site.fieldwork.models import Flag

KINDS: Mapping[str, object] = {
    Kind.DUPLICATE: gettext_lazy("The same as another one"),
    Kind.NEAR: gettext_lazy("Nearly the same as another one"),
    Kind.SHORT: gettext_lazy("Very short"),
    Kind.LONG: gettext_lazy("Very long"),
    Kind.OVERLAP: gettext_lazy("Two interviews at a time"),
    Kind.STRAIGHT: gettext_lazy("One answer to all questions of a list"),
    Kind.MISSING: gettext_lazy("Many questions left open"),
    Kind.CONSTRAINT: gettext_lazy("An answer that the form does not allow"),
    Kind.OUTLIER: gettext_lazy("A number far from the others"),
    Kind.OUTSIDE: gettext_lazy("Outside the place"),
    Kind.DEVICE: gettext_lazy("One phone, two senders"),
    Kind.CONSENT: gettext_lazy("A question of consent without an answer"),
    Kind.HEAPING: gettext_lazy("Rounded numbers"),
}
# Why it is one, with figures; then what it is held against; then what to do.
_WHY: Mapping[str, str] = {
    Kind.DUPLICATE: gettext_noop("Every answer is the same as in another submission."),
    Kind.NEAR: gettext_noop(
        "%(percent)s %% of %(questions)s questions are answered as in another submission."
    ),
    Kind.SHORT: gettext_noop("It took %(minutes)s minutes by the phone's clock."),
    Kind.LONG: gettext_noop("It took %(minutes)s minutes by the phone's clock."),
    Kind.OVERLAP: gettext_noop("It ran at the same time as another interview of the same collector."),
    Kind.STRAIGHT: gettext_noop("All %(questions)s questions of the list have the same answer."),
    Kind.MISSING: gettext_noop("%(open)s of %(asked)s questions that everybody is asked have no answer."),
    Kind.CONSTRAINT: gettext_noop("The form would not have taken this answer from a phone."),
    Kind.OUTLIER: gettext_noop("The number is far from what others answered."),
    Kind.OUTSIDE: gettext_noop("It was held about %(km)s km from the middle of the place."),
    Kind.DEVICE: gettext_noop("The same phone also sent for somebody else."),
    Kind.CONSENT: gettext_noop("%(open)s questions of consent have no answer, neither yes nor no."),
    Kind.HEAPING: gettext_noop("%(percent)s %% of %(of)s numbers end on 0 or 5."),
}
_HELD: Mapping[str, str] = {
    Kind.DUPLICATE: gettext_noop(
        "Held against all submissions of this questionnaire; chance would hardly make two such."
    ),
    Kind.NEAR: gettext_noop(
        "Half of all submissions agree on %(usual)s %% or more with the one most like them."
    ),
    Kind.SHORT: gettext_noop(
        "Half of all interviews took %(usual)s minutes or more; below %(limit)s is very short."
    ),
    Kind.LONG: gettext_noop(
        "Half of all interviews took %(usual)s minutes or less; above %(limit)s is very long."
    ),
    Kind.OVERLAP: gettext_noop("Held against the beginnings and ends of the collector's other interviews."),
    Kind.STRAIGHT: gettext_noop("With most collectors hardly anybody answers so."),
    Kind.MISSING: gettext_noop("Half of all submissions leave %(usual)s %% or less open."),
    Kind.CONSTRAINT: gettext_noop(
        "Held against the constraint of the question in the version that was answered."
    ),
    Kind.OUTLIER: gettext_noop(
        "Held against the middle half of all answers, on the plain and on the logarithmic scale."
    ),
    Kind.OUTSIDE: gettext_noop(
        "The plan lets the place end at %(radius_km)s km; the phone's own error is taken off."
    ),
    Kind.DEVICE: gettext_noop("Held against all submissions of this questionnaire."),
    Kind.CONSENT: gettext_noop("Held against the form, which asks everybody. Silence is taken for no."),
    Kind.HEAPING: gettext_noop(
        "With all other collectors it is %(others)s %%; the score of digit preference is %(score)s."
    ),
}
_DO: Mapping[str, str] = {
    Kind.DUPLICATE: gettext_noop(
        "Ask the collector whether it was sent twice; reject the one that is too many."
    ),
    Kind.NEAR: gettext_noop(
        "Look at both side by side; where people live alike they may be right. Else visit again."
    ),
    Kind.SHORT: gettext_noop("Ask the collector how it went; where nobody can say, visit again."),
    Kind.LONG: gettext_noop("Most often the form was left open. Ask before you rely on the times."),
    Kind.OVERLAP: gettext_noop("Ask whether the form was left open, or written down later."),
    Kind.STRAIGHT: gettext_noop("Ask how the list was read out; where it is a habit, practise it together."),
    Kind.MISSING: gettext_noop("Ask whether the person wanted to stop. Nobody has to answer."),
    Kind.CONSTRAINT: gettext_noop(
        "It was edited or brought in. Return it and say which answer to ask again."
    ),
    Kind.OUTLIER: gettext_noop(
        "Look at the number: a slip of the finger, another unit, or somebody who is different."
    ),
    Kind.OUTSIDE: gettext_noop("Ask where it was held; the plan may have the place wrong, too."),
    Kind.DEVICE: gettext_noop(
        "Ask who used the phone. A borrowed phone is no fault; a borrowed key is one to replace."
    ),
    Kind.CONSENT: gettext_noop("What was not allowed stays shut. Ask the collector to ask everybody."),
    Kind.HEAPING: gettext_noop("Ask how it is measured; practise it together, and visit some again."),
}
# What whoever sent it is asked: see queries/senders.py.
ASKED: Mapping[str, str] = {
    Kind.DUPLICATE: gettext_noop("It is the same as another one that you sent. Was it sent twice?"),
    Kind.CONSENT: gettext_noop("A question of consent has no answer. Was the person asked?"),
    Kind.CONSTRAINT: gettext_noop("The form does not allow this answer. Is it right?"),
    Kind.OUTSIDE: gettext_noop("It seems to lie outside the place of the plan. Was it there, or elsewhere?"),
    Kind.OVERLAP: gettext_noop("It ran at the same time as another one. Was the form left open?"),
    Kind.SHORT: gettext_noop("By the phone's clock it was much shorter than others. How did it go?"),
    Kind.LONG: gettext_noop("By the phone's clock it was much longer than others. Was the form left open?"),
    Kind.STRAIGHT: gettext_noop("All questions of a list have the same answer. How was it asked?"),
    Kind.MISSING: gettext_noop("Many questions are open. Did the person want to stop? Nobody has to answer."),
    Kind.OUTLIER: gettext_noop("The number is far from what others answered. Is it a slip of the finger?"),
}
_OF_ONE_QUESTION = frozenset({Kind.CONSTRAINT, Kind.OUTLIER})
_BACKWARDS = gettext_noop("By the phone's clock it ends before it begins.")


@dataclass(frozen=True, slots=True)
class Told:
    """A flag as people read it."""

    flag: Flag
    title: str
    about: str
    why: str
    held: str
    do: str


def ask(flag: Flag, label: Callable[[str], str]) -> str:
    """A flag as a question to whoever sent the submission; its kind is one of :data:`ASKED`."""
    words = _(ASKED[flag.kind])
    return f"{label(flag.about)}: {words}" if flag.kind in _OF_ONE_QUESTION and flag.about else words


def tell(flag: Flag, label: Callable[[str], str]) -> Told:
    """A flag in words.

    Args:
        flag: which.
        label: the words of a question, by its place.
    """
    figures: dict[str, str] = defaultdict(lambda: "–")
    figures |= {name: number_format(value) for name, value in flag.figures.items()}
    backwards = flag.kind == Kind.SHORT and flag.figures.get("minutes", 0) < 0
    return Told(
        flag,
        str(KINDS[Kind(flag.kind)]),
        label(flag.about) if flag.about else "",
        _(_BACKWARDS) if backwards else _(_WHY[flag.kind]) % figures,
        "" if backwards else _(_HELD[flag.kind]) % figures,
        _(_DO[flag.kind]),
    )
