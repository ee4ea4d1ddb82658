"""How a plan would come out: foreseen from numbers of people alone, and as the newest draft computed it.

Nothing here opens a record. What is foreseen rests on a number that somebody gives and on what earlier
releases of the initiative show of its groups; where they show nothing, groups are thought to be equally
large. What is computed is read from a draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import ceil, floor
from statistics import median
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everycount.estimate.plan import SHARES
from everycount.estimate.power import foreseen_interval, told_apart
from everycount.protect import Status, guards
from everycount.sample import MAIN, Basis
from everycount.sample.claims import basis
from everycount.site.publication import questions
from everycount.site.publication.clicking.here import Here
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycount.estimate.plan import Dimension
    from everycount.protect import Policy
    from everycount.release import Release as Numbers
    from everycount.site.publication.models import Plan
    from everycount.survey.trying import Tried

SAID = 0.3  # the share of which the page speaks
MOST_NAMED = 12  # groups that are named as too small
_CLUSTERED = (
    2.0  # design effect that is commonly planned with for clusters (UN, Household Sample Surveys, 2005)
)


class Suppose(forms.Form):
    """How many people, and how much the design costs."""

    n = forms.IntegerField(min_value=1, max_value=10_000_000)
    deff = forms.FloatField(min_value=0.5, max_value=20)

    def __init__(self, data: Any, plan: Plan) -> None:
        self.countable = questions.countable(plan.questionnaire)
        super().__init__(data)
        n, deff = self.fields["n"], self.fields["deff"]
        n.label = _("How many people will be counted?")
        n.help_text = _("Today there are %(count)d records that can be counted.") % {"count": self.countable}
        n.initial = self.countable or 100
        deff.label = _("Design effect")
        deff.help_text = _("1 where everybody was drawn one by one; about 2 where places were drawn first.")
        deff.initial = 1

    @property
    def supposed(self) -> tuple[int, float] | None:
        """Both, as sent or as they stand there first; None after a fault."""
        if not self.is_bound:
            return self.fields["n"].initial, float(self.fields["deff"].initial)
        return (self.cleaned_data["n"], self.cleaned_data["deff"]) if self.is_valid() else None


@dataclass(frozen=True, slots=True)
class Row:
    """One breakdown, as it is foreseen.

    Attributes:
        by: names of its dimensions; "" for everybody.
        cells: groups of it.
        people: fewest and most people expected in a group.
        hidden: groups with too few people to be shown.
        named: of those, some.
        between: the interval that 30 in 100 would have in a group of middle size; None without intervals.
        apart: the share that is told from it there.
    """

    by: str
    cells: int
    people: tuple[int, int]
    hidden: int
    named: tuple[str, ...]
    between: tuple[float, float] | None
    apart: float | None

    @property
    def percent(self) -> tuple[int, int] | None:
        """The interval in 100 people, rounded away from its middle."""
        return None if self.between is None else (floor(self.between[0] * 100), ceil(self.between[1] * 100))

    @property
    def apart_percent(self) -> int | None:
        """The same of the share that is told apart, rounded up."""
        return None if self.apart is None else ceil(self.apart * 100)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """All of them; ``known`` are the dimensions whose sizes an earlier release shows."""

    rows: tuple[Row, ...]
    has_intervals: bool
    known: tuple[str, ...]
    fewest: int
    n: int


def foreseen(plan: Plan, tried: Tried, form: Suppose) -> Foreseen | None:
    """What can be said before records are opened; None where the plan or the numbers have a fault."""
    supposed = form.supposed
    if tried.plan is None or tried.folder is None or supposed is None:
        return None
    n, deff = supposed
    if not form.is_bound and tried.folder.design.clusters:
        deff = _CLUSTERED
        form.fields["deff"].initial = deff
    by_name = {each.id: each for each in tried.plan.dimensions}
    tables = {measure.id: measure.table for measure in tried.plan.measures}
    wanted = dict.fromkeys(
        table.by
        for table in tried.plan.tables
        if any(tables.get(name, MAIN) == MAIN for name in table.measures)
    )
    earlier = _shown(plan)
    shares = {name: _shares(each, earlier, plan) for name, each in by_name.items()}
    has_intervals = basis(tried.folder.design.kind) is Basis.DESIGN
    said = _Said(n, deff, tried.folder.policy, has_intervals)
    rows = tuple(
        _row(tuple(by_name[name] for name in by), shares, said)
        for by in wanted
        if all(name in by_name and shares[name] for name in by)
    )
    known = tuple(_name(by_name[name]) for name in by_name if name in _sizes(earlier))
    return Foreseen(rows, has_intervals, known, tried.folder.policy.min_respondents, n)


@dataclass(frozen=True, slots=True)
class _Said:
    n: int
    deff: float
    policy: Policy
    has_intervals: bool


def _row(by: tuple[Dimension, ...], shares: Mapping[str, Mapping[str, float]], said: _Said) -> Row:
    """One breakdown: characteristics are thought to have nothing to do with each other."""
    is_sensitive = any(_is_sensitive(each) for each in by)
    policy = said.policy
    fewest = policy.min_respondents_sensitive if is_sensitive else policy.min_respondents
    sizes = []
    for codes in product(*(shares[each.id] for each in by)):
        size = float(said.n)
        for each, code in zip(by, codes, strict=True):
            size *= shares[each.id][code]
        sizes.append((size, codes))
    small = [codes for size, codes in sizes if policy.protect and size < fewest]
    middle = median(size for size, _codes in sizes)
    effective = middle / said.deff
    return Row(
        by=" × ".join(_name(each) for each in by),
        cells=len(sizes),
        people=(int(min(size for size, _codes in sizes)), int(max(size for size, _codes in sizes))),
        hidden=len(small),
        named=tuple(" × ".join(map(_group, by, codes)) for codes in small[:MOST_NAMED]),
        between=foreseen_interval(middle, SAID, deff=said.deff) if said.has_intervals else None,
        apart=told_apart(effective, SAID) if said.has_intervals and by else None,
    )


def _is_sensitive(dimension: Dimension) -> bool:
    return dimension.sensitive or bool(guards(dimension))


def _name(dimension: Dimension) -> str:
    return dimension.labels.say(get_language() or "en", dimension.id)


def _group(dimension: Dimension, code: str) -> str:
    words = {group.code: group.labels for group in dimension.groups}
    return words[code].say(get_language() or "en", code) if code in words else code


# --- How large groups are -----------------------------------------------------------------------------------


def _shown(plan: Plan) -> Numbers | None:
    """The newest release, or draft, of the same questionnaire."""
    rows = Release.objects.filter(plan__questionnaire=plan.questionnaire_id).exclude(digest="")
    newest = rows.order_by("-computed_at").first()
    return numbers(newest) if newest is not None else None


def _sizes(release: Numbers | None) -> dict[str, dict[str, int]]:
    """People in each group of each dimension, as far as they are shown."""
    found: dict[str, dict[str, int]] = {}
    for cell in release.cells.cells if release else ():
        if len(cell.cell) == 1 and cell.n is not None:
            ((name, code),) = cell.cell
            sizes = found.setdefault(name, {})
            sizes[code] = max(sizes.get(code, 0), cell.n)
    return found


def _shares(dimension: Dimension, release: Numbers | None, plan: Plan) -> dict[str, float]:
    """The share of people in each group: as shown before, else all alike.

    A group of which nothing is shown is given what is left of the people, or nothing.
    """
    codes = [group.code for group in dimension.groups] or _answers(dimension, plan)
    sizes = {code: n for code, n in _sizes(release).get(dimension.id, {}).items() if code in codes}
    if not sizes:
        return {code: 1 / len(codes) for code in codes}
    everybody = (
        max((cell.n or 0 for cell in release.cells.cells if not cell.cell), default=0) if release else 0
    )
    whole = max(everybody, sum(sizes.values()))
    left = (whole - sum(sizes.values())) / max(len(codes) - len(sizes), 1)
    return {code: sizes.get(code, left) / whole for code in codes}


def _answers(dimension: Dimension, plan: Plan) -> list[str]:
    """Where each answer is a group: the answers that can be given."""
    here = Here.of(questions.columns_of(plan.questionnaire), plan.text, "en")
    return [code for code in here.answers(dimension.question) if code not in dimension.dropped]


# --- As computed --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Came:
    """One breakdown of a draft: its cells, those hidden, and the middle width of their intervals."""

    by: str
    cells: int
    hidden: int
    width: float | None

    @property
    def points(self) -> int | None:
        """The width in 100 people."""
        return None if self.width is None else round(self.width * 100)


@dataclass(frozen=True)
class Computed:
    """What the newest draft of a plan shows; ``is_of_this`` where the plan has not changed since."""

    release: Release
    rows: tuple[Came, ...]
    is_of_this: bool


def computed(plan: Plan, language: str) -> Computed | None:
    """The newest computed release of a plan, counted."""
    newest = plan.releases.exclude(digest="").order_by("-number").first()
    if newest is None:
        return None
    read = numbers(newest)
    names = {each.id: each.labels.say(language, each.id) for each in read.dimensions}
    return Computed(newest, tuple(_came(read, names)), newest.text == plan.text)


def _came(release: Numbers, names: Mapping[str, str]) -> Iterator[Came]:
    kinds = {measure.id: measure.kind for measure in release.measures}
    found: dict[tuple[str, ...], list[Any]] = {}
    for cell in release.cells.cells:
        found.setdefault(tuple(name for name, _code in cell.cell), []).append(cell)
    for by, cells in found.items():
        widths = [
            cell.ci_high - cell.ci_low
            for cell in cells
            if cell.ci_low is not None and cell.ci_high is not None and kinds[cell.measure] in SHARES
        ]
        hidden = sum(cell.status not in (Status.SHOWN, Status.NO_ANSWERS) for cell in cells)
        yield Came(
            " × ".join(names[name] for name in by), len(cells), hidden, median(widths) if widths else None
        )
